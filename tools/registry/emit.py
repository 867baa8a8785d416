# SPDX-License-Identifier: Apache-2.0
"""The generated C++ tables, in the shapes of userspace/ports/table.hpp."""

import re

from . import table
from .rows import ASSIGNED, LAST_ASSIGNABLE, RESERVED, TRANSPORTS, UNASSIGNED, WITHDRAWN, RegistryError

PAGE = 64  # ports a page; most pages are equal, so that one copy serves them all
OFFSET_BITS, LENGTH_BITS = 20, 12  # of a string reference, as in table.hpp

# IANA's own remark, no part of what the service is.
_REPLACEMENT = re.compile(r"(?:^|\n)\s*(IANA assigned this well-formed service name as a replacement for .*)", re.S)
_STATUS = {ASSIGNED: "assigned", UNASSIGNED: "unassigned", RESERVED: "reserved", WITHDRAWN: "reserved",
           table.ABSENT: "unassigned"}


class _Strings:
    """One pool for all text; equal strings are stored once."""

    def __init__(self):
        self.pool = bytearray()
        self._known = {"": 0}

    def ref(self, text):
        if text not in self._known:
            data = text.encode()
            if len(data) >= 1 << LENGTH_BITS or len(self.pool) + len(data) > 1 << OFFSET_BITS:
                raise RegistryError(f"string pool is full at {text[:40]!r}: widen the references of table.hpp")
            self._known[text] = len(self.pool) | len(data) << OFFSET_BITS
            self.pool += data
        return self._known[text]

    def literal(self, width=96):
        pieces = []
        for at in range(0, len(self.pool), width):
            pieces.append('"' + "".join(_escape(b) for b in self.pool[at : at + width]) + '"')
        return "\n".join(pieces)


def _escape(byte):
    if byte == 0x0A:
        return "\\n"
    if byte in b'"\\?':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


class _Indexed:
    """Equal items get the same number, in order of appearance."""

    def __init__(self, what, limit=0xFFFF):
        self.items = []
        self._numbers = {}
        self._what, self._limit = what, limit

    def number(self, item):
        if item not in self._numbers:
            if len(self.items) > self._limit:
                raise RegistryError(f"more than {self._limit + 1} {self._what}: widen the indices of table.hpp")
            self._numbers[item] = len(self.items)
            self.items.append(item)
        return self._numbers[item]


def _one_line(text):
    return " ".join(text.split())


def _texts(row):
    """(description, notes) with IANA's remark about a replaced name among the notes."""
    match = _REPLACEMENT.search(row.description)
    if not match:
        return _one_line(row.description), row.notes
    rest = "\n".join(part for part in (_one_line(match.group(1)), row.notes) if part)
    return _one_line(row.description[: match.start()]), rest


def _row_item(strings, row):
    description, notes = _texts(row)
    texts = (row.service, description, row.assignee, row.contact, row.registered, row.modified, row.reference,
             row.service_code, row.unauthorized, notes)
    return (*(strings.ref(t) for t in texts), row.first, row.last, int(table.is_alias(row)))


def _entry_item(strings, rows, lists, there, overrides, override):
    """What classify() and details() say of one port and transport."""
    registry_status = there[0].status if there else table.ABSENT
    status = _STATUS[registry_status]
    service = description = note = listed_as = ""
    if there:
        description, notes = _texts(there[0])
        service = there[0].service
        note = _one_line(there[0].unauthorized or ("" if service else notes))
        if description.lower() == status:
            description = ""
    if override:
        note, listed_as = override.reason, override.listed_as
        if override.status:
            status = override.status
        if status != ASSIGNED:
            service = description = ""
    numbers = tuple(rows.number(_row_item(strings, r)) for r in there)
    text = (strings.ref(t) for t in (service, description, listed_as, note))
    return (*text, lists.start(numbers), len(numbers), f"Status::{status}", f"RegistryStatus::{registry_status}",
            1 + overrides.index(override) if override else 0)


class _Lists:
    """Lists of row numbers, one after the other; equal lists are stored once."""

    def __init__(self):
        self.numbers = []
        self._known = {}

    def start(self, numbers):
        if numbers not in self._known:
            self._known[numbers] = len(self.numbers)
            self.numbers += numbers
        return self._known[numbers]


def _array(kind, name, items):
    body = ",\n".join("{" + ",".join(map(str, i)) + "}" if isinstance(i, tuple) else str(i) for i in items)
    return f"constexpr std::array<{kind}, {len(items)}> {name}{{{{\n{body}\n}}}};\n"


def generate(rows, overrides, date):
    """The text of registry_table.inc."""
    strings, row_items, lists = _Strings(), _Indexed("rows"), _Lists()
    entries, pages = _Indexed("entries"), _Indexed("pages")
    index = []
    for transport in TRANSPORTS:
        here = {o.port: o for o in overrides if o.transport == transport}
        found = table.by_port(rows, transport)
        numbers = [
            entries.number(_entry_item(strings, row_items, lists, found.get(p, []), overrides, here.get(p)))
            for p in range(LAST_ASSIGNABLE + 1)
        ]
        first_page = range(0, len(numbers), PAGE)
        index.append(tuple(pages.number(tuple(numbers[at : at + PAGE])) for at in first_page))
    fixes = [(strings.ref(o.reason), strings.ref(o.source)) for o in overrides] or [(0, 0)]
    if len(overrides) > 0xFF or len(lists.numbers) > 0xFFFF:
        raise RegistryError("too many overrides or names: widen the indices of table.hpp")
    return "".join(
        (
            "// Generated by tools/generate-registry from ports/*.csv. Not to be edited.\n",
            f'constexpr std::string_view date = "{date.isoformat()}";\n',
            f"constexpr char pool[] =\n{strings.literal()};\n",
            _array("TableRow", "rows", row_items.items),
            _array("std::uint16_t", "row_lists", lists.numbers),
            _array("TableEntry", "entries", entries.items),
            _array("TableFix", "fixes", fixes),
            _array("TablePage", "pages", [("{" + ",".join(map(str, p)) + "}",) for p in pages.items]),
            _array("TableIndex", "indices", [("{" + ",".join(map(str, i)) + "}",) for i in index]),
        )
    )
