# SPDX-License-Identifier: Apache-2.0
"""Runs all case programs under one bindwatch in a guest, and keeps what it told.

What a guest left stays in a folder, with a digest of all that went into it: as long as that is the same, the folder is
read again and nothing is booted. So a run that was interrupted continues, and judging anew costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import compare
import lacking
import stream
import truth as truths
from cross import Programs
from debian import KernelFiles
from errors import GuestFailed
from truth import Truth
from vm import GUEST, boot

Record = dict[str, Any]

# With protocols and interfaces that cases want; taken out of the kernel's package as far as it has them.
_MODULES = ("sctp", "vsock_loopback", "vxlan", "udp_diag", "dummy", "veth")
_CASE_SKIPPED = 77
_PATIENCE = 120  # seconds for one case or for bindwatch to start: emulation on a busy host is slow
_ALL_CASES = 1800
_CANNOT_LOAD = "4"  # the exit status: docs/EVENTS.md


@dataclass(frozen=True)
class Place:
    """Where and how bindwatch ran."""

    kernel: str  # the row's name
    release: str
    version: str  # of the Debian package
    plan: str
    inputs: str = ""  # the digest
    seconds: float = 0

    def __str__(self) -> str:
        return f"{self.kernel} ({self.release}) --plan {self.plan}"


@dataclass(frozen=True)
class Capture:
    """What one bindwatch told while the cases ran one after another."""

    place: Place
    truths: dict[str, Truth]  # by the name of the case
    events: list[Record]
    problems: list[str]  # of the stream as a whole or of a case that went wrong itself
    has: frozenset[str]  # which of lacking.THINGS
    refusal: str = ""  # what bindwatch said if the plan does not load
    kept: bool = False  # from an earlier boot
    skipped: int = 0  # how often the kernel did not run a program, as bindwatch says

    @cached_property
    def _index(self) -> dict[tuple[str, int | None], list[int]]:
        """Where in `events` those of each process and socket are: there are 100,000 of them, and 100 cases ask."""
        index: dict[tuple[str, int | None], list[int]] = {}
        for place, event in enumerate(self.events):
            index.setdefault(("cookie", event["socket"]["cookie"]), []).append(place)
            if event["process"]:
                index.setdefault(("pid", event["process"]["pid"]), []).append(place)
        return index

    def of(self, case: str) -> list[Record]:
        """The events of one case's processes and sockets."""
        truth = self.truths[case]
        keys = [("cookie", cookie) for cookie in truth.sockets] + [("pid", pid) for pid in truth.pids]
        places = {place for key in keys for place in self._index.get(key, ())}
        return [self.events[place] for place in sorted(places) if truth.concerns(self.events[place])]

    def inexact(self, case: str, expected: Truth) -> list[str]:
        """How what was told differs from what the case says happened."""
        told = self.of(case)
        return compare.differences(expected, told) + compare.check_complete(told)


def in_guest(kernel: KernelFiles, plan: str, programs: Programs, keep: Path) -> Capture:
    """Boots `kernel`, unless `keep` holds what it left for the same inputs. Raises as boot() does."""
    files: dict[str, Path | bytes] = {"/bin/bindwatch": programs.bindwatch}
    files |= {f"/cases/{case.name}": case for case in programs.cases}
    cases = (GUEST / "cases.sh").read_text()
    script = f"PLAN={plan}\nPATIENCE={_PATIENCE}\nstep has sh /has\n{cases}"
    files["/has"] = lacking.script().encode()
    inputs = _digest(kernel, files, script)
    if (kept := _kept(keep)) and kept.inputs == inputs:
        return read(keep, kept, programs.cases, kept=True)
    result = boot(kernel, files, script, _ALL_CASES, _MODULES)
    place = Place(kernel.kernel.name, kernel.release, kernel.version, plan, inputs, round(result.seconds, 1))
    _keep(keep, {**result.files, "console.log": result.console.encode()})
    capture = read(keep, place, programs.cases)
    (keep / "place.json").write_text(json.dumps(asdict(place), indent=1) + "\n")
    return capture


def read(folder: Path, place: Place, cases: Sequence[Path], kept: bool = False) -> Capture:
    """What a guest left in `folder`. Raises GuestFailed if bindwatch told nothing there."""
    told = _text(folder / "bindwatch.err").strip()
    code = _text(folder / "bindwatch.rc").strip()
    has = lacking.had(_text(folder / "steps" / "has.out"))
    lines = (folder / "events.jsonl").read_bytes().splitlines() if (folder / "events.jsonl").is_file() else []
    if not lines and code == _CANNOT_LOAD:
        return Capture(place, {}, [], [], has, refusal=told, kept=kept)
    if not lines:
        raise GuestFailed(f"{place}: bindwatch told nothing (exit status {code}): {told or _text(folder / 'script.log')}")
    problems = [] if code == "0" else [f"bindwatch ended with {code}: {told}"]
    if (script := _text(folder / "script.rc").strip()) != "0":
        problems.append(f"the script ended with {script}: {_text(folder / 'script.log')}")
    known = {}
    for case in cases:
        step = folder / "steps" / case.name
        ended = _text(step.with_name(f"{case.name}.rc")).strip()
        if not ended:
            problems.append(f"case {case.name} did not run")
        elif int(ended) not in (0, _CASE_SKIPPED):
            problems.append(f"case {case.name} ended with {ended}: {_text(step.with_name(f'{case.name}.err'))}")
        else:
            known[case.name] = truths.parse(step.with_name(f"{case.name}.out").read_bytes())
    records = [stream.parse(line) for line in lines]
    problems += _stream_problems(records)
    skipped = re.search(r"skipped hooks (\d+) times", told)
    return Capture(
        place, known, stream.events(records), problems, has, kept=kept, skipped=int(skipped[1]) if skipped else 0
    )


def _stream_problems(records: list[Record]) -> list[str]:
    try:
        stream.check_whole(records)
    except AssertionError as error:
        return [str(error)]
    return [f"lost: {json.dumps(record)}" for record in records if record["event"] == "lost"]


def _digest(kernel: KernelFiles, files: Mapping[str, Path | bytes], script: str) -> str:
    """Of everything that decides what the guest will leave."""
    digest = hashlib.sha256()
    machine = [*kernel.kernel.machine.arguments, *kernel.kernel.parameters, *_MODULES]
    for word in (kernel.version, kernel.release, *machine, script, *(path.read_text() for path in sorted(GUEST.iterdir()))):
        digest.update(word.encode() + b"\0")
    for name, content in sorted(files.items()):
        data = content if isinstance(content, bytes) else content.read_bytes()
        digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    return digest.hexdigest()


def _kept(folder: Path) -> Place | None:
    try:
        return Place(**json.loads((folder / "place.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _keep(folder: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""
