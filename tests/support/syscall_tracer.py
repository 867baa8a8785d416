# SPDX-License-Identifier: Apache-2.0
"""Another tracer as a witness: bpftrace on the tracepoints of the system calls, which is what most tools stand on."""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from types import TracebackType

from capabilities import WITH_TRACEFS
from programs import require
from waiting import PATIENCE, eventually

_CALLS = ("bind", "listen")
_SCRIPT = 'BEGIN { printf("ready\\n"); } ' + " ".join(
    f'tracepoint:syscalls:sys_{side}_{call} {{ printf("{side} {call} %d\\n", pid); }}'
    for call in _CALLS
    for side in ("enter", "exit")
)


class SyscallTracer:
    """`with SyscallTracer() as tracer:` sees every call of bind(2) and listen(2) of the machine from then on."""

    def __init__(self) -> None:
        self._program = require("bpftrace")
        self._output = tempfile.NamedTemporaryFile(prefix="bpftrace-", suffix=".out")

    def __enter__(self) -> SyscallTracer:
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *WITH_TRACEFS, self._program, "-B", "line", "-e", _SCRIPT],
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        eventually(lambda: "ready" in self._text() or self._process.poll() is not None, "bpftrace is ready")
        assert self._process.poll() is None, f"bpftrace has ended: {self._text()}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def stop(self) -> Counter[int]:
        """Ends it. How many calls it saw of each process: an entry and its exit are one, and one of them is enough."""
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(PATIENCE) == 0, self._text()
        assert "Lost" not in self._text(), self._text()
        seen = re.findall(r"^(enter|exit) \w+ (\d+)$", self._text(), re.MULTILINE)
        sides = Counter((side, int(pid)) for side, pid in seen)
        return Counter({pid: max(sides["enter", pid], sides["exit", pid]) for _, pid in sides})

    def _text(self) -> str:
        return Path(self._output.name).read_text(errors="replace")
