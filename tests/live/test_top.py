# SPDX-License-Identifier: Apache-2.0
"""`top` in a real terminal: what it shows, that it follows keys and sizes, and that it leaves the terminal as it was."""

from __future__ import annotations

import ctypes
import os
import pty
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

import case_programs
from capabilities import as_user, readable_copy
from follower import program
from screen import PROMPT, Tmux
from waiting import PATIENCE, eventually

PR_SET_NAME = 15


def _started(tmux: Tmux, *flags: str) -> None:
    tmux.run(f"{program()} top {' '.join(flags)}; echo ended $?")
    tmux.wait_for(lambda screen: "bindwatch top" in screen and "claims" in screen and "SINCE" in screen, "top is there")


@contextmanager
def _top(*flags: str, columns: int = 80, lines: int = 24) -> Iterator[Tmux]:
    with Tmux(columns, lines) as tmux:
        _started(tmux, *flags)
        yield tmux


@contextmanager
def _listener(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    with socket.create_server((address, port)) as server:
        yield server.getsockname()[1]


@contextmanager
def _named(name: bytes) -> Iterator[None]:
    """This thread group's leader has another name meanwhile."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = open("/proc/self/comm", "rb").read().rstrip(b"\n")
    libc.prctl(PR_SET_NAME, name, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_NAME, before, 0, 0, 0)


def _count(screen: str, what: str) -> int:
    found = re.search(rf" {what} (\d+) ", screen)
    assert found, screen
    return int(found[1])


def _ended(tmux: Tmux) -> int:
    """Waits until the shell is back; the exit status."""
    screen = tmux.wait_for(lambda screen: re.search(r"^ended \d+$", screen, re.MULTILINE), "top ends")
    found = re.findall(r"^ended (\d+)$", screen, re.MULTILINE)
    return int(found[-1])


def _assert_sane(tmux: Tmux, settings: str) -> None:
    assert not tmux.alternate(), "the screen that was there before is back"
    assert tmux.cursor_visible()
    assert not tmux.keypad_mode()
    assert tmux.settings() == settings
    tmux.run("printf '%s\\n' still-a-terminal | tr a-z A-Z")
    tmux.wait_for(lambda screen: "STILL-A-TERMINAL" in screen, "the shell works and echoes")


def test_claims_view_fits_80x24() -> None:
    with _listener() as old, _top("--pid", str(os.getpid())) as tmux:
        before = tmux.wait_for(lambda screen: f"{old}/tcp" in screen, "what was there before")
        row = next(line for line in before.split("\n") if f"{old}/tcp" in line and "warning" not in line)
        assert row.startswith("before") and "listen" in row and f"[{os.getpid()}]" in row
        with _listener() as new:
            screen = tmux.wait_for(lambda screen: f"{new}/tcp" in screen, "a new claim")
            lines = tmux.lines()
            rows = [line for line in lines if re.search(r"\b(listen|bound)\b.*/tcp", line)]
            assert f"{new}/tcp" in rows[0] and f"{old}/tcp" in rows[-1], "newest first"
            assert re.match(r"\d\d:\d\d:\d\d\.\d{3} ", rows[0])
            assert _count(screen, "claims") == 2
            assert len(lines) == 24 and "q quit" in lines[23] and lines[0].startswith(" bindwatch top   plan ")
            assert tmux.alternate() and not tmux.cursor_visible()
        tmux.wait_for(lambda screen: f"{new}/tcp" not in screen, "it is gone when it has ended")


def test_alerts_stand_on_top_and_in_their_view() -> None:
    with _top("--comm", "close_before_listen") as tmux:
        case_programs.run("close_before_listen")
        screen = tmux.wait_for(lambda screen: "1683/tcp is not assigned" in screen, "the alert")
        assert _count(screen, "alerts") >= 1
        tmux.press("Tab")
        screen = tmux.wait_for(lambda screen: "SEVERITY" in screen, "the view of alerts")
        alerts = [line for line in screen.split("\n") if "1683/tcp is not assigned" in line]
        assert len(alerts) == _count(screen, "alerts"), screen
        assert all(re.match(r"\d\d:\d\d:\d\d\.\d{3} warning ", line) for line in alerts)


def test_detail_of_a_claim() -> None:
    with _listener() as port, _top("--pid", str(os.getpid())) as tmux:
        tmux.wait_for(lambda screen: f"{port}/tcp" in screen, "the claim")
        tmux.press("Enter")
        screen = tmux.wait_for(lambda screen: "executable" in screen, "its detail")
        assert f"{port}/tcp 127.0.0.1: " in screen and f"[{os.getpid()}]" in screen
        for label in ("command", "user", "started by", "cgroup", "socket", "SO_REUSEADDR", "registry"):
            assert label in screen, label
        tmux.press("Escape")
        tmux.wait_for(lambda screen: "SINCE" in screen, "back in the list")


def test_failures_name_who_is_in_the_way() -> None:
    with _listener() as port, _top("--pid", str(os.getpid())) as tmux:
        with socket.socket() as late:
            with pytest.raises(OSError):
                late.bind(("127.0.0.1", port))
        tmux.wait_for(lambda screen: _count(screen, "failures") == 1, "the failure is counted")
        tmux.press("Tab", "Tab")
        tmux.wait_for(lambda screen: "EADDRINUSE" in screen and "WHY IT" in screen, "the view of failures")
        tmux.press("Enter")
        screen = tmux.wait_for(lambda screen: "in the way" in screen, "the holder")
        assert f"listens on 127.0.0.1:{port}" in screen.replace("\n", "")


def test_follow_one_port() -> None:
    with _listener() as port, _top("--pid", str(os.getpid())) as tmux:
        tmux.wait_for(lambda screen: f"{port}/tcp" in screen, "the claim")
        tmux.press("f")
        tmux.wait_for(lambda screen: f"events of {port}/tcp" in screen and "nothing yet" in screen, "the port's events")
        with socket.socket() as late:
            with suppress(OSError):
                late.bind(("127.0.0.1", port))
        with _listener() as other:
            with _listener("127.0.0.2", port):
                tmux.wait_for(lambda screen: " listen " in screen, "a second listener")
            screen = tmux.wait_for(lambda screen: "release" in screen, "and its end")
            events = [line for line in screen.split("\n") if f"{port}/tcp" in line and re.match(r"\d\d:", line)]
            assert [line.split()[1] for line in events] == ["release", "listen", "bind", "bind"], screen
            assert "EADDRINUSE" in events[3]
            assert f"{other}/tcp" not in screen, "of this port alone"
            tmux.press("Escape")
            tmux.wait_for(lambda screen: f"{other}/tcp" in screen and "SINCE" in screen, "all claims again")


def test_filter_by_typing_and_sort() -> None:
    with _listener("127.0.0.3") as one, _listener("127.0.0.4") as two, _top("--pid", str(os.getpid())) as tmux:
        tmux.wait_for(lambda screen: f"{one}/tcp" in screen and f"{two}/tcp" in screen, "both claims")
        tmux.press("s")
        screen = tmux.wait_for(lambda screen: "by port" in screen, "sorted by port")
        rows = [int(found) for found in re.findall(r"^before +listen +(\d+)/tcp", screen, re.MULTILINE)]
        assert rows == sorted([one, two])
        tmux.press("/")
        tmux.type("127.0.0.4")
        tmux.wait_for(lambda screen: f"{one}/tcp" not in screen and f"{two}/tcp" in screen, "one is filtered out")
        assert tmux.cursor_visible(), "one sees where one types"
        tmux.press("Enter")
        tmux.wait_for(lambda screen: "q quit" in screen and f"{one}/tcp" not in screen, "the filter stays")
        tmux.press("Escape")
        tmux.wait_for(lambda screen: f"{one}/tcp" in screen, "and is cleared")
        tmux.press("?")
        tmux.wait_for(lambda screen: "Ctrl-Z" in screen, "the help")


def test_alerts_filter() -> None:
    """Claims without an alert are left out; the end of one with an alert is seen although it raises none."""
    with _listener() as quiet, _top("--alerts", "--pid", str(os.getpid())) as tmux:
        assert '"alerts":true' in tmux.lines()[0]
        with socket.socket() as loud:
            loud.bind(("127.0.0.5", 1683))
            screen = tmux.wait_for(lambda screen: re.search(r"bound +1683/tcp", screen), "the claim with an alert")
            assert f"{quiet}/tcp" not in screen and _count(screen, "claims") == 1
        tmux.wait_for(lambda screen: _count(screen, "claims") == 0, "and its end")


def test_resizes() -> None:
    with _listener() as port, _top("--pid", str(os.getpid())) as tmux:
        tmux.wait_for(lambda screen: f"{port}/tcp" in screen, "the claim")
        tmux.resize(120, 40)
        tmux.wait_for(lambda _: len(tmux.lines()) == 40 and "q quit" in tmux.lines()[39], "a larger screen")
        assert "WHAT THE PORT IS" in tmux.screen()
        tmux.resize(30, 5)
        tmux.wait_for(lambda screen: "too small: 30x5" in screen, "it says what it needs")
        tmux.resize(80, 24)
        screen = tmux.wait_for(lambda screen: f"{port}/tcp" in screen, "and recovers")
        assert "q quit" in tmux.lines()[23] and "too small" not in screen


def test_hostile_names_do_not_act_on_the_terminal() -> None:
    with _top(columns=100, lines=50) as tmux:
        case_programs.run("hostile_names")
        with _named(b"\x1b[2J\x1b]0;x\x07"), _listener() as port:
            tmux.wait_for(lambda screen: r"\x1b[2J" in screen and f"{port}/tcp" in screen, "the name, harmless")
            tmux.press("Enter")
            tmux.wait_for(lambda screen: "executable" in screen, "the detail")
            tmux.press("Escape", "Tab", "Tab", "Tab")
            tmux.wait_for(lambda screen: "EVENT" in screen and "claims" in screen, "the events")
            tmux.press("/")
            tmux.type(f"{port}/tcp")
            tmux.press("Enter")
            screen = tmux.wait_for(
                lambda screen: re.search(rf" listen +{port}/tcp", screen) and "q quit" in screen, "ours among them"
            )
            lines = tmux.lines()
            assert lines[0].startswith(" bindwatch top") and "q quit" in lines[49], screen
            assert tmux.tell("display-message", "-p", "#{pane_title}").strip() != "x"


def test_colours_only_if_wanted() -> None:
    colour = re.compile(r"\x1b\[[0-9;]*3[1-6]m")

    def styled(*flags: str, environment: str = "") -> str:
        with socket.socket() as loud, Tmux(80, 24) as tmux:
            loud.bind(("127.0.0.6", 1683))
            tmux.run(f"{environment} {program()} top --pid {os.getpid()} {' '.join(flags)}")
            tmux.wait_for(lambda screen: "1683/tcp" in screen and "SINCE" in screen, "top is there")
            return tmux.styled()

    assert colour.search(styled())
    assert not colour.search(styled("--color", "never"))
    assert not colour.search(styled(environment="NO_COLOR=1"))


@pytest.mark.parametrize("way", ["q", "C-c", "SIGINT", "SIGTERM", "SIGHUP", "SIGABRT", "SIGSEGV", "SIGQUIT", "SIGUSR1"])
def test_leaves_the_terminal_as_it_was(way: str) -> None:
    with Tmux(80, 24) as tmux:
        tmux.run("stty -ixon; ulimit -c 0; echo a-line-of-before")
        tmux.wait_for(lambda screen: "\na-line-of-before" in screen, "the shell")
        settings = tmux.settings()
        _started(tmux)
        assert tmux.settings() != settings, "otherwise this shows nothing"
        if way.startswith("SIG"):
            os.kill(tmux.child(), getattr(signal, way))
        else:
            tmux.press(way)
        code = _ended(tmux)
        deadly = way in ("SIGABRT", "SIGSEGV", "SIGQUIT", "SIGUSR1")
        assert code == (128 + getattr(signal, way) if deadly else 0)
        screen = tmux.screen()
        assert "a-line-of-before" in screen and "SINCE" not in screen, screen
        assert deadly or re.search(r"^bindwatch: \d+ events?, ", screen, re.MULTILINE), "the summary comes after the screen"
        _assert_sane(tmux, settings)


def test_suspends_and_goes_on() -> None:
    with _listener() as port, Tmux(80, 24) as tmux:
        tmux.run("set -m")
        settings = tmux.settings()
        tmux.run(f"{program()} top --pid {os.getpid()}")
        tmux.wait_for(lambda screen: "SINCE" in screen and f"{port}/tcp" in screen, "top is there")
        tmux.press("C-z")
        tmux.wait_for(lambda screen: "Stopped" in screen and "SINCE" not in screen, "the shell is back")
        _assert_sane(tmux, settings)
        with _listener() as later:
            tmux.run("fg")
            tmux.wait_for(lambda screen: f"{later}/tcp" in screen and "SINCE" in screen, "it goes on")
            assert tmux.alternate()
            tmux.press("q")
            tmux.wait_for(lambda screen: "SINCE" not in screen and screen.rstrip().endswith(PROMPT), "the shell")
        _assert_sane(tmux, settings)


def test_messages_do_not_garble_the_screen() -> None:
    """What --verbose says is there before the screen and after it, not on it."""
    with _top("--verbose") as tmux:
        case_programs.run("bind_listen_close")
        assert "bindwatch: [" not in tmux.screen()
        tmux.press("q")
        assert _ended(tmux) == 0
        assert "bindwatch: [" in tmux.tell("capture-pane", "-p", "-S", "-1000")


def test_an_idle_screen_is_not_drawn() -> None:
    """Without anything to show there is no wake-up: no system call in two seconds."""
    with _top("--pid", str(os.getpid())) as tmux:
        pid = tmux.child()

        def switches() -> int:
            status = open(f"/proc/{pid}/status").read()
            return sum(int(n) for n in re.findall(r"^(?:non)?voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE))

        def idle() -> bool:
            before = switches()
            threading.Event().wait(2)
            return switches() == before

        eventually(idle, "it sleeps")


def _refused(code: int, said: str, command: str, term: str = "xterm-256color") -> None:
    """On a terminal of its own; one line on stderr, nothing on the terminal."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": term}
    if not term:
        del environment["TERM"]
    done = subprocess.run(
        ["/bin/sh", "-c", command], stdin=slave, stdout=slave, stderr=subprocess.PIPE, text=True, env=environment,
        timeout=PATIENCE,
    )  # fmt: skip
    os.close(slave)
    os.set_blocking(master, False)
    with suppress(OSError):
        assert os.read(master, 4096) == b""
    os.close(master)
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1 and said in done.stderr, done.stderr


def test_needs_a_terminal() -> None:
    _refused(2, "stdin", f"{program()} top </dev/null")
    _refused(2, "stdout", f"{program()} top >/dev/null")
    _refused(2, "stdin", f"{program()} top <&-")


def test_needs_to_know_the_terminal() -> None:
    _refused(2, "TERM is not set", f"{program()} top", term="")
    _refused(2, "'no-such-terminal'", f"{program()} top", term="no-such-terminal")
    _refused(2, "'dumb'", f"{program()} top", term="dumb")
    _refused(2, r"\x1b[2J", f"{program()} top", term="\x1b[2J")


def test_not_root() -> None:
    with readable_copy(program()) as copy:
        _refused(3, "CAP_BPF", " ".join([*as_user(), copy, "top"]))


def test_usage() -> None:
    _refused(2, "--event", f"{program()} top --event bind")
    _refused(2, "'1683'", f"{program()} top 1683")
    _refused(2, "'0'", f"{program()} top --port 0")
