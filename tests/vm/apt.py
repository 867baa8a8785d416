# SPDX-License-Identifier: Apache-2.0
"""apt on one suite and one architecture, in a world of its own.

It has a sources list, lists and a cache below a folder of ours: the system's configuration is read (the mirror and the
proxy come from it) and never changed. Works without root, and for an architecture that is not this machine's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from errors import Unavailable

# Of the package debian-archive-keyring, which every Debian has; Debian 13 renamed it.
_KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg")


class Apt:
    """apt-get and apt-cache on `suite` and `arch`; everything that they keep is below `root`.

    `sources`: source packages too.
    """

    def __init__(self, suite: str, arch: str, root: Path, sources: bool = False) -> None:
        for folder in ("lists/partial", "cache/archives/partial"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        keyring = next((path for path in _KEYRINGS if os.path.exists(path)), None)
        options = f"[arch={arch}" + (f" signed-by={keyring}]" if keyring else "]")
        # Backports hold no busybox, only what differs from the suite below them.
        suites = dict.fromkeys((suite, suite.removesuffix("-backports")))
        kinds = ("deb", "deb-src") if sources else ("deb",)
        lines = [f"{kind} {options} {debian_mirror()} {name} main\n" for kind in kinds for name in suites]
        (root / "sources.list").write_text("".join(lines))
        settings = {
            "APT::Architecture": arch,
            "APT::Architectures": arch,
            "APT::Default-Release": suite,
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
            "Debug::NoLocking": "1",  # the lock is that of the system's own dpkg, which is not touched
        }
        self._archives = root / "cache" / "archives"
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

    def with_libraries(self, packages: list[str]) -> list[str]:
        """`packages`, each a -dev one, and the packages of the shared libraries that belong to them."""
        belongs = [re.findall(r"(\S+) \(= ", self._field(package, "Depends")) for package in packages]
        return list(dict.fromkeys([*packages, *(name for names in belongs for name in names)]))

    def unpack(self, packages: list[str], folder: Path) -> None:
        """Downloads the packages and lays their files below `folder`; nothing of them is run."""
        folder.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", *self._options, "-qq", "download", *packages], cwd=folder)
        for deb in sorted(folder.glob("*.deb")):
            subprocess.run(["dpkg-deb", "--extract", str(deb), str(folder)], check=True)
            deb.unlink()

    def download_closure(self, packages: list[str]) -> list[Path]:
        """The .deb files of `packages` and of everything that they depend on, as for a system that has nothing."""
        _run(["apt-get", *self._options, "clean"])
        install = ["install", "--yes", "--no-install-recommends", "--download-only"]
        _run(["apt-get", *self._options, "-qq", *install, *packages])
        return sorted(self._archives.glob("*.deb"))

    def download_source(self, package: str, folder: Path) -> Path:
        """The upstream tarball of a source package."""
        folder.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", *self._options, "-qq", "source", "--download-only", package], cwd=folder)
        found = [path for path in folder.iterdir() if re.search(r"\.orig\.tar\.\w+$", path.name)]
        if len(found) != 1:
            raise Unavailable(f"the source package {package} has {len(found)} upstream tarballs, not one")
        return found[0]

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
