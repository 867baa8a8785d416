# SPDX-License-Identifier: Apache-2.0
"""The matrix as it stands in docs/SUPPORT.md, between two marks: the table, and every exception with its reason.

    python3 tests/vm/document.py    writes the exceptions there, and boots nothing
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.append(str(Path(__file__).resolve().parent.parent / "support"))

import lacking
import limits
from kernels import KERNELS, PLANS, Kernel
from matrix import Cell

SUPPORT = Path(__file__).resolve().parent.parent.parent / "docs" / "SUPPORT.md"
_BEGIN = "<!-- {}: written by tools/kernel-matrix --document -->\n"
_END = "<!-- {}: end -->\n"


def table(rows: Iterable[tuple[Kernel, Sequence[Cell]]], before: str = "") -> str:
    """A row a kernel, a column a plan. A kernel that is not among `rows` keeps its line of the table `before`."""
    known = {line.split("|")[1].strip(): line for line in before.splitlines() if line.startswith("| ")}
    known |= {kernel.name: _row(kernel, cells) for kernel, cells in rows}
    head = ["row", "Debian", "version", *(f"`{plan}`" for plan in PLANS), "lacks"]
    lines = [f"| {' | '.join(head)} |", "| " + "--- | " * len(head)]
    return "".join(f"{line.rstrip()}\n" for line in [*lines, *(known[name] for name in KERNELS if name in known)])


def _row(kernel: Kernel, cells: Sequence[Cell]) -> str:
    machine = "" if kernel.machine.arch == "amd64" else f", {kernel.machine.arch}"
    parameters = "".join(f", `{word}`" for word in kernel.parameters)
    version = cells[0].capture.place.version
    shown = {cell.capture.place.plan: _shown(cell) for cell in cells}
    plans = " | ".join(shown.get(plan, "not run") for plan in PLANS)
    lacks = ", ".join(kernel.lacks) or "-"
    return f"| {kernel.name} | {kernel.suite}{machine}{parameters} | {version} | {plans} | {lacks} |"


def _shown(cell: Cell) -> str:
    if cell.wrong:
        return f"**{len(cell.wrong)} wrong**"
    if cell.refused:
        known = limits.refusal(cell.capture.place.plan, cell.capture.place.kernel)
        return f"does not load ({known.name})" if known else "does not load"
    counted = f"{len(cell.exact)} exact"
    if cell.preempted:
        counted += f", {len(cell.preempted)} incomplete ({limits.PREEMPTED.name})"
    if cell.limited:
        names = dict.fromkeys(limit.name for used in cell.limited.values() for limit in used)
        counted += f", {len(cell.limited)} but for {', '.join(names)}"
    return counted


def exceptions() -> str:
    """Of limits.py and lacking.py."""
    lines = ["| exception | plan | rows | why |", "| --- | --- | --- | --- |"]
    for each in limits.REFUSALS:
        lines.append(f"| {each.name} | {_all(each.plan)} | {_rows(each.kernels)} | does not load: {each.reason} |")
    for limit in (limits.PREEMPTED, *limits.LIMITS):
        lines.append(f"| {limit.name} | {_all(limit.plan)} | {_rows(limit.kernels)} | {limit.reason} |")
    lines += ["", "| lacks | what | proof |", "| --- | --- | --- |"]
    for thing in lacking.THINGS:
        rows = [kernel.name for kernel in KERNELS.values() if thing.name in kernel.lacks]
        if rows:
            lines.append(f"| {thing.name} | {thing.what} | {thing.proof} |")
    return "\n".join(lines) + "\n"


def rewritten(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of `name` replaced. ValueError without marks."""
    begin, end = _BEGIN.format(name), _END.format(name)
    between = _between(text, name)
    return text.replace(f"{begin}{between}{end}", f"{begin}\n{content}\n{end}")


def _between(text: str, name: str) -> str:
    _, found, rest = text.partition(_BEGIN.format(name))
    between, closed, _ = rest.partition(_END.format(name))
    if not found or not closed:
        raise ValueError(f"no marks of {name}")
    return between


def rewrite(rows: Iterable[tuple[Kernel, Sequence[Cell]]] = ()) -> None:
    """Writes the rows and all exceptions into the document."""
    text = SUPPORT.read_text()
    text = rewritten(text, "kernel matrix", table(rows, _between(text, "kernel matrix")))
    SUPPORT.write_text(rewritten(text, "exceptions", exceptions()))


def _all(glob: str) -> str:
    return "all" if glob == "*" else f"`{glob}`"


def _rows(globs: Sequence[str]) -> str:
    return ", ".join("all" if glob == "*" else glob for glob in globs)


if __name__ == "__main__":
    rewrite()
