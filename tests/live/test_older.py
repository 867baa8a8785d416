# SPDX-License-Identifier: Apache-2.0
"""Sockets that were bound before bindwatch started."""

from __future__ import annotations

import subprocess

import case_programs
import truth as truths
from compare import differences
from follower import follow
from lines import LineReader
from stream import Record


def _told(events: list[Record], cookie: int, kind: str) -> list[Record]:
    return [event for event in events if event["socket"]["cookie"] == cookie and event["event"] == kind]


def test_older_claim_is_not_implicit() -> None:
    """Its listen is a listen and no bind; nothing of it is told twice, and how long it was held is not known."""
    program = subprocess.Popen(
        [str(case_programs.path_of("older_claim")), "gate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert program.stdin and program.stdout
    with program:
        reader = LineReader(program.stdout.fileno())
        before = b""
        while (line := reader.next()) != b'{"gate":true}\n':
            before += line
        with follow() as watch:
            rest, _ = program.communicate(b"x")
            assert program.returncode == 0
            after = truths.parse(reader.rest() + rest)
            bound = next(cookie for cookie, lines in after.sockets.items() if lines[0]["event"] == "listen")
            watch.wait_for(lambda records: _told(watch.events(), bound, "release"), "the release of what was heard of")
            stopped = watch.stop()
    older = truths.parse(before).sockets
    mine = [event for event in stopped.events if event["socket"]["cookie"] in older]
    assert not [event for event in mine if event["event"] == "bind"], "nothing was bound while bindwatch looked"
    for cookie in older:
        assert len(_told(mine, cookie, "listen")) == (cookie == bound), "one socket began to listen"
        assert len(_told(mine, cookie, "release")) <= 1
    assert all(event["held_ns"] is None for event in mine)
    # Who bound it is not known to bindwatch; everything else is.
    for record in after.sockets[bound]:
        if record["event"] == "release":
            del record["process"]
    after.sockets = {bound: after.sockets[bound]}
    assert not differences(after, [event for event in mine if event["socket"]["cookie"] == bound])
