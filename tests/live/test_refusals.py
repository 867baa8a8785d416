# SPDX-License-Identifier: Apache-2.0
"""The exit status table: one line on stderr, which names what is wrong, and the right code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from follower import program
from waiting import PATIENCE

DENY = [sys.executable, str(Path(__file__).resolve().parent.parent / "support" / "deny_syscall.py")]


def _refused(
    code: int,
    words: Sequence[str],
    arguments: Sequence[str],
    prefix: Sequence[str] = (),
    executable: str | None = None,
) -> None:
    done = subprocess.run(
        [*prefix, executable or program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("word", "arguments"),
    [
        ("--no-such-flag", ["--no-such-flag"]),
        ("nonsense", ["nonsense"]),
        ("'0'", ["--port", "0"]),
        ("65536", ["--port", "65536"]),
        ("80-20", ["--port", "80-20"]),
        ("abc", ["--port", "abc"]),
        ("80-", ["--port", "80-"]),
        ("70000", ["--port", "80,70000"]),
        ("--port", ["--port"]),
        ("tcq", ["--proto", "tcq"]),
        ("ipv5", ["--family", "ipv5"]),
        ("300.1.1.1", ["--address", "300.1.1.1"]),
        ("10.0.0.0/33", ["--address", "10.0.0.0/33"]),
        ("bindd", ["--event", "bindd"]),
        ("perhaps", ["--status", "perhaps"]),
        ("no-such-user", ["--uid", "no-such-user"]),
        ("pid", ["--pid", "many"]),
        ("no/such/cgroup", ["--cgroup", "no/such/cgroup"]),
        ("/no/such/netns", ["--netns", "/no/such/netns"]),
        ("/no/such/folder/events.json", ["-o", "json=file:/no/such/folder/events.json"]),
        ("yaml", ["-o", "yaml"]),
        ("sometimes", ["--color", "sometimes"]),
        ("soon", ["--duration", "soon"]),
        ("few", ["--count", "few"]),
        ("3K", ["--ring-size", "3K"]),
        ("huge", ["--ring-size", "huge"]),
        ("perf", ["--plan", "perf"]),
        ("65536", ["explain", "65536"]),
        ("80-20", ["explain", "80-20"]),
        ("80/xyz", ["explain", "80/xyz"]),
    ],
)
def test_usage(word: str, arguments: list[str]) -> None:
    _refused(2, [word.strip("'")], arguments)


def test_not_root() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # The build folder may be where nobody else can look.
        os.chmod(folder, 0o755)
        copy = shutil.copy(program(), folder)
        _refused(3, ["CAP_"], [], ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], copy)


def test_root_without_the_capability() -> None:
    _refused(3, ["CAP_BPF"], [], ["setpriv", "--bounding-set=-bpf,-sys_admin", "--"])


def test_kernel_without_bpf() -> None:
    _refused(4, ["CONFIG_BPF_SYSCALL"], [], [*DENY, "bpf", "ENOSYS"])


def test_bpf_forbidden_by_a_sandbox() -> None:
    """Root with every capability, and still EPERM: what a container's seccomp profile does."""
    _refused(3, ["bpf"], [], [*DENY, "bpf", "EPERM"])


def test_kernel_without_btf() -> None:
    """No /sys/kernel/btf, and the kernel refuses what it cannot relocate."""
    hide = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"'
    _refused(
        4, ["CONFIG_DEBUG_INFO_BTF"], [], ["unshare", "--mount", "/bin/sh", "-c", hide, "sh", *DENY, "bpf", "EINVAL"]
    )


def test_kernel_that_refuses_the_programs() -> None:
    _refused(4, ["cgroup", "Invalid argument"], ["--plan", "cgroup"], [*DENY, "bpf", "EINVAL"])


def test_no_cgroup2() -> None:
    hide = (
        "while read -r _ where kind _; do [ \"$kind\" = cgroup2 ] && umount -l \"$where\"; done </proc/self/mounts;"
        ' exec "$@"'
    )
    _refused(4, ["cgroup2"], ["--plan", "cgroup"], ["unshare", "--mount", "/bin/sh", "-c", hide, "sh"])
