# SPDX-License-Identifier: Apache-2.0
"""What all live tests share: the way to tests/support, root, and what a skip means."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
pytest.register_assert_rewrite("follower", "stream", "waiting")

CTEST_SKIPPED = 77


@pytest.fixture(autouse=True)
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: tracing does")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """In CI a skipped test is a test that was not run: a failure."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true: {report.longrepr[2]}"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """ctest reads the exit status: a run in which nothing passed and something was skipped is a skip."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter.stats.get("skipped") and not reporter.stats.get("passed"):
        session.exitstatus = CTEST_SKIPPED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    import lacking

    for line in lacking.noted:
        terminalreporter.write_line(line)
