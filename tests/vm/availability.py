# SPDX-License-Identifier: Apache-2.0
"""What a test does on a host that cannot run it: it says why and is skipped, but never in CI."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def unavailable(reason: object) -> NoReturn:
    """Ends the program with the reason."""
    if os.environ.get("CI") == "true":
        print(f"FAILED, since CI=true: {reason}", file=sys.stderr)
        sys.exit(1)
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)
