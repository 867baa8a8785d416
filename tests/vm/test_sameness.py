# SPDX-License-Identifier: Apache-2.0
"""Two runs of a case are the same only if nothing differs but what must."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import sameness
from sameness import Difference, unlike


def event(kind: str, port: int, cookie: int, pid: int) -> dict[str, Any]:
    return {
        "seq": 1,
        "time": "2026-11-23T08:10:31.123456789Z",
        "host": "here",
        "boot_id": "one",
        "event": kind,
        "outcome": "success",
        "transport": "tcp",
        "error": None,
        "port": port,
        "requested_port": port if kind == "bind" else None,
        "socket": {"cookie": cookie, "netns": 4026531840, "backlog": None},
        "process": {"pid": pid, "tid": pid, "ns_pid": pid, "ppid": 1, "exe": "/here/case", "args": ["/here/case", "x"]},
        "iana": {"status": "unassigned"},
        "held_ns": 5 if kind == "release" else None,
        "alerts": [{"rule": "unassigned-port", "message": f"case[{pid}]"}] if kind == "bind" else [],
    }


def story(port: int = 1683, cookie: int = 7, pid: int = 40) -> list[dict[str, Any]]:
    return [event(kind, port, cookie, pid) for kind in ("bind", "listen", "release")]


def test_another_run_on_another_machine_is_the_same() -> None:
    other = story(cookie=99, pid=1234)
    for told in other:
        told |= {"seq": 9, "time": "2027-01-01T00:00:00.000000000Z", "host": "guest", "boot_id": "two"}
        told["process"] |= {"exe": "/cases/case", "args": ["/cases/case", "x"], "ppid": 77}
    assert unlike("a", story(), other) == []


def test_order_among_sockets_is_chance_but_within_one_it_counts() -> None:
    first, second = story(), story(port=80, cookie=8)
    assert unlike("a", first + second, second + first) == []
    assert unlike("a", first, first[::-1]) != []


def test_chosen_ports_are_alike_and_others_are_not() -> None:
    chosen = story(port=40001)
    chosen[0]["iana"] = {"status": "assigned"}
    chosen[0]["alerts"] = []
    assert unlike("a", story(port=40000), chosen) == []
    assert unlike("a", story(port=1683), story(port=1684)) != []


@pytest.mark.parametrize("change", [
    lambda events: events.pop(),
    lambda events: events.append(copy.deepcopy(events[-1])),
    lambda events: events[0]["alerts"].clear(),
    lambda events: events[1]["process"].update(pid=41),
    lambda events: events[1]["process"].update(exe=None),
    lambda events: events[2].update(held_ns=None),
    lambda events: events[0]["socket"].update(backlog=4),
    lambda events: events[0].update(requested_port=0),
])  # fmt: skip
def test_anything_else_differs(change: Any) -> None:
    other = story()
    change(other)
    assert unlike("a", story(), other) != []


def test_says_what_differs() -> None:
    other = story()
    other[1]["socket"]["backlog"] = 4
    assert unlike("a", story(), other) == ["listen 1683/tcp: socket.backlog: None here, 4 there"]
    whole = "bind 1683/tcp, listen 1683/tcp, release 1683/tcp"
    assert unlike("a", story(), story()[:1]) == [f"- {whole}", "+ bind 1683/tcp"]
    assert unlike("a", [], story()[:1]) == ["- nothing", "+ bind 1683/tcp"]


def test_an_allowed_difference_covers_its_case_and_event_only(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = Difference("double_*", "listen success", "socket.backlog", "for the test")
    monkeypatch.setattr(sameness, "DIFFERENCES", (allowed,))
    left, right = story(), story()
    left[1]["socket"]["backlog"], right[1]["socket"]["backlog"] = 4, 8
    assert unlike("double_listen", left, right) == []
    assert unlike("other", left, right) != []
    left[0]["socket"]["backlog"], right[0]["socket"]["backlog"] = 4, 8
    assert unlike("double_listen", left, right) != []
