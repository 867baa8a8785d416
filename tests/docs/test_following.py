# SPDX-License-Identifier: Apache-2.0
"""Commands that need root show something; those that follow, while a program claims 1683, is refused it and gives it up."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import cgroups
import commands
from commands import Command
from programs import OWN_NETNS, require, running

CLAIMS = Path(__file__).with_name("claims.py")
# The one that docs/CONTAINERS.md asks for.
CONTAINER = "/docker/7951fb549ab99e0722a949b6c121634e1f3a36b5bacbe5392991e3b12251e6b8"
_SUMMARY = re.compile(r"^bindwatch: [1-9]\d* events?, \d+ warnings?, 0 lost in ", re.MULTILINE)
# Nothing of the machine's own logs is touched; what goes there is shown after the rest.
_SCRIPT = """\
set -o pipefail
mount -t tmpfs none /var/log || exit 99
{script}
status=$?
cat /var/log/* 2>/dev/null
exit $status
"""


@contextmanager
def _group(name: str) -> Iterator[Path]:
    """A new group below the one that a document names, which is made if this machine has none of that name."""
    parent = cgroups.mount_point() / name.lstrip("/")
    made = not parent.exists()
    if made:
        parent.mkdir()
    group = Path(tempfile.mkdtemp(prefix="bindwatch-docs-", dir=parent))
    try:
        yield group
    finally:
        group.rmdir()
        if made:
            parent.rmdir()


@contextmanager
def _claims(command: Command) -> Iterator[None]:
    how = "hold" if "list" in command.words or "who" in command.words else "repeat"
    claims = [*OWN_NETNS, "/bin/sh", "-c", 'ip link set lo up && exec "$@"', "sh", "/usr/bin/python3", str(CLAIMS), how]
    named = re.search(r"--cgroup[ =](\S+)", command.text)
    if re.search(r"--container\b|--containers\b", command.text):
        with cgroups.made(cgroups.mount_point(), CONTAINER) as group, running([*cgroups.inside(group), *claims]):
            yield
    elif named:
        with _group(named[1]) as group, running([*cgroups.inside(group), *claims]):
            yield
    else:
        with running(claims, stdout=subprocess.PIPE) as process:
            assert process.stdout and process.stdout.readline() == b"claimed\n"
            yield


@pytest.mark.parametrize("command", commands.to_run(needs_root=True), ids=str)
def test_commands(command: Command, bindwatch_on_path: dict[str, str], tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: tracing does")
    assert command.ends, "it would run for ever: tests/docs/commands.py says what to do"
    if "| jq " in command.text:
        require("jq")
    with _claims(command):
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-c", _SCRIPT.format(script=command.script)],
            env=bindwatch_on_path, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == (10 if "--fail-on-alert" in command.words else 0), done.stderr
    if not command.follows:
        assert done.stdout, done.stderr
        assert "run" in command.words or not done.stderr, done.stderr
        assert "1683" in done.stdout or not {"list", "who", "run"} & set(command.words), done.stdout
        return
    assert _SUMMARY.search(done.stderr), done.stderr
    assert "1683" in done.stdout, done.stdout
