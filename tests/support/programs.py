# SPDX-License-Identifier: Apache-2.0
"""Programs that a test starts and stops: servers, and what they stand on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from waiting import PATIENCE

# A network namespace of its own: whatever listens on the machine, the port is free.
OWN_NETNS = ("unshare", "--net", "--")


def require(name: str) -> str:
    """The path of a program, or a skip that says which package is missing."""
    path = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended with SIGTERM, and waited for, when the body is left."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
