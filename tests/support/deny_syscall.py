# SPDX-License-Identifier: Apache-2.0
"""Runs a program for which one system call fails: the kernel without a feature, for those who ask it.

    python3 deny_syscall.py bpf ENOSYS PROGRAM ARG…
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_NUMBERS = {"x86_64": {"bpf": 321}, "aarch64": {"bpf": 280}}  # linux/arch/*: syscall tables

_LOAD_NUMBER = (0x20, 0, 0, 0)  # BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)
_JUMP_IF_EQUAL, _RETURN = 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000  # SECCOMP_RET_*
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def deny(name: str, error: int) -> None:
    """From now on this process and what it executes get `error` for the call."""
    number = _NUMBERS[platform.machine()][name]
    steps = (_LOAD_NUMBER, (_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error), (_RETURN, 0, 0, _ALLOW))
    program = _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    deny(sys.argv[1], getattr(errno, sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
