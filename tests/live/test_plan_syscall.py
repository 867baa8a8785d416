# SPDX-License-Identifier: Apache-2.0
"""The last resort: what it tells is exact, but for what tests/support/limits.py says that it cannot see.

tools/kernel-matrix runs every case under it; these are one of each kind, on this machine.
"""

import pytest

from exact import run_exact
from follower import follow

CASES = (
    "bind_listen_close",
    "bind_port_zero",
    "fail_access",
    "fail_in_use",
    "i386_bind_listen",
    "listen_without_bind",
    "mptcp_bind_listen",
    "race_bind",
    "rewritten_address",
    "thread_bind",
    "uring_bind_listen",
    "vsock_bind_listen",
)


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASE_COOKIES", "1")
    run_exact(case, flags=["--plan", "syscall"])


def test_it_says_what_it_does_not_see() -> None:
    with follow("--plan", "syscall") as watch:
        stopped = watch.stop()
    assert stopped.records[0]["plan"] == "syscall"
    (line,) = [line for line in stopped.stderr.splitlines() if "plan syscall" in line]
    for word in ("io_uring", "32-bit", "kernel sockets", "sctp_bindx", "does not listen", "failed bind"):
        assert word in line
