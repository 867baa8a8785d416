# SPDX-License-Identifier: Apache-2.0
"""A start is quick because the kernel itself relocates the programs: libbpf, which does it where that fails, takes twice as long."""

import subprocess

import pytest

from follower import program
from waiting import PATIENCE


def _messages(*words: str) -> str:
    done = subprocess.run(
        [program(), *words, "--verbose"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("plan", ["cgroup", "syscall"])
def test_the_light_skeleton_of_a_plan_loads(plan: str) -> None:
    assert "does not load" not in _messages("--plan", plan, "--duration", "1ms")


def test_the_light_skeleton_of_a_look_loads() -> None:
    assert "does not load" not in _messages("list", "--port", "1683")
