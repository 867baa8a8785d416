# SPDX-License-Identifier: Apache-2.0
"""The kernel that the tests of the machine runner boot."""

from __future__ import annotations

import sys
from pathlib import Path

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

from availability import verdict
from debian import KernelFiles, default_cache, fetch
from errors import Unavailable
from kernels import KERNELS
from vm import find_emulator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))


@pytest.fixture(scope="session")
def kernel() -> KernelFiles:
    wanted = KERNELS["6.1"]
    try:
        find_emulator(wanted.machine)
        return fetch(wanted, default_cache())
    except Unavailable as reason:
        said, status = verdict(reason)
        pytest.exit(said, returncode=status)
