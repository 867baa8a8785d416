# SPDX-License-Identifier: Apache-2.0
"""Ways to claim a port that a tracer of system calls does not see, and bindwatch does: both run side by side."""

from __future__ import annotations

import pytest

import case_programs
import cgroups
from exact import assert_exact, settle
from follower import follow
from syscall_tracer import SyscallTracer
from truth import Truth

CONTROL = "bind_listen_close"


@pytest.mark.parametrize("case", ["uring_bind_listen", "i386_bind_listen"])
def test_sees_what_they_miss(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    with SyscallTracer() as tracer, cgroups.own_group() as group, follow("--cgroup", str(group)) as watch:
        ordinary = case_programs.run(CONTROL, prefix=cgroups.inside(group))
        other = case_programs.run(case, prefix=cgroups.inside(group))
        if other.skip:
            pytest.skip(other.skip)
        for truth in (ordinary, other):
            settle(watch, truth)
        stopped = watch.stop()
        traced = tracer.stop()
    seen = {
        name: (_calls(truth), sum(truth.concerns(event) and event["event"] != "release" for event in stopped.events),
               sum(traced[pid] for pid in truth.pids))
        for name, truth in ((CONTROL, ordinary), (case, other))
    }  # fmt: skip
    with capsys.disabled():
        print(f"\n{'binds and listens':24}{'made':>8}{'bindwatch':>12}{'bpftrace, sys_enter/exit_bind/listen':>42}")
        for name, (made, ours, theirs) in seen.items():
            print(f"{name:24}{made:8}{ours:12}{theirs:42}")
    merged = Truth()
    merged.merge(ordinary)
    merged.merge(other)
    assert_exact(merged, stopped)
    made, ours, theirs = seen[CONTROL]
    assert made == ours == theirs > 0, "the tracer sees ordinary calls"
    made, ours, theirs = seen[case]
    assert made == ours > 0 and theirs == 0, "and none of these"


def _calls(truth: Truth) -> int:
    return sum(event["event"] != "release" for events in truth.sockets.values() for event in events)
