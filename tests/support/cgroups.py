# SPDX-License-Identifier: Apache-2.0
"""cgroup2: where it is, a group of one's own, and a program started inside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import eventually


def mount_point() -> Path:
    """By file system type: on hybrid systems it is not /sys/fs/cgroup."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    raise AssertionError("no cgroup2 is mounted")


@contextmanager
def own_group() -> Iterator[Path]:
    """A fresh group below the root; every process in it must have ended when the body is left."""
    group = Path(tempfile.mkdtemp(prefix="bindwatch-test-", dir=mount_point()))
    try:
        yield group
    finally:
        eventually(lambda: not (group / "cgroup.procs").read_text(), f"{group} is empty")
        os.rmdir(group)


def inside(group: Path) -> list[str]:
    """The prefix of a command that runs in the group."""
    return ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group)]
