# SPDX-License-Identifier: Apache-2.0
"""`bindwatch list --all` beside ss and lsof: it has every socket that they have, in five network namespaces."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from follower import Record, program
from programs import OWN_NETNS, require
from waiting import PATIENCE

NAMESPACES = 5
# TCP and UDP over both families: listening, bound, connected both ways, waiting to be accepted, closed and waiting, in
# flight, and shared with a child.
SCENE = """
import os, socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
keep = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    listener = socket.socket(family); listener.bind((address, 0)); listener.listen(); keep.append(listener)
    bound = socket.socket(family); bound.bind((address, 0)); keep.append(bound)
    any_udp = socket.socket(family, socket.SOCK_DGRAM); any_udp.bind(("", 0)); keep.append(any_udp)
    udp = socket.socket(family, socket.SOCK_DGRAM); udp.connect(any_udp.getsockname()[:2]); keep.append(udp)
    client = socket.create_connection(listener.getsockname()[:2]); keep += [client, listener.accept()[0]]
    keep.append(socket.create_connection(listener.getsockname()[:2]))  # nobody accepts it
    over = socket.create_connection(listener.getsockname()[:2])
    while True:
        served = listener.accept()[0]
        if served.getpeername() == over.getsockname(): break
        keep.append(served)
    served.close(); over.recv(1); over.close()
    left, right = socket.socketpair(); keep += [left, right]
    flying = socket.socket(family); flying.bind((address, 0)); flying.listen()
    socket.send_fds(left, [b"x"], [flying.fileno()]); flying.close()
if os.fork() == 0:
    sys.stdin.read(); os._exit(0)
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, order=True)
class Socket:
    transport: str
    local: str
    peer: str


@contextlib.contextmanager
def _scenes() -> Iterator[list[int]]:
    with contextlib.ExitStack() as stack:
        pids = []
        for _ in range(NAMESPACES):
            process = stack.enter_context(
                subprocess.Popen(
                    [*OWN_NETNS, sys.executable, "-c", SCENE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"
            stack.callback(process.stdin.close)
            pids.append(process.pid)
        yield pids


def _within(pid: int, *command: str) -> list[str]:
    enter = ["nsenter", f"--net=/proc/{pid}/ns/net", "--", *command]
    return subprocess.run(enter, capture_output=True, text=True, timeout=PATIENCE).stdout.splitlines()


def _place(word: str) -> str:
    """`*:80` of ss and lsof is `[::]:80` or `0.0.0.0:80`: which one they do not say; a zone (`%lo`) is no part of an address."""
    return re.sub(r"^(\*|0\.0\.0\.0|\[::\]|::):", "*:", re.sub(r"%\w+", "", word))


def _of_ss(pid: int) -> set[Socket]:
    sockets = set()
    for line in _within(pid, "ss", "-Hnatu"):
        transport, _, _, _, local, peer, *_ = line.split()
        sockets.add(Socket(transport, _place(local), "" if peer.endswith(":*") else _place(peer)))
    return sockets


def _of_lsof(pid: int) -> set[Socket]:
    sockets = set()
    for line in _within(pid, "lsof", "-nP", "-i", "-a", "-p", str(pid)):
        if match := re.search(r" (TCP|UDP) (\S+)(?: \((\w+)\))?\s*$", line):
            local, _, peer = match[2].partition("->")
            sockets.add(Socket(match[1].lower(), _place(local), _place(peer)))
    return sockets


def _written(address: str, port: int) -> str:
    return _place(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")


def _of_bindwatch(records: list[Record], netns: int) -> dict[Socket, Record]:
    found = {}
    for record in records:
        if record["socket"]["netns"] == netns:
            peer = record["found"]["peer"]
            found[
                Socket(
                    record["transport"],
                    _written(record["address"], record["port"]),
                    _written(peer["address"], peer["port"]) if peer else "",
                )
            ] = record
    return found


def _why_others_lack(record: Record) -> str:
    found = record["found"]
    if found["unheld"] == "in-flight":
        return "in flight between processes: lsof goes by descriptors"
    if found["state"] == "bound" and record["transport"] == "tcp":
        return "bound and not listening: neither sock_diag nor /proc/net has it"
    if found["unheld"]:
        return f"no process has it ({found['unheld']}): lsof goes by descriptors"
    return ""


def test_it_has_all_that_ss_and_lsof_have() -> None:
    require("ss")
    require("lsof")
    with _scenes() as pids:
        done = subprocess.run([program(), "list", "--all", "--json"], capture_output=True, text=True, timeout=PATIENCE)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        more: dict[str, int] = {}
        for pid in pids:
            ours = _of_bindwatch(records, os.stat(f"/proc/{pid}/ns/net").st_ino)
            ss, lsof = _of_ss(pid), _of_lsof(pid)
            assert len(ss) >= 16 and len(lsof) >= 8, (ss, lsof)
            assert not ss - ours.keys(), "ss has more"
            assert not lsof - ours.keys(), "lsof has more"
            for tool, theirs in (("ss", ss), ("lsof", lsof)):
                for socket in ours.keys() - theirs:
                    why = _why_others_lack(ours[socket])
                    assert why, (tool, socket, ours[socket])
                    more[f"{tool} lacks: {why}"] = more.get(f"{tool} lacks: {why}", 0) + 1
            shared = [record for record in ours.values() if len(record["found"]["sharers"]) == 2]
            assert len(shared) >= 12, "the child has them too"
    for line, count in sorted(more.items()):
        print(f"{count} × {line}")
    assert more
