# SPDX-License-Identifier: Apache-2.0
"""Paths of executables: bindwatch tells them from the root of the mount namespace, a program from its own root."""

from __future__ import annotations

import functools
import os


@functools.cache
def in_chroot() -> bool:
    """Whether this process sees only a part of init's file tree; no, where it may not look at that."""
    try:
        mine, inits = os.stat("/"), os.stat("/proc/1/root/")
    except PermissionError:
        return False
    return (mine.st_dev, mine.st_ino) != (inits.st_dev, inits.st_ino)


def same(told: str | None, seen_from_here: str) -> bool:
    """Whether `told`, from the namespace's root, is what this process calls `seen_from_here`."""
    if told == seen_from_here:
        return True
    return told is not None and in_chroot() and told.endswith(seen_from_here)
