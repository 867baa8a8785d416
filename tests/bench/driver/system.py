# SPDX-License-Identifier: Apache-2.0
"""What the machine says: its description, and the CPU, memory and wake-ups of a process."""

import os
import pathlib
import platform
import shutil
import subprocess
import time


def cpus():
    """(CPU for tracers, CPU for the workload); the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def pin(pid, cpu):
    """All threads of a process to one CPU, or to every CPU with None."""
    where = {cpu} if cpu is not None else set(range(os.cpu_count() or 1))
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            os.sched_setaffinity(int(task.name), where)
        except OSError:
            pass  # a thread that has just ended


class Busy:
    """The share of all CPUs that is in use, since the object was made."""

    def __init__(self):
        self.then = self.read()

    @staticmethod
    def read():
        words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        ticks = [int(word) for word in words]
        return sum(ticks), ticks[3] + ticks[4]

    def share(self):
        total, idle = (now - then for now, then in zip(self.read(), self.then))
        return 1 - idle / total if total > 0 else 0.0


def wait_quiet(patience):
    """Until the machine does next to nothing, at most `patience` seconds. False: it never was quiet."""
    give_up = time.monotonic() + patience
    while True:
        busy = Busy()
        time.sleep(0.1)
        if busy.share() < 0.06:
            return True
        if time.monotonic() > give_up:
            return False


def cpu_ns(pid):
    """User and system time of all threads, ns: schedstat is exact where utime+stime count ticks of 4 or 10 ms."""
    total = 0
    for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(stat.read_text().split()[0])
        except OSError:
            pass
    return total


def status(pid):
    fields = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, value = line.partition(":")
        fields[key] = value.split()
    return fields


def memory_kib(pid):
    """(resident, its peak, anonymous part of it) in KiB."""
    fields = status(pid)
    return tuple(int(fields[key][0]) for key in ("VmRSS", "VmHWM", "RssAnon"))


def wakeups(pid):
    """Voluntary and involuntary context switches of all threads so far."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        for line in path.read_text().splitlines():
            if "_ctxt_switches" in line:
                total += int(line.split()[1])
    return total


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else None


def describe():
    """A dict of what a reader needs to judge the numbers."""
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    virtual = "hypervisor" in pathlib.Path("/proc/cpuinfo").read_text()
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "kernel": platform.release(),
        "arch": platform.machine(),
        "cpu": model + (", virtual machine" if virtual else ""),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": {
            tool: first_line(*command)
            for tool, command in {
                "bpftrace": ("bpftrace", "--version"),
                "strace": ("strace", "--version"),
                "perf": ("perf", "--version"),
            }.items()
            if shutil.which(tool)
        },
    }
