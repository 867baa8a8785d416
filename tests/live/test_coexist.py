# SPDX-License-Identifier: Apache-2.0
"""bindwatch is not alone on the machine: other bindwatches, other people's cgroup programs."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import case_programs
import cgroups
from exact import assert_exact, settle
from follower import follow

FORBIDDEN_PORT = 4242


def test_two_at_once_are_both_exact() -> None:
    with follow() as first:
        with follow() as second:
            truth = case_programs.run("fail_in_use")
            truth.merge(case_programs.run("bind_listen_close"))
            settle(first, truth)
            settle(second, truth)
            assert_exact(truth, second.stop())
        # The one that ended has taken nothing along.
        truth.merge(case_programs.run("bind_port_zero"))
        settle(first, truth)
        stopped = first.stop()
    assert_exact(truth, stopped)


def _bpftool(*arguments: str) -> str:
    done = subprocess.run([os.environ["BPFTOOL"], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"bpftool {' '.join(arguments)}: {done.stderr}{done.stdout}"
    return done.stdout


def _attached(group: Path) -> set[int]:
    """The ids of the programs on the group itself; other bindwatches of this machine may be among them."""
    shown = _bpftool("-j", "cgroup", "show", str(group))
    return {program["id"] for program in json.loads(shown)} if shown.strip() else set()


def _program_id(pin: str) -> int:
    return json.loads(_bpftool("-j", "prog", "show", "pinned", pin))["id"]


def _held_by(pid: int) -> set[int]:
    """The ids of the programs that a process has open."""
    ids = set()
    for fd in Path(f"/proc/{pid}/fdinfo").iterdir():
        ids |= {int(line.split()[1]) for line in fd.read_text().splitlines() if line.startswith("prog_id:")}
    return ids


@contextmanager
def _foreign_program(group: Path, mode: str) -> Iterator[int]:
    """Attaches foreign.bpf.c to the group and gives its id."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "bpf", "bpf", folder]).returncode != 0:
            pytest.skip("no bpffs can be mounted")
        try:
            pin = f"{folder}/forbid_port"
            _bpftool("prog", "load", os.environ["FOREIGN"], pin)
            _bpftool("cgroup", "attach", str(group), "bind4", "pinned", pin, *([mode] if mode else []))
            try:
                yield _program_id(pin)
            finally:
                _bpftool("cgroup", "detach", str(group), "bind4", "pinned", pin)
        finally:
            subprocess.run(["umount", folder], check=True)


def _bind_in(group: Path, port: int) -> int:
    """The errno of bind(2), 0 on success, of a process in the group."""
    program = (
        "import socket,sys\n"
        "s = socket.socket()\n"
        "try: s.bind(('127.0.0.1', int(sys.argv[1])))\n"
        "except OSError as e: sys.exit(e.errno)\n"
    )
    return subprocess.run([*cgroups.inside(group), "/usr/bin/python3", "-c", program, str(port)]).returncode


def _assert_stays(group: Path, mode: str) -> None:
    root = cgroups.mount_point()
    with _foreign_program(group, mode) as foreign:
        assert foreign in _attached(group)
        assert _bind_in(group, FORBIDDEN_PORT) == errno.EPERM, "the foreign program works without bindwatch"
        with follow("--plan", "cgroup") as watch:
            ours = _held_by(watch.process.pid) & _attached(root)
            assert len(ours) >= 6, "bindwatch is on the root, too"
            assert foreign in _attached(group), "the foreign program is still attached"
            assert _bind_in(group, FORBIDDEN_PORT) == errno.EPERM, "and still decides"
            assert _bind_in(group, 0) == 0
            event = watch.wait_for(
                lambda records: next((r for r in records if r.get("requested_port") == FORBIDDEN_PORT), None),
                "the refused bind is told",
            )
            watch.stop()
        assert (event["event"], event["error"]["name"]) == ("bind", "EPERM")
        assert not ours & _attached(root), "bindwatch leaves nothing behind"
        assert foreign in _attached(group), "and takes nothing along"
        assert _bind_in(group, FORBIDDEN_PORT) == errno.EPERM


def test_foreign_program_on_the_root_stays() -> None:
    _assert_stays(cgroups.mount_point(), "multi")


def test_foreign_program_of_a_subgroup_stays() -> None:
    with cgroups.own_group() as group:
        _assert_stays(group, "")
