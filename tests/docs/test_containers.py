# SPDX-License-Identifier: Apache-2.0
"""bindwatch in a container, as docs/CONTAINERS.md says to run it: it follows the machine and other containers."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import cgroups
import commands
import runtimes
from commands import ROOT
from follower import Follower, Record
from runtimes import Podman

PAGE = (ROOT / "docs/CONTAINERS.md").read_text(encoding="utf-8")
NODE = (ROOT / "packaging/container/daemonset.yaml").read_text(encoding="utf-8")
# The host's own tracefs stays as it is.
_WITH_TRACEFS = "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing; exec "


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Podman]:
    """A Podman that has the documents' image of a static bindwatch."""
    if os.geteuid() != 0:
        pytest.skip("needs root: tracing does")
    static = os.environ.get("STATIC_BINDWATCH")
    if not static:
        pytest.skip("this build has no static bindwatch: a sanitizer cannot be linked statically")
    (tmp_path / "build-static").mkdir()
    shutil.copy(static, tmp_path / "build-static/bindwatch")
    (tmp_path / "packaging").symlink_to(ROOT / "packaging")
    with runtimes.own_podman() as podman:
        build, _ = _commands()
        subprocess.run(build, cwd=tmp_path, env={**os.environ, **podman.environment}, check=True, timeout=120)
        yield podman


def _commands() -> tuple[list[str], list[str]]:
    """What builds the image, and what runs it with the flags that end it."""
    build, run = commands.of_podman()
    return build.words, [*run.words, *run.ending.split()]


def _in_container(podman: Podman, words: list[str]) -> list[str]:
    settings = [f"{name}={value}" for name, value in podman.environment.items()]
    return ["env", *settings, "unshare", "--mount", "bash", "-c", _WITH_TRACEFS + shlex.join(words)]


def test_it_follows_the_host_and_other_containers(image: Podman, tmp_path: Path) -> None:
    _, run = _commands()
    bind = "import socket; socket.socket().bind(('127.0.0.1', 0))"
    with Follower(_in_container(image, run)) as watch:
        with subprocess.Popen(["/usr/bin/python3", "-c", bind]) as on_host:
            assert on_host.wait() == 0
        container = image.start(runtimes.make_rootfs(tmp_path / "rootfs"), "exec nc -l -p 1683")
        mine = watch.wait_for(lambda _: _binds(watch.events(), on_host.pid, container), "both binds")
        stopped = watch.stop()
    assert stopped.code == 0, stopped.stderr
    here, there = mine
    assert here["container"] is None and here["process"]["args"][1:] == ["-c", bind]
    assert here["host"] == os.uname().nodename
    assert there["container"]["runtime"] == "podman" and there["process"]["comm"] == "nc"


def _binds(events: list[Record], pid: int, container: str) -> list[Record]:
    binds = [event for event in events if event["event"] == "bind" and event["process"]]
    here = [event for event in binds if event["process"]["pid"] == pid]
    there = [event for event in binds if event["container"] and event["container"]["id"] == container]
    return [here[0], there[0]] if here and there else []


def _without(words: list[str], *missing: str) -> list[str]:
    """The command without these words that follow one another."""
    for at in range(len(words)):
        if tuple(words[at : at + len(missing)]) == missing:
            return words[:at] + words[at + len(missing) :]
    raise AssertionError(f"{missing} is not in {words}")


def test_it_says_what_is_missing(image: Podman) -> None:
    """Each message of the page's last table, and each capability."""
    _, words = _commands()
    run = [*words, "--plan", "cgroup"]  # with less, bindwatch may fall back on a plan that needs less
    mount = "/sys/fs/cgroup:/host/cgroup:ro"
    part = f"{cgroups.mount_point()}/libpod_parent:/host/cgroup:ro"
    lacking = {
        "bpf(2) is blocked although the capabilities are there": _without(run, "--security-opt", "seccomp=unconfined"),
        "no cgroup2 file system is mounted": _in_own_namespace(_without(run, "-v", mount)),
        "only a part of the cgroup2 hierarchy is mounted here": [part if word == mount else word for word in run],
        "tracefs is not mounted": _without(run, "-v", "/sys/kernel/tracing:/sys/kernel/tracing:ro"),
        "CAP_BPF": _without(run, "--cap-add", "BPF"),
        "CAP_PERFMON": _without(run, "--cap-add", "PERFMON"),
        "CAP_NET_ADMIN": _without(run, "--cap-add", "NET_ADMIN"),
    }
    cells = [row.split("|")[1] for row in PAGE.rpartition("| message |")[2].splitlines() if row.startswith("| `")]
    table = [message for cell in cells for message in re.findall(r"`([^`]+)`", cell)]
    assert table == [*list(lacking)[:4], "needs CAP_…"]
    for message, words in lacking.items():
        done = subprocess.run(_in_container(image, words), capture_output=True, text=True, timeout=60)
        assert done.returncode in (3, 4) and message in done.stderr, (message, done.returncode, done.stderr)


def test_doctor_names_the_default_profile(image: Podman) -> None:
    """With the page's flags but for the profile's, and with none of them."""
    _, run = _commands()
    flags = _without(run, "--security-opt", "seccomp=unconfined")
    flags = flags[: flags.index("bindwatch") + 1]
    for words, wrong in ((flags, ["bpf(2)"]), (["podman", "run", "--rm", "bindwatch"], ["bpf(2)", "capabilities"])):
        done = subprocess.run(_in_container(image, [*words, "doctor", "--json"]), capture_output=True, text=True, timeout=60)
        assert done.returncode == 3, done.stderr
        checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
        assert [name for name in ("bpf(2)", "capabilities") if checks[name]["verdict"] == "wrong"] == wrong
        assert "seccomp filter" in checks["bpf(2)"]["finding"] and "seccomp=" in checks["bpf(2)"]["advice"]
        assert checks["seccomp"]["verdict"] == "note"


def _in_own_namespace(words: list[str]) -> list[str]:
    place = words.index("--cgroupns") + 1
    return [*words[:place], "private", *words[place + 1 :]]


def test_in_a_cgroup_namespace_of_its_own(image: Podman) -> None:
    """As on Kubernetes: the host's hierarchy is beside the container's, and is the one that counts."""
    _, run = _commands()
    with Follower(_in_container(image, _in_own_namespace(run))) as watch:
        with subprocess.Popen(["/usr/bin/python3", "-c", "import socket; socket.socket().bind(('', 0))"]) as on_host:
            assert on_host.wait() == 0
        watch.wait_for(lambda _: on_host.pid in [(e["process"] or {}).get("pid") for e in watch.events()], "its bind")


def test_the_daemonset_has_the_same_capabilities_and_mounts() -> None:
    _, run = _commands()
    added = [word for before, word in zip(["", *run], run) if before == "--cap-add"]
    mounts = [word.split(":") for before, word in zip(["", *run], run) if before == "-v"]
    assert re.findall(r"add: \[(.*)\]", NODE) == [", ".join(added)]
    paths = re.findall(r"path: (\S+?)\}", NODE)
    inside = re.findall(r"mountPath: (\S+), readOnly: true", NODE)
    assert [[*pair, "ro"] for pair in zip(paths, inside)] == mounts
    assert "hostPID: true" in NODE and "privileged" not in NODE
