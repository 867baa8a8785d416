# SPDX-License-Identifier: Apache-2.0
"""Judges a capture: one cell of the table, and what is wrong under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import lacking
import limits
from capture import Capture
from kernels import KERNELS
from limits import Limit
from sameness import unlike

_LINES_OF_A_CASE = 12  # a storm that went wrong has thousands


@dataclass
class Cell:
    """One plan on one kernel."""

    capture: Capture
    exact: list[str] = field(default_factory=list)  # cases that were told as they were
    limited: dict[str, list[Limit]] = field(default_factory=dict)  # exact but for what the plan cannot tell, by case
    preempted: dict[str, int] = field(default_factory=dict)  # how many events or sockets are wrong, by case
    lacking: dict[str, str] = field(default_factory=dict)  # the thing that the kernel proves not to have, by case
    wrong: list[str] = field(default_factory=list)  # a paragraph each; empty: all is well
    refused: str = ""  # why the plan does not load, where that is known and right

    def __str__(self) -> str:
        place = self.capture.place
        counts = f"{len(self.exact)} exact"
        others = {"limited": self.limited, "preempted": self.preempted, "lacking": self.lacking, "wrong": self.wrong}
        counts += "".join(f", {len(cases)} {what}" for what, cases in others.items() if cases)
        verdict = "FAILED" if self.wrong else "ok"
        seconds = "kept" if self.capture.kept else f"{place.seconds:.0f} s"
        return f"{verdict:6}  {place!s:58}  {self.refused or counts}  {seconds}"

    def remarks(self) -> list[str]:
        """Whatever is not simply exact, a paragraph each."""
        by_thing: dict[str, list[str]] = {}
        for case, name in self.lacking.items():
            by_thing.setdefault(name, []).append(case)
        by_limit: dict[str, list[str]] = {}
        for case, used in self.limited.items():
            for limit in used:
                by_limit.setdefault(f"{limit.name}: {limit.reason}", []).append(case)
        proofs = {thing.name: thing.proof for thing in lacking.THINGS}
        told = [f"lacks {name} ({proofs[name]}): {', '.join(cases)}" for name, cases in by_thing.items()]
        told += [f"limit {name}: {', '.join(cases)}" for name, cases in by_limit.items()]
        if self.preempted:
            missing = ", ".join(f"{case} ({count})" for case, count in self.preempted.items())
            told.append(f"limit {limits.PREEMPTED.name}: {self.capture.skipped} skips: {missing}")
        return told + self.wrong


def judge(capture: Capture, baseline: Capture | None, names: Sequence[str]) -> Cell:
    """Each case against its own truth and, with a baseline, against what another plan told of it there."""
    cell = Cell(capture, wrong=list(capture.problems))
    place = capture.place
    known = limits.refusal(place.plan, place.kernel)
    if capture.refusal:
        cell.refused = f"does not load: {known.reason}" if known else ""
        cell.wrong += [] if known else [f"does not load: {capture.refusal}"]
        return cell
    if known:
        cell.wrong.append(f"loads, although limits.py says that it does not: {known.reason}")
    _judge_things(cell)
    for name in names:
        if name in capture.truths:  # otherwise among the problems already
            _judge_case(cell, baseline, name)
    if (missing := sum(cell.preempted.values())) > capture.skipped:
        cell.wrong.append(f"{missing} are missing or wrong, and the kernel skipped only {capture.skipped}")
    return cell


def _judge_things(cell: Cell) -> None:
    """What the row says that the kernel lacks, against what the guest has found."""
    said = set(KERNELS[cell.capture.place.kernel].lacks)
    lacks = lacking.NAMES - cell.capture.has
    cell.wrong += [f"the kernel has {name}, and its row says that it lacks it" for name in sorted(said - lacks)]
    cell.wrong += [f"the kernel lacks {name}, and its row does not say so" for name in sorted(lacks - said)]


def _judge_case(cell: Cell, baseline: Capture | None, name: str) -> None:
    capture = cell.capture
    place = capture.place
    truth = capture.truths[name]
    if truth.skip:
        thing = lacking.excuse(name, capture.has)
        if thing:
            cell.lacking[name] = thing.name
        else:
            cell.wrong.append(f"{name} skips itself, and no proof for it is known: {truth.skip}")
        return
    expected = limits.expected(name, truth, place.plan, place.kernel)
    found = capture.inexact(name, expected.truth)
    if not truth.count and not truth.sockets:
        found.append("the case announces nothing")
    if baseline and not expected.limits and _comparable(baseline, name):
        lines = unlike(name, baseline.of(name), capture.of(name))
        found += [f"unlike {baseline.place}:", *lines] if lines else []
    if found and limits.preempted(place.plan, place.kernel):
        cell.preempted[name] = sum(map(_weight, found))
    elif found:
        more = len(found) - _LINES_OF_A_CASE
        shown = [*found[:_LINES_OF_A_CASE], f"… and {more} more"] if more > 0 else found
        cell.wrong.append("\n".join([f"{name}:", *(f"    {line}" for line in shown)]))
    elif expected.limits:
        cell.limited[name] = expected.limits
    else:
        cell.exact.append(name)


def _comparable(baseline: Capture, name: str) -> bool:
    """Whether the case was run there, and told without a limit."""
    truth = baseline.truths.get(name)
    if truth is None or truth.skip:
        return False
    return not limits.expected(name, truth, baseline.place.plan, baseline.place.kernel).limits


def _weight(line: str) -> int:
    """How many events a line of the comparison misses at least."""
    sockets = re.search(r": (\d+) sockets, events of (\d+)$", line)
    return int(sockets[1]) - int(sockets[2]) if sockets else int(not line.startswith(" "))
