# SPDX-License-Identifier: Apache-2.0
"""The kernels that the matrix knows. A new one is a new row; a new architecture is a new Machine beside it."""

from __future__ import annotations

from dataclasses import dataclass


# Each is tried on each kernel; tests/support/limits.py has those that do not load.
PLANS = ("fentry", "cgroup", "syscall")


@dataclass(frozen=True)
class Machine:
    """How QEMU emulates one Debian architecture in software."""

    arch: str  # Debian's name of it
    triplet: str  # its compilers' name of it
    qemu: str  # the emulator
    package: str  # the Debian package that has the emulator
    arguments: tuple[str, ...]
    console: str  # the kernel's name of the first serial port


@dataclass(frozen=True)
class Kernel:
    """One kernel of a Debian suite."""

    name: str  # what the command line calls it
    suite: str
    machine: Machine
    parameters: tuple[str, ...] = ()  # further words of the kernel's command line
    lacks: tuple[str, ...] = ()  # names of lacking.THINGS: a case that needs one is skipped there

    @property
    def package(self) -> str:
        """The metapackage that depends on the suite's newest kernel."""
        return f"linux-image-cloud-{self.machine.arch}"

    @property
    def files(self) -> str:
        """What the cache calls the kernel's files, which rows of other parameters share."""
        return f"{self.suite}-{self.machine.arch}"


AMD64 = Machine(
    arch="amd64",
    triplet="x86_64-linux-gnu",
    qemu="qemu-system-x86_64",
    package="qemu-system-x86",
    # cx16: with it, QEMU 7.2 stops in the early boot of 6.12.
    arguments=("-accel", "tcg", "-cpu", "qemu64,-cx16", "-m", "1536", "-smp", "2"),
    console="ttyS0",
)
ARM64 = Machine(
    arch="arm64",
    triplet="aarch64-linux-gnu",
    qemu="qemu-system-aarch64",
    package="qemu-system-arm",
    # pauth-impdef: QEMU's emulation of the architected pointer authentication takes most of the time.
    arguments=("-accel", "tcg", "-M", "virt", "-cpu", "max,pauth-impdef=on", "-m", "1536", "-smp", "2"),
    console="ttyAMA0",
)

_SINCE_5_14 = ("vsock-seqpacket",)
_SINCE_6_7 = ("landlock-net",)
_SINCE_6_11 = ("uring-bind",)
_ALL = (
    Kernel("5.10", "bullseye", AMD64, lacks=("mptcp", *_SINCE_5_14, *_SINCE_6_7, *_SINCE_6_11)),
    Kernel("6.1", "bookworm", AMD64, lacks=(*_SINCE_6_7, *_SINCE_6_11)),
    # As Debian's newer kernels are by default: a tracing program can be preempted in the middle.
    Kernel("6.1-preempt", "bookworm", AMD64, ("preempt=full",), lacks=(*_SINCE_6_7, *_SINCE_6_11)),
    Kernel("6.12-backports", "bookworm-backports", AMD64),
    Kernel("6.12", "trixie", AMD64),
    Kernel("trixie-backports", "trixie-backports", AMD64, lacks=("udplite",)),
    Kernel("sid", "sid", AMD64, lacks=("udplite",)),
    Kernel("6.1-arm64", "bookworm", ARM64, lacks=("ia32", *_SINCE_6_7, *_SINCE_6_11)),
    Kernel("6.12-arm64", "bookworm-backports", ARM64, lacks=("ia32",)),
)
KERNELS = {kernel.name: kernel for kernel in _ALL}
NEWEST = tuple(KERNELS[name] for name in ("trixie-backports", "sid", "6.12", "6.12-backports"))  # candidates
