# SPDX-License-Identifier: Apache-2.0
"""docs/events.schema.json, fast enough for every line of a storm.

fastjsonschema compiles the schema to Python and takes a tenth of the time that jsonschema's Draft202012Validator
needs. It knows the drafts up to 7; the schema keeps to keywords that mean the same in 2020-12, and the unit test
`schema` shows that both validators judge alike. The first lines of a run go through both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema

PATH = Path(__file__).resolve().parents[2] / "docs" / "events.schema.json"
SCHEMA: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))

_reference = jsonschema.Draft202012Validator(SCHEMA)
_compiled = fastjsonschema.compile(SCHEMA)
_LINES_FOR_BOTH = 200
_lines = 0


def problems(record: Any) -> list[str]:
    """What jsonschema has against a record: one line each, with the place."""
    return [f"{error.json_path}: {error.message}" for error in _reference.iter_errors(record)]


def accepts_fast(record: Any) -> bool:
    """Whether fastjsonschema takes a record."""
    try:
        _compiled(record)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


def check(record: Any) -> None:
    """AssertionError, with every problem, unless the record is valid."""
    global _lines
    _lines += 1
    if _lines > _LINES_FOR_BOTH and accepts_fast(record):
        return
    found = problems(record)
    assert not found, f"not valid by docs/events.schema.json: {'; '.join(found)}\n{json.dumps(record)}"
    assert accepts_fast(record), f"only fastjsonschema objects: {json.dumps(record)}"
