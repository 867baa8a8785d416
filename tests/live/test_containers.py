# SPDX-License-Identifier: Apache-2.0
"""The container of an event: from cgroups as runtimes make them, and from real containers.

bindwatch inside a container is in tests/docs, since that is a command of the documents.
"""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import cgroups
import runtimes
from follower import Follower, Record, follow
from runtimes import Podman

TABLE = Path(__file__).resolve().parent.parent / "data/cgroup_paths.tsv"
Row = dict[str, str]


def _rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _container(row: Row) -> Record | None:
    """What an event says of a process there."""
    if not row["container_id"]:
        return None
    pod = row["pod_uid"] or None
    unknown = dict.fromkeys(("name", "pod", "namespace"))
    return {"id": row["container_id"], "runtime": row["runtime"], "pod_uid": pod, **unknown}


def _cannot_be_made(row: Row) -> str | None:
    if row["path"] == "/":
        return "it is the root, which is there"
    if ".." in row["path"].split("/"):
        return "a cgroup cannot be called '..'; it is how one namespace shows a group of another"
    return None


def _bind_in(group: Path) -> int:
    """The pid of a process that moved to the group, bound a port and is gone."""
    child = os.fork()
    if child == 0:
        try:
            (group / "cgroup.procs").write_text("0")
            socket.socket().bind(("127.0.0.1", 0))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, f"no bind in {group}"
    return child


def _binds(watch: Follower, pids: set[int]) -> dict[int, Record]:
    """The bind of each of these processes, as soon as all are told; their releases say the same of them."""

    def mine(kind: str) -> dict[int, Record]:
        return {e["process"]["pid"]: e for e in watch.events() if e["event"] == kind and _pid(e) in pids}

    def all_ended(_: list[Record]) -> dict[int, Record] | None:
        found = mine("release")
        return found if len(found) == len(pids) else None

    releases = watch.wait_for(all_ended, f"{len(pids)} ends")
    binds = mine("bind")
    facts = ("container", "cgroup", "process")
    assert all([bind[key] for key in facts] == [releases[pid][key] for key in facts] for pid, bind in binds.items())
    return binds


def _pid(event: Record) -> int | None:
    return event["process"] and event["process"]["pid"]


def _differences(binds: dict[int, Record], rows: dict[int, Row]) -> list[str]:
    told = {pid: bind["container"] for pid, bind in binds.items()}
    return [
        f"{row['path']}: container is {told.get(pid, 'not told')}, not {_container(row)}"
        for pid, row in rows.items()
        if told.get(pid, "not told") != _container(row)
    ]


def _assert_rows_in(hierarchy: Path, watch: Follower) -> dict[int, Record]:
    """One process in a real cgroup for each row; the binds, by pid."""
    rows: dict[int, Row] = {}
    made = 0
    for row in _rows():
        if why := _cannot_be_made(row):
            print(f"not made in {hierarchy}: {row['path']}: {why}")
            if row["path"] != "/":
                continue
        with cgroups.made(hierarchy, row["path"]) as group:
            rows[_bind_in(group)] = row
        made += not why
    assert (len(_rows()), made) == (58, 56)
    binds = _binds(watch, set(rows))
    found = _differences(binds, rows)
    assert not found, "\n".join(found)
    return {pid: bind | {"row": rows[pid]} for pid, bind in binds.items()}


def test_every_known_path_in_cgroup_v2() -> None:
    with follow() as watch:
        binds = _assert_rows_in(cgroups.mount_point(), watch)
    assert all(bind["cgroup"]["path"] == bind["row"]["path"] for bind in binds.values())


def test_every_known_path_in_cgroup_v1() -> None:
    """As on a hybrid machine whose runtime leaves v2 alone; `cgroup` stays that of v2."""
    with cgroups.own_hierarchy() as hierarchy, follow() as watch:
        binds = _assert_rows_in(hierarchy, watch)
    paths = {bind["cgroup"]["path"] for bind in binds.values()}
    assert len(paths) == 1, paths


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_process_that_moves(version: str) -> None:
    """Between containers and out of them, each time on the same CPU: what was found before is not told again."""
    rows = [row for row in _rows() if row["runtime"] in ("docker", "lxc") and not _cannot_be_made(row)][:4]
    outside = {"path": "/", "container_id": "", "runtime": "", "pod_uid": ""}
    way = [*rows, outside, rows[0], outside, rows[1]] * 3
    with ExitStack() as stack:
        hierarchy = stack.enter_context(cgroups.own_hierarchy()) if version == "v1" else cgroups.mount_point()
        for row in rows:
            stack.enter_context(cgroups.made(hierarchy, row["path"]))
        watch = stack.enter_context(follow())
        groups = [str(hierarchy / row["path"].lstrip("/") / "cgroup.procs") for row in way]
        program = (
            "import os, socket, sys; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n"
            "for path in sys.argv[1:]:\n"
            "    open(path, 'w').write('0'); socket.socket().bind(('127.0.0.1', 0))"
        )
        with subprocess.Popen([sys.executable, "-c", program, *groups]) as process:
            assert process.wait() == 0

        def binds(_: list[Record]) -> list[Record] | None:
            found = [e for e in watch.events() if e["event"] == "bind" and _pid(e) == process.pid]
            return found if len(found) == len(way) else None

        told = [bind["container"] for bind in watch.wait_for(binds, f"{len(way)} binds")]
    assert told == [_container(row) for row in way]


def test_v1_beside_another_v2_group() -> None:
    """A runtime that knows v1 alone, under a service manager that uses v2."""
    row = next(row for row in _rows() if row["runtime"] == "docker")
    with ExitStack() as stack:
        service = stack.enter_context(cgroups.own_group())
        group = stack.enter_context(cgroups.made(stack.enter_context(cgroups.own_hierarchy()), row["path"]))
        watch = stack.enter_context(follow())
        program = "import socket; socket.socket().bind(('127.0.0.1', 0))"
        command = [*cgroups.inside(group), *cgroups.inside(service), sys.executable, "-c", program]
        with subprocess.Popen(command) as process:
            assert process.wait() == 0
        binds = _binds(watch, {process.pid})
    assert binds[process.pid]["cgroup"]["path"] == f"/{service.name}"
    assert not _differences(binds, {process.pid: row})


def test_filters() -> None:
    """By id, by the start of it, by a name; inside and outside."""
    rows = {row["path"]: row for row in _rows()}
    docker, lxc = next(row for row in rows.values() if row["runtime"] == "docker"), rows["/lxc/mysql-primary-db"]
    outside, other = rows["/system.slice/ssh.service"], rows["/lxc.payload.first"]
    flags: dict[str, list[Row]] = {
        f"--container {docker['container_id']}": [docker],
        f"--container {docker['container_id'][:12]}": [docker],
        f"--container {docker['container_id'][1:12]}": [],
        "--container mysql-primary-db": [lxc],
        "--container mysql": [],
        f"--container first,{docker['container_id'][:12]}": [docker, other],
        "--containers": [docker, lxc, other],
        "--no-containers": [outside],
    }
    with ExitStack() as stack:
        everything = stack.enter_context(follow())
        filtered = {each: stack.enter_context(follow(*each.split())) for each in flags}
        made: dict[int, Row] = {}
        for row in (docker, lxc, outside, other):
            with cgroups.made(cgroups.mount_point(), row["path"]) as group:
                made[_bind_in(group)] = row
        _binds(everything, set(made))
        for each, watch in filtered.items():
            events = watch.stop().events
            told = {pid for pid in made if any(_pid(event) == pid for event in events)}
            assert told == {pid for pid, row in made.items() if row in flags[each]}, each
            kinds = [event["event"] for event in events if _pid(event) in made]
            assert kinds.count("bind") == kinds.count("release") == len(told), each


def test_nested_pid_namespaces() -> None:
    """ns_pid is the number that the process has for itself, three namespaces down; pid is the machine's."""
    bind = "import os, socket; socket.socket().bind(('127.0.0.1', 0))"
    program = f"{bind}; print(os.getpid(), os.stat('/proc/self/ns/pid').st_ino)"
    # The shell is process 1 of its namespace, so that the program is another.
    nested = ["unshare", "--pid", "--fork", "--mount-proc"] * 3
    shell = ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", program]
    with follow() as watch:
        done = subprocess.run([*nested, *shell], capture_output=True, text=True, check=True)
        own, namespace = map(int, done.stdout.split())
        events = watch.wait_for(lambda _: _of_namespace(watch, namespace, "release"), "its end")
        events = _of_namespace(watch, namespace, "bind") + events
    assert own > 1 and len(events) == 2
    for event in events:
        process = event["process"]
        assert (process["ns_pid"], process["pidns"]) == (own, namespace)
        assert process["pid"] != own and event["container"] is None


def _of_namespace(watch: Follower, inode: int, kind: str) -> list[Record]:
    return [e for e in watch.events() if e["event"] == kind and e["process"] and e["process"]["pidns"] == inode]


@pytest.fixture
def podman() -> Iterator[Podman]:
    with runtimes.own_podman() as podman:
        yield podman


@pytest.fixture
def rootfs(tmp_path: Path) -> Path:
    return runtimes.make_rootfs(tmp_path / "rootfs")


def _listens(container: str) -> Callable[[list[Record]], list[Record]]:
    """Bind and listen in this container."""

    def found(records: list[Record]) -> list[Record]:
        mine = [r for r in records if r.get("container") and r["container"]["id"] == container]
        return mine if {"bind", "listen"} <= {r["event"] for r in mine} else []

    return found


def test_podman_container(podman: Podman, rootfs: Path) -> None:
    with follow() as watch:
        container = podman.start(rootfs, "exec nc -l -p 1683")
        events = watch.wait_for(_listens(container), "nc listens")
        runtime_pid = int(podman("inspect", "--format", "{{.State.Pid}}", container))
    for event in events:
        assert event["container"]["runtime"] == "podman" and event["port"] == 1683
        assert event["process"]["ns_pid"] == 1 and event["process"]["pid"] == runtime_pid
        assert event["cgroup"]["path"].endswith(f"/libpod-{container}")


def test_container_that_lives_for_a_moment(podman: Podman, rootfs: Path) -> None:
    """Long gone when it is looked at: 50 ms from its first process to its last."""
    with follow() as watch:
        container = podman.start(rootfs, "nc -l -p 1683 & usleep 50000; kill $!")
        podman("wait", container)
        podman("rm", "--force", container)
        assert not any(cgroups.mount_point().rglob(f"libpod-{container}"))
        events = watch.wait_for(_listens(container), "nc listens")
        watch.wait_for(lambda _: ("release", container) in [(e["event"], _id(e)) for e in watch.events()], "its end")
    assert {event["process"]["args"][0] for event in events} == {"nc"}
    assert {event["container"]["runtime"] for event in events} == {"podman"}


def _id(event: Record) -> str | None:
    return event["container"] and event["container"]["id"]


def test_runc_with_a_path_of_kubernetes(tmp_path: Path, rootfs: Path) -> None:
    row = next(row for row in _rows() if "runc" in row["source"])
    with ExitStack() as stack:
        for hierarchy in cgroups.mounts("cgroup", "cgroup2"):
            stack.enter_context(cgroups.made(hierarchy, row["path"].rpartition("/")[0]))
        watch = stack.enter_context(follow())
        script = "nc -l -p 1683 & usleep 50000; kill $!"
        runtimes.run_bundle(tmp_path, rootfs, row["path"], ["/bin/sh", "-c", script])
        events = watch.wait_for(_listens(row["container_id"]), "nc listens")
    assert [event["container"] for event in events] == [_container(row)] * len(events)
    assert {event["cgroup"]["path"] for event in events} == {row["path"]}
