# SPDX-License-Identifier: Apache-2.0
"""Filters: what the kernel drops is what user space would drop, and both are what the flag says.

Three streams of one workload side by side: unfiltered, filtered in the kernel, filtered in user space alone.
"""

from __future__ import annotations

import difflib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address, ip_network
from pathlib import Path

import case_programs
import cgroups
import truth as truths
from exact import settle
from follower import Record, follow
from truth import Truth

CASES = ("bind_listen_close", "bind_port_zero", "fail_access", "fail_listen", "v6only", "thread_bind", "kill_holder")

Predicate = Callable[[Record], bool]


class Workload:
    """Cases whose first process waits: its pid and cgroup are known before anything happens."""

    def __init__(self, group: Path) -> None:
        self._group = group
        self._waiting = []
        for index, name in enumerate(CASES):
            prefix = cgroups.inside(group) if index % 2 else []
            wait = ["/bin/sh", "-c", 'read -r _; exec "$0"', str(case_programs.path_of(name))]
            process = subprocess.Popen([*prefix, *wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._waiting.append(process)
        self.pids = [process.pid for process in self._waiting]

    def run(self) -> Truth:
        truth = Truth()
        for process in self._waiting:
            output, _ = process.communicate(b"\n")
            assert process.returncode == 0
            truth.merge(truths.parse(output))
        return truth


def _stable(event: Record) -> Record:
    """Without what differs between two bindwatches that see the same thing: each measures the clocks itself, and looks for
    holders when it reads the failure."""
    apart = ("seq", "time", "held_ns", "holders", "reason")
    stable = {key: value for key, value in event.items() if key not in apart}
    process = event["process"]
    return stable | {"held": event["held_ns"] is not None, "process": process | {"start_time": bool(process["start_time"])}}


def _by_socket(truth: Truth, events: list[Record], keep: Predicate = lambda event: True) -> dict[int, list[Record]]:
    sockets: dict[int, list[Record]] = {}
    for event in events:
        if truth.concerns(event) and keep(event):
            sockets.setdefault(event["socket"]["cookie"], []).append(_stable(event))
    return sockets


def _assert_equivalent(flags: list[str], keep: Predicate) -> None:
    with cgroups.own_group() as group:
        _run_three(Workload(group), flags, keep)


def _run_three(workload: Workload, flags: list[str], keep: Predicate) -> None:
    with ExitStack() as stack:
        everything = stack.enter_context(follow())
        kernel = stack.enter_context(follow(*flags))
        user = stack.enter_context(follow("--no-kernel-filters", *flags))
        truth = workload.run()
        settle(everything, truth)
        whole, by_kernel, by_user = (watch.stop().events for watch in (everything, kernel, user))
    expected = _by_socket(truth, whole, keep)
    assert expected, "the filter lets nothing through: this shows nothing"
    assert expected != _by_socket(truth, whole), "the filter drops nothing: this shows nothing"
    for where, events in (("user space", by_user), ("the kernel", by_kernel)):
        told = _by_socket(truth, events)
        differing = [cookie for cookie in expected.keys() | told.keys() if expected.get(cookie) != told.get(cookie)]
        assert not differing, "\n".join(
            [f"filtered in {where}: expected (-) and told (+) differ", *_diff(expected, told, differing[0])]
        )


def _diff(expected: dict[int, list[Record]], told: dict[int, list[Record]], cookie: int) -> Iterator[str]:
    lines = (json.dumps(side.get(cookie, []), indent=1, sort_keys=True).splitlines() for side in (expected, told))
    return difflib.unified_diff(*lines, lineterm="", n=1)


def _port_in(*ranges: tuple[int, int]) -> Predicate:
    return lambda event: any(first <= event["port"] <= last for first, last in ranges)


def test_port() -> None:
    _assert_equivalent(["--port", "1683,8000-8999", "-p", "443"], _port_in((1683, 1683), (8000, 8999), (443, 443)))


def test_exclude_port() -> None:
    _assert_equivalent(["--exclude-port", "1683,1-1000"], lambda e: not _port_in((1683, 1683), (1, 1000))(e))


def test_proto() -> None:
    _assert_equivalent(["--proto", "udp"], lambda e: e["transport"] == "udp")


def test_family() -> None:
    _assert_equivalent(["--family", "ipv6"], lambda e: e["family"] == "ipv6")


def test_address() -> None:
    def inside(event: Record) -> bool:
        address = ip_address(event["address"])
        # An IPv4-mapped address is also the IPv4 address in it.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(
            address.version == network.version and address in network
            for network in (ip_network("127.0.0.0/8"), ip_network("::1/128"))
        )

    _assert_equivalent(["--address", "127.0.0.0/8", "--address", "::1"], inside)


def test_comm() -> None:
    _assert_equivalent(["--comm", "v6only", "--comm", "fail_listen"], lambda e: _comm(e) in ("v6only", "fail_listen"))


def test_exclude_comm() -> None:
    _assert_equivalent(["--exclude-comm", "v6only"], lambda e: _comm(e) != "v6only")


def _comm(event: Record) -> str:
    return event["process"]["comm"]


def test_exe() -> None:
    _assert_equivalent(["--exe", "*/fail_*"], lambda e: e["process"]["exe"].rpartition("/")[2].startswith("fail_"))


def test_uid() -> None:
    _assert_equivalent(["--uid", "65534"], lambda e: e["process"]["uid"] == 65534)


def test_user_name() -> None:
    _assert_equivalent(["--uid", "nobody"], lambda e: e["process"]["user"] == "nobody")


def test_event() -> None:
    _assert_equivalent(["--event", "listen,release"], lambda e: e["event"] in ("listen", "release"))


def test_release_alone() -> None:
    _assert_equivalent(["--event", "release"], lambda e: e["event"] == "release")


def test_failed() -> None:
    _assert_equivalent(["--failed"], lambda e: e["outcome"] == "failure")


def test_no_failed() -> None:
    _assert_equivalent(["--no-failed"], lambda e: e["outcome"] == "success")


def test_status() -> None:
    _assert_equivalent(
        ["--status", "unassigned,dynamic"], lambda e: e["iana"]["status"] in ("unassigned", "dynamic")
    )


def test_alerts() -> None:
    _assert_equivalent(["--alerts"], lambda e: bool(e["alerts"]))


def test_netns() -> None:
    inode = Path("/proc/self/ns/net").stat().st_ino
    _assert_equivalent(["--netns", "/proc/self/ns/net"], lambda e: e["socket"]["netns"] == inode)
    _assert_equivalent(["--netns", str(inode)], lambda e: e["socket"]["netns"] == inode)


def test_several_at_once() -> None:
    _assert_equivalent(
        ["--proto", "tcp", "--family", "ipv4", "--port", "1683", "--no-failed", "--event", "bind,release"],
        lambda e: (e["transport"], e["family"], e["port"], e["outcome"]) == ("tcp", "ipv4", 1683, "success")
        and e["event"] != "listen",
    )


def test_pid() -> None:
    with cgroups.own_group() as group:
        workload = Workload(group)
        wanted = workload.pids[0], workload.pids[4]
        flags = ["--pid", str(wanted[0]), "--pid", str(wanted[1])]
        _run_three(workload, flags, lambda e: e["process"]["pid"] in wanted)


def test_cgroup() -> None:
    """The group and everything below it, by absolute path, by path in cgroup2, and by id."""
    with cgroups.own_group() as group:
        below = group / "below"
        below.mkdir()
        try:
            for name in (str(group), group.name, f"/{group.name}", str(group.stat().st_ino)):
                _run_three(Workload(below), ["--cgroup", name], lambda e: e["cgroup"]["path"] == f"/{group.name}/below")
        finally:
            below.rmdir()
