# SPDX-License-Identifier: Apache-2.0
"""From rows to one answer per port and transport."""

import re

from .rows import ASSIGNED, LAST_ASSIGNABLE, RESERVED, TRANSPORTS, UNASSIGNED, WITHDRAWN

ABSENT = "absent"  # in no row; counts as unassigned
# A range row can overlap a newer row of one of its ports (7775, 7997): the stronger word is the newer one.
STRENGTH = (ASSIGNED, RESERVED, WITHDRAWN, UNASSIGNED)

_DUPLICATE = re.compile(r"^This (entry is an alias to|is a duplicate of) ", re.M)
_UNOFFICIAL = "This entry records an unassigned but widespread use"


def is_alias(row):
    return bool(_DUPLICATE.search(row.notes))


def _rank(row):
    """Lower is more likely what a person wants to read first among several names of one port."""
    return (
        is_alias(row),
        _UNOFFICIAL in row.notes,
        "[RFC" not in row.reference,
        not row.description,
    )


def by_port(rows, transport):
    """{port: its rows of the strongest status, the primary one first} for ports that are in a row."""
    found = {}
    for row in rows:
        if row.first >= 0 and row.transport in ("", transport):
            for port in range(row.first, min(row.last, LAST_ASSIGNABLE) + 1):
                found.setdefault(port, []).append(row)
    for port, there in found.items():
        if len(there) == 1:
            continue
        status = next(s for s in STRENGTH if any(r.status == s for r in there))
        found[port] = sorted((r for r in there if r.status == status), key=_rank)
    return found


def counts(rows):
    """{transport: {status: ports}} of 0-49151, before overrides."""
    result = {}
    for transport in TRANSPORTS:
        tally = dict.fromkeys((*STRENGTH, ABSENT), 0)
        for there in by_port(rows, transport).values():
            tally[there[0].status] += 1
        tally[ABSENT] = LAST_ASSIGNABLE + 1 - sum(tally.values())
        result[transport] = tally
    return result
