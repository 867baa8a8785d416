# SPDX-License-Identifier: Apache-2.0
"""The rows of IANA's csv, checked one by one."""

import csv
import dataclasses
import datetime
import io
import re

COLUMNS = (
    "Service Name",
    "Port Number",
    "Transport Protocol",
    "Description",
    "Assignee",
    "Contact",
    "Registration Date",
    "Modification Date",
    "Reference",
    "Service Code",
    "Unauthorized Use Reported",
    "Assignment Notes",
)
TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
LAST_ASSIGNABLE = 49151

ASSIGNED, RESERVED, WITHDRAWN, UNASSIGNED = "assigned", "reserved", "withdrawn", "unassigned"

# What a row without a service name says of its port. IANA has no column for it, only these wordings.
_NAMELESS = (
    (re.compile(r"reserved\b", re.I), RESERVED),
    (re.compile(r"\(?unassigned\b", re.I), UNASSIGNED),
    (re.compile(r"(de-?registered|removed|deprecated|de-?comm?iss?ioned)\b", re.I), WITHDRAWN),
    (re.compile(r"(any private|possibly used by)\b", re.I), ASSIGNED),
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
# "from the date when" is all that the registry knows of some rows: a year and a month.
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)


class RegistryError(Exception):
    """One line for the user: file, line and the offending word."""


@dataclasses.dataclass(frozen=True)
class Row:
    line: int  # where the record begins, from 1
    fields: tuple  # the twelve columns, as they are
    first: int  # -1: a service name without a port
    last: int
    status: str  # of a row with a port

    service = property(lambda self: self.fields[0])
    transport = property(lambda self: self.fields[2])
    description = property(lambda self: self.fields[3])
    assignee = property(lambda self: self.fields[4])
    contact = property(lambda self: self.fields[5])
    registered = property(lambda self: self.fields[6])
    modified = property(lambda self: self.fields[7])
    reference = property(lambda self: self.fields[8])
    service_code = property(lambda self: self.fields[9])
    unauthorized = property(lambda self: self.fields[10])
    notes = property(lambda self: self.fields[11])


def parse_ports(word):
    """"80" -> (80, 80), "6000-6063" -> (6000, 6063); None when it is neither."""
    match = _PORTS.fullmatch(word)
    if not match:
        return None
    first = int(match.group(1))
    last = int(match.group(2) or first)
    return (first, last) if first <= last <= 65535 else None


def make_row(where, line, fields):
    """One record as a Row; RegistryError names `where` and the line."""

    def bad(what):
        return RegistryError(f"{where}:{line}: {what}")

    if len(fields) != len(COLUMNS):
        raise bad(f"{len(fields)} columns instead of {len(COLUMNS)}, from {' '.join(fields)[:40]!r} on")
    for name, field in zip(COLUMNS, fields):
        if _CONTROL.search(field):
            raise bad(f"control character in {name} {field[:40]!r}")
    service, number, transport, description = fields[:4]
    if transport and transport not in TRANSPORTS:
        raise bad(f"unknown transport {transport!r}")
    for date in fields[6:8]:
        if date and not _DATE.fullmatch(date):
            raise bad(f"bad date {date!r}")
    if not number:
        if not service:
            raise bad("neither a service name nor a port")
        return Row(line, tuple(fields), -1, -1, "")
    ports = parse_ports(number)
    if not ports:
        raise bad(f"bad port {number!r}")
    status = ASSIGNED
    if not service:
        status = next((s for pattern, s in _NAMELESS if pattern.match(description)), None)
        if status is None:
            raise bad(f"unknown status {description[:60]!r} of port {number}")
    if status == ASSIGNED and ports[1] > LAST_ASSIGNABLE:
        raise bad(f"port {number!r} is in the dynamic range, where nothing is assigned (RFC 6335 section 8.1.2)")
    return Row(line, tuple(fields), *ports, status)


def parse_csv(where, data):
    """The rows of a csv given as bytes, without its header."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RegistryError(f"{where}:{line}: byte {data[error.start]:#04x} is not UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            odd = next((n for n, c in zip(header, COLUMNS) if n != c), f"{len(header)} columns")
            raise RegistryError(f"{where}:1: not IANA's header: {odd[:40]!r}")
        line = reader.line_num + 1
        for fields in reader:
            rows.append(make_row(where, line, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RegistryError(f"{where}:{line}: {error}") from None
    return rows


def read_bytes(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}") from None


def parse_date(where, word):
    """A whole date; RegistryError otherwise."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
            return datetime.date.fromisoformat(word)
    except ValueError:
        pass
    raise RegistryError(f"{where}: bad date {word!r}, wanted YYYY-MM-DD")


def format_csv(rows):
    """The bytes of IANA's own csv: its header, CRLF between records, LF within a field."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.fields for row in rows)
    return out.getvalue().encode()
