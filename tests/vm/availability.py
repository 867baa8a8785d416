# SPDX-License-Identifier: Apache-2.0
"""What a test does on a host that cannot run it: it says why and is skipped, but never in CI."""

from __future__ import annotations

import os

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def verdict(reason: object) -> tuple[str, int]:
    """The line to print and the exit status to end with."""
    if os.environ.get("CI") == "true":
        return f"FAILED, since CI=true: {reason}", 1
    return f"SKIPPED: {reason}", SKIPPED
