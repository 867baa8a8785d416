# SPDX-License-Identifier: Apache-2.0
"""The one assertion that most live tests are: bindwatch told exactly the truth."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import case_programs
import compare
import lacking
import limits
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


def run_exact(name: str, *arguments: str, flags: Iterable[str] = ()) -> None:
    """Runs a case under a bindwatch and compares with what the plan must tell of it."""
    with follow(*flags) as watch:
        truth = case_programs.run(name, *arguments)
        if truth.skip:
            _require_lack(name, truth.skip)
            return
        assert truth.count > 0, "the case announces no event"
        truth = limits.expected(name, truth, watch.records()[0]["plan"], limits.NATIVE).truth
        settle(watch, truth)
        stopped = watch.stop()
    assert_exact(truth, stopped, alone=True)


def _require_lack(name: str, why: str) -> None:
    """A case that skips itself is one that was not run, unless it is proved that this kernel cannot run it."""
    thing = lacking.excuse(name, lacking.had_here())
    if thing is None:
        pytest.skip(why)
    lacking.noted.append(f"lacking {thing.what}: {thing.proof}: {name}")
