# SPDX-License-Identifier: Apache-2.0
"""Checks that each header compiles alone and twice: .hpp as C++, .h as C."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def compile_alone(command: list[str], header: Path) -> str | None:
    """What the compiler says of a header that does not stand alone."""
    source = f'#include "{header}"\n#include "{header}"\n'
    done = subprocess.run([*command, "-"], input=source, capture_output=True, text=True)
    return f"{header}:\n{done.stderr}" if done.returncode else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--c", required=True)
    parser.add_argument("--c++", required=True, dest="cxx")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--include", action="append", default=[], help="a folder of the include path")
    arguments = parser.parse_args()
    path = [f"-I{folder}" for folder in arguments.include]
    strict = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", *path]
    as_cxx = [arguments.cxx, "-std=c++23", *strict, "-x", "c++"]
    as_c = [arguments.c, "-std=gnu11", *strict, "-x", "c"]
    headers = sorted(header for folder in arguments.folders for header in folder.rglob("*.h*"))
    if not headers:
        sys.exit("no header found")
    jobs = [(as_cxx if header.suffix == ".hpp" else as_c, header) for header in headers]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [failure for failure in pool.map(lambda job: compile_alone(*job), jobs) if failure]
    print("\n".join(failures), end="")
    print(f"{len(headers)} headers, {len(failures)} do not compile alone")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
