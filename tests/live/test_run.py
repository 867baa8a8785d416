# SPDX-License-Identifier: Apache-2.0
"""`bindwatch run -- CMD`: only it and its descendants are followed, and its status is ours."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from follower import Record, program
from waiting import PATIENCE, eventually

BIND = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0))"


def _run(*words: str, flags: tuple[str, ...] = ("--json",)) -> tuple[subprocess.CompletedProcess[str], list[Record]]:
    done = subprocess.run(
        [program(), "run", *flags, "--", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    return done, [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"schema"')]


def _events(records: list[Record]) -> list[str]:
    return [record["event"] for record in records if record["event"] not in ("start", "stop")]


def test_a_script_and_its_status() -> None:
    with socket.socket() as other:
        done, records = _run("sh", "-c", f'{sys.executable} -c "{BIND}"; exit 7')
        other.bind(("127.0.0.1", 0))
    assert done.returncode == 7, done.stderr
    assert _events(records) == ["bind", "release"]


def test_nobody_else_is_followed() -> None:
    """While it runs this process binds as well."""
    with subprocess.Popen([program(), "run", "--json", "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin and run.stdout
        start = json.loads(run.stdout.readline())
        with socket.socket() as mine:
            mine.bind(("127.0.0.1", 0))
        rest, _ = run.communicate()
    assert start["event"] == "start" and [json.loads(line)["event"] for line in rest.splitlines()] == ["stop"]
    assert run.returncode == 0


def test_from_the_first_instruction() -> None:
    case = Path(os.environ["CASES"]) / "bind_listen_close"
    _, records = _run(str(case))
    assert [record["event"] for record in records[:2]] == ["start", "bind"]


def test_a_daemon_that_forks_twice() -> None:
    """Its parent has gone when it binds, so bindwatch is."""
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); middle = os.getpid()\n"
        "    if os.fork() == 0:\n"
        "        while os.getppid() == middle: time.sleep(0.001)\n"
        f"        {BIND}\n"
        "    os._exit(0)\n"
    )
    done, records = _run(sys.executable, "-c", code)
    assert done.returncode == 0 and _events(records) == ["bind", "release"]


def test_far_descendants() -> None:
    """Beyond the ancestors that a record names."""
    code = "import os\nfor _ in range(20):\n    if (pid := os.fork()): os._exit(os.waitpid(pid, 0)[1])\n" + BIND
    done, records = _run(sys.executable, "-c", code)
    assert done.returncode == 0 and _events(records) == ["bind", "release"]


def test_another_user_below_it() -> None:
    done, records = _run("setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", BIND)
    assert done.returncode == 0, done.stderr
    assert [record["process"]["uid"] for record in records if record["event"] == "bind"] == [65534]


@pytest.mark.parametrize("word,status", [("no-such-program", 127), ("/etc/passwd", 126), ("/", 126)])
def test_what_cannot_be_run(word: str, status: int) -> None:
    done, records = _run(word)
    assert done.returncode == status
    (line,) = [line for line in done.stderr.splitlines() if "cannot be executed" in line]
    assert word in line
    assert [record["event"] for record in records] == ["start", "stop"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"])
def test_signals_are_passed_on(name: str) -> None:
    number = getattr(signal, name)
    # No pause(): a signal just before it would be taken note of, and then waited for in vain.
    code = (
        f"import signal, sys, time\nsignal.signal({number}, lambda *_: sys.exit(9))\nprint('ready', flush=True)\n"
        "while True: time.sleep(0.1)"
    )
    with subprocess.Popen(
        [program(), "run", "--", sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout
        while b"ready" not in run.stdout.readline():
            pass
        run.send_signal(number)
        assert run.wait(PATIENCE) == 9


def test_a_command_that_a_signal_ends() -> None:
    done, _ = _run("sh", "-c", "kill -KILL $$")
    assert done.returncode == 128 + signal.SIGKILL


def test_an_alert_is_a_failure() -> None:
    code = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 1683))"
    done, records = _run(sys.executable, "-c", code, flags=("--json", "--fail-on-alert"))
    assert done.returncode == 10
    assert [alert["rule"] for record in records[1:-1] for alert in record["alerts"]] == ["unassigned-port"]


def test_its_output_and_input_are_the_commands_own(tmp_path: Path) -> None:
    events = tmp_path / "events.json"
    done = subprocess.run(
        [program(), "run", "-o", f"json=file:{events}", "--", "cat"], input="through\n", capture_output=True, text=True
    )
    assert done.stdout == "through\n" and done.returncode == 0
    assert [json.loads(line)["event"] for line in events.read_text().splitlines()] == ["start", "stop"]


def test_it_keeps_no_privilege_but_the_one_to_pass_signals_on() -> None:
    with subprocess.Popen(
        [program(), "run", "--json", "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout and run.stdout.readline()
        status = Path(f"/proc/{run.pid}/status").read_text()
        run.communicate()
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    assert int(effective, 16) == 1 << 5  # CAP_KILL


def test_a_command_that_goes_on_is_not_waited_for_after_the_time() -> None:
    with subprocess.Popen(
        [program(), "run", "--duration", "300ms", "--", "sh", "-c", "echo $$; exec sleep 60"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as run:  # fmt: skip
        assert run.stdout
        pid = next(int(line) for line in run.stdout if line.strip().isdigit())
        assert run.wait(PATIENCE) == 0
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}/fd").exists() or _is_zombie(pid), "it ends")


def _is_zombie(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
