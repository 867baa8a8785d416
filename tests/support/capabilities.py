# SPDX-License-Identifier: Apache-2.0
"""Capabilities: what bindwatch is said to need, a plain user who has just those, and what a process has."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# docs/SUPPORT.md, "Privileges": for plan cgroup with failures, the plan that needs most.
DOCUMENTED = ("CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN", "CAP_DAC_READ_SEARCH")

NOBODY = 65534

# Debian's systemd mounts it at boot. Where nobody has, only this command sees it.
WITH_TRACEFS = (
    *("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c"),
    '[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing && exec "$@"',
    "sh",
)


def as_user(*capabilities: str) -> list[str]:
    """The prefix of a command that a user who is nobody in particular runs with exactly these capabilities."""
    exactly = ",".join(["-all", *(f"+{name.removeprefix('CAP_').lower()}" for name in capabilities)])
    sets = [f"--{kind}={exactly}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *sets, "--"]


@contextmanager
def readable_copy(program: str) -> Iterator[str]:
    """A program where every user may execute it: the build folder may be where nobody else can look."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield shutil.copy(program, folder)


def status_of_threads(pid: int) -> list[dict[str, str]]:
    """/proc/PID/task/*/status: capabilities are each thread's own."""
    return [_keys((task / "status").read_text()) for task in Path(f"/proc/{pid}/task").iterdir()]


def _keys(status: str) -> dict[str, str]:
    pairs: Sequence[tuple[str, str, str]] = [line.partition(":") for line in status.splitlines()]
    return {key: value.strip() for key, _, value in pairs}
