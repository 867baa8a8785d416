# SPDX-License-Identifier: Apache-2.0
"""What a person sees: aligned, within the terminal, coloured only there, and never the toy of another program."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

import case_programs
from follower import program
from lines import LineReader
from terminal import Terminal, harmful, width_of, without_colour
from waiting import PATIENCE

HEADER = ("TIME", "EVENT", "PORT", "ADDRESS", "PROCESS", "USER", "WHAT THE PORT IS")


def _on_terminal(columns: int, *cases: str) -> str:
    with Terminal([program()], columns) as terminal:
        terminal.wait_for("WHAT THE PORT IS" if columns >= 80 else "EVENT")
        expected = sum(case_programs.run(case).count for case in cases)
        assert expected > 0
        text, code = terminal.end(signal.SIGINT)
    assert code == 0
    return text


@pytest.mark.parametrize("columns", [80, 200])
def test_fits_the_terminal_in_colour(columns: int) -> None:
    text = _on_terminal(columns, "bind_listen_close", "fail_in_use")
    assert "\x1b[" in text, "a terminal gets colours"
    lines = without_colour(text).splitlines()
    assert "1683/tcp" in without_colour(text)
    for line in lines:
        assert width_of(line) <= columns, line
    assert any("EADDRINUSE" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 200])
def test_columns_are_aligned(columns: int) -> None:
    lines = without_colour(_on_terminal(columns, "bind_listen_close", "thread_bind")).splitlines()
    header = next(line for line in lines if line.startswith("TIME"))
    starts = {word: header.index(word) for word in HEADER[:5]}
    rows = [line for line in lines if line[:2].isdigit()]
    assert len(rows) > 40
    for row in rows:
        for word, start in starts.items():
            assert row[start] != " ", f"{word} starts at column {start}: {row!r}"
            assert start == 0 or row[start - 1] == " ", f"{word} starts at column {start}: {row!r}"


@pytest.mark.parametrize("columns", [80, 200])
def test_hostile_names_do_not_act_on_the_terminal(columns: int) -> None:
    text = _on_terminal(columns, "hostile_names")
    assert not harmful(text), harmful(text)
    for line in without_colour(text).splitlines():
        assert width_of(line) <= columns, line
    rows = [line for line in without_colour(text).splitlines() if line[:2].isdigit()]
    assert len(rows) >= 12, "no line was broken or swallowed"


def _into_pipe(*flags: str, case: str, wait_for: str, **environment: str) -> str:
    """Text through a pipe; that `wait_for` can be read while bindwatch still runs shows that lines are not held back."""
    process = subprocess.Popen(
        [program(), *flags],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    reader = LineReader(process.stdout.fileno())
    try:
        text = reader.next()
        case_programs.run(case)
        while wait_for.encode() not in text:
            text += reader.next()
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    return (text + reader.rest() + rest).decode()


def test_pipe_has_lines_at_once_and_no_colour() -> None:
    text = _into_pipe(case="close_before_listen", wait_for="1683/tcp")
    assert text.startswith("TIME")
    assert "\x1b" not in text


def test_pipe_is_safe_too() -> None:
    assert not harmful(_into_pipe(case="hostile_names", wait_for="release"))


def test_color_always() -> None:
    assert "\x1b[" in _into_pipe("--color", "always", case="close_before_listen", wait_for="1683/tcp")


def test_no_color() -> None:
    with Terminal(["env", "NO_COLOR=1", program()], 80) as terminal:
        terminal.wait_for("EVENT")
        case_programs.run("close_before_listen")
        terminal.wait_for("1683/tcp")
        text, _ = terminal.end(signal.SIGINT)
    assert "\x1b" not in text


def test_alert_says_who_and_who_started_it() -> None:
    text = without_colour(_on_terminal(200, "close_before_listen"))
    assert "! 1683/tcp" in text
    alert = next(line for line in text.splitlines() if "! 1683/tcp" in line)
    assert "close_before_listen" in text and "started by" in alert + text
