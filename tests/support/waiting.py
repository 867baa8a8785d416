# SPDX-License-Identifier: Apache-2.0
"""Waiting is always for a condition and never longer than a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 30.0  # seconds; generous, since a busy machine must not fail a test
_STEP = 0.005

Value = TypeVar("Value")


def eventually(condition: Callable[[], Value], what: str, patience: float = PATIENCE) -> Value:
    """What `condition` returns as soon as that is true; AssertionError, which says `what`, if it never is."""
    deadline = time.monotonic() + patience
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:g} s: {what}")
        time.sleep(_STEP)
