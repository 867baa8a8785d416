# SPDX-License-Identifier: Apache-2.0
"""Runs all case programs under one bindwatch, in a guest or on this machine, and judges what it told."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import compare
import stream
import truth as truths
from debian import KernelFiles
from errors import GuestFailed
from follower import Follower
from truth import Truth
from vm import boot

Record = dict[str, Any]

_GUEST_SCRIPT = Path(__file__).resolve().parent / "guest" / "cases.sh"
_CASE_SKIPPED = 77
_PATIENCE = 120  # seconds for one case or for bindwatch to start: emulation on a busy host is slow
_ALL_CASES = 1200


@dataclass(frozen=True)
class Capture:
    """What one bindwatch told while the cases ran one after another."""

    where: str  # "6.1.0-50-cloud-amd64 --plan fentry"
    truths: dict[str, Truth]  # by the name of the case
    events: list[Record]
    problems: list[str]  # of the stream as a whole or of a case that went wrong itself
    seconds: float

    def of(self, case: str) -> list[Record]:
        """The events of one case's processes and sockets."""
        return [event for event in self.events if self.truths[case].concerns(event)]

    def inexact(self, case: str) -> list[str]:
        """How what was told differs from what the case says happened."""
        return compare.differences(self.truths[case], self.events) + compare.check_complete(self.of(case))


def in_guest(kernel: KernelFiles, plan: str, bindwatch: Path, cases: Sequence[Path], keep: Path) -> Capture:
    """Boots `kernel`. What the guest left is kept below `keep`. Raises as boot() does."""
    where = f"{kernel.release} --plan {plan}"
    files: dict[str, Path | bytes] = {"/bin/bindwatch": bindwatch} | {f"/cases/{case.name}": case for case in cases}
    script = f"PLAN={plan}\nPATIENCE={_PATIENCE}\n{_GUEST_SCRIPT.read_text()}"
    result = boot(kernel, files, script, timeout=_ALL_CASES)
    _keep(keep, result.files, result.console)
    told = result.files.get("bindwatch.err", b"").decode(errors="replace").strip()
    code = result.files.get("bindwatch.rc", b"none").decode().strip()
    if not result.files.get("events.jsonl"):
        raise GuestFailed(f"{where}: bindwatch told nothing (exit status {code}): {told or result.log}")
    problems = [] if code == "0" else [f"bindwatch ended with {code}: {told}"]
    if result.exit_code != 0:
        problems.append(f"the script ended with {result.exit_code}: {result.log}")
    known = {}
    for case in cases:
        if (step := result.steps.get(case.name)) is None:
            problems.append(f"case {case.name} did not run")
        elif step.exit_code not in (0, _CASE_SKIPPED):
            problems.append(f"case {case.name} ended with {step.exit_code}: {step.stderr.decode(errors='replace')}")
        else:
            known[case.name] = truths.parse(step.stdout)
    records = [stream.parse(line) for line in result.files["events.jsonl"].splitlines()]
    return Capture(where, known, stream.events(records), problems + _stream_problems(records), result.seconds)


def on_this_machine(plan: str, bindwatch: Path, cases: Sequence[Path]) -> Capture:
    """Needs root. The cases are not those of a guest's namespaces: everything else that happens here is ignored."""
    started = time.monotonic()
    known: dict[str, Truth] = {}
    problems = []
    with Follower([str(bindwatch), "--json", "--plan", plan], _PATIENCE) as watch:
        for case in cases:
            done = subprocess.run([str(case)], stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE)
            if done.returncode in (0, _CASE_SKIPPED):
                known[case.name] = truths.parse(done.stdout)
            else:
                said = done.stderr.decode(errors="replace")
                problems.append(f"case {case.name} ended with {done.returncode}: {said}")
        _wait_until_quiet(watch)
        stopped = watch.stop()
    if stopped.code != 0:
        problems.append(f"bindwatch ended with {stopped.code}: {stopped.stderr}")
    if stopped.lost:
        problems.append(f"{stopped.lost} events lost")
    where = f"{os.uname().release} (this machine) --plan {plan}"
    return Capture(where, known, stopped.events, problems, time.monotonic() - started)


def _wait_until_quiet(watch: Follower) -> None:
    deadline = time.monotonic() + _PATIENCE
    told = -1
    while told != len(watch.records()) and time.monotonic() < deadline:
        told = len(watch.records())
        time.sleep(0.5)


def _stream_problems(records: list[Record]) -> list[str]:
    try:
        stream.check_whole(records)
    except AssertionError as error:
        return [str(error)]
    lost = sum(record["count"] for record in records if record["event"] == "lost")
    return [f"{lost} events lost"] if lost else []


def _keep(folder: Path, files: Mapping[str, bytes], console: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in {**files, "console.log": console.encode()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
