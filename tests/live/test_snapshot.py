# SPDX-License-Identifier: Apache-2.0
"""`--snapshot`: what exists is told first, once, and then goes on as if its bind had been seen."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from follower import SANITIZED, Record, follow, program
from stream import events

SO_COOKIE = 57


def _cookie(sock: socket.socket) -> int:
    return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8), sys.byteorder)


def _of(records: list[Record], cookie: int) -> list[Record]:
    return [record for record in events(records) if record["socket"]["cookie"] == cookie]


def _plan(plan: str) -> tuple[str, ...]:
    return ("--plan", plan, "--snapshot")


@pytest.mark.parametrize("plan", ["cgroup", "syscall"])
def test_an_older_socket_has_a_life_from_then_on(plan: str) -> None:
    with socket.socket() as sock:
        cookie = _cookie(sock)
        sock.bind(("127.0.0.1", 0))
        with follow(*_plan(plan)) as watch:
            (found,) = watch.wait_for(lambda records: _of(records, cookie), "what exists")
            assert (found["event"], found["origin"], found["found"]["state"]) == ("bind", "snapshot", "bound")
            sock.listen()
            watch.wait_for(lambda records: len(_of(records, cookie)) == 2, "the listen")
            sock.close()
            watch.wait_for(lambda records: len(_of(records, cookie)) == 3, "the release")
            mine = _of(watch.stop().records, cookie)
    assert [each["event"] for each in mine] == ["bind", "listen", "release"]
    assert mine[2]["held_ns"] is None, "nobody knows when it was bound"
    assert mine[2]["process"] == mine[0]["process"]


def test_the_filters_hold_for_both() -> None:
    with socket.socket() as mine, socket.socket() as other:
        for sock in (mine, other):
            sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8)
            sock.bind(("127.0.0.1", 0))
        port = str(mine.getsockname()[1])
        with follow("--snapshot", "--port", port) as watch:
            watch.wait_for(lambda records: _of(records, _cookie(mine)), "what exists")
            mine_cookie = _cookie(mine)
            other.close()
            mine.close()
            watch.wait_for(lambda records: len(_of(records, mine_cookie)) == 2, "its release")
            told = watch.stop().events
    assert [(each["event"], each["port"]) for each in told] == [("bind", int(port)), ("release", int(port))]


def test_an_alert_for_what_was_there_before() -> None:
    with socket.socket() as sock:
        cookie = _cookie(sock)
        sock.bind(("127.0.0.1", 1683))
        sock.listen()
        with follow("--snapshot", "--alerts") as watch:
            (found,) = watch.wait_for(lambda records: _of(records, cookie), "what exists")
    assert [alert["rule"] for alert in found["alerts"]] == ["unassigned-port"]


# Opens some sockets that it keeps, then others of which it closes the oldest, as fast as it can (as fast as a sanitized
# reader can) until a file appears, and writes down the cookie of each.
KEPT = 10
OPEN = 25
STORM = f"""
import collections, os, socket, sys, time
sockets = collections.deque()
with open(sys.argv[1], 'w') as log:
    def claim():
        s = socket.socket()
        s.bind(('127.0.0.1', 0))
        cookie = int.from_bytes(s.getsockopt(1, 57, 8), sys.byteorder)
        log.write(f'{{cookie}}\\n')
        return s
    kept = [claim() for _ in range({KEPT})]
    sockets.extend(claim() for _ in range({OPEN}))
    print('ready', flush=True)
    while not os.path.exists(sys.argv[2]):
        if {SANITIZED}:
            time.sleep(0.002)
        sockets.append(claim())
        sockets.popleft().close()
"""
ROUNDS = 50
# Validated elsewhere; here there are too many.
_LINE = re.compile(rb'"event":"(bind|release)".*?"origin":"(\w+)".*?"cookie":(\d+)')
_STOP = re.compile(rb'"event":"stop","events":(\d+),"lost":0,')


def _round(folder: Path) -> tuple[list[list[int]], bytes]:
    """The cookies of four processes that come and go, each in their order, and the stream of a bindwatch that starts
    meanwhile."""
    stop = folder / "stop"
    logs = [folder / f"log{i}" for i in range(4)]
    storms = [
        subprocess.Popen([sys.executable, "-c", STORM, str(log), str(stop)], stdout=subprocess.PIPE) for log in logs
    ]
    try:
        for storm in storms:
            assert storm.stdout and storm.stdout.readline() == b"ready\n"
        stream = subprocess.run(
            [program(), "--json", "--snapshot", "--no-failed", "--duration", "30ms"], capture_output=True, check=True
        ).stdout
    finally:
        stop.touch()
        for storm in storms:
            storm.communicate()
        stop.unlink()
    return [[int(line) for line in log.read_text().split()] for log in logs], stream


def test_none_is_missing_or_told_twice_while_others_come_and_go(tmp_path: Path) -> None:
    """50 times. Every claim that is seen and every one that lasts is told once, and its end once. One that is older than the
    hooks and ends before the look comes to it leaves no trace, neither bind nor release."""
    found = untold = 0
    for _ in range(ROUNDS):
        truth, stream = _round(tmp_path)
        assert _STOP.search(stream), stream[-400:]
        place = {cookie: (process, at) for process, cookies in enumerate(truth) for at, cookie in enumerate(cookies)}
        told = [
            (int(cookie), event, origin) for event, origin, cookie in _LINE.findall(stream) if int(cookie) in place
        ]
        binds = [cookie for cookie, event, _ in told if event == b"bind"]
        ends = [cookie for cookie, event, _ in told if event == b"release"]
        assert len(set(binds)) == len(binds) and len(set(ends)) == len(ends), "told twice"
        assert set(ends) <= set(binds)
        for process, cookies in enumerate(truth):
            older = {place[cookie][1] for cookie, _, origin in told if origin == b"snapshot" and place[cookie][0] == process}
            seen = [
                place[cookie][1] for cookie, event, origin in told
                if event == b"bind" and origin == b"live" and place[cookie][0] == process
            ]  # fmt: skip
            assert set(range(KEPT)) <= older, "what lasts is found"
            assert seen == sorted(seen), "out of order"
            begin = seen[0] if seen else len(cookies)
            # One whose bind is under way when the look comes to it is found.
            told_since = sorted(set(seen) | {at for at in older if at >= begin})
            assert told_since == list(range(begin, begin + len(told_since))), "one is missing"
            untold += len(set(range(min(older - set(range(KEPT)), default=begin), begin)) - older)
            found += len(older)
        assert len(binds) - len(ends) <= len(truth) * (KEPT + OPEN + 1), "no more than were open at the end"
    print(f"{ROUNDS} rounds: {found} claims were found, {untold} had ended before the look came to them")
