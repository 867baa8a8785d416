# SPDX-License-Identifier: Apache-2.0
"""A bindwatch that follows: started, read while it runs, stopped, and its whole stream checked."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import stream
from waiting import PATIENCE, eventually

Record = dict[str, Any]

# Whether the bindwatch under test is ten times slower: tests/live/CMakeLists.txt says so.
SANITIZED = bool(os.environ.get("STORM_RING"))


@dataclass(frozen=True)
class Stopped:
    """What a bindwatch that has ended leaves behind."""

    code: int
    stderr: str
    records: list[Record] = field(repr=False)

    @property
    def events(self) -> list[Record]:
        return stream.events(self.records)

    @property
    def lost(self) -> int:
        return sum(record["count"] for record in self.records if record["event"] == "lost")


class Follower:
    """`with Follower([program, "--json"]) as watch:` follows from the first line of the body on.

    The stream goes to a file, so that a test that does not read never slows bindwatch down. Leaving the body stops a
    bindwatch that still runs, and kills it if the test has failed.
    """

    def __init__(self, command: Sequence[str], patience: float = PATIENCE) -> None:
        self._command = list(command)
        self._patience = patience
        self._stdout = tempfile.NamedTemporaryFile(prefix="bindwatch-stdout-")
        self._stderr = tempfile.NamedTemporaryFile(prefix="bindwatch-stderr-")
        self._offset = 0
        self._rest = b""
        self._records: list[Record] = []
        self._stopped: Stopped | None = None

    def __enter__(self) -> Follower:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=self._stderr
        )
        try:
            # The start record is written once every hook is attached.
            eventually(lambda: self.records() or self._ended(), "bindwatch starts", self._patience)
            assert self._records, f"{self._command} ended at once: {self.process.returncode}: {self.stderr()}"
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._stopped is None:
                self.stop()
        finally:
            self._end()

    def records(self) -> list[Record]:
        """Every record until now; each is validated when it is first seen."""
        with open(self._stdout.name, "rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        self._offset += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        self._records += [stream.parse(line) for line in lines]
        return self._records

    def events(self) -> list[Record]:
        return stream.events(self.records())

    def wait_for(self, found: Callable[[list[Record]], Any], what: str) -> Any:
        """What `found` makes of all records, as soon as that is true."""
        return eventually(lambda: found(self.records()), f"{what}; {self._tail()}", self._patience)

    def wait_for_sum(self, weight: Callable[[Record], int], target: int, what: str) -> None:
        """Waits until the weights of all records add up to `target`; each record is weighed once."""
        done = total = 0

        def reached(records: list[Record]) -> bool:
            nonlocal done, total
            total += sum(map(weight, records[done:]))
            done = len(records)
            return total >= target

        self.wait_for(reached, what)

    def stderr(self) -> str:
        return Path(self._stderr.name).read_text(errors="replace")

    def stop(self, with_signal: int = signal.SIGINT) -> Stopped:
        """Ends it; the stream must then be whole, and the exit status is for the caller to judge."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.join()

    def join(self) -> Stopped:
        """Waits for an end that comes by itself (--duration, --count)."""
        if self._stopped is None:
            code = self.process.wait(self._patience)
            records = self.records()
            assert not self._rest, f"the last line is cut: {self._rest!r}"
            stream.check_whole(records)
            self._stopped = Stopped(code, self.stderr(), records)
        return self._stopped

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def _tail(self) -> str:
        return f"stderr: {self.stderr()!r}"

    def _end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stdout.close()
        self._stderr.close()


def program() -> str:
    """The bindwatch under test."""
    return os.environ["BINDWATCH"]


def follow(*flags: str) -> Follower:
    """The bindwatch under test with a JSON stream."""
    return Follower([program(), "--json", *flags])
