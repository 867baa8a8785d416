# SPDX-License-Identifier: Apache-2.0
"""cgroups: where the hierarchies are, groups of one's own, and a program started inside one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import eventually


def mounts(*kinds: str) -> list[Path]:
    """Where file systems of these types are mounted: `cgroup2`, and `cgroup` for each hierarchy of version 1."""
    lines = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(where) for _, where, kind, *_ in lines if kind in kinds]


def mount_point() -> Path:
    """Of cgroup2. By file system type: on hybrid systems it is not /sys/fs/cgroup."""
    for where in mounts("cgroup2"):
        return where
    raise AssertionError("no cgroup2 is mounted")


@contextmanager
def own_group() -> Iterator[Path]:
    """A fresh group below the root; every process in it must have ended when the body is left."""
    group = Path(tempfile.mkdtemp(prefix="bindwatch-test-", dir=mount_point()))
    try:
        yield group
    finally:
        _remove(group)


@contextmanager
def made(hierarchy: Path, path: str) -> Iterator[Path]:
    """The group of that path from the root, with the groups above it; what was there before is left as it is."""
    group = hierarchy / path.lstrip("/")
    fresh = [each for each in (group, *group.parents) if hierarchy in each.parents and not each.exists()]
    group.mkdir(parents=True, exist_ok=True)
    try:
        yield group
    finally:
        for each in fresh:
            _remove(each)


@contextmanager
def own_hierarchy() -> Iterator[Path]:
    """A hierarchy of version 1 without controllers, beside whatever the machine has: every process is at its root."""
    with tempfile.TemporaryDirectory(prefix="bindwatch-cgroup-") as where:
        name = Path(where).name
        subprocess.run(["mount", "-t", "cgroup", "-o", f"none,name={name}", name, where], check=True)
        try:
            yield Path(where)
        finally:
            subprocess.run(["umount", where], check=True)


@contextmanager
def removed_again(name: str) -> Iterator[None]:
    """What a container runtime leaves below this name in any hierarchy, unless it was there before."""
    fresh = [where / name for where in mounts("cgroup", "cgroup2") if not (where / name).exists()]
    try:
        yield
    finally:
        groups = [Path(each) for group in fresh for each, *_ in os.walk(group)]
        for group in reversed(groups):
            if group.exists():  # one hierarchy may be mounted twice
                _remove(group)


def _remove(group: Path) -> None:
    eventually(lambda: not (group / "cgroup.procs").read_text(), f"{group} is empty")
    os.rmdir(group)


def inside(group: Path) -> list[str]:
    """The prefix of a command that runs in the group."""
    return ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group)]
