# SPDX-License-Identifier: Apache-2.0
"""The comparison finds what is missing, extra, reordered or wrong, and nothing else."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from differences import Record, differences  # noqa: E402
from observer import Address, Seen  # noqa: E402

_ASKED = Address("ipv4", "127.0.0.1", 0)
_SEEN = [
    Seen(10, "bind", None, False, "tcp", "ipv4", 77, _ASKED, [4711]),
    Seen(10, "listen", None, False, "tcp", "ipv4", 77),
    Seen(10, "bind", "EADDRINUSE", False, "tcp", "ipv4", 78, Address("ipv4", "127.0.0.1", 80)),
]


def _record(event: str, cookie: int = 5, **more: Any) -> Record:
    facts = {"transport": "tcp", "family": "ipv4", "address": "127.0.0.1", "port": 4711, "requested_port": None}
    facts |= {"event": event, "seq": 2, "implicit": False, "outcome": "success", "error": None}
    return {**facts, "socket": {"cookie": cookie}, "process": {"tid": 10}, **more}


_FAILURE = {"outcome": "failure", "error": {"name": "EADDRINUSE"}, "port": 80, "requested_port": 80}
_TOLD = [
    _record("bind", requested_port=0),
    _record("listen"),
    _record("bind", cookie=6, **_FAILURE),
    _record("release"),
]


def _of(told: list[Record], seen: list[Seen] = _SEEN, plan: str = "fentry") -> list[str]:
    return differences(seen, told, plan)


def _changed(index: int, **facts: Any) -> list[Record]:
    told = copy.deepcopy(_TOLD)
    told[index].update(facts)
    return told


def test_the_same_is_no_difference() -> None:
    assert _of(_TOLD) == []


@pytest.mark.parametrize("index", range(len(_TOLD)))
def test_a_missing_event(index: int) -> None:
    assert _of(_TOLD[:index] + _TOLD[index + 1 :])


@pytest.mark.parametrize("index", range(len(_TOLD)))
def test_a_doubled_event(index: int) -> None:
    assert _of(_TOLD[: index + 1] + _TOLD[index:])


def test_an_extra_event_of_another_thread() -> None:
    assert _of([*_TOLD, _record("bind", cookie=9, process={"tid": 11}), _record("release", cookie=9)])


def test_another_order() -> None:
    assert _of([_TOLD[1], _TOLD[0], *_TOLD[2:]])


@pytest.mark.parametrize(
    ("index", "facts"),
    [
        (0, {"port": 4712}),  # getsockname(2) said otherwise
        (0, {"requested_port": 4711}),
        (0, {"address": "0.0.0.0"}),
        (0, {"implicit": True}),
        (0, {"transport": "mptcp"}),
        (0, {"family": "ipv6"}),
        (0, {"process": {"tid": 11}}),
        (1, {"requested_port": 4711}),
        (1, {"socket": {"cookie": 6}}),  # another socket than the bind's
        (2, {"error": {"name": "EACCES"}}),
        (2, {"port": None}),
        (2, {"requested_port": None, "port": None, "address": None}),
        (2, {"socket": {"cookie": 5}}),  # one socket that was two
    ],
)
def test_a_wrong_fact(index: int, facts: dict[str, Any]) -> None:
    assert _of(_changed(index, **facts))


def test_an_address_that_the_plan_cannot_know_may_be_null() -> None:
    nothing = {"requested_port": None, "port": None, "address": None, "socket": {"cookie": 0}}
    assert _of(_changed(2, **nothing), plan="syscall") == []
    assert _of(_changed(2, **nothing), plan="cgroup") != []
    vsock = Seen(10, "bind", "EADDRINUSE", False, "vsock", "vsock", 78, Address("vsock", "1", 80))
    assert _of(_changed(2, **nothing, transport="vsock", family="vsock"), [*_SEEN[:2], vsock], "cgroup") == []


def test_nothing_is_held_against_what_was_no_address() -> None:
    no_address = Seen(10, "bind", "EADDRINUSE", False, "tcp", "ipv4", 78)
    assert _of(_changed(2, requested_port=None, port=None, address=None), [*_SEEN[:2], no_address]) == []


def test_ipv6_is_compared_as_a_number() -> None:
    seen = Seen(10, "bind", None, False, "udp", "ipv6", 77, Address("ipv6", "::ffff:127.0.0.1", 53))
    told = _record("bind", requested_port=53, port=53, transport="udp", family="ipv6", address="::ffff:7f00:1")
    assert _of([told, _record("release")], [seen]) == []
