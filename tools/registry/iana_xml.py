# SPDX-License-Identifier: Apache-2.0
"""IANA's xml of the registry as the rows of its csv."""

import re
import xml.etree.ElementTree as ElementTree

from .rows import RegistryError, make_row

_NAMESPACE = "{http://www.iana.org/assignments}"
_ID = "service-names-port-numbers"


def parse_xml(where, data):
    """(rows, the word of <updated>) of an xml given as bytes. Line numbers are numbers of records."""
    # IANA's file has no document type; one with entities could make a small file huge.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RegistryError(f"{where}: has a document type, IANA's xml has none")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise RegistryError(f"{where}:{error.position[0]}: {error}") from None
    if root.tag != _NAMESPACE + "registry" or root.get("id") != _ID:
        raise RegistryError(f"{where}: {root.tag[:60]!r} with id {root.get('id')!r} is not the registry {_ID!r}")
    updated = (root.findtext(_NAMESPACE + "updated") or "").strip()
    records = root.iter(_NAMESPACE + "record")
    return [make_row(where + " record", n, _fields(where, n, r)) for n, r in enumerate(records, 1)], updated


def _fields(where, number, record):
    texts = {}
    people, references = [], []
    for child in record:
        tag = child.tag.removeprefix(_NAMESPACE)
        if tag == "xref":
            (people if child.get("type") == "person" else references).append(_xref(child))
        elif tag in ("name", "protocol", "description", "number", "sc", "unauthorized", "note", "assignee"):
            text = _text(child)
            # Some records have two notes.
            texts[tag] = texts[tag] + "\n" + text if tag in texts and text else texts.get(tag, text)
        else:
            raise RegistryError(f"{where} record:{number}: unknown element {tag!r}")
    contact = "".join(people)
    return [
        texts.get("name", ""),
        texts.get("number", ""),
        texts.get("protocol", ""),
        texts.get("description", ""),
        # The csv repeats the contact where the xml names no assignee.
        re.sub(r"\]\s+\[", "][", texts.get("assignee", "")) or contact,
        contact,
        record.get("date", ""),
        record.get("updated", ""),
        "".join(references),
        texts.get("sc", ""),
        texts.get("unauthorized", ""),
        texts.get("note", ""),
    ]


def _xref(element):
    """<xref type="rfc" data="rfc6335"/> -> "[RFC6335]"; other kinds by their text, else their data."""
    data = element.get("data", "")
    kind = element.get("type", "")
    if kind in ("rfc", "bcp", "std"):
        return f"[{data.upper()}]"
    return f"[{(element.text or '').strip() or data}]"


def _text(element):
    parts = [element.text or ""]
    for child in element:
        tag = child.tag.removeprefix(_NAMESPACE)
        parts.append("\n" if tag == "br" else _xref(child) if tag == "xref" else _text(child))
        parts.append(child.tail or "")
    text = "".join(parts).replace("\t", " ")
    return re.sub(r" *\n\s*?(?=\n)", "", text).strip()
