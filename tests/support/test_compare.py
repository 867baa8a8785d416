# SPDX-License-Identifier: Apache-2.0
"""The comparer must find what a broken bindwatch would do."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import limits
import scopes
import truth as truths
from compare import check_complete, differences
from limits import Limit
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


RACE = (_line("bind", racing=True), _line("bind", port=1684, errno=22, racing=True), _line("release"))


def test_only_what_raced_may_come_in_any_order() -> None:
    truth = _truth(*RACE)
    first, second, release = _told(*RACE)
    second["error"]["name"] = "EINVAL"
    assert differences(truth, [first, second, release]) == []
    assert differences(truth, [second, first, release]) == []
    assert differences(truth, [first, release, second]), "the release did not race"
    assert differences(truth, [first, first, release]), "one twice, the other never"
    wrong = copy.deepcopy(second)
    wrong["process"]["pid"] = 101
    assert differences(truth, [wrong, first, release]), "a field of one that raced"


def test_calls_that_never_arrived_are_not_told() -> None:
    truth = _truth(_line("bind"), _line("listen", errno=1, unreached=True), _line("release"))
    told = _told(_line("bind"), _line("listen", errno=1), _line("release"))
    assert truth.count == 2
    assert differences(truth, [told[0], told[2]]) == []
    assert differences(truth, told)


def test_a_namespace_of_the_case_alone() -> None:
    truth = _truth({"netns": 99}, _line("bind"))
    truth.ended = "2026-11-26T07:00:00.500000000Z"
    other = _line("bind", cookie=9, socket={"cookie": 9, "netns": 99}, process=None)
    told = _told(_line("bind", socket={"cookie": 7, "netns": 99, "reuse_port": False}), other)
    told[0]["time"] = told[1]["time"] = "2026-11-26T07:00:00.400000000Z"
    assert differences(truth, told) == []
    assert differences(truth, told, alone=True), "nobody else is in there"
    told[1]["time"] = "2026-11-26T07:00:00.600000000Z"
    assert differences(truth, told, alone=True) == [], "another namespace has the number by now"


def _told_args(args: list[str], truncated: bool) -> list[str]:
    wanted = {"pid": 100, "args": ["x" * 5000, "y"], "args_truncated": False}
    got = {"pid": 100, "args": args, "args_truncated": truncated}
    return differences(_truth(_line("bind", process=wanted)), _told(_line("bind", process=got)))


def test_args_may_be_cut_but_not_changed() -> None:
    assert _told_args(["x" * 5000, "y"], truncated=False) == []
    assert _told_args(["x" * 4096], truncated=True) == []
    assert _told_args(["x" * 4096], truncated=False), "cut without a word"
    assert _told_args(["x" * 100], truncated=True), "cut too early"
    assert _told_args(["z" * 4096], truncated=True), "others"
    assert _told_args(["x" * 5000, "y"], truncated=True), "nothing is cut"


@pytest.mark.parametrize(
    ("told", "right"),
    [("/short/path", False), ("…" + "b" * 4000, True), ("…" + "c" * 4000, False), ("…" + "b" * 40, False)],
)
def test_a_long_cgroup_path_may_lose_its_beginning(told: str, right: bool) -> None:
    truth = _truth(_line("bind", cgroup={"id": 5, "path": "/a/" + "b" * 5000}))
    assert (differences(truth, _told(_line("bind", cgroup={"id": 5, "path": told}))) == []) == right


def test_sockets_of_the_kernel_have_no_process() -> None:
    kernel = _line("bind", process=None, socket={"cookie": 7, "kernel": True})
    assert differences(_truth(kernel), _told(kernel)) == []
    assert differences(_truth(kernel), _told(kernel | {"process": {"pid": 100}})), "blamed on somebody"
    assert check_complete(_told(kernel)) == []


def test_limits_change_what_must_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = _truth(*LIFE)
    unseen = Limit("a", "cgroup", ("some*",), "release success *", limits.UNSEEN, "for the test")
    nameless = Limit("b", "cgroup", ("some*",), "bind success tcp", {"socket.cookie": None}, "for the test")
    monkeypatch.setattr(limits, "LIMITS", (unseen, nameless))
    changed = limits.expected("some_case", truth, "cgroup", limits.NATIVE)
    assert changed.limits == [unseen, nameless]
    bind, listen, release = _told(*LIFE)
    bind["socket"]["cookie"] = None
    assert differences(changed.truth, [bind, listen]) == []
    assert differences(changed.truth, [bind, listen, release]), "a limit that no longer holds"
    assert limits.expected("some_case", truth, "fentry", limits.NATIVE).truth is truth


def test_a_limit_may_allow_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = _truth(*LIFE)
    monkeypatch.setattr(
        limits, "LIMITS", (Limit("a", "syscall", ("*",), "release success *", limits.REPEATED, "for the test"),)
    )
    changed = limits.expected("some_case", truth, "syscall", limits.NATIVE).truth
    bind, listen, release = _told(*LIFE)
    assert differences(changed, [bind, listen, release]) == []
    assert differences(changed, [bind, release, listen, release]) == []
    assert differences(changed, [bind, listen]), "missing"
    assert differences(changed, [bind, listen, listen, release]), "another one doubled"


def test_a_limit_may_tell_a_failure_as_a_success_first(monkeypatch: pytest.MonkeyPatch) -> None:
    failure = _line("bind", errno=98, family="ipv4", outcome="failure", requested_port=1683)
    truth = _truth(failure)
    late = Limit("a", "cgroup", ("*",), "bind failure *", {}, "for the test", success_first=True)
    monkeypatch.setattr(limits, "LIMITS", (late,))
    changed = limits.expected("some_case", truth, "cgroup", limits.NATIVE).truth
    bind = failure | {"errno": None, "outcome": "success"}
    told = _told(bind, bind | {"event": "release", "requested_port": None}, failure)
    assert differences(changed, told) == []
    assert differences(changed, told[2:]), "a limit that no longer holds"


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("0.0.0.0", "any"),
        ("::", "any"),
        ("127.255.255.254", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("169.254.1.1", "link-local"),
        ("100.64.0.1", "private"),
        ("fdff::1", "private"),
        ("172.32.0.1", "global"),
        ("192.0.2.1", "global"),
        ("ff0e::1", "multicast"),
        ("4294967295", "any"),
        ("1", "loopback"),
        ("3", "private"),
        (None, None),
    ],
)
def test_scope(address: str | None, scope: str | None) -> None:
    assert scopes.of(address) == scope
