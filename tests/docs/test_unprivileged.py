# SPDX-License-Identifier: Apache-2.0
"""Commands that need no root do what the documents show, word for word."""

from __future__ import annotations

import subprocess

import pytest

import commands
from commands import Command


@pytest.mark.parametrize("command", commands.to_run(needs_root=False), ids=str)
def test_commands(command: Command, bindwatch_on_path: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.script],
        env=bindwatch_on_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout, "it prints nothing"
    if command.output:
        assert _shown(command.output, done.stdout.splitlines()), f"the document does not show this:\n{done.stdout}"


def _shown(document: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the document has all that is printed; a line `…` in it stands for any lines."""
    if not document:
        return not printed
    if document[0] == "…":
        return any(_shown(document[1:], printed[at:]) for at in range(len(printed) + 1))
    return bool(printed) and document[0] == printed[0] and _shown(document[1:], printed[1:])


def test_a_wrong_line_is_noticed() -> None:
    printed = ["a", "b", "c"]
    assert _shown(("a", "…", "c"), printed) and _shown(("a", "…"), printed) and _shown(("…",), [])
    assert not _shown(("a", "c"), printed) and not _shown(("a", "b"), printed) and not _shown(("…", "b"), printed)
