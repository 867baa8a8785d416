# SPDX-License-Identifier: Apache-2.0
"""Whether two captures tell the same of a case: what no two runs share is replaced, the rest must be equal.

DIFFERENCES is the whole list of what may differ between plans; docs/SUPPORT.md says the same in prose.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Story = tuple[str, ...]  # a socket's events in order, each as JSON


@dataclass(frozen=True)
class Difference:
    """The value at `path` of some events of some cases may differ between the plans."""

    cases: str  # glob of case names
    events: str  # glob of "EVENT OUTCOME"
    path: str  # "socket.backlog"
    reason: str

    def covers(self, case: str, event: Record) -> bool:
        return fnmatch(case, self.cases) and fnmatch(f"{event['event']} {event['outcome']}", self.events)


DIFFERENCES: tuple[Difference, ...] = ()

# Of another run, machine or folder: never the same, but known in both or in neither.
_VOLATILE = (
    *("seq", "time", "host", "boot_id", "held_ns", "cgroup"),
    *("process.start_time", "process.ppid", "process.ancestors"),
)
# The same thing has another number in another run: named in the order in which a socket's events mention it.
_NUMBERED = {
    "process.pid": "pid",
    "process.tid": "pid",
    "process.ns_pid": "pid",
    "process.pidns": "pidns",
    "socket.netns": "netns",
    "socket.cookie": "cookie",
}
# The kernel's default for net.ipv4.ip_local_port_range: a port from it was chosen by the kernel.
_CHOSEN = range(32768, 61000)


def unlike(case: str, left: Iterable[Record], right: Iterable[Record]) -> list[str]:
    """What is told only by one of the two, socket by socket; empty: the same."""
    ours, theirs = _sockets(case, left), _sockets(case, right)
    only_ours = sorted((ours - theirs).elements())
    only_theirs = sorted((theirs - ours).elements())
    return [line for pair in zip_longest(only_ours, only_theirs) for line in _explain(*pair)]


def _explain(ours: Story | None, theirs: Story | None) -> Iterator[str]:
    """The values that differ if both tell of the same events, else both lists of events."""
    left = [json.loads(text) for text in ours or ()]
    right = [json.loads(text) for text in theirs or ()]
    if [_title(event) for event in left] != [_title(event) for event in right]:
        yield f"- {', '.join(map(_title, left)) or 'nothing'}"
        yield f"+ {', '.join(map(_title, right)) or 'nothing'}"
        return
    for here, there in zip(left, right):
        before, after = dict(_leaves(here)), dict(_leaves(there))
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path):
                yield f"{_title(here)}: {path}: {before.get(path)!r} here, {after.get(path)!r} there"


def _title(event: Record) -> str:
    failed = f" {event['error']['name']}" if event["error"] else ""
    return f"{event['event']} {event['port']}/{event['transport']}{failed}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)
    else:
        yield path, value


def _sockets(case: str, events: Iterable[Record]) -> Counter[Story]:
    """The stories of all sockets. Their order among each other is chance."""
    stories: dict[int, list[Record]] = {}
    for event in events:
        stories.setdefault(event["socket"]["cookie"], []).append(event)
    return Counter(_story(case, story) for story in stories.values())


def _story(case: str, events: list[Record]) -> Story:
    names: dict[tuple[str, Any], str] = {}

    def numbered(kind: str) -> Callable[[Any], Any]:
        return lambda value: names.setdefault((kind, value), f"{kind} {len(names)}")

    told = []
    for event in events:
        plain: Record = json.loads(json.dumps(event))
        for key in ("holders", "reason"):  # looked for by each bindwatch when it reads the failure
            plain.pop(key, None)
        for path in _VOLATILE:
            _replace(plain, path, lambda value: "known")
        for path, kind in _NUMBERED.items():
            _replace(plain, path, numbered(kind))
        _forget_folder(plain)
        _forget_chosen_port(plain)
        plain["alerts"] = [alert["rule"] for alert in plain["alerts"]]  # the message names the process
        for allowed in DIFFERENCES:
            if allowed.covers(case, event):
                _replace(plain, allowed.path, lambda value: "may differ")
        told.append(json.dumps(plain, sort_keys=True))
    return tuple(told)


def _replace(event: Record, path: str, change: Callable[[Any], Any]) -> None:
    """Changes the value at `path` if there is one: null is what it is."""
    *folders, key = path.split(".")
    place: Any = event
    for folder in folders:
        place = place and place.get(folder)
    if place and place.get(key) is not None:
        place[key] = change(place[key])


def _forget_chosen_port(event: Record) -> None:
    for key in ("port", "requested_port"):
        _replace(event, key, lambda port: "chosen" if port in _CHOSEN else port)
    if "chosen" in (event["port"], event["requested_port"]):
        event |= {"iana": "of a chosen port", "alerts": []}


def _forget_folder(event: Record) -> None:
    """The case program lies elsewhere in the guest."""
    _replace(event, "process.exe", lambda path: Path(path).name)
    _replace(event, "process.args", lambda args: [Path(word).name for word in args[:1]] + args[1:])
