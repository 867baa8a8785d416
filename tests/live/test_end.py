# SPDX-License-Identifier: Apache-2.0
"""How a run ends: by a signal, a limit, an output that goes away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest

import case_programs
import stream
from exact import assert_exact, settle
from follower import SANITIZED, Record, follow, program
from lines import LineReader
from waiting import PATIENCE, eventually


def _one_line(stderr: str) -> str:
    """The only line of stderr."""
    lines = stderr.splitlines()
    assert len(lines) == 1, stderr
    return lines[0]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_drains(name: str) -> None:
    """What the kernel had recorded before the signal is told, then a summary, status 0."""
    with follow() as watch:
        truth = case_programs.run("bind_listen_close")
        stopped = watch.stop(getattr(signal, name))
    assert_exact(truth, stopped)
    assert str(len(stopped.events)) in _one_line(stopped.stderr)


# Asks for a port that is taken until it is killed.
STORM = """
import socket, sys
while True:
    try:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        pass
"""


@pytest.mark.parametrize("command", [["--json", "--ring-size", "64K", "-p", "PORT"], ["who", "PORT", "--watch", "--json"]], ids=["follow", "who"])
def test_a_signal_ends_it_in_a_storm_that_goes_on(command: list[str], tmp_path: Path) -> None:
    """The reader gets a twentieth of a CPU: the ring never runs empty."""
    out = tmp_path / "out"
    with ExitStack() as stack:
        holder = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = str(holder.getsockname()[1])
        for _ in range(2 * (os.cpu_count() or 1)):
            storm = stack.enter_context(subprocess.Popen([sys.executable, "-c", STORM, port]))
            stack.callback(storm.kill)
        arguments = [word.replace("PORT", port) for word in command]
        watching = subprocess.Popen([program(), *arguments], stdout=stack.enter_context(out.open("wb")))
        stack.callback(watching.kill)
        eventually(lambda: b"EADDRINUSE" in out.read_bytes(), "the storm is told")
        if not SANITIZED:  # which is slow enough
            os.setpriority(os.PRIO_PROCESS, watching.pid, 10)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(PATIENCE) == 0
    assert stream.parse(out.read_bytes().splitlines()[-1])["event"] == "stop"


def test_duration_ends_it() -> None:
    with follow("--duration", "300ms") as watch:
        stopped = watch.join()
    assert stopped.code == 0
    assert stopped.records[-1]["duration_ns"] >= 300_000_000
    _one_line(stopped.stderr)


def test_count_ends_it() -> None:
    with follow("--count", "5") as watch:
        case_programs.run("bind_listen_close")
        stopped = watch.join()
    assert stopped.code == 0
    assert len(stopped.events) == 5


def test_fail_on_alert() -> None:
    with follow("--fail-on-alert") as watch:
        truth = case_programs.run("close_before_listen")  # on 1683
        settle(watch, truth)
        stopped = watch.stop()
    assert stopped.code == 10
    assert stopped.records[-1]["alerts"] >= 3


def test_fail_on_alert_without_alert() -> None:
    with follow("--fail-on-alert", "--comm", "dup_last_close") as watch:
        truth = case_programs.run("dup_last_close")  # port 0 only
        settle(watch, truth)
        stopped = watch.stop()
    assert (stopped.code, len(stopped.events)) == (0, truth.count)


def test_sighup_reopens_a_rotated_file(tmp_path: Path) -> None:
    log, rotated = tmp_path / "events.json", tmp_path / "events.json.1"

    def told(path: Path) -> list[Record]:
        return [stream.parse(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def has(path: Path, cookies: Iterable[int]) -> bool:
        return set(cookies) <= {record["socket"]["cookie"] for record in stream.events(told(path))}

    with follow("-o", f"json=file:{log}") as watch:
        before = case_programs.run("bind_port_zero")
        settle(watch, before)
        eventually(lambda: has(log, before.sockets), "the file has the first events")
        log.rename(rotated)
        watch.process.send_signal(signal.SIGHUP)
        eventually(log.exists, "the file is opened anew")
        after = case_programs.run("close_before_listen")
        settle(watch, after)
        stopped = watch.stop()
    assert stopped.code == 0
    whole = told(rotated) + told(log)
    stream.check_whole(whole)
    assert has(log, after.sockets) and not has(rotated, after.sockets)
    assert not has(log, before.sockets)


def test_reader_of_the_pipe_goes() -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen([program(), "--json"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    try:
        assert stream.parse(LineReader(reader).next())["event"] == "start"
        os.close(reader)
        case_programs.run("bind_port_zero")
        _, stderr = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, stderr) == (0, b"")


def _run_into(stdout: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", "-c", f'exec "$0" --json {stdout}', program()]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)


def test_full_disk() -> None:
    done = _run_into(">/dev/full")
    assert done.returncode == 1
    assert "No space left on device" in _one_line(done.stderr)


def test_closed_stdout() -> None:
    done = _run_into(">&-")
    assert done.returncode == 1
    assert "stdout" in _one_line(done.stderr)
