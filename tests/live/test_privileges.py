# SPDX-License-Identifier: Apache-2.0
"""The documented capabilities suffice, each missing one is named, and none is left once bindwatch follows."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import case_programs
import stream
from capabilities import DOCUMENTED, NOBODY, WITH_TRACEFS, as_user, readable_copy, status_of_threads
from exact import assert_exact, settle
from follower import Follower, program
from programs import running
from waiting import PATIENCE, eventually

UNPLACED_ARGS = Path(__file__).resolve().parent.parent / "support" / "unplaced_args.py"
SUPPORT = Path(__file__).resolve().parents[2] / "docs" / "SUPPORT.md"
O_CLOEXEC = 0o2000000


@pytest.fixture
def bindwatch() -> Iterator[str]:
    with readable_copy(program()) as copy:
        yield copy


def test_documented_capabilities_suffice(bindwatch: str) -> None:
    """The cases run as root, so every fact is another user's."""
    with Follower([*WITH_TRACEFS, *as_user(*DOCUMENTED), bindwatch, "--json"]) as watch:
        truth = case_programs.run("bind_listen_close")
        truth.merge(case_programs.run("fail_in_use"))
        truth.merge(case_programs.run("short_processes", "20"))
        settle(watch, truth)
        stopped = watch.stop()
    assert_exact(truth, stopped)


def test_without_failures_fewer_suffice(bindwatch: str) -> None:
    fewer = [name for name in DOCUMENTED if name != "CAP_DAC_READ_SEARCH"]
    with Follower([*WITH_TRACEFS, *as_user(*fewer), bindwatch, "--json", "--no-failed"]) as watch:
        truth = case_programs.run("bind_listen_close")
        settle(watch, truth)
        stopped = watch.stop()
    assert_exact(truth, stopped)


@pytest.mark.parametrize("missing", DOCUMENTED)
def test_names_the_missing_one(bindwatch: str, missing: str) -> None:
    said = _refused([*as_user(*(name for name in DOCUMENTED if name != missing)), bindwatch, "--plan", "cgroup"])
    assert [name for name in DOCUMENTED if name in said] == [missing], said


def test_a_lesser_plan_names_what_the_better_one_lacks(bindwatch: str) -> None:
    """Without CAP_NET_ADMIN plan auto still follows, and says what it is without."""
    fewer = [name for name in DOCUMENTED if name != "CAP_NET_ADMIN"]
    with Follower([*WITH_TRACEFS, *as_user(*fewer), bindwatch, "--json"]) as watch:
        truth = case_programs.run("bind_listen_close")
        watch.wait_for(lambda records: any(map(truth.concerns, stream.events(records))), "something of the case")
        stopped = watch.stop()
    assert stopped.records[0]["plan"] == "syscall" and "CAP_NET_ADMIN" in stopped.stderr, stopped.stderr


@pytest.mark.parametrize("missing", ["CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"])
def test_plan_syscall_names_the_missing_one(bindwatch: str, missing: str) -> None:
    fewer = [name for name in DOCUMENTED if name not in (missing, "CAP_NET_ADMIN")]
    said = _refused([*as_user(*fewer), bindwatch, "--plan", "syscall", "--no-failed"])
    assert [name for name in DOCUMENTED if name in said] == [missing], said


def test_names_all_that_are_missing(bindwatch: str) -> None:
    said = _refused([*as_user(), bindwatch, "--plan", "cgroup"])
    assert [name for name in DOCUMENTED if name in said] == list(DOCUMENTED), said


def test_names_what_mounting_tracefs_needs(bindwatch: str) -> None:
    hide = 'umount /sys/kernel/tracing 2>/dev/null; umount /sys/kernel/debug 2>/dev/null; exec "$@"'
    said = _refused(["unshare", "--mount", "/bin/sh", "-c", hide, "sh", *as_user(*DOCUMENTED), bindwatch], ())
    assert "CAP_SYS_ADMIN" in said and "mount -t tracefs" in said, said


def test_says_that_a_user_namespace_does_not_count(bindwatch: str) -> None:
    said = _refused(["unshare", "--user", "--map-root-user", bindwatch], ())
    assert "user namespace" in said, said


@pytest.mark.parametrize("prefix", [(), (*WITH_TRACEFS, *as_user(*DOCUMENTED))], ids=["root", "user"])
def test_holds_nothing_once_it_follows(bindwatch: str, prefix: tuple[str, ...]) -> None:
    with Follower([*prefix, bindwatch, "--json"]) as watch:
        threads = status_of_threads(watch.process.pid)
    for status in threads:
        sets = {key: int(status[key], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
        assert set(sets.values()) == {0} and status["NoNewPrivs"] == "1", (sets, status["NoNewPrivs"])
        if not prefix:  # only who has CAP_SETPCAP may empty it
            assert int(status["CapBnd"], 16) == 0


def test_holds_only_the_descriptors_that_it_needs(bindwatch: str) -> None:
    with Follower([bindwatch, "--json", "-o", "json=file:/dev/null"]) as watch:
        process = Path(f"/proc/{watch.process.pid}")
        held = {fd.name: str(fd.readlink()) for fd in (process / "fd").iterdir() if int(fd.name) > 2}
        flags = {fd: _flags(process / "fdinfo" / fd) for fd in held}
    kinds = {target.removeprefix("anon_inode:").strip("[]") for target in held.values()}
    assert kinds == {"bpf-map", "bpf-prog", "bpf_link", "perf_event", "eventpoll", "signalfd", "/dev/null"}, held
    assert [held[fd] for fd in held if not flags[fd] & O_CLOEXEC] == []


def test_reopens_its_files_without_privilege(bindwatch: str, tmp_path: Path) -> None:
    """SIGHUP after a rotation: the user's own rights must do, and what they do not allow keeps the old file."""
    folder = tmp_path / "logs"
    folder.mkdir()
    log = folder / "claims.json"
    with Follower([bindwatch, "--json", "-o", f"json=file:{log}"]) as watch:
        log.rename(folder / "claims.1")
        watch.process.send_signal(signal.SIGHUP)
        eventually(log.exists, "the file is made anew")
        log.unlink()
        folder.chmod(0o555)  # binds root too, who has no CAP_DAC_OVERRIDE any more
        watch.process.send_signal(signal.SIGHUP)
        eventually(lambda: str(log) in watch.stderr(), "it says that it cannot")
        folder.chmod(0o755)
        stopped = watch.stop()
    assert stopped.code == 0, stopped.stderr
    assert "Permission denied" in stopped.stderr


@pytest.mark.parametrize("prefix", [(), (*WITH_TRACEFS, *as_user(*DOCUMENTED))], ids=["root", "user"])
def test_looks_up_what_the_kernel_could_not_read(bindwatch: str, prefix: tuple[str, ...]) -> None:
    """Arguments that are not in memory at the event: /proc has them, for everybody."""
    with Follower([*prefix, bindwatch, "--json"]) as watch, running([sys.executable, str(UNPLACED_ARGS)]) as process:
        bind = watch.wait_for(lambda records: _bind_of(records, process.pid), "the bind")
    assert bind["process"]["args"] == ["", ""]


def test_what_proc_hides_is_null(bindwatch: str) -> None:
    """hidepid: the same look-up finds nothing for a user without CAP_SYS_PTRACE."""
    hidden = ("unshare", "--mount", "/bin/sh", "-c", 'mount -t proc -o hidepid=2 own /proc && exec "$@"', "sh")
    prefix = (*hidden, *WITH_TRACEFS, *as_user(*DOCUMENTED))
    with Follower([*prefix, bindwatch, "--json"]) as watch, running([sys.executable, str(UNPLACED_ARGS)]) as process:
        bind = watch.wait_for(lambda records: _bind_of(records, process.pid), "the bind")
        stopped = watch.stop()
    assert bind["process"]["args"] is None and bind["process"]["exe"], bind["process"]
    assert stopped.code == 0, stopped.stderr


def test_the_documented_unit_runs(bindwatch: str) -> None:
    """What docs/SUPPORT.md gives systemd to run, with the capabilities that it is given there."""
    (unit,) = re.findall(r"^```ini\n(.*?)^```$", SUPPORT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    setting = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
    allowed = setting["AmbientCapabilities"].split()
    assert sorted(allowed) == sorted(DOCUMENTED) and setting["CapabilityBoundingSet"].split() == allowed
    _, *arguments = setting["ExecStart"].split()
    logs = 'mount -t tmpfs none /var/log && install -d -o nobody /var/log/bindwatch && "$@" && cat /var/log/bindwatch/*'
    command = [*as_user(*allowed), bindwatch, *arguments, "--duration", "100ms"]
    done = subprocess.run(
        [*WITH_TRACEFS, "/bin/sh", "-c", logs, "sh", *command], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    stream.check_whole([stream.parse(line) for line in done.stdout.splitlines()])


def _refused(command: list[str], prefix: tuple[str, ...] = WITH_TRACEFS) -> str:
    """The one line with which bindwatch says that it may not."""
    done = subprocess.run(
        [*prefix, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (3, ""), done
    (line,) = done.stderr.splitlines()
    return line


def _flags(fdinfo: Path) -> int:
    for line in fdinfo.read_text().splitlines():
        key, _, value = line.partition(":")
        if key == "flags":
            return int(value, 8)
    raise AssertionError(f"{fdinfo} has no flags")


def _bind_of(records: list[dict], pid: int) -> dict | None:
    for record in records:
        if record["event"] == "bind" and record["process"] and record["process"]["pid"] == pid:
            return record
    return None
