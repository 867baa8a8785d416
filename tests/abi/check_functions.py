# SPDX-License-Identifier: Apache-2.0
"""How many functions a BPF object has: one too many, and its light skeleton refuses to load on any kernel.

libbpf's generated loader keeps a descriptor for each, in an array of MAX_USED_PROGS (gen_loader.c), and does not check.
"""

from __future__ import annotations

import re
import subprocess
import sys

_MOST = 32


def main() -> int:
    failed = False
    for path in sys.argv[1:]:
        symbols = subprocess.run(["readelf", "--syms", "--wide", path], check=True, capture_output=True, text=True).stdout
        functions = re.findall(r" FUNC +\w+ +\w+ +\d+ (\w+)$", symbols, re.MULTILINE)
        print(f"{path}: {len(functions)} functions")
        if not 0 < len(functions) <= _MOST:
            print(f"more than {_MOST}, or none: {', '.join(functions)}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
