# SPDX-License-Identifier: Apache-2.0
"""Alert ephemeral-range: by the range and the reserved ports of the claim's own network namespace, and only where asked for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from follower import Record, follow, program
from programs import OWN_NETNS
from waiting import PATIENCE

# In a namespace of its own: binds what it is told to until its stdin ends.
SERVER = """
import pathlib, socket, sys
sysctl = pathlib.Path("/proc/sys/net/ipv4")
(sysctl / "ip_local_port_range").write_text("40000 40009")
(sysctl / "ip_local_reserved_ports").write_text("40005,40006")
kept = []
for line in sys.stdin:
    family, kind, port = map(int, line.split())
    kept.append(socket.socket(family, kind))
    kept[-1].bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
    print(kept[-1].getsockname()[1], flush=True)
"""

INSIDE, OUTSIDE = (40000, 40004, 40007, 40009), (39999, 40005, 40006, 40010, 1683)
KINDS = [(family, kind) for family in (socket.AF_INET, socket.AF_INET6) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]


class Server:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def bind(self, port: int, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{family} {kind} {port}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture
def server() -> Iterator[Server]:
    command = [*OWN_NETNS, sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Server(process)
        assert process.stdin
        process.stdin.close()


def _told(record: Record) -> bool:
    return "ephemeral-range" in [alert["rule"] for alert in record["alerts"]]


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_by_the_range_of_the_namespace(server: Server, family: int, kind: int) -> None:
    server.bind(40008, family, kind)  # its namespace is its own by now, and the range is set
    with follow("--netns", str(os.stat(f"/proc/{server.pid}/ns/net").st_ino), "--rule", "ephemeral-range") as watch:
        for port in (*INSIDE, *OUTSIDE):
            server.bind(port, family, kind)
        chosen = server.bind(0, family, kind)
        binds = watch.wait_for(
            lambda records: [r for r in records if r["event"] == "bind"][len(INSIDE + OUTSIDE) :] and records, "the last bind"
        )
        told = {r["port"]: _told(r) for r in binds if r["event"] == "bind"}
    assert told == {port: True for port in INSIDE} | {port: False for port in (*OUTSIDE, chosen)}


def test_the_same_ports_elsewhere_go_by_another_range() -> None:
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert low <= 40010 <= high
    with follow("--pid", str(os.getpid()), "--rule", "ephemeral-range") as watch, socket.socket() as sock:
        sock.bind(("127.0.0.1", 40010))
        (bind,) = watch.wait_for(lambda records: [r for r in records if r["event"] == "bind"], "the bind")
    assert _told(bind)


def test_off_unless_chosen_and_with_either_filter() -> None:
    for flags, expected in ([], False), (["--rule", "ephemeral-range", "--no-kernel-filters"], True):
        with follow("--pid", str(os.getpid()), *flags) as watch, socket.socket() as sock:
            sock.bind(("127.0.0.1", 40010))
            (bind,) = watch.wait_for(lambda records: [r for r in records if r["event"] == "bind"], "the bind")
        assert _told(bind) is expected


def test_of_what_exists_already(server: Server) -> None:
    for port in (*INSIDE, *OUTSIDE):
        server.bind(port)
    flags = ["--json", "--pid", str(server.pid), "--rule", "ephemeral-range"]
    done = subprocess.run([program(), "list", *flags], capture_output=True, text=True, timeout=PATIENCE, check=True)
    told = {record["port"]: _told(record) for record in map(json.loads, done.stdout.splitlines())}
    assert told == {port: True for port in INSIDE} | {port: False for port in OUTSIDE}
