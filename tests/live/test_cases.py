# SPDX-License-Identifier: Apache-2.0
"""Every case program, exact: each says at its top what it shows. For ctest each is a test of its own, live.cases.NAME."""

from pathlib import Path

import pytest

from exact import run_exact

ELSEWHERE = {"older_claim", "storm"}  # other files run these, in their own ways
ARGUMENTS = {"short_processes": ["1000"]}

SOURCES = (path.stem for path in Path(__file__).with_name("cases").glob("*.c"))
CASES = sorted(name for name in SOURCES if name != "case" and not name.startswith("case_") and name not in ELSEWHERE)


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    run_exact(case, *ARGUMENTS.get(case, []))
