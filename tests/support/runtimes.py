# SPDX-License-Identifier: Apache-2.0
"""Real containers: Podman and runc, with all that they keep in a folder of the test's own, no network, no registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cgroups
from programs import require
from waiting import PATIENCE

# cgroupfs, since crun and systemd's driver want cgroup v2 alone; limits that need no CAP_SYS_RESOURCE.
_CONFIGURATION = """\
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{home}/tmp"
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=1000:1000"]
"""
_STORAGE = """\
[storage]
driver = "vfs"
graphroot = "{home}/storage"
runroot = "{home}/run"
"""


def make_rootfs(where: Path) -> Path:
    """A file tree with a busybox and its shell."""
    (where / "bin").mkdir(parents=True)
    for name in ("dev", "proc", "sys", "tmp"):
        (where / name).mkdir()
    shutil.copy(require("busybox"), where / "bin/busybox")
    for applet in ("sh", "nc", "usleep", "sleep"):
        (where / "bin" / applet).symlink_to("busybox")
    return where


class Podman:
    """A Podman whose images, containers and state are below `home`; `environment` makes any `podman` be this one."""

    def __init__(self, home: Path) -> None:
        for name in ("podman", "runc", "conmon"):
            require(name)
        (home / "containers.conf").write_text(_CONFIGURATION.format(home=home))
        (home / "storage.conf").write_text(_STORAGE.format(home=home))
        self.environment = {
            "CONTAINERS_CONF": str(home / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(home / "storage.conf"),
        }

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            ["podman", *words], env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=4 * PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, f"podman {' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self, rootfs: Path, script: str) -> str:
        """The id of a container that runs a shell script in the background."""
        return self("run", "--detach", "--network", "none", "--rootfs", str(rootfs), "/bin/sh", "-c", script).strip()


@contextmanager
def own_podman() -> Iterator[Podman]:
    """Everything that it made is gone when the body is left."""
    # A short path: with that of pytest's folders, conmon's sockets do not fit, and each container ends 20 s late.
    with tempfile.TemporaryDirectory(prefix="bw-") as home, cgroups.removed_again("libpod_parent"):
        podman = Podman(Path(home))
        try:
            yield podman
        finally:
            podman("rm", "--all", "--force", "--time", "0")


def run_bundle(home: Path, rootfs: Path, cgroups_path: str, arguments: Sequence[str]) -> str:
    """Runs an OCI bundle to its end, with its cgroup where `cgroups_path` says; what it printed."""
    runc = [require("runc"), "--root", str(home / "runc")]
    bundle = home / "bundle"
    bundle.mkdir(exist_ok=True)
    subprocess.run([*runc, "spec", "--bundle", str(bundle)], check=True)
    file = bundle / "config.json"
    configuration = json.loads(file.read_text())
    configuration["root"] = {"path": str(rootfs), "readonly": True}
    configuration["process"] |= {"terminal": False, "args": list(arguments)}
    configuration["linux"]["cgroupsPath"] = cgroups_path
    file.write_text(json.dumps(configuration))
    name = f"bindwatch-test-{os.getpid()}"
    done = subprocess.run(
        [*runc, "run", "--bundle", str(bundle), name],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=4 * PATIENCE,
    )  # fmt: skip
    file.unlink()
    assert done.returncode == 0, f"runc: {done.stderr}"
    return done.stdout
