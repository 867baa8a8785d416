# SPDX-License-Identifier: Apache-2.0
"""The kernels that the matrix knows. A new one is a new row; a new architecture is a new Machine beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """How QEMU emulates one Debian architecture in software."""

    arch: str  # Debian's name of it
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
    plans: tuple[str, ...]  # the probe plans that load there
    parameters: tuple[str, ...] = ()  # further words of the kernel's command line

    @property
    def package(self) -> str:
        """The metapackage that depends on the suite's newest kernel."""
        return f"linux-image-cloud-{self.machine.arch}"


AMD64 = Machine(
    arch="amd64",
    qemu="qemu-system-x86_64",
    package="qemu-system-x86",
    # cx16: with it, QEMU 7.2 stops in the early boot of 6.12.
    arguments=("-accel", "tcg", "-cpu", "qemu64,-cx16", "-m", "1536", "-smp", "2"),
    console="ttyS0",
)

_ALL = (
    Kernel("6.1", "bookworm", AMD64, ("fentry", "cgroup")),
    # What Debian's newer kernels are by default: a tracing program can be preempted in the middle.
    Kernel("6.1-preempt", "bookworm", AMD64, ("fentry", "cgroup"), ("preempt=full",)),
)
KERNELS = {kernel.name: kernel for kernel in _ALL}
