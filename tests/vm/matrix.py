# SPDX-License-Identifier: Apache-2.0
"""Judges a capture: one row of the table, and what is wrong under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capture import Capture
from sameness import unlike


@dataclass(frozen=True)
class Row:
    where: str
    exact: int
    skipped: list[str]  # cases that the kernel does not allow, with the reason
    wrong: list[str]  # a paragraph each; empty: all is well
    seconds: float

    def __str__(self) -> str:
        verdict = "FAILED" if self.wrong else "ok"
        counts = f"{self.exact} exact, {len(self.skipped)} skipped, {len(self.wrong)} wrong"
        return f"{verdict:6}  {self.where:48}  {counts}  {self.seconds:.0f} s"


def judge(capture: Capture, baseline: Capture | None, names: Sequence[str]) -> Row:
    """Each case against its own truth and, with a baseline, against what was told of it there."""
    exact = 0
    skipped: list[str] = []
    wrong = list(capture.problems)
    for name in names:
        truth = capture.truths.get(name)
        if truth is None:
            continue  # among the problems already
        if truth.skip:
            skipped.append(f"{name}: {truth.skip}")
            continue
        found = capture.inexact(name)
        if not truth.count and not truth.sockets:
            found.append("the case announces nothing")
        if baseline and name in baseline.truths and not baseline.truths[name].skip:
            found += [f"unlike {baseline.where}:", *lines] if (lines := _unlike(name, capture, baseline)) else []
        if found:
            wrong.append("\n".join([f"{name}:", *(f"    {line}" for line in found)]))
        else:
            exact += 1
    return Row(capture.where, exact, skipped, wrong, capture.seconds)


def _unlike(name: str, capture: Capture, baseline: Capture) -> list[str]:
    return unlike(name, baseline.of(name), capture.of(name))
