# SPDX-License-Identifier: Apache-2.0
"""The one assertion that most live tests are: bindwatch told exactly the truth."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import case_programs
import compare
from follower import Follower, Stopped, follow
from truth import Truth


def settle(watch: Follower, truth: Truth) -> None:
    """Waits until as many events as the truth has are told: some releases come from the kernel's own work queues.

    That they never come is for the comparison to say, which says it better.
    """

    try:
        watch.wait_for_sum(truth.weigh, truth.count, "every event is told")
    except AssertionError:
        pass


def assert_exact(truth: Truth, stopped: Stopped, alone: bool = False) -> None:
    found = compare.differences(truth, stopped.events, alone)
    assert not found, "\n".join(found)
    found = compare.check_complete(event for event in stopped.events if truth.concerns(event))
    assert not found, "\n".join(found)
    assert stopped.lost == 0 and stopped.code == 0, (stopped.lost, stopped.code, stopped.stderr)


def run_exact(name: str, *arguments: str, flags: Iterable[str] = ()) -> Stopped:
    """Runs a case under a bindwatch and compares."""
    with follow(*flags) as watch:
        truth = case_programs.run(name, *arguments)
        if truth.skip:
            pytest.skip(truth.skip)
        settle(watch, truth)
        stopped = watch.stop()
    assert truth.count > 0, "the case announces no event"
    assert_exact(truth, stopped, alone=True)
    return stopped
