# SPDX-License-Identifier: Apache-2.0
"""Bind, listen and close at full speed for a long time, in changing network namespaces: nothing leaks.

30 seconds in an ordinary run; SOAK_SECONDS=600 for the long one. The stream would be gigabytes: its lines are counted,
not parsed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cgroups
import stream
from follower import SANITIZED, program
from lines import LineReader
from programs import require, running
from waiting import PATIENCE, eventually

SECONDS = float(os.environ.get("SOAK_SECONDS", "30"))
PROCESSES = 4
MOST_GROWTH = 1 << 20  # bytes of resident memory from the end of the warm-up to the end of the churn
WARM_UP = min(60.0, SECONDS / 3)  # the ring has gone round, every table has its size
KINDS = ("bind", "listen", "release")
CONTROL = ("start", "lost", "stop")


class Tally:
    """Reads a JSON stream as fast as it comes: how many events of each kind; the other records whole."""

    def __init__(self, pipe: Any) -> None:
        self.kinds: Counter[str] = Counter()
        self.control: list[dict[str, Any]] = []
        self._pipe = pipe
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the stream has not ended"

    def _read(self) -> None:
        rest = b""
        while chunk := os.read(self._pipe.fileno(), 1 << 20):
            lines, _, rest = (rest + chunk).rpartition(b"\n")
            for kind in KINDS:
                # No value of a string can look so: its quotes would be escaped.
                self.kinds[kind] += lines.count(f'"event":"{kind}","outcome":"success"'.encode())
            for kind in CONTROL:
                self.control += [stream.parse(line) for line in _lines_with(f'"event":"{kind}"'.encode(), lines)]
        assert rest == b"", "the last line is whole"


def test_nothing_leaks(capsys: pytest.CaptureFixture[str]) -> None:
    bpftool = require("bpftool")
    churn = Path(os.environ["CASES"]).parent / "soak" / "churn"
    with cgroups.own_group() as group:
        with running([program(), "--json", "--cgroup", str(group)], stdout=subprocess.PIPE) as bindwatch:
            tally = Tally(bindwatch.stdout)
            eventually(lambda: tally.control, "bindwatch follows")
            before = _claims(bpftool, bindwatch.pid)
            command = [*cgroups.inside(group), str(churn), str(SECONDS), str(PROCESSES)]
            with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
                time.sleep(WARM_UP)
                warm = _resident(bindwatch.pid)
                reader = LineReader(load.stdout.fileno(), SECONDS + PATIENCE)
                done = [json.loads(reader.next()) for _ in range(PROCESSES)]
                made = {kind: sum(each[f"{kind}s"] for each in done) for kind in KINDS}
                eventually(lambda: _accounted(tally) == sum(made.values()), "told and lost add up to what was made")
                cold = _resident(bindwatch.pid)
                pids = {each["pid"] for each in done}
                held = sorted(cookie for each in done for cookie in each["held"])
                noted = sorted(cookie for cookie, pid in _claims(bpftool, bindwatch.pid).items() if pid in pids)
                load.stdin.close()
                assert load.wait(PATIENCE) == 0
            eventually(
                lambda: not pids & set(_claims(bpftool, bindwatch.pid).values()), "no claim outlives its processes"
            )
            bindwatch.send_signal(signal.SIGINT)
            assert bindwatch.wait(PATIENCE) == 0
            tally.join()
    lost = Counter({key: sum(record[key] for record in tally.control if record["event"] == "lost") for key in KINDS})
    with capsys.disabled():
        namespaces = sum(each["namespaces"] for each in done)
        print(f"\n{SECONDS:g} s, {PROCESSES} processes, {namespaces} network namespaces; made {made}, lost {dict(lost)}")
        print(f"claims: {len(noted)} in the map, {len(held)} sockets held (others before: {len(before)})")
        print(f"resident: {warm >> 10} KiB after {WARM_UP:g} s, {cold >> 10} KiB at the end")
        if SANITIZED:
            print("resident memory is not judged: a sanitizer keeps what is freed, and looks for leaks itself")
    assert noted == held
    assert SANITIZED or cold - warm <= MOST_GROWTH
    made["release"] += len(held)
    assert {kind: tally.kinds[kind] + lost[kind] for kind in KINDS} == made


def _lines_with(needle: bytes, lines: bytes) -> Iterator[bytes]:
    """Faster than a regular expression, of which a soak would be a test."""
    at = lines.find(needle)
    while at >= 0:
        end = lines.find(b"\n", at)
        end = end if end >= 0 else len(lines)
        yield lines[lines.rfind(b"\n", 0, at) + 1 : end]
        at = lines.find(needle, end)


def _accounted(tally: Tally) -> int:
    return sum(tally.kinds.values()) + sum(each["count"] for each in tally.control if each["event"] == "lost")


def _resident(pid: int) -> int:
    """Bytes of memory: of its own and of the ring, which it maps."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) << 10


def _claims(bpftool: str, pid: int) -> dict[int, int]:
    """What the kernel side of this bindwatch has noted: the holder's pid by the socket's cookie."""
    for fdinfo in Path(f"/proc/{pid}/fdinfo").iterdir():
        if found := re.search(r"^map_id:\s+(\d+)$", fdinfo.read_text(), re.MULTILINE):
            shown = json.loads(_run(bpftool, "-j", "map", "show", "id", found[1]))
            if shown["name"] == "bw_claims":
                entries = json.loads(_run(bpftool, "-j", "map", "dump", "id", found[1]))
                notes = [entry["formatted"]["value"] for entry in entries]
                return {note["socket"]["cookie"]: note["holder"]["pid"] for note in notes}
    raise AssertionError("bindwatch has no map bw_claims")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
