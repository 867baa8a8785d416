# SPDX-License-Identifier: Apache-2.0
"""What a kernel can lack, so that a case cannot be run on it, and how that is proved.

A case that skips itself is believed only if one of THINGS covers it and the kernel, asked in another way than the case
asked it, does not have the thing. Anything else is a test that was not run.

    python3 lacking.py    says what the running kernel has and lacks
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

_PROTOCOLS = "/proc/net/protocols"  # what socket(2) can make
_FUNCTIONS = "/proc/kallsyms"

# An executable of 91 bytes for the i386: exit(42).
_I386 = (
    r"\177ELF\001\001\001\000\000\000\000\000\000\000\000\000\002\000\003\000\001\000\000\000T\000\001\000\064"
    r"\000\000\000\000\000\000\000\000\000\000\000\064\000\040\000\001\000\000\000\000\000\000\000\001\000\000\000"
    r"\000\000\000\000\000\000\001\000\000\000\001\000\133\000\000\000\133\000\000\000\005\000\000\000\000\020\000"
    r"\000\061\300\100\263\052\315\200"
)


@dataclass(frozen=True)
class Thing:
    name: str
    what: str
    cases: tuple[str, ...]  # globs of the cases that need it
    has: str  # a shell command that succeeds on a kernel that has it
    proof: str  # what its failure says


def _protocol(name: str, what: str, cases: str, word: str) -> Thing:
    return Thing(name, what, (cases,), f"grep -qw '^{word}' {_PROTOCOLS}", f"{_PROTOCOLS} has no {word}")


def _function(name: str, what: str, cases: str, word: str) -> Thing:
    return Thing(name, what, (cases,), f"grep -qw {word} {_FUNCTIONS}", f"{_FUNCTIONS} has no {word}")


THINGS = (
    _protocol("udplite", "UDP-Lite (removed in 7.1)", "udplite*", "UDP-Lite"),
    _protocol("sctp", "SCTP", "sctp*", "SCTP"),
    _protocol("mptcp", "MPTCP", "mptcp*", "MPTCP"),
    _protocol("vsock", "vsock", "vsock*", "AF_VSOCK"),
    _function("vsock-seqpacket", "SOCK_SEQPACKET of vsock (5.14)", "vsock_seqpacket", "vsock_connectible_sendmsg"),
    _function("uring-bind", "bind and listen by io_uring (6.11)", "uring*", "io_bind"),
    _function("landlock-net", "Landlock's rules for ports (6.7)", "denied_landlock", "landlock_append_net_rule"),
    Thing(
        "vxlan",
        "VXLAN interfaces, and the list of UDP sockets (udp_diag)",
        ("kernel_socket*",),
        f"grep -qw vxlan_open {_FUNCTIONS} && grep -qw udp_diag_dump {_FUNCTIONS}",
        f"{_FUNCTIONS} has no vxlan_open or no udp_diag_dump",
    ),
    Thing(
        "ia32",
        "32-bit system calls (IA32 emulation)",
        ("i386*",),
        f"f=$(mktemp); printf '{_I386}' >$f; chmod +x $f; $f; s=$?; rm $f; [ $s = 42 ]",
        "an executable for the i386 does not run",
    ),
)
noted: list[str] = []  # what this test run could not run, for its last lines
NAMES = frozenset(thing.name for thing in THINGS)


def needed(case: str) -> Iterator[Thing]:
    """What `case` cannot be run without."""
    return (thing for thing in THINGS if any(fnmatch(case, glob) for glob in thing.cases))


def excuse(case: str, had: Collection[str]) -> Thing | None:
    """Why `case` cannot be run on a kernel that has the things `had`."""
    return next((thing for thing in needed(case) if thing.name not in had), None)


def script() -> str:
    """For sh: prints the names of the things that the running kernel has."""
    return "\n".join(f"if ( {thing.has} ) 2>/dev/null; then echo {thing.name}; fi" for thing in THINGS)


def had(printed: str) -> frozenset[str]:
    """What script() has printed."""
    return NAMES.intersection(printed.split())


def had_here() -> frozenset[str]:
    return had(subprocess.run(["sh", "-c", script()], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    for thing in THINGS:
        print(f"{thing.name:16} {'has' if thing.name in had_here() else thing.proof}")
    sys.exit(0)
