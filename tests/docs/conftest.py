# SPDX-License-Identifier: Apache-2.0
"""The way to tests/support and tests/vm, and what a skip means to ctest."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

for _folder in ("support", "vm"):
    sys.path.append(str(Path(__file__).resolve().parent.parent / _folder))

CTEST_SKIPPED = 77


@pytest.fixture
def bindwatch_on_path(tmp_path: Path) -> dict[str, str]:
    """An environment in which `bindwatch` is the one under test."""
    (tmp_path / "bindwatch").symlink_to(os.environ["BINDWATCH"])
    return {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "COLUMNS": "100"}


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run in which something was skipped and nothing passed is a skip; in CI any skip is a failure."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus != 0 or not reporter.stats.get("skipped"):
        return
    if os.environ.get("CI") == "true":
        session.exitstatus = 1
    elif not reporter.stats.get("passed"):
        session.exitstatus = CTEST_SKIPPED
