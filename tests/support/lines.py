# SPDX-License-Identifier: Apache-2.0
"""Reading a pipe line by line as the lines come, each within a deadline."""

from __future__ import annotations

import os
import select
import time

from waiting import PATIENCE


class LineReader:
    def __init__(self, fd: int, patience: float = PATIENCE) -> None:
        self._fd = fd
        self._patience = patience
        self._rest = b""

    def next(self) -> bytes:
        """The next line with its end. AssertionError if the pipe ends or nothing comes in time."""
        deadline = time.monotonic() + self._patience
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._fd], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no line within {self._patience:g} s, only {self._rest!r}"
            chunk = os.read(self._fd, 65536)
            assert chunk, f"the pipe has ended after {self._rest!r}"
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line + b"\n"

    def rest(self) -> bytes:
        """What has been read beyond the last line."""
        return self._rest
