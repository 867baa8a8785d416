# SPDX-License-Identifier: Apache-2.0
"""Commands that take a whole terminal begin there, and end with a key."""

from __future__ import annotations

import os

import pytest

import commands
from commands import Command
from screen import Tmux


@pytest.mark.parametrize("command", commands.on_a_terminal(), ids=str)
def test_commands(command: Command, bindwatch_on_path: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: tracing does")
    monkeypatch.setenv("PATH", bindwatch_on_path["PATH"])
    with Tmux(80, 24) as tmux:
        tmux.run(f"{command.script}; echo ended $?")
        tmux.wait_for(lambda screen: "bindwatch top" in screen and "q quit" in screen, "the screen")
        tmux.press("q")
        tmux.wait_for(lambda screen: "\nended 0\n" in screen, "its end")
