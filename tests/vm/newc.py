# SPDX-License-Identifier: Apache-2.0
"""Writes the cpio archive that the kernel unpacks as its first file system.

The format is "newc" (kernel, Documentation/driver-api/early-userspace/buffer-format.rst). Written here and not by
cpio(1), so that device nodes need no root and the host needs no further package.
"""

from __future__ import annotations

import stat
from typing import BinaryIO

_MAGIC = b"070701"
_END = "TRAILER!!!"


class Archive:
    """An archive being written to `out`. Parent directories come by themselves; everything belongs to root."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._inode = 0
        self._seen: set[str] = set()

    def directory(self, path: str) -> None:
        path = path.strip("/")
        if path and path not in self._seen:
            self._parents(path)
            self._seen.add(path)
            self._entry(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self._parents(path.strip("/"))
        self._entry(path.strip("/"), stat.S_IFREG | mode, data)

    def character_device(self, path: str, major: int, minor: int) -> None:
        self._parents(path.strip("/"))
        self._entry(path.strip("/"), stat.S_IFCHR | 0o600, b"", (major, minor))

    def close(self) -> None:
        """Writes the end mark; `out` stays open."""
        self._entry(_END, 0, b"")

    def _parents(self, path: str) -> None:
        parent, slash, _ = path.rpartition("/")
        if slash:
            self.directory(parent)

    def _entry(self, path: str, mode: int, data: bytes, device: tuple[int, int] = (0, 0)) -> None:
        name = path.encode() + b"\0"
        self._inode += 1
        # inode, mode, uid, gid, links, mtime, size, device of the file system, device of the node, name, check
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        header = _MAGIC + b"".join(b"%08X" % field for field in fields)
        self._out.write(_padded(header + name) + _padded(data))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
