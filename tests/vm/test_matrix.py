# SPDX-License-Identifier: Apache-2.0
"""The verdict: what may be missing, and that nothing else may."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import document
import lacking
import limits
from capture import Capture, Place
from kernels import KERNELS, PLANS
from limits import UNSEEN, Limit, Refusal
from matrix import Cell, judge
from truth import Truth

_PID, _COOKIE = 40, 7
_HAS_6_1 = lacking.NAMES - set(KERNELS["6.1"].lacks)


def told(kind: str, **changes: Any) -> dict[str, Any]:
    ancestors = [{"pid": 1, "comm": "init"}]
    process = {"pid": _PID, "exe": "/case", "args": ["/case"], "user": "root", "start_time": "x", "ppid": 1}
    return {
        "seq": 1,
        "event": kind,
        "transport": "tcp",
        "port": 1683,
        "address": "127.0.0.1",
        "scope": "loopback",
        "socket": {"cookie": _COOKIE},
        "process": process | {"ancestors": ancestors},
        "cgroup": {"id": 1, "path": "/"},
        "error": None,
        "held_ns": None,
        "alerts": [],
        **changes,
    }


def said(kind: str, **changes: Any) -> dict[str, Any]:
    """A line of a case's truth."""
    event = {"event": kind, "transport": "tcp", "port": 1683, "errno": None, "process": {"pid": _PID}}
    event["address"] = "127.0.0.1"
    return event | {"socket": {"cookie": _COOKIE}} | changes


def capture(
    kernel: str = "6.1", plan: str = "cgroup", events: tuple[Any, ...] = (), truth: Truth | None = None, **changes: Any
) -> Capture:
    place = Place(kernel, "6.1.0", "6.1.1", plan)
    truth = truth or Truth(pids={_PID}, sockets={_COOKIE: [said("bind"), said("release")]})
    return Capture(place, {"some_case": truth}, list(events), [], changes.pop("has", _HAS_6_1), **changes)


def judged(made: Capture) -> Cell:
    return judge(made, None, ["some_case"])


BOTH = (told("bind"), told("release"))


def test_exact_is_exact() -> None:
    cell = judged(capture(events=BOTH))
    assert (cell.exact, cell.wrong) == (["some_case"], [])


@pytest.mark.parametrize("events", [(), BOTH[:1], (*BOTH, told("release")), BOTH[::-1]])
def test_anything_else_is_wrong(events: tuple[Any, ...]) -> None:
    assert judged(capture(events=events)).wrong


def limit(told: dict[str, Any] | None, **changes: Any) -> Limit:
    return dataclasses.replace(Limit("x", "cgroup", ("some_*",), "release success tcp", told, "why"), **changes)


def test_a_limit_changes_what_must_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMITS", (limit(UNSEEN),))
    cell = judged(capture(events=BOTH[:1]))
    assert list(cell.limited) == ["some_case"] and not cell.wrong
    # It no longer holds: what it says cannot be seen is told.
    assert judged(capture(events=BOTH)).wrong


def test_a_limit_can_take_a_value_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMITS", (limit({"port": None, "socket.backlog": None}),))
    assert judged(capture(events=(told("bind"), told("release", port=None)))).limited
    assert judged(capture(events=BOTH)).wrong


@pytest.mark.parametrize("other", [
    {"plan": "fentry"}, {"cases": ("other*",)}, {"kernels": ("sid",)}, {"which": "release failure tcp"},
    {"which": "release success udp"},
])  # fmt: skip
def test_a_limit_reaches_no_further(other: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMITS", (limit(UNSEEN, **other),))
    assert judged(capture(events=BOTH)).exact
    assert judged(capture(events=BOTH[:1])).wrong


def test_a_skip_needs_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    skipped = Truth(skip="the kernel has no such thing")
    assert judged(capture(truth=skipped)).wrong
    thing = dataclasses.replace(lacking.THINGS[0], name="landlock-net", cases=("some_case",))
    monkeypatch.setattr(lacking, "THINGS", (thing,))
    assert judged(capture(truth=skipped)).lacking == {"some_case": "landlock-net"}


def test_a_row_says_what_its_kernel_lacks() -> None:
    assert "lacks mptcp, and its row does not say so" in judged(capture(events=BOTH, has=_HAS_6_1 - {"mptcp"})).wrong[0]
    assert "has uring-bind, and its row" in judged(capture(events=BOTH, has=_HAS_6_1 | {"uring-bind"})).wrong[0]


def test_a_plan_that_does_not_load_is_known_or_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = capture(refusal="bindwatch: no")
    assert judged(refused).wrong
    monkeypatch.setattr(limits, "REFUSALS", (Refusal("r", "cgroup", ("6.1",), "too old"),))
    assert judged(refused).refused == "does not load: too old" and not judged(refused).wrong
    assert "loads, although" in judged(capture(events=BOTH)).wrong[0]


def test_preempted_programs_excuse_as_much_as_was_skipped() -> None:
    row = {"kernel": "6.1-preempt", "plan": "fentry", "events": BOTH[:1]}
    assert judged(capture(**row, skipped=1)).preempted == {"some_case": 1}
    assert not judged(capture(**row, skipped=1)).wrong
    assert judged(capture(**row, skipped=0)).wrong
    assert judged(capture(**(row | {"plan": "cgroup"}), skipped=0)).wrong
    assert judged(capture(**(row | {"kernel": "6.1"}), skipped=1)).wrong


def test_the_document_names_every_exception() -> None:
    text = document.SUPPORT.read_text()
    assert document.rewritten(text, "exceptions", document.exceptions()) == text, (
        "docs/SUPPORT.md and tests/support/limits.py or lacking.py differ: run tests/vm/document.py"
    )


def test_the_table_has_a_row_a_kernel() -> None:
    kernel = KERNELS["6.1-preempt"]
    cells = [judged(capture("6.1-preempt", "fentry", BOTH[:1], skipped=3)), judged(capture("6.1-preempt", events=BOTH))]
    row = document.table([(kernel, cells)]).splitlines()[2]
    assert row == (
        "| 6.1-preempt | bookworm, `preempt=full` | 6.1.1 | 0 exact, 1 incomplete (preempted) | 1 exact | not run | "
        "LACKS |"
    ).replace("LACKS", ", ".join(kernel.lacks))
    # Another run leaves it, and takes its own place among the rows.
    other = document.table([(KERNELS["6.1"], [judged(capture(events=BOTH))])], document.table([(kernel, cells)]))
    assert other.splitlines()[3] == row and other.splitlines()[2].startswith("| 6.1 | bookworm | 6.1.1 |")
    assert len(PLANS) == row.count("|") - 5


def test_only_what_is_between_the_marks_is_rewritten() -> None:
    text = f"a\n{document._BEGIN.format('x')}old\n{document._END.format('x')}b\n"
    assert document.rewritten(text, "x", "new\n") == text.replace("old\n", "\nnew\n\n")
    with pytest.raises(ValueError, match="no marks of y"):
        document.rewritten(text, "y", "new")
