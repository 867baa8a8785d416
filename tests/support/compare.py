# SPDX-License-Identifier: Apache-2.0
"""Compares what bindwatch told with the truth of a case: missing, doubled, extra, reordered, wrong in a field.

    python3 compare.py TRUTH EVENTS    two files; status 1 and a diff on stdout if they differ
"""

from __future__ import annotations

import errno
import re
import sys
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any

import paths
import scopes
import stream
import truth as truths
from truth import Record, Storm, Truth


# Python's table has the C library's other name for it.
_ERRORS = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}
_ENOUGH_PATH = 3700  # bytes: a page but for a directory's name cut off
_ENOUGH_ARGS = 4000  # bytes: a page but for a word cut off


def differences(truth: Truth, events: Iterable[Record], alone: bool = False) -> list[str]:
    """One readable line a difference; empty: bindwatch told exactly the truth. Events of others are ignored.

    `alone`: no other case ran under this bindwatch, so whatever happened in the case's namespaces is its doing.
    """
    belongs = truth.surrounds if alone else truth.concerns
    mine: dict[int, list[Record]] = {cookie: [] for cookie in truth.sockets}
    storms = {storm.pid: storm for storm in truth.storms}
    stormy: dict[int, dict[int, list[Record]]] = {pid: {} for pid in storms}
    for event in events:
        if not belongs(event):
            continue
        cookie = event["socket"]["cookie"]
        pid = event["process"]["pid"] if event["process"] else None
        if cookie not in truth.sockets and pid in stormy:
            stormy[pid].setdefault(cookie, []).append(event)
        else:
            mine.setdefault(cookie, []).append(event)
    found: list[str] = []
    for cookie, told in mine.items():
        found += _compare_socket(cookie, truth.sockets.get(cookie, []), told)
    for pid, sockets in stormy.items():
        found += _compare_storm(storms[pid], sockets)
    return found


def _compare_socket(cookie: int, expected: list[Record], told: list[Record]) -> list[str]:
    expected = [event for event in expected if not event.get("unreached")]
    expected = _without_untold(expected, told)
    told = _without_repeats(expected, told)
    told = _unraced(expected, told)
    wanted = [_key(event) for event in expected]
    got = [_key(event) for event in told]
    if wanted == got:
        return [
            f"socket {cookie}: {_show(_key(event))}: {line}"
            for want, event in zip(expected, told)
            for line in _wrong_fields(want, event)
        ]
    lines = [f"socket {cookie}: expected (-) and told (+) differ{_verdict(wanted, got)}"]
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=wanted, b=got, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [f"    {_show(key)}" for key in wanted[i1:i2]]
        else:
            lines += [f"  - {_show(key)}" for key in wanted[i1:i2]]
            lines += [f"  + {_show(key)}  seq {told[j]['seq']}" for j, key in zip(range(j1, j2), got[j1:j2])]
    return lines


def _without_untold(expected: list[Record], told: list[Record]) -> list[Record]:
    """`expected` without what may be missing ("maybe": tests/support/limits.py) and is."""
    left = Counter(_key(event) for event in told)
    kept = []
    for event in expected:
        if event.get("maybe") and not left[_key(event)]:
            continue
        left[_key(event)] -= 1
        kept.append(event)
    return kept


def _without_repeats(expected: list[Record], told: list[Record]) -> list[Record]:
    """`told` without what came before of events that may be told again ("repeated": tests/support/limits.py)."""
    repeatable = {_key(event) for event in expected if event.get("repeated")}
    surplus = Counter(_key(event) for event in told) - Counter(_key(event) for event in expected)
    kept = []
    for event in told:
        key = _key(event)
        if key in repeatable and surplus[key] > 0:
            surplus[key] -= 1
        else:
            kept.append(event)
    return kept


def _unraced(expected: list[Record], told: list[Record]) -> list[Record]:
    """`told` with neighbours that raced each other brought into the truth's order, as far as they are the truth's."""
    ordered: list[Record] = []
    for raced, run in groupby(expected, lambda event: bool(event.get("racing"))):
        wanted = list(run)
        rest = told[len(ordered) : len(ordered) + len(wanted)]
        for want in wanted if raced else ():
            if (match := _likest(want, rest)) is not None:
                ordered.append(match)
                rest.remove(match)
        ordered += rest
    return ordered + told[len(ordered) :]


def _likest(want: Record, told: list[Record]) -> Record | None:
    """Of those that are the same event the one with the fewest wrong fields."""
    same = [event for event in told if _key(event) == _key(want)]
    return min(same, key=lambda event: len(_wrong_fields(want, event)), default=None)


def _verdict(wanted: list[Any], got: list[Any]) -> str:
    missing, extra = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
    if not missing and not extra:
        return ": reordered"
    parts = []
    if missing:
        parts.append(f"{missing.total()} missing")
    doubled = sum(count for key, count in extra.items() if key in wanted)
    if doubled:
        parts.append(f"{doubled} doubled")
    if extra.total() > doubled:
        parts.append(f"{extra.total() - doubled} extra")
    return ": " + ", ".join(parts)


def _compare_storm(storm: Storm, sockets: dict[int, list[Record]]) -> list[str]:
    found = []
    if len(sockets) != storm.sockets:
        found.append(f"storm of {storm.pid}: {storm.sockets} sockets, events of {len(sockets)}")
    for cookie, told in sockets.items():
        kinds = tuple(event["event"] for event in told)
        if kinds != storm.events:
            found.append(f"storm of {storm.pid}: socket {cookie} has {kinds}, not {storm.events}")
    return found


def _errno(event: Record) -> int | None:
    if "errno" in event:
        return event["errno"]
    return event["error"]["errno"] if event["error"] else None


def _key(event: Record) -> tuple[Any, ...]:
    """What makes an event this event: the rest are its fields."""
    return (event["event"], event["transport"], event["port"], _errno(event))


def _show(key: tuple[Any, ...]) -> str:
    kind, transport, port, error = key
    return f"{kind} {port}/{transport}" + (f" {_ERRORS.get(error, error)}" if error else "")


def _wrong_fields(expected: Record, told: Record) -> list[str]:
    wanted = {key: value for key, value in expected.items() if key not in ("errno", "maybe", "racing", "repeated", "unreached")}
    if "scope" not in wanted and "scope" in told:
        wanted["scope"] = scopes.of(wanted["address"])
    wrong = list(_unequal("", wanted, told))
    if (error := _errno(expected)) is not None and told["error"]["name"] != _ERRORS[error]:
        wrong.append(f"error.name is {told['error']['name']!r}, not {_ERRORS[error]!r}")
    return wrong


def _unequal(path: str, expected: Any, told: Any) -> Iterable[str]:
    if path == "process" and expected and told:
        yield from _wrong_args(expected, told)
        expected = {key: value for key, value in expected.items() if key not in ("args", "args_truncated")}
    if isinstance(expected, dict) and isinstance(told, dict):
        for key, value in expected.items():
            yield from _unequal(f"{path}.{key}" if path else key, value, told.get(key))
    elif path == "cgroup.path" and _is_end_of(expected, told):
        return
    elif path == "process.exe" and paths.same(_plain(told), _plain(expected)):
        return
    elif _plain(expected) != _plain(told):
        yield f"{path} is {told!r}, not {expected!r}"


def _is_end_of(long: str, told: str) -> bool:
    """A path of more than a page may be told without its first directories."""
    return len(long) > len(told) > _ENOUGH_PATH and told.startswith("…") and long.endswith(told[1:])


def _wrong_args(expected: Record, told: Record) -> Iterable[str]:
    """All of them, or at least _ENOUGH_ARGS bytes and the word that there are more."""
    if "args" not in expected:
        return
    wanted, got = (_plain("\0".join(process["args"] or ())) for process in (expected, told))
    if not told.get("args_truncated"):
        if expected.get("args_truncated") or _plain(told["args"]) != _plain(expected["args"]):
            yield f"process.args is {told['args']!r}, not {expected['args']!r}"
    elif not wanted.startswith(got.rstrip("\0\ufffd")) or not expected.get("args_truncated") and len(wanted) <= len(got):
        yield f"process.args is {told['args']!r} and more, not {expected['args']!r}"
    elif len(got) < _ENOUGH_ARGS:
        yield f"process.args is cut after {len(got)} bytes"


def _plain(value: Any) -> Any:
    """How many U+FFFD a broken sequence becomes is not part of the contract (Unicode 15, 3.9 recommends one way)."""
    if isinstance(value, str):
        return re.sub("\ufffd+", "\ufffd", value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def check_complete(events: Iterable[Record]) -> list[str]:
    """What every live event of a user's process has: nothing about the process may be unknown."""
    found = []
    for event in events:
        process = event["process"]
        if process is None and event["socket"]["kernel"]:
            continue
        process = process or {}
        unknown = [key for key in ("exe", "user", "start_time", "ppid", "ancestors") if not process.get(key)]
        if process.get("args") is None:
            unknown.append("args")
        if process.get("ancestors") and process["ancestors"][-1]["pid"] != 1 and len(process["ancestors"]) < 8:
            unknown.append("ancestors up to pid 1")
        if event["cgroup"] is None:
            unknown.append("cgroup")
        if unknown:
            found.append(f"seq {event['seq']} ({event['event']} {event['port']}): unknown: {', '.join(unknown)}")
    return found


def main(arguments: list[str]) -> int:
    truth = truths.parse(Path(arguments[0]).read_bytes())
    records = [stream.parse(line) for line in Path(arguments[1]).read_bytes().splitlines()]
    found = differences(truth, stream.events(records))
    print("\n".join(found) if found else f"exact: {truth.count} events")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
