# SPDX-License-Identifier: Apache-2.0
"""Runs the case programs of tests/live/cases."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import truth as truths
from truth import Truth
from waiting import PATIENCE

SKIPPED = 77


def path_of(name: str) -> Path:
    """The built program of a case, in the folder that $CASES names."""
    return Path(os.environ["CASES"]) / name


def run(name: str, *arguments: str, patience: float = 4 * PATIENCE, prefix: Sequence[str] = ()) -> Truth:
    """Runs a case to its end and returns its truth. `prefix` is a program that executes the case."""
    done = subprocess.run(
        [*prefix, str(path_of(name)), *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=patience
    )
    ended = _now()
    assert done.returncode in (0, SKIPPED), f"case {name}: {done.returncode}: {done.stderr.decode(errors='replace')}"
    truth = truths.parse(done.stdout)
    truth.ended = ended
    return truth


def _now() -> str:
    """As bindwatch writes times."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{nanoseconds:09}Z"
