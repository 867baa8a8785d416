#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs test programs and servers of others under bindwatch and under strace, and compares what the two saw of binds and
listens.

Exit status: 0 no difference, 1 there is one or a program did not do what it should, 77 this machine cannot do it (1 if
CI=true).
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True  # the source tree may be root's or read-only
_PROJECT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(_PROJECT / "tests" / folder) for folder in ("others", "support", "vm")]

from availability import verdict  # noqa: E402  (below tests/vm)
from errors import Unavailable  # noqa: E402

import cgroups  # noqa: E402  (below tests/support)
import observer  # noqa: E402
import world  # noqa: E402
from differences import Record, differences  # noqa: E402
from follower import Follower, Stopped  # noqa: E402
from subjects import SUBJECTS, Subject  # noqa: E402
from waiting import eventually  # noqa: E402

_SHOWN = 20  # differences of one program


@dataclass
class Outcome:
    """One line of the table."""

    subject: Subject
    seen: list[observer.Seen]
    told: list[Record]
    seconds: float
    ended: str  # how the program did by its own account
    wrong: list[str] = field(default_factory=list)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(subject.name for subject in SUBJECTS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only those with this in their name: {names}")
    parser.add_argument("--plan", default="auto", help="of bindwatch (%(default)s)")
    parser.add_argument("--bindwatch", type=Path, default=_PROJECT / "build/bindwatch", help="(%(default)s)")
    keep = _PROJECT / "build/others"
    parser.add_argument("--keep", type=Path, default=keep, metavar="DIR", help="what runs leave (%(default)s)")
    cache = world.default_cache()
    parser.add_argument("--cache", type=Path, default=cache, metavar="DIR", help="Debian's packages (%(default)s)")
    options = parser.parse_args()
    for name in options.names:
        if not any(name in subject.name for subject in SUBJECTS):
            parser.error(f"no program is called '{name}': {names}")
    return options


def main() -> int:
    options = arguments()
    # Ended from outside, Python unwinds: the programs go with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        return run(options)
    except Unavailable as reason:
        said, status = verdict(reason)
        print(said, file=sys.stderr)
        return status


def run(options: argparse.Namespace) -> int:
    if os.geteuid() != 0:
        raise Unavailable("tracing needs root")
    if not shutil.which("strace"):
        raise Unavailable("strace, the observer, is not installed")
    root = world.prepared(options.cache)
    chosen = [each for each in SUBJECTS if not options.names or any(name in each.name for name in options.names)]
    print(_ROW.format("", "binds", "listens", "failures", "differ-", "", ""))
    print(_ROW.format("program", *["seen / told"] * 3, "ences", "seconds", "its own account"), flush=True)
    outcomes = []
    for subject in chosen:
        outcomes.append(watch(subject, root, options))
        show(outcomes[-1])
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def watch(subject: Subject, root: Path, options: argparse.Namespace) -> Outcome:
    """The program under both, from its start to the end of its last process."""
    home = options.keep / subject.name.replace(" ", "-")
    shutil.rmtree(home, ignore_errors=True)
    files = home / "tmp"
    files.mkdir(parents=True)
    files.chmod(0o1777)
    for name, text in subject.files.items():
        (files / name).write_text(text)
    if subject.prepare:
        command = world.entering(root, subject.prepare, files, subject.user)
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable(f"{subject.name} cannot be prepared: {done.stderr.strip()}")
    log = home / "strace.log"
    log.touch()
    started = time.monotonic()
    with cgroups.own_group() as group:
        flags = ["--json", "--plan", options.plan, "--cgroup", str(group)]
        try:
            with Follower([str(options.bindwatch), *flags]) as follower:
                ended, faults = _run(subject, root, files, group, log)
                stopped = follower.stop()
        finally:
            _kill(group)
    seconds = time.monotonic() - started
    wrong = faults + _faults(stopped)
    seen: list[observer.Seen] = []
    try:
        with log.open(errors="replace") as lines:
            seen = observer.seen(lines)
    except observer.Unreadable as line:
        wrong.append(f"strace's log cannot be read: {line}")
    if not seen:
        wrong.append("nothing was seen: it did not run")
    wrong += differences(seen, stopped.events, stopped.records[0]["plan"])
    return Outcome(subject, seen, stopped.events, seconds, ended, wrong)


def _run(subject: Subject, root: Path, files: Path, group: Path, log: Path) -> tuple[str, list[str]]:
    """Runs it to its end; how that was, and what was not as it should be."""
    entering = world.entering(root, subject.command, files, subject.user)
    command = [*cgroups.inside(group), *observer.command(log), *entering]
    with (log.parent / "output").open("wb") as output:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + subject.limit
    faults = []
    if subject.ready is not None:
        while _claims(log) < subject.ready and program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if (claims := _claims(log)) < subject.ready:
            faults.append(f"{claims} of {subject.ready} binds and listens came: {_tail(log)}")
        program.terminate()
    try:
        status = program.wait(max(1.0, deadline - time.monotonic()))
        ended = f"status {status}" if status >= 0 else f"signal {-status}"
        if subject.ready is None:
            ended += f", {_tail(log)}"
    except subprocess.TimeoutExpired:
        ended = "cut off"
        faults.append(f"did not end within {subject.limit} s: {_tail(log)}")
    _kill(group, spare="strace")
    program.wait()
    eventually(lambda: not _members(group), f"strace has ended after {subject.name}")
    return ended, faults


def _claims(log: Path) -> int:
    with log.open(errors="replace") as lines:
        # The last line may still be written.
        text = "".join(line for line in lines if line.endswith("\n"))
    return sum(event.error is None for event in observer.seen(text.splitlines()))


def _members(group: Path) -> list[int]:
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def _kill(group: Path, spare: str = "") -> None:
    """Whatever the program left running, but for those that are called `spare`."""
    for pid in _members(group):
        with suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() != spare:
                os.kill(pid, signal.SIGKILL)


def _faults(stopped: Stopped) -> list[str]:
    found = [f"bindwatch lost {stopped.lost} records"] if stopped.lost else []
    return found + ([f"bindwatch ended with status {stopped.code}"] if stopped.code else [])


def _tail(log: Path) -> str:
    said = (log.parent / "output").read_text(errors="replace").strip().splitlines()
    return said[-1] if said else "it said nothing"


_ROW = "{:<22}{:>15}{:>15}{:>15}{:>8}{:>9}  {}"


def show(outcome: Outcome) -> None:
    seen = [(one.event, one.error is not None) for one in outcome.seen]
    told = [(record["event"], record["error"] is not None) for record in outcome.told]

    def pair(*kinds: tuple[str, bool]) -> str:
        return f"{sum(seen.count(kind) for kind in kinds)} / {sum(told.count(kind) for kind in kinds)}"

    failures = pair(("bind", True), ("listen", True))
    counts = [pair(("bind", False)), pair(("listen", False)), failures]
    name = outcome.subject.name
    print(_ROW.format(name, *counts, len(outcome.wrong), f"{outcome.seconds:.0f}", outcome.ended), flush=True)
    for test, reason in outcome.subject.left_out.items():
        print(f"    left out: {test}: {reason}")
    for line in outcome.wrong[:_SHOWN]:
        print(f"    {line}")
    if len(outcome.wrong) > _SHOWN:
        print(f"    and {len(outcome.wrong) - _SHOWN} more")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
