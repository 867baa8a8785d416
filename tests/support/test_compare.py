# SPDX-License-Identifier: Apache-2.0
"""The comparer must find what a broken bindwatch would do."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import truth as truths
from compare import differences
from truth import Truth

Record = dict[str, Any]


def _line(event: str, cookie: int = 7, **changes: Any) -> Record:
    line: Record = {"event": event, "errno": None, "transport": "tcp", "address": "127.0.0.1", "port": 1683}
    line |= {"socket": {"cookie": cookie, "reuse_port": False}, "process": {"pid": 100, "comm": "x", "args": ["x"]}}
    return line | changes


def _truth(*lines: Record) -> Truth:
    return truths.parse(b"\n".join(json.dumps(line).encode() for line in lines))


def _told(*lines: Record) -> list[Record]:
    """The lines as bindwatch would tell them."""
    told = []
    for seq, line in enumerate(map(copy.deepcopy, lines), 1):
        error = line.pop("errno")
        line |= {"seq": seq, "error": error and {"errno": error, "name": "EADDRINUSE"}, "held_ns": None}
        told.append(line)
    return told


LIFE = (_line("bind"), _line("listen"), _line("release"))


def test_the_truth_is_exact() -> None:
    assert differences(_truth({"pid": 100}, *LIFE), _told(*LIFE)) == []


def test_others_do_not_matter() -> None:
    other = _line("bind", cookie=9, process={"pid": 200, "comm": "y", "args": []})
    assert differences(_truth(*LIFE), _told(other, *LIFE)) == []


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (LIFE[:2], "1 missing"),
        (LIFE[1:], "1 missing"),
        ((), "3 missing"),
        ((*LIFE, LIFE[2]), "1 doubled"),
        ((LIFE[1], LIFE[0], LIFE[2]), "reordered"),
        ((*LIFE, _line("bind", port=1684)), "1 extra"),
        ((*LIFE, _line("bind", cookie=8)), "1 extra"),
        ((_line("bind", errno=98), *LIFE[1:]), "1 missing, 1 extra"),
        ((_line("bind", address="::1"), *LIFE[1:]), "address is '::1', not '127.0.0.1'"),
        ((_line("bind", socket={"cookie": 7, "reuse_port": True}), *LIFE[1:]), "socket.reuse_port is True, not False"),
        ((_line("bind", process=None), *LIFE[1:]), "process is None"),
        ((_line("bind", process={"pid": 100, "comm": "x", "args": []}), *LIFE[1:]), "process.args is []"),
    ],
)
def test_a_difference_is_found(told: tuple[Record, ...], word: str) -> None:
    found = differences(_truth(*LIFE), _told(*told))
    assert found and word in "\n".join(found)


def test_quiet_socket_that_is_told() -> None:
    event = _line("bind", cookie=9, process={"pid": 200, "comm": "y", "args": []})
    assert differences(_truth({"quiet": 9}), _told(event))


def test_storm() -> None:
    truth = _truth({"storm": {"pid": 100, "sockets": 2, "events": ["bind", "release"]}}, {"pid": 100})
    first = _line("bind", cookie=1), _line("release", cookie=1)
    second = _line("bind", cookie=2), _line("release", cookie=2)
    assert differences(truth, _told(first[0], second[0], first[1], second[1])) == []
    assert differences(truth, _told(*first)), "a socket is missing"
    assert differences(truth, _told(first[1], first[0], *second)), "reordered"
    assert differences(truth, _told(*first, *second, second[1])), "doubled"


def test_broken_bytes() -> None:
    """One U+FFFD or several for a broken sequence: both are right. Another character is not."""
    truth = _truth(_line("bind", process={"pid": 100, "comm": {"hex": "61fffe62"}}))
    for comm in ("a\ufffd\ufffdb", "a\ufffdb"):
        assert differences(truth, _told(_line("bind", process={"pid": 100, "comm": comm}))) == []
    assert differences(truth, _told(_line("bind", process={"pid": 100, "comm": "ab"})))
