# SPDX-License-Identifier: Apache-2.0
"""Whether two captures tell the same of a case: what no two runs share is replaced, the rest must be equal.

DIFFERENCES is the whole list of what may differ between plans; docs/SUPPORT.md says the same in prose.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

Record = dict[str, Any]


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
    """One line for each socket whose events are only in one of the two; empty: the same."""
    ours, theirs = _sockets(case, left), _sockets(case, right)
    return [f"- {told}" for told in sorted((ours - theirs).elements())] + [
        f"+ {told}" for told in sorted((theirs - ours).elements())
    ]


def _sockets(case: str, events: Iterable[Record]) -> Counter[str]:
    """The stories of all sockets, each as one text. Their order among each other is chance."""
    stories: dict[int, list[Record]] = {}
    for event in events:
        stories.setdefault(event["socket"]["cookie"], []).append(event)
    return Counter(_story(case, story) for story in stories.values())


def _story(case: str, events: list[Record]) -> str:
    names: dict[tuple[str, Any], str] = {}

    def numbered(kind: str) -> Callable[[Any], Any]:
        return lambda value: names.setdefault((kind, value), f"{kind} {len(names)}")

    told = []
    for event in events:
        plain: Record = json.loads(json.dumps(event))
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
    return "\n  ".join(told)


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
