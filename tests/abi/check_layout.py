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


def assertions(types: dict[int, Type], names: set[str]) -> dict[str, list[str]]:
    """For each of the structs that the object has: what must hold of it in C++."""
    facts: dict[str, list[str]] = {}
    for struct in types.values():
        if struct["kind"] != "STRUCT" or struct["name"] not in names:
            continue
        name = struct["name"]
        lines = [
            f"static_assert(sizeof({name}) == {struct['size']});",
            f'static_assert(std::has_unique_object_representations_v<{name}>, "hidden padding");',
        ]
        for member in struct["members"]:
            offset, bits = divmod(member["bits_offset"], 8)
            if bits or member.get("bitfield_size"):
                sys.exit(f"{name}.{member['name']} is a bit field: its layout is the compiler's own")
            lines.append(f"static_assert(offsetof({name}, {member['name']}) == {offset});")
        facts[name] = lines
    return facts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bpftool", required=True)
    parser.add_argument("--header", required=True, type=Path)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("objects", nargs="+", help="the first has every struct of the header")
    arguments = parser.parse_args()
    names = structs_of(arguments.header)
    source = ["#include <cstddef>", "#include <type_traits>", f'#include "{arguments.header}"']
    for index, path in enumerate(arguments.objects):
        facts = assertions(btf_of(arguments.bpftool, path), names)
        wanted = names if index == 0 else {"bw_record", "bw_config"}
        if not names or not wanted <= facts.keys():
            sys.exit(f"{path}: no BTF of {', '.join(sorted(wanted - facts.keys()))}: nothing to compare")
        source += [f"// {path}", *(line for lines in facts.values() for line in lines)]
        print(f"{path}: {', '.join(sorted(facts))}")
    command = [arguments.compiler, "-std=c++23", "-fsyntax-only", "-x", "c++", "-"]
    return 1 if subprocess.run(command, input="\n".join(source), text=True).returncode else 0


if __name__ == "__main__":
    sys.exit(main())
