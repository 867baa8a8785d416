# SPDX-License-Identifier: Apache-2.0
"""Binds a port and waits; its arguments are where the kernel's record cannot read them without a page fault.

prctl(PR_SET_MM_MAP) moves them to fresh anonymous memory, which has no page yet: whoever faults it in (/proc does)
finds zeros, that is two empty arguments.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
from pathlib import Path

ARGS_BYTES = 2

_PR_SET_MM, _PR_SET_MM_MAP = 35, 14
_PROT_READ, _MAP_PRIVATE_ANONYMOUS = 1, 0x22
# proc_pid_stat(5), counted from 1
_STAT_FIELDS = {"start_code": 26, "end_code": 27, "start_stack": 28, "start_data": 45, "end_data": 46, "start_brk": 47}
_ENV_FIELDS = {"env_start": 50, "env_end": 51}


class _MemoryMap(ctypes.Structure):
    """struct prctl_mm_map of linux/prctl.h."""

    _fields_ = [
        *((name, ctypes.c_uint64) for name in (
            "start_code", "end_code", "start_data", "end_data", "start_brk", "brk", "start_stack",
            "arg_start", "arg_end", "env_start", "env_end",
        )),
        ("auxv", ctypes.c_void_p), ("auxv_size", ctypes.c_uint32), ("exe_fd", ctypes.c_uint32),
    ]  # fmt: skip


def _move_args() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.sbrk.restype = ctypes.c_void_p
    start = libc.mmap(None, mmap.PAGESIZE, _PROT_READ, _MAP_PRIVATE_ANONYMOUS, -1, 0)
    stat = Path("/proc/self/stat").read_text()
    fields = stat[stat.rindex(")") + 2 :].split()
    known = {name: int(fields[number - 3]) for name, number in (_STAT_FIELDS | _ENV_FIELDS).items()}
    moved = _MemoryMap(**known, brk=libc.sbrk(0), arg_start=start, arg_end=start + ARGS_BYTES, exe_fd=0xFFFFFFFF)
    if libc.prctl(_PR_SET_MM, _PR_SET_MM_MAP, ctypes.byref(moved), ctypes.c_ulong(ctypes.sizeof(moved)), 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    _move_args()
    with socket.socket() as claimed:
        claimed.bind(("127.0.0.1", 0))
        signal.pause()
