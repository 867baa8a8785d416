# SPDX-License-Identifier: Apache-2.0
"""32-bit calls, which the tracepoints of the 64-bit system calls do not see, and bindwatch does: side by side.

tests/live/test_syscall_tracers.py does the same with bpftrace for io_uring.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

import compare
import stream
import truth as truths
from debian import KernelFiles
from truth import Truth
from vm import boot

_SCRIPT = Path(__file__).resolve().parent / "guest" / "tracepoints.sh"
_PATIENCE = 120  # seconds
_CONTROL = "bind_listen_close"
_I386 = ("i386_bind_listen", "i386_socketcall")


def test_sees_what_they_miss(kernel: KernelFiles, capsys: pytest.CaptureFixture[str]) -> None:
    names = (_CONTROL, *_I386)
    files = {f"/cases/{name}": Path(os.environ["CASES"]) / name for name in names}
    files["/bin/bindwatch"] = Path(os.environ["BINDWATCH_GUEST"])
    result = boot(kernel, files, f"PATIENCE={_PATIENCE}\n{_SCRIPT.read_text()}", timeout=2 * _PATIENCE)
    assert result.files["bindwatch.rc"] == b"0\n", result.files["bindwatch.err"].decode()
    cases = {name: truths.parse(result.steps[name].stdout) for name in names}
    records = [stream.parse(line) for line in result.files["events.jsonl"].splitlines()]
    stream.check_whole(records)
    events = stream.events(records)
    traced = Counter(int(pid) for pid in re.findall(rb"-(\d+) +\[\d+\].*: sys_(?:bind|listen)\(", result.files["trace"]))
    with capsys.disabled():
        print(f"\n{kernel.release}; binds and listens{'made':>10}{'bindwatch':>12}{'sys_enter/exit_bind/listen':>32}")
        for name, truth in cases.items():
            ours = sum(truth.concerns(event) and event["event"] != "release" for event in events)
            print(f"{name:44}{_calls(truth):6}{ours:12}{_traced(truth, traced):32}")
    for name, truth in cases.items():
        found = compare.differences(truth, events)
        assert truth.count > 0 and not found, "\n".join(found)
        assert _traced(truth, traced) == (_calls(truth) if name == _CONTROL else 0), name


def _calls(truth: Truth) -> int:
    return sum(event["event"] != "release" for events in truth.sockets.values() for event in events)


def _traced(truth: Truth, traced: Counter[int]) -> int:
    return sum(traced[pid] for pid in truth.pids)
