# SPDX-License-Identifier: Apache-2.0
"""A start is quick because the kernel itself relocates the programs (light skeletons).

Where that fails libbpf does it, which takes twice as long and which nobody would notice.
"""

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
    assert f"the light skeleton of plan {plan} loads\n" in _messages("--plan", plan, "--duration", "1ms")


def test_the_light_skeleton_of_a_look_loads() -> None:
    assert "the light skeleton of the snapshot loads\n" in _messages("list", "--port", "1683")
