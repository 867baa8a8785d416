# SPDX-License-Identifier: Apache-2.0
"""A tmux of the test's own, with one shell in it: what a person at a terminal sees and types."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from programs import require
from waiting import PATIENCE, eventually

# Nothing of the machine's own configuration counts, and a prompt that no screen of bindwatch contains.
PROMPT = "ready-for-more$"


class Tmux:
    """`with Tmux(80, 24) as tmux:` has a shell at its prompt; `tmux.run("…")` types a command into it."""

    def __init__(self, columns: int, lines: int, term: str = "") -> None:
        self._size = (columns, lines)
        self._term = term  # empty: tmux's own
        self._folder = tempfile.TemporaryDirectory(prefix="bindwatch-tmux-")
        self._socket = str(Path(self._folder.name) / "socket")

    def __enter__(self) -> Tmux:
        self._program = require("tmux")
        columns, lines = self._size
        environment = {k: v for k, v in os.environ.items() if k not in ("TMUX", "NO_COLOR")}
        term = f"TERM={shlex.quote(self._term)} " if self._term else ""
        shell = f"{term}PS1={shlex.quote(PROMPT + ' ')} exec bash --norc --noprofile"
        try:
            # -u: UTF-8 whatever the test's locale is.
            subprocess.run(
                [self._program, "-u", "-S", self._socket, "-f", "/dev/null", "new-session", "-d",
                 "-x", str(columns), "-y", str(lines), shell],
                env=environment, check=True, capture_output=True, timeout=PATIENCE,
            )  # fmt: skip
            self.wait_for(lambda screen: PROMPT in screen, "the shell's prompt")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        subprocess.run([self._program, "-S", self._socket, "kill-server"], capture_output=True, timeout=PATIENCE)
        self._folder.cleanup()

    def tell(self, *words: str) -> str:
        """One tmux command, and what it prints."""
        done = subprocess.run(
            [self._program, "-u", "-S", self._socket, *words], capture_output=True, check=True, timeout=PATIENCE
        )
        return done.stdout.decode()

    def run(self, command: str) -> None:
        self.tell("send-keys", "-l", command)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: "Tab", "Up", "C-c", "q"."""
        self.tell("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tell("send-keys", "-l", text)

    def screen(self) -> str:
        """What is to be seen, without what stands to the right of the last character of each line."""
        return self.tell("capture-pane", "-p")

    def styled(self) -> str:
        """The same with its colours."""
        return self.tell("capture-pane", "-p", "-e")

    def lines(self) -> list[str]:
        return self.screen().split("\n")[: self._size[1]]

    def resize(self, columns: int, lines: int) -> None:
        self.tell("resize-window", "-x", str(columns), "-y", str(lines))
        self._size = (columns, lines)

    def wait_for(self, seen: Callable[[str], object], what: str) -> str:
        """The screen, as soon as `seen` is true of it."""
        try:
            return eventually(lambda: screen if seen(screen := self.screen()) else "", what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None

    def _format(self, name: str) -> str:
        return self.tell("display-message", "-p", f"#{{{name}}}").strip()

    def alternate(self) -> bool:
        """A program has the screen to itself."""
        return self._format("alternate_on") == "1"

    def cursor_visible(self) -> bool:
        return self._format("cursor_flag") == "1"

    def keypad_mode(self) -> bool:
        return self._format("keypad_cursor_flag") == "1" or self._format("keypad_flag") == "1"

    def terminal_file(self) -> str:
        return self._format("pane_tty")

    def settings(self) -> str:
        """stty -a of its terminal."""
        return subprocess.run(
            ["stty", "-a", "-F", self.terminal_file()], capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout

    def child(self) -> int:
        """The process that the shell runs in the foreground."""
        shell = self._format("pane_pid")
        done = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, timeout=PATIENCE)
        pids = done.stdout.split()
        assert len(pids) == 1, f"children of the shell: {pids}"
        return int(pids[0])
