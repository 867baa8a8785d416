# SPDX-License-Identifier: Apache-2.0
"""Compares what the observer saw with what bindwatch told, thread by thread and in order."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from observer import Seen

Record = dict[str, Any]
Key = tuple[str, str, bool, str, str]


def differences(seen: Iterable[Seen], told: Iterable[Record], plan: str) -> list[str]:
    """One readable line a difference; empty: bindwatch told exactly what the observer saw.

    `told`: all events of the processes that were observed, to their end.
    """
    expected: dict[int, list[Seen]] = defaultdict(list)
    for event in seen:
        expected[event.thread].append(event)
    got: dict[int, list[Record]] = defaultdict(list)
    claims: dict[int, Counter[str]] = defaultdict(Counter)
    for record in told:
        if record["event"] != "release":
            got[record["process"]["tid"]].append(record)
        if record["outcome"] == "success":
            claims[record["socket"]["cookie"]][record["event"]] += 1
            claims[record["socket"]["cookie"]]["vsock"] += record["transport"] == "vsock"
    found: list[str] = []
    pairs: list[tuple[Seen, Record]] = []
    for thread in sorted(expected.keys() | got.keys()):
        found += _align(thread, expected[thread], got[thread], pairs)
    for one, record in pairs:
        found += [f"thread {one.thread}: {_show(_of_seen(one))}: {line}" for line in _wrong(one, record, plan)]
    return found + _confused(pairs) + _unreleased(claims, plan)


def _align(thread: int, expected: list[Seen], got: list[Record], pairs: list[tuple[Seen, Record]]) -> list[str]:
    wanted, told = [_of_seen(one) for one in expected], [_of_told(record) for record in got]
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=wanted, b=told, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += zip(expected[i1:i2], got[j1:j2])
            continue
        found += [f"thread {thread}: not told: {_show(_of_seen(one))}, {one.asked}" for one in expected[i1:i2]]
        found += [f"thread {thread}: not seen: {_show(_of_told(each))}, seq {each['seq']}" for each in got[j1:j2]]
    return found


def _wrong(one: Seen, record: Record, plan: str) -> list[str]:
    """The fields of an event that are not as the observer saw them."""
    port, requested, address = record["port"], record["requested_port"], record["address"]
    found = []
    if one.event == "listen" or one.implicit:
        if requested is not None:
            found.append(f"requested_port is {requested}, nothing was requested")
    elif one.asked and not (one.error and _may_be_null(one, plan) and requested is None):
        if requested != one.asked.port:
            found.append(f"requested_port is {requested}, asked for was {one.asked.port}")
        if _address(address) != _address(one.asked.host):
            found.append(f"address is {address}, asked for was {one.asked.host}")
        if one.asked.port and one.asked.port != 0xFFFFFFFF and port != one.asked.port:
            found.append(f"port is {port}, asked for was {one.asked.port}")
    if one.error is None and not port:
        found.append(f"port is {port} after success")
    if one.named and port not in one.named:
        found.append(f"port is {port}, getsockname(2) said {', '.join(map(str, sorted(set(one.named))))}")
    return found


def _may_be_null(one: Seen, plan: str) -> bool:
    """docs/SUPPORT.md: whether the plan has the address of such a failed bind."""
    return plan == "syscall" or (plan == "cgroup" and one.family == "vsock")


def _confused(pairs: list[tuple[Seen, Record]]) -> list[str]:
    """A socket has one inode and one cookie. Cookie 0: the plan does not know it."""
    cookies: dict[int, set[int]] = defaultdict(set)
    inodes: dict[int, set[int]] = defaultdict(set)
    for one, record in pairs:
        if cookie := record["socket"]["cookie"]:
            cookies[one.inode].add(cookie)
            inodes[cookie].add(one.inode)
    found = [f"socket {one} has the cookies {sorted(all)}" for one, all in cookies.items() if len(all) > 1]
    return found + [f"cookie {one} is of the sockets {sorted(all)}" for one, all in inodes.items() if len(all) > 1]


def _unreleased(claims: dict[int, Counter[str]], plan: str) -> list[str]:
    """Every process has ended, so every claim has, as far as the plan sees that (docs/SUPPORT.md)."""
    if plan == "syscall":
        return []
    return [
        f"cookie {cookie}: {kinds['bind']} claims, {kinds['release']} releases"
        for cookie, kinds in claims.items()
        if kinds["bind"] != kinds["release"] and not (plan == "cgroup" and kinds["vsock"])
    ]


def _of_seen(one: Seen) -> Key:
    return (one.event, one.error or "success", one.implicit, one.transport, one.family)


def _of_told(record: Record) -> Key:
    error = record["error"]["name"] if record["error"] else "success"
    return (record["event"], error, record["implicit"], record["transport"], record["family"])


def _show(key: Key) -> str:
    event, outcome, implicit, transport, family = key
    return f"{'implicit ' if implicit else ''}{event} {transport} {family} {outcome}"


def _address(text: str | None) -> Any:
    return ipaddress.ip_address(text) if text and not text.isdigit() else text
