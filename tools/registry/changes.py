# SPDX-License-Identifier: Apache-2.0
"""Whether a newer registry is plausible beside the one we have, and what it changes."""

from . import table
from .rows import TRANSPORTS, RegistryError

# A registry of decades grows by a few dozen rows a year: more is another file, or half of one.
MAX_SHRINK = 0.02
MAX_GROWTH = 0.25


def check_plausible(where, old, new, old_date, new_date):
    """Refuses what can hardly be a later state of the same registry."""
    if new_date < old_date:
        raise RegistryError(f"{where}: date {new_date} is older than the copy's {old_date}")
    _check_count(where, "rows", len(old), len(new))
    before, after = table.counts(old), table.counts(new)
    for transport in TRANSPORTS:
        _check_count(where, f"assigned {transport} ports", before[transport][table.ASSIGNED],
                     after[transport][table.ASSIGNED])


def _check_count(where, what, old, new):
    if not old * (1 - MAX_SHRINK) <= new <= old * (1 + MAX_GROWTH):
        raise RegistryError(f"{where}: {new} {what}, the copy has {old}: not plausible")


def _words(rows):
    """What one port and transport says, for a person."""
    if not rows:
        return "in no row"
    names = ", ".join(dict.fromkeys(r.service or r.description for r in rows))
    return names if rows[0].status == table.ASSIGNED else f"{rows[0].status} ({names})"


def by_port(old, new):
    """Lines "81-83/tcp: unassigned (Unassigned) -> xfer", in order of the ports; alike neighbours are one line."""
    found = []
    for order, transport in enumerate(TRANSPORTS):
        before, after = table.by_port(old, transport), table.by_port(new, transport)
        for port in before.keys() | after.keys():
            was, now = _words(before.get(port)), _words(after.get(port))
            if was != now:
                found.append((port, order, was, now))
    merged = []
    for port, order, was, now in sorted(found, key=lambda change: (change[1:], change[0])):
        if merged and merged[-1][1] == port - 1 and merged[-1][2:] == [order, was, now]:
            merged[-1][1] = port
        else:
            merged.append([port, port, order, was, now])
    return [
        f"{first if first == last else f'{first}-{last}'}/{TRANSPORTS[order]}: {was} -> {now}"
        for first, last, order, was, now in sorted(merged)
    ]


def count_lines(rows):
    """One line a transport."""
    return [
        f"{transport}: " + ", ".join(f"{number} {status}" for status, number in tally.items())
        for transport, tally in table.counts(rows).items()
    ]
