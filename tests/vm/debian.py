# SPDX-License-Identifier: Apache-2.0
"""Fetches a Debian kernel, its modules and a static busybox into a cache folder. What is cached needs no network."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cmp_to_key
from pathlib import Path

from apt import Apt
from errors import Unavailable
from kernels import Kernel


@dataclass(frozen=True)
class KernelFiles:
    """A kernel that is ready to boot."""

    kernel: Kernel
    release: str  # as uname -r says
    version: str  # of the Debian package
    image: Path
    modules: Path  # the folder /lib/modules/RELEASE
    busybox: Path  # static, of the same architecture


def default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bindwatch" / "kernels"


def fetch(kernel: Kernel, cache: Path, refresh: bool = False) -> KernelFiles:
    """The files of `kernel`, from the cache if they are there and `refresh` does not ask for the suite's newest.

    Raises Unavailable, with the reason, where no Debian mirror is configured or the download fails.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / f"{kernel.files}.lock"):
        home = cache / kernel.files
        if refresh or not (home / "kernel.json").is_file():
            _install(kernel, _apt(kernel, cache), home)
        facts = json.loads((home / "kernel.json").read_text())
    return KernelFiles(
        kernel=kernel,
        release=facts["release"],
        version=facts["version"],
        image=home / facts["image"],
        modules=home / facts["modules"],
        busybox=home / facts["busybox"],
    )


def newest(kernels: Iterable[Kernel], cache: Path, refresh: bool = False) -> tuple[Kernel, list[str]]:
    """Which of them has the highest version now, and why others could not be asked. Raises Unavailable if none can."""
    known: list[tuple[str, Kernel]] = []
    silent: list[str] = []
    for kernel in kernels:
        try:
            known.append((_version(kernel, cache, refresh), kernel))
        except Unavailable as reason:
            silent.append(f"{kernel.name} is not to be had: {reason}")
    if not known:
        raise Unavailable("; ".join(silent))
    return max(known, key=cmp_to_key(lambda left, right: _compare(left[0], right[0])))[1], silent


def _version(kernel: Kernel, cache: Path, refresh: bool) -> str:
    """Of the cached package, else of the one that the suite has."""
    cached = cache / kernel.files / "kernel.json"
    if cached.is_file() and not refresh:
        version: str = json.loads(cached.read_text())["version"]
        return version
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / f"{kernel.files}.lock"):
        apt = _apt(kernel, cache)
        apt.update()
        return apt.version(kernel.package)


def _compare(left: str, right: str) -> int:
    newer = subprocess.run(["dpkg", "--compare-versions", left, "gt", right]).returncode == 0
    return 1 if newer else -1


def _apt(kernel: Kernel, cache: Path) -> Apt:
    return Apt(kernel.suite, kernel.machine.arch, cache / "apt" / kernel.files)


def _install(kernel: Kernel, apt: Apt, home: Path) -> None:
    apt.update()
    work = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        apt.unpack([*apt.kernel_packages(kernel.package), "busybox-static"], work / "root")
        image = _only(work, "root/boot/vmlinuz-*", "root/usr/lib/modules/*/vmlinuz")
        modules = _only(work, "root/lib/modules/*", "root/usr/lib/modules/*")
        facts = {
            "release": modules.name,
            "version": apt.version(kernel.package),
            "image": str(image.relative_to(work)),
            "modules": str(modules.relative_to(work)),
            "busybox": str(_only(work, "root/bin/busybox", "root/usr/bin/busybox").relative_to(work)),
        }
        (work / "kernel.json").write_text(json.dumps(facts, indent=1) + "\n")
        shutil.rmtree(home, ignore_errors=True)
        work.rename(home)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _only(work: Path, *patterns: str) -> Path:
    found = [path for pattern in patterns for path in sorted(work.glob(pattern)) if not path.is_symlink()]
    if len(found) != 1:
        raise Unavailable(f"the kernel's packages hold {len(found)} times {' or '.join(patterns)}, not once")
    return found[0]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Two runs at once: the second waits and then finds what the first has made."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
