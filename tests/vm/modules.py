# SPDX-License-Identifier: Apache-2.0
"""Finds kernel modules by name and orders them so that each comes after those it needs."""

from __future__ import annotations

import lzma
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

_SUFFIXES = (".ko", ".ko.xz", ".ko.zst", ".ko.gz")


class ModuleTree:
    """The modules below one /lib/modules/RELEASE."""

    def __init__(self, root: Path) -> None:
        self._paths = {
            _normal(path.name.split(".ko")[0]): path
            for path in sorted(root.rglob("*.ko*"))
            if path.name.endswith(_SUFFIXES)
        }
        builtin = root / "modules.builtin"
        names = builtin.read_text().split() if builtin.is_file() else []
        self._builtin = {_normal(Path(name).name.removesuffix(".ko")) for name in names}

    def load_order(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(name, uncompressed module) of all that is needed for `names`, dependencies first, each once.

        A name that this kernel neither has as a module nor built in is left out: its users find out by trying.
        """
        done: set[str] = set()
        for name in names:
            yield from self._visit(_normal(name), done)

    def _visit(self, name: str, done: set[str]) -> Iterator[tuple[str, bytes]]:
        if name in done or name in self._builtin or name not in self._paths:
            return
        done.add(name)
        data = _uncompressed(self._paths[name])
        for needed in dependencies(data):
            yield from self._visit(needed, done)
        yield name, data


def dependencies(module: bytes) -> list[str]:
    """What the module's own .modinfo section says it depends on."""
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return [_normal(name) for name in found[1].decode().split(",") if name] if found else []


def _normal(name: str) -> str:
    return name.replace("-", "_")


def _uncompressed(path: Path) -> bytes:
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    if path.suffix in (".zst", ".gz"):
        tool = "zstd" if path.suffix == ".zst" else "gzip"
        return subprocess.run([tool, "-dcq", str(path)], check=True, stdout=subprocess.PIPE).stdout
    return path.read_bytes()
