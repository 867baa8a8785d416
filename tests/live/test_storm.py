# SPDX-License-Identifier: Apache-2.0
"""As many events as the machine can make: all told, or counted to the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import case_programs
import cgroups
from compare import differences
from exact import settle
from follower import Follower, Record, Stopped, follow
from truth import Truth
from waiting import eventually

PROCESSES, SOCKETS = "4", "10000"
STOPPED_FOR = 3.0  # seconds


def _default_settings() -> list[str]:
    """None; under a sanitizer, which makes the reader ten times slower, a ring that holds the whole storm."""
    ring = os.environ.get("STORM_RING")
    return ["--ring-size", ring] if ring else []


def _storm_exact(transport: str) -> None:
    with follow(*_default_settings()) as watch:
        truth = case_programs.run("storm", PROCESSES, SOCKETS, transport)
        settle(watch, truth)
        stopped = watch.stop()
    found = differences(truth, stopped.events)
    assert not found, "\n".join(found[:20])
    assert stopped.lost == 0


def test_tcp_is_exact() -> None:
    _storm_exact("tcp")


def test_udp_is_exact() -> None:
    _storm_exact("udp")


def _account(truth: Truth) -> Callable[[Record], int]:
    """How many events of the storm a record accounts for, told or counted as lost."""
    return lambda record: record["count"] if record["event"] == "lost" else truth.weigh(record)


def _assert_accounted(truth: Truth, stopped: Stopped) -> None:
    assert sum(map(_account(truth), stopped.records)) == truth.count
    expected = truth.storms[0].events
    sockets: dict[int, list[str]] = {}
    for event in stopped.events:
        if truth.concerns(event):
            sockets.setdefault(event["socket"]["cookie"], []).append(event["event"])
    for cookie, told in sockets.items():
        # What is told of a socket is in order and told once, whatever else is lost.
        rest = iter(expected)
        assert all(kind in rest for kind in told), f"socket {cookie}: {told}"


def _wait_until_accounted(watch: Follower, truth: Truth) -> None:
    watch.wait_for_sum(
        _account(truth), truth.count, "reported and lost add up to the truth while nothing else happens"
    )


def test_small_ring_counts_what_it_loses() -> None:
    with cgroups.own_group() as group:
        with follow("--ring-size", "64K", "--cgroup", str(group)) as watch:
            truth = case_programs.run("storm", PROCESSES, SOCKETS, prefix=cgroups.inside(group))
            _wait_until_accounted(watch, truth)
            stopped = watch.stop()
    _assert_accounted(truth, stopped)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _time_storms(group: Path, seconds: float) -> tuple[Truth, float]:
    """Storms until so many seconds have passed; their truth and the mean duration of one."""
    truth, count = Truth(), 0
    begin = time.monotonic()
    while count == 0 or time.monotonic() < begin + seconds:
        truth.merge(case_programs.run("storm", PROCESSES, SOCKETS, prefix=cgroups.inside(group)))
        count += 1
    return truth, (time.monotonic() - begin) / count


def test_stopped_reader_stalls_nobody() -> None:
    with cgroups.own_group() as group:
        _, untraced = _time_storms(group, 0)
        with follow("--cgroup", str(group)) as watch:
            watch.process.send_signal(signal.SIGSTOP)
            eventually(lambda: _state(watch.process.pid) == "T", "bindwatch is stopped")
            # They return: a program that binds never waits for the reader.
            truth, traced = _time_storms(group, STOPPED_FOR)
            assert _state(watch.process.pid) == "T"
            watch.process.send_signal(signal.SIGCONT)
            _wait_until_accounted(watch, truth)
            stopped = watch.stop()
    print(f"one storm: untraced {untraced:.2f} s, with a stopped reader {traced:.2f} s")
    assert stopped.lost > 0, "the ring held everything: this test shows nothing"
    _assert_accounted(truth, stopped)


def test_loss_is_told_at_the_end_too() -> None:
    """Stopped, filled, and ended before it reads on: the last counter is in the stream."""
    with cgroups.own_group() as group:
        with follow("--ring-size", "64K", "--cgroup", str(group)) as watch:
            watch.process.send_signal(signal.SIGSTOP)
            eventually(lambda: _state(watch.process.pid) == "T", "bindwatch is stopped")
            truth = case_programs.run("storm", "2", "2000", prefix=cgroups.inside(group))
            watch.process.send_signal(signal.SIGINT)
            watch.process.send_signal(signal.SIGCONT)
            stopped = watch.join()
    assert stopped.lost > 0
    _assert_accounted(truth, stopped)


def test_loss_says_where_and_what() -> None:
    with cgroups.own_group() as group:
        with follow("--ring-size", "64K", "--cgroup", str(group)) as watch:
            truth = case_programs.run("storm", PROCESSES, SOCKETS, prefix=cgroups.inside(group))
            _wait_until_accounted(watch, truth)
            stopped = watch.stop()
    losses = [record for record in stopped.records if record["event"] == "lost"]
    assert losses
    for loss in losses:
        assert loss["count"] == loss["bind"] + loss["listen"] + loss["release"] + loss["untracked"], loss
        assert loss["untracked"] == 0, loss
        # No CPU's: it arrived, but what the filter asks about was in its bind's record, which is lost.
        assert loss["cpu"] is None or loss["cpu"] < (os.cpu_count() or 1), loss
    for kind in ("bind", "listen", "release"):
        told = sum(truth.concerns(event) and event["event"] == kind for event in stopped.events)
        lost = sum(loss[kind] for loss in losses)
        assert told + lost == int(PROCESSES) * int(SOCKETS), f"{kind}: {told} told, {lost} lost"


def test_claims_beyond_the_limit_are_told_and_counted() -> None:
    """A table of 8 claims, 20 sockets: 20 binds, 8 releases, and 12 releases that are said to be missing."""
    limit, opened = 8, 20
    with cgroups.own_group() as group:
        with follow("--max-claims", str(limit), "--cgroup", str(group)) as watch:
            # Claims outside the group take places too, where there are any: none is made by this test.
            program = (
                "import socket\n"
                f"held = [socket.socket() for _ in range({opened})]\n"
                "for each in held: each.bind(('127.0.0.1', 0))\n"
            )
            subprocess.run([*cgroups.inside(group), "/usr/bin/python3", "-c", program], check=True)
            watch.wait_for_sum(
                lambda record: record["count"] if record["event"] == "lost" else int("port" in record),
                2 * opened,
                "every bind and release is told or counted",
            )
            stopped = watch.stop()
    kinds = [event["event"] for event in stopped.events]
    untracked = sum(record["untracked"] for record in stopped.records if record["event"] == "lost")
    assert kinds.count("bind") == opened
    assert untracked == stopped.lost and kinds.count("release") == opened - untracked
    assert opened - limit <= untracked < opened
