# SPDX-License-Identifier: Apache-2.0
"""The programs that a guest runs, for this machine's architecture or for another: built statically either way."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from apt import Apt
from debian import locked
from errors import Unavailable
from kernels import Machine

# What bindwatch links statically, and what CMake wants to find besides: of docs/DEPENDENCIES.md, for the other machine.
_LIBRARIES = (
    *("libbpf-dev", "libelf-dev", "libfmt-dev", "libgmock-dev", "libgtest-dev", "libncurses-dev", "libspdlog-dev"),
    *("libutf8proc-dev", "zlib1g-dev"),
)


@dataclass(frozen=True)
class Programs:
    bindwatch: Path  # static
    cases: list[Path]  # by name


def built(bindwatch: Path, cases: Path) -> Programs:
    """Those that the build of this machine has made. Raises Unavailable if it has not."""
    found = sorted(path for path in cases.iterdir() if _program(path)) if cases.is_dir() else []
    if not found or not bindwatch.is_file():
        raise Unavailable(f"nothing to run in {bindwatch if found else cases}: build the project first")
    return Programs(bindwatch, found)


def cross_built(machine: Machine, source: Path, into: Path, cache: Path) -> Programs:
    """Builds them for `machine` below `into`, or brings what is there up to date. Raises Unavailable."""
    compiler = f"{machine.triplet}-g++"
    if not shutil.which(compiler):
        raise Unavailable(f"no {compiler} on this machine (Debian: g++-{machine.triplet})")
    cache.mkdir(parents=True, exist_ok=True)
    sysroot = _sysroot(machine, cache)
    settings = [
        f"-DCMAKE_TOOLCHAIN_FILE={source}/cmake/{machine.triplet}.cmake",
        f"-DBINDWATCH_SYSROOT={sysroot}",
        *("-DBINDWATCH_STATIC=ON", "-DBINDWATCH_TESTS=ON", "-DCMAKE_BUILD_TYPE=Release"),
    ]
    _run(["cmake", "-G", "Ninja", "-S", str(source), "-B", str(into), *settings])
    _run(["cmake", "--build", str(into), "--target", "bindwatch", "tests/live/cases/all"])
    return built(into / "bindwatch", into / "tests" / "live" / "cases")


def _sysroot(machine: Machine, cache: Path) -> Path:
    """The libraries of this machine's own Debian release, for the other architecture."""
    codename = _codename()
    home = cache / f"sysroot-{codename}-{machine.arch}"
    with locked(cache / f"{home.name}.lock"):
        # Which libraries it is complete with: one that was made before another was needed is made anew.
        complete, wanted = home / "complete", "\n".join(_LIBRARIES)
        if not complete.is_file() or complete.read_text() != wanted:
            apt = Apt(codename, machine.arch, cache / "apt" / f"{codename}-{machine.arch}")
            apt.update()
            shutil.rmtree(home, ignore_errors=True)
            apt.unpack(apt.with_libraries(list(_LIBRARIES)), home)
            complete.write_text(wanted)
    return home


def _codename() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if found.get("ID") != "debian":
        raise Unavailable("this machine is not Debian, whose cross compilers and libraries are needed")
    return found["VERSION_CODENAME"]


def _program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines()[-20:]
        raise Unavailable("\n".join([f"{' '.join(command)} failed:", *said]))
