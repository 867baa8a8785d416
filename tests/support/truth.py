# SPDX-License-Identifier: Apache-2.0
"""What a case program says must be told: tests/live/cases/case.h has the format."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Storm:
    """So many sockets of one process, each with exactly these events in this order."""

    pid: int
    sockets: int
    events: tuple[str, ...]


@dataclass
class Truth:
    pids: set[int] = field(default_factory=set)
    namespaces: set[int] = field(default_factory=set)  # network namespaces of the case's own
    sockets: dict[int, list[Record]] = field(default_factory=dict)  # by cookie; in order; empty: must stay quiet
    storms: list[Storm] = field(default_factory=list)
    skip: str | None = None
    ended: str = ""  # when the case had ended, in the form of an event's `time`; empty: not known

    @property
    def count(self) -> int:
        """How many events must be told."""
        announced = sum(not (event.get("unreached") or event.get("maybe")) for events in self.sockets.values() for event in events)
        return announced + sum(storm.sockets * len(storm.events) for storm in self.storms)

    def concerns(self, event: Record) -> bool:
        """An event of the case's own processes or sockets; everything else on the machine is not its business."""
        process = event["process"]
        return event["socket"]["cookie"] in self.sockets or (process is not None and process["pid"] in self.pids)

    def surrounds(self, event: Record) -> bool:
        """Also one of the case's own network namespaces while the case ran: whoever's it is, nobody else was in there.

        Only while no other case runs under the same bindwatch: the kernel gives the number to the next namespace.
        """
        return self.concerns(event) or (event["socket"]["netns"] in self.namespaces and event["time"] <= self.ended)

    def weigh(self, record: Record) -> int:
        """1 for an event that concerns the case, 0 for everything else of a stream."""
        return int("socket" in record and self.concerns(record))

    def merge(self, other: Truth) -> None:
        self.pids |= other.pids
        self.namespaces |= other.namespaces
        self.storms += other.storms
        self.ended = max(self.ended, other.ended)
        for cookie, events in other.sockets.items():
            self.sockets.setdefault(cookie, []).extend(events)


def parse(output: bytes) -> Truth:
    """The whole output of a case program."""
    truth = Truth()
    for line in output.splitlines():
        record = json.loads(line, object_hook=_text_of_hex)
        if "event" in record:
            truth.sockets.setdefault(record["socket"]["cookie"], []).append(record)
            if record["process"]:
                truth.pids.add(record["process"]["pid"])
        elif "pid" in record:
            truth.pids.add(record["pid"])
        elif "netns" in record:
            truth.namespaces.add(record["netns"])
        elif "quiet" in record:
            truth.sockets.setdefault(record["quiet"], [])
        elif "storm" in record:
            storm = record["storm"]
            truth.storms.append(Storm(storm["pid"], storm["sockets"], tuple(storm["events"])))
        elif "skip" in record:
            truth.skip = record["skip"]
        else:
            raise ValueError(f"not a line of truth: {line!r}")
    return truth


def _text_of_hex(record: Record) -> Record | str:
    if record.keys() == {"hex"}:
        return bytes.fromhex(record["hex"]).decode("utf-8", errors="replace")
    return record
