# SPDX-License-Identifier: Apache-2.0
"""docs/events.schema.json takes what bindwatch writes, refuses what would break the contract, and says the same to
both validators that the tests use. Usage: schema_test.py PROGRAM_THAT_PRINTS_SAMPLE_LINES"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import jsonschema  # noqa: E402
import schema  # noqa: E402

Record = dict[str, Any]

# Keywords that mean the same in draft 7, which fastjsonschema implements, and in 2020-12.
SHARED = {
    "$schema", "title", "description", "$defs", "$ref", "type", "enum", "const", "not", "if", "then", "else", "allOf",
    "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "pattern", "minLength",
    "maxLength", "minimum", "maximum",
}  # fmt: skip

# TIME_WAIT: nobody's.
HOLDER = {
    "pid": None, "comm": None, "exe": None, "user": None, "container": None, "address": "0.0.0.0", "port": 80,
    "state": "time_wait", "cookie": 1, "since": None,
}  # fmt: skip

LINES: list[str] = []


def subschemas(node: Any) -> Any:
    if not isinstance(node, dict):
        return
    yield node
    for key in ("properties", "$defs"):
        for child in node.get(key, {}).values():
            yield from subschemas(child)
    for key in ("not", "if", "then", "else", "items"):
        yield from subschemas(node.get(key))
    for child in node.get("allOf", []):
        yield from subschemas(child)


def first(**wanted: Any) -> Record:
    """The first sample with these values."""
    for line in LINES:
        record = json.loads(line)
        if all(record.get(key) == value for key, value in wanted.items()):
            return record
    raise AssertionError(f"no sample has {wanted}")


def mutated(record: Record, path: str, value: Any) -> Record:
    copied = copy.deepcopy(record)
    *parents, last = path.split(".")
    node: Any = copied
    for name in parents:
        node = node[int(name) if name.isdigit() else name]
    node[last] = value
    return copied


class Schema(unittest.TestCase):
    def test_is_a_valid_schema_of_shared_keywords(self) -> None:
        jsonschema.Draft202012Validator.check_schema(schema.SCHEMA)
        for node in subschemas(schema.SCHEMA):
            self.assertLessEqual(set(node), SHARED)
            self.assertTrue("$ref" not in node or len(node) == 1, "draft 7 ignores what stands beside $ref")

    def test_takes_every_sample(self) -> None:
        self.assertGreater(len(LINES), 100)
        for line in LINES:
            record = json.loads(line)
            self.assertEqual(schema.problems(record), [], line)
            self.assertTrue(schema.accepts_fast(record), line)

    def test_takes_the_examples_of_the_manual(self) -> None:
        text = schema.PATH.with_name("EVENTS.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        seen = set()
        for block in blocks:
            while block := block.lstrip():
                record, end = json.JSONDecoder().raw_decode(block)
                block = block[end:]
                self.assertEqual(schema.problems(record), [], record)
                seen.add(record["event"])
        self.assertEqual(seen, {"bind", "release", "start", "lost", "stop"})

    def test_the_manual_names_every_key(self) -> None:
        text = schema.PATH.with_name("EVENTS.md").read_text(encoding="utf-8")
        words = set(re.findall(r"`([a-z0-9_]+)`", text))
        for name in ("claim", "socket", "process", "cgroup", "container", "iana", "error", "alert", "found", "holder", "start", "lost", "stop"):
            self.assertLessEqual(set(schema.SCHEMA["$defs"][name]["properties"]), words, name)

    def test_lines_are_strict_json_with_unique_keys(self) -> None:
        def unique(pairs: list[tuple[str, Any]]) -> Record:
            record = dict(pairs)
            self.assertEqual(len(record), len(pairs))
            return record

        for number, line in enumerate(LINES, 1):
            record = json.loads(line, object_pairs_hook=unique, parse_constant=self.fail, parse_float=self.fail)
            self.assertEqual(record["seq"], number)

    def refuses(self, record: Any) -> None:
        self.assertNotEqual(schema.problems(record), [], record)
        self.assertFalse(schema.accepts_fast(record), record)

    def test_refuses_a_missing_and_an_unknown_key(self) -> None:
        for event in ("bind", "listen", "release", "start", "lost", "stop"):
            record = first(event=event)
            for key in record:
                with self.subTest(event=event, missing=key):
                    self.refuses({name: value for name, value in record.items() if name != key})
            self.refuses({**record, "extra": None})
        bind = first(event="bind")
        for part in ("socket", "process", "cgroup", "iana", "alerts.0", "process.ancestors.0"):
            with self.subTest(part=part):
                self.refuses(mutated(bind, f"{part}.extra", None))
        for part in ("socket", "process", "cgroup", "iana"):
            for key in bind[part]:
                with self.subTest(part=part, missing=key):
                    self.refuses({**bind, part: {name: value for name, value in bind[part].items() if name != key}})

    def test_refuses_a_wrong_value(self) -> None:
        wrong = {
            "schema": ["bindwatch/2", None],
            "seq": [0, -1, "1", 1.5, None, True],
            "time": ["2026-11-23T08:10:31Z", "2026-11-23 08:10:31.123456789Z", 1, None],
            "host": ["", None],
            "boot_id": ["", "x"],
            "event": ["close", None],
            "outcome": ["failure", "ok"],
            "origin": ["before"],
            "implicit": [None, 0],
            "transport": ["TCP", "vsock", "ip-", None],
            "family": ["inet", "ipv6", "vsock", None],
            "address": ["localhost", "::1", None, 1],
            "port": [0, 65536, "1683", None, -1],
            "requested_port": [65536, "x"],
            "scope": ["lan", None],
            "socket": [None, {}],
            "socket.v6only": [False],
            "socket.type": ["raw", 1],
            "socket.cookie": [-1, "1"],
            "process": [None, {}],
            "process.pid": [0, None, -1],
            "process.comm": ["sixteen letters!", None],
            "process.exe": ["", "python3"],
            "process.args": ["python3 -m", [1], [None]],
            "process.start_time": [0, ""],
            "process.ancestors": [None, [1]],
            "cgroup.path": ["", "system.slice"],
            "container": [{}, "x"],
            "iana.status": ["dynamic", "free"],
            "iana.service": ["", 1],
            "error": [{"errno": 98, "name": "EADDRINUSE", "message": "Address already in use"}, {}, 98],
            "holders": [None, [{}], [HOLDER]],
            "held_ns": [1, "1"],
            "alerts": [None, [{}]],
            "alerts.0.severity": ["error"],
            "alerts.0.rule": ["", "Unassigned port"],
        }
        bind = first(event="bind")
        for path, values in wrong.items():
            for value in values:
                with self.subTest(path=path, value=value):
                    self.refuses(mutated(bind, path, value))

    def test_refuses_what_is_no_ipv6(self) -> None:
        ipv6 = first(family="ipv6")
        wrong = {"transport": ["vsock"], "address": ["127.0.0.1", ""], "port": [65536], "requested_port": [65536]}
        for path, values in wrong.items():
            for value in values:
                with self.subTest(path=path, value=value):
                    self.refuses(mutated(ipv6, path, value))

    def test_takes_a_holder_of_an_address_in_use(self) -> None:
        failed = mutated(first(event="bind", outcome="failure"), "holders", [HOLDER])
        self.assertEqual(schema.problems(failed), [])
        self.refuses(mutated(failed, "error.name", "EACCES"))

    def test_refuses_what_no_look_at_a_socket_shows(self) -> None:
        shared = first(origin="snapshot")
        wrong = {
            "event": ["listen", "release"],
            "origin": ["live"],
            "requested_port": [0],
            "found": [None, {}],
            "found.state": ["open", None],
            "found.asked": [None, 1],
            "found.peer": [{}, {"address": "::1"}],
            "found.sharers": [None, [{}], []],
            "found.sharers.0.fds": [[], None, [-1]],
            "found.unheld": ["orphan", "lost"],
        }
        for path, values in wrong.items():
            for value in values:
                with self.subTest(path=path, value=value):
                    self.refuses(mutated(shared, path, value))
        self.refuses({key: value for key, value in shared.items() if key != "found"})
        self.refuses({**first(event="bind", origin="live"), "found": shared["found"]})
        self.refuses(mutated(first(origin="snapshot", process=None), "found.unheld", None))

    def test_refuses_contradictions(self) -> None:
        alerts = first(event="bind")["alerts"]
        failed = first(event="bind", outcome="failure")
        contradictions = {
            "a failure without an error": mutated(failed, "error", None),
            "a success with an error": mutated(failed, "outcome", "success"),
            "a failed bind with an alert": mutated(failed, "alerts", alerts),
            "a failed release": {**failed, "event": "release", "requested_port": None},
            "a failure from before": mutated(failed, "origin", "snapshot"),
            "an alert on a listen": mutated(first(event="listen"), "alerts", alerts),
            "an alert on a release": mutated(first(event="release"), "alerts", alerts),
            "a listen that was held": mutated(first(event="listen"), "held_ns", 1),
            "a listen that asked for a port": mutated(first(event="listen"), "requested_port", 1),
            "a release that asked for a port": mutated(first(event="release"), "requested_port", 1),
            "an implicit bind that asked": mutated(first(implicit=True), "requested_port", 0),
            "an implicit listen": mutated(first(event="listen"), "implicit", True),
            "vsock over IPv4": mutated(first(transport="vsock"), "family", "ipv4"),
            "IPv6 without v6only": mutated(first(family="ipv6"), "socket.v6only", None),
            "an address without a port": mutated(first(port=None), "address", "127.0.0.1"),
            "a user process that is not known": mutated(first(event="bind"), "process", None),
            "a dynamic port that is assigned": mutated(first(implicit=True), "iana.status", "assigned"),
            "no record was lost": mutated(first(event="lost"), "count", 0),
            "a reason without a failure": {**first(event="bind", outcome="success"), "reason": "x"},
            "an unknown plan": mutated(first(event="start"), "plan", "auto"),
            "an unknown filter": mutated(first(event="start"), "filters", {"ports": ["80"]}),
        }
        for name, record in contradictions.items():
            with self.subTest(name):
                self.refuses(record)

    def test_refuses_what_is_no_record(self) -> None:
        for value in (None, [], {}, "bind", 1):
            self.refuses(value)


if __name__ == "__main__":
    output = subprocess.run([sys.argv.pop(1)], check=True, stdout=subprocess.PIPE).stdout
    assert output.endswith(b"\n")
    LINES = output.decode("utf-8").split("\n")[:-1]
    unittest.main()
