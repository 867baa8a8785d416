# SPDX-License-Identifier: Apache-2.0
"""Fetches a Debian kernel, its modules and a static busybox into a cache folder.

apt does the work, with a sources list, lists and a cache of our own: the system's configuration is read (the mirror
and the proxy come from it) and never changed. Works without root. What is cached is used without network.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from errors import Unavailable
from kernels import Kernel

# Of the package debian-archive-keyring, which every Debian has; Debian 13 renamed it.
_KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg")


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
    with _locked(cache / f"{kernel.files}.lock"):
        home = cache / kernel.files
        if refresh or not (home / "kernel.json").is_file():
            _install(kernel, _Apt(kernel, cache / "apt" / kernel.files), home)
        facts = json.loads((home / "kernel.json").read_text())
    return KernelFiles(
        kernel=kernel,
        release=facts["release"],
        version=facts["version"],
        image=home / facts["image"],
        modules=home / facts["modules"],
        busybox=home / facts["busybox"],
    )


def _install(kernel: Kernel, apt: _Apt, home: Path) -> None:
    apt.update()
    packages = apt.kernel_packages(kernel.package)
    work = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        for deb in apt.download([*packages, "busybox-static"], work):
            subprocess.run(["dpkg-deb", "--extract", str(deb), str(work / "root")], check=True)
            deb.unlink()
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


class _Apt:
    """apt-get and apt-cache on one suite and one architecture, in a world of their own below `root`."""

    def __init__(self, kernel: Kernel, root: Path) -> None:
        self._arch = kernel.machine.arch
        for folder in ("lists/partial", "cache/archives/partial"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        keyring = next((path for path in _KEYRINGS if os.path.exists(path)), None)
        options = f"[arch={self._arch}" + (f" signed-by={keyring}]" if keyring else "]")
        # Backports hold no busybox, only what differs from the suite below them.
        suites = dict.fromkeys((kernel.suite, kernel.suite.removesuffix("-backports")))
        lines = [f"deb {options} {debian_mirror()} {suite} main\n" for suite in suites]
        (root / "sources.list").write_text("".join(lines))
        settings = {
            "APT::Architecture": self._arch,
            "APT::Architectures": self._arch,
            "APT::Default-Release": kernel.suite,
            "APT::Sandbox::User": "root",  # its own user could not read a cache below a home folder
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Dir::Cache": f"{root}/cache",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::Etc::SourceList": f"{root}/sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": f"{root}/lists",
            "Dir::State::Status": f"{root}/status",
        }
        self._options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def update(self) -> None:
        # Without Error-Mode a mirror that does not answer is only a warning.
        _run(["apt-get", *self._options, "-qq", "-o", "APT::Update::Error-Mode=any", "update"])

    def version(self, package: str) -> str:
        return self._field(package, "Version")

    def kernel_packages(self, package: str) -> list[str]:
        """The packages below a kernel's metapackage that hold its files: one, or image, binary and modules (7.x)."""
        found: list[str] = []
        waiting = [package]
        while waiting:
            depends = self._field(waiting.pop(), "Depends")
            names = re.findall(r"\blinux-(?:image|binary|modules)-\d[^\s,(|]*", depends)
            new = [name for name in names if name not in found]
            found += new
            waiting += new
        if not found:
            raise Unavailable(f"the package {package} names no kernel")
        return found

    def download(self, packages: list[str], folder: Path) -> list[Path]:
        _run(["apt-get", *self._options, "-qq", "download", *packages], cwd=folder)
        return sorted(folder.glob("*.deb"))

    def _field(self, package: str, field: str) -> str:
        shown = _run(["apt-cache", *self._options, "--no-all-versions", "show", package])
        found = re.search(rf"^{field}: (.*)$", shown, re.MULTILINE)
        return found[1] if found else ""


def debian_mirror() -> str:
    """The mirror from which this machine gets Debian itself, or $BINDWATCH_DEBIAN_MIRROR."""
    if chosen := os.environ.get("BINDWATCH_DEBIAN_MIRROR"):
        return chosen
    if not shutil.which("apt-get"):
        raise Unavailable("no apt-get: the kernels are Debian packages")
    # Origin and Label are known only after the system's own first `apt-get update`; the codename always is.
    codename = _os_release().get("VERSION_CODENAME") if _os_release().get("ID") == "debian" else None
    wanted = "$(REPO_URI)\t$(ORIGIN)\t$(LABEL)\t$(RELEASE)"
    for line in _run(["apt-get", "indextargets", "--format", wanted, "Created-By: Packages"]).splitlines():
        uri, origin, label, release = line.split("\t")
        if (origin, label) == ("Debian", "Debian") or (codename and release == codename):
            return uri
    raise Unavailable("apt has no Debian source: name a mirror in BINDWATCH_DEBIAN_MIRROR")


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text().splitlines()
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _run(command: list[str], cwd: Path | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{command[0]} {command[-1]}: {said[-1]}")
    return done.stdout


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two runs at once: the second waits and then finds what the first has fetched."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
