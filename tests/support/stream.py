# SPDX-License-Identifier: Apache-2.0
"""What must hold of every JSON stream, whatever happened on the machine."""

from __future__ import annotations

import json
from typing import Any

import schema

Record = dict[str, Any]

_CLAIMS = frozenset(("bind", "listen", "release"))


def parse(line: bytes) -> Record:
    """One line of the stream: UTF-8, one JSON object, valid by docs/events.schema.json."""
    record: Record = json.loads(line.decode("utf-8"))
    schema.check(record)
    return record


def events(records: list[Record]) -> list[Record]:
    return [record for record in records if record["event"] in _CLAIMS]


def check_whole(records: list[Record]) -> None:
    """A stream that has ended: no gap in seq, start first and stop last, and the sums of stop are true."""
    sequence = [record["seq"] for record in records]
    assert sequence == list(range(1, len(records) + 1)), f"seq has gaps: {_first_gap(sequence)}"
    kinds = [record["event"] for record in records]
    assert kinds[0] == "start" and kinds.count("start") == 1, f"the stream starts with {kinds[:3]}"
    assert kinds[-1] == "stop" and kinds.count("stop") == 1, f"the stream ends with {kinds[-3:]}"
    stop = records[-1]
    told = events(records)
    lost = sum(record["count"] for record in records if record["event"] == "lost")
    alerts = sum(len(event["alerts"]) for event in told)
    sums = (stop["events"], stop["lost"], stop["alerts"])
    assert sums == (len(told), lost, alerts), f"stop sums up {sums}, the stream has {(len(told), lost, alerts)}"
    for event in told:
        check_event(event)


def check_event(event: Record) -> None:
    """What the keys of one event say of each other (docs/EVENTS.md)."""
    where = f"seq {event['seq']} ({event['event']})"
    failed = event["outcome"] == "failure"
    assert failed == (event["error"] is not None), f"{where}: outcome and error disagree"
    nobody = event["socket"]["kernel"] or (event["origin"] == "snapshot" and event["found"]["unheld"])
    assert event["process"] is not None or nobody, f"{where}: no process"
    assert event["event"] == "release" or event["held_ns"] is None, f"{where}: held_ns"
    assert event["event"] == "bind" or not event["alerts"], f"{where}: an alert on anything but a bind"
    process = event["process"]
    if process and process["ancestors"]:
        assert process["ancestors"][0]["pid"] == process["ppid"], f"{where}: the first ancestor is the parent"


def _first_gap(sequence: list[int]) -> str:
    for index, seq in enumerate(sequence):
        if seq != index + 1:
            return f"line {index + 1} has seq {seq}"
    return "none"
