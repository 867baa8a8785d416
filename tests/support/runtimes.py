# SPDX-License-Identifier: Apache-2.0
"""Real containers: Podman and runc with everything that they keep in a folder of the test's own, no network, no registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from programs import require
from waiting import PATIENCE

# cgroupfs, since crun and systemd's driver want cgroup v2 alone; limits that need no CAP_SYS_RESOURCE.
_CONFIGURATION = """\
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=1000:1000"]
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
    """A Podman whose images, containers and state are below `home`; its containers' cgroups are below `cgroup_parent`."""

    def __init__(self, home: Path, cgroup_parent: str) -> None:
        require("runc")
        require("conmon")
        (home / "containers.conf").write_text(_CONFIGURATION)
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(home / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(home / "storage.conf"),
        }
        (home / "storage.conf").write_text(
            f'[storage]\ndriver = "vfs"\ngraphroot = "{home}/storage"\nrunroot = "{home}/run"\n'
        )
        self._command = [require("podman"), "--tmpdir", f"{home}/tmp"]
        self._parent = cgroup_parent

    def command(self, *words: str) -> list[str]:
        """`podman WORDS…`; a `run` gets its place among the cgroups."""
        if words[0] == "run":
            words = ("run", "--cgroup-parent", f"/{self._parent}", *words[1:])
        return [*self._command, *words]

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            self.command(*words), env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=4 * PATIENCE,
        )
        assert done.returncode == 0, f"podman {' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self, rootfs: Path, script: str) -> str:
        """The id of a container that runs a shell script in the background."""
        return self("run", "--detach", "--network", "none", "--rootfs", str(rootfs), "/bin/sh", "-c", script).strip()

    def end(self) -> None:
        self("rm", "--all", "--force", "--time", "0")


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
        [*runc, "run", "--bundle", str(bundle), name], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=4 * PATIENCE,
    )
    file.unlink()
    assert done.returncode == 0, f"runc: {done.stderr}"
    return done.stdout
