# SPDX-License-Identifier: Apache-2.0
"""ports/overrides.csv: where the registry is corrected or annotated, each row with a reason and a source."""

import csv
import dataclasses
import io

from . import rows as registry_rows
from .rows import ASSIGNED, RESERVED, UNASSIGNED, RegistryError

COLUMNS = ["port", "transport", "status", "listed_as", "reason", "source"]


@dataclasses.dataclass(frozen=True)
class Override:
    line: int
    port: int
    transport: str
    status: str  # "": the registry's own stands, the row only adds a note
    listed_as: str  # the service name that is judged not to be a real assignment
    reason: str
    source: str


def parse(where, data):
    """The overrides of a csv given as bytes."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        records = [(number, record) for number, record in enumerate(lines, 1)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegistryError(f"{where}: {error}") from None
    if not records or records[0][1] != COLUMNS:
        raise RegistryError(f"{where}:1: wanted the columns {','.join(COLUMNS)}")
    overrides = []
    for line, record in records[1:]:
        overrides.append(_override(where, line, record))
        earlier = [o for o in overrides[:-1] if (o.port, o.transport) == (overrides[-1].port, overrides[-1].transport)]
        if earlier:
            raise RegistryError(f"{where}:{line}: {record[0]}/{record[1]} is already in line {earlier[0].line}")
    return overrides


def _override(where, line, record):
    if len(record) != len(COLUMNS):
        raise RegistryError(f"{where}:{line}: {len(record)} columns instead of {len(COLUMNS)}")
    port, transport, status, listed_as, reason, source = record
    if not (port.isascii() and port.isdigit() and int(port) <= registry_rows.LAST_ASSIGNABLE):
        raise RegistryError(f"{where}:{line}: bad port {port!r}")
    if transport not in registry_rows.TRANSPORTS:
        raise RegistryError(f"{where}:{line}: unknown transport {transport!r}")
    if status not in ("", ASSIGNED, UNASSIGNED, RESERVED):
        raise RegistryError(f"{where}:{line}: unknown status {status!r}")
    if bool(listed_as) != (status in (UNASSIGNED, RESERVED)):
        raise RegistryError(f"{where}:{line}: listed_as {listed_as!r} does not go with status {status!r}")
    if not reason or not source:
        raise RegistryError(f"{where}:{line}: {port}/{transport} needs a reason and a source")
    return Override(line, int(port), transport, status, listed_as, reason, source)


def check_premises(where, overrides, rows):
    """Refuses an override whose listed_as is no longer what the registry says, undated and without a reference."""
    for o in overrides:
        if not o.listed_as:
            continue
        there = [r for r in rows if r.first <= o.port <= r.last and r.transport in ("", o.transport)]
        named = [r for r in there if r.service == o.listed_as]
        at = f"{where}:{o.line}: override of {o.port}/{o.transport} no longer applies:"
        if not named:
            now = ", ".join(sorted({r.service or r.description for r in there})) or "nothing"
            raise RegistryError(f"{at} the registry lists {now!r} there, not {o.listed_as!r}")
        for r in named:
            news = r.registered or r.modified or r.reference
            if news:
                raise RegistryError(f"{at} {o.listed_as!r} now has {news!r} (line {r.line}); review it first")
