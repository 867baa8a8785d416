# SPDX-License-Identifier: Apache-2.0
"""A terminal of a chosen width, and what a program wrote to it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import unicodedata
from collections.abc import Sequence
from types import TracebackType

from waiting import PATIENCE, eventually

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def without_colour(text: str) -> str:
    return _COLOUR.sub("", text)


def width_of(line: str) -> int:
    """Columns of a line without colours: combining marks take none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line
    )


def harmful(text: str) -> list[str]:
    """Characters that act on a terminal or on how a line reads: controls, and the invisible formatting ones."""
    return [char for char in without_colour(text) if char not in "\n\r" and unicodedata.category(char) in ("Cc", "Cf")]


class Terminal:
    """Runs a command with stdout on a terminal; stderr is kept apart."""

    def __init__(self, command: Sequence[str], columns: int) -> None:
        self._command = list(command)
        self._columns = columns
        self._output = b""

    def __enter__(self) -> Terminal:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self._columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE, env=environment
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self._reader.join(PATIENCE)
        os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._master, 65536)
            except OSError:  # EIO: nobody has the other side open any more
                return
            if not chunk:
                return
            self._output += chunk

    def text(self) -> str:
        """Everything written until now, with the terminal's own line ends undone."""
        return self._output.decode("utf-8").replace("\r\n", "\n")

    def wait_for(self, needle: str, times: int = 1) -> None:
        eventually(lambda: without_colour(self.text()).count(needle) >= times, f"{needle!r} appears")

    def end(self, with_signal: int) -> tuple[str, int]:
        """Ends the command and returns all that it wrote and its status."""
        self.process.send_signal(with_signal)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return self.text(), code
