# SPDX-License-Identifier: Apache-2.0
"""Checks that user space sees the shared structs as the kernel side was compiled: every size, every member's offset.

The BTF of the built BPF object says what the kernel side has; each fact becomes a static_assert of one C++ program,
so that a member can neither move nor be forgotten.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

Type = dict[str, Any]


def btf_of(bpftool: str, path: str) -> dict[int, Type]:
    dump = subprocess.run([bpftool, "btf", "dump", "file", path, "-j"], capture_output=True, text=True, check=True)
    return {entry["id"]: entry for entry in json.loads(dump.stdout)["types"]}


def structs_of(header: Path) -> set[str]:
    return set(re.findall(r"^struct (bw_\w+) \{", header.read_text(), re.MULTILINE))


def assertions(types: dict[int, Type], names: set[str]) -> list[str]:
    """Raises SystemExit for a struct that the object does not have: nothing would be compared."""
    found = {entry["name"]: entry for entry in types.values() if entry["kind"] == "STRUCT" and entry["name"] in names}
    if missing := names - found.keys():
        sys.exit(f"not in the object's BTF: {', '.join(sorted(missing))}")
    lines = []
    for name, struct in sorted(found.items()):
        lines.append(f"static_assert(sizeof({name}) == {struct['size']});")
        for member in struct["members"]:
            offset, remainder = divmod(member["bits_offset"], 8)
            if remainder or member.get("bitfield_size"):
                sys.exit(f"{name}.{member['name']} is a bit field: its layout is the compiler's own")
            lines.append(f"static_assert(offsetof({name}, {member['name']}) == {offset});")
        lines.append(f"static_assert(std::has_unique_object_representations_v<{name}>, \"{name} has hidden padding\");")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bpftool", required=True)
    parser.add_argument("--object", required=True)
    parser.add_argument("--header", required=True, type=Path)
    parser.add_argument("compiler", nargs="+")
    arguments = parser.parse_args()
    names = structs_of(arguments.header)
    lines = assertions(btf_of(arguments.bpftool, arguments.object), names)
    source = "\n".join(["#include <cstddef>", "#include <type_traits>", f'#include "{arguments.header}"', *lines, ""])
    done = subprocess.run([*arguments.compiler, "-fsyntax-only", "-x", "c++", "-"], input=source, text=True)
    print(f"{len(names)} structs, {len(lines)} facts")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
