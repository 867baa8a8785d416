# SPDX-License-Identifier: Apache-2.0
"""The machine runner itself: what it brings back, and what it says when the guest dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from debian import KernelFiles
from errors import GuestFailed
from vm import boot


def test_brings_back_output_exit_codes_and_files(kernel: KernelFiles) -> None:
    blob = os.urandom(3 << 20)
    script = """
        step kernel uname -r
        step failing sh -c 'echo out; echo err >&2; exit 42'
        mkdir /out/deep && cp /data/blob /out/deep/blob
        echo words of the script
        exit 3
    """
    result = boot(kernel, {"/data/blob": blob}, script, timeout=60)
    assert (result.exit_code, result.log) == (3, "words of the script\n")
    assert result.steps["kernel"].stdout.decode().strip() == kernel.release
    failing = result.steps["failing"]
    assert (failing.exit_code, failing.stdout, failing.stderr) == (42, b"out\n", b"err\n")
    assert result.files["deep/blob"] == blob


def test_has_what_bindwatch_needs(kernel: KernelFiles) -> None:
    script = "step mounts cat /proc/mounts; step address ip -o addr show lo; step btf test -s /sys/kernel/btf/vmlinux"
    steps = boot(kernel, {}, script, timeout=60).steps
    mounted = {line.split()[2] for line in steps["mounts"].stdout.decode().splitlines()}
    assert {"proc", "sysfs", "cgroup2", "tracefs", "bpf", "securityfs"} <= mounted
    assert b"inet 127.0.0.1/8" in steps["address"].stdout and b"inet6 ::1/128" in steps["address"].stdout
    assert steps["btf"].exit_code == 0


def test_loads_modules_with_what_they_need(kernel: KernelFiles) -> None:
    result = boot(kernel, {}, "step loaded cat /proc/modules", timeout=60, modules=("sctp", "no_such_module"))
    loaded = {line.split()[0] for line in result.steps["loaded"].stdout.decode().splitlines()}
    assert {"sctp", "libcrc32c"} <= loaded


def test_console_noise_changes_nothing(kernel: KernelFiles) -> None:
    noise = "head -c 100000 /dev/urandom >/dev/console; for i in 1 2 3; do echo noise >/dev/kmsg; done"
    result = boot(kernel, {}, f"{noise}; step after echo whole", timeout=60)
    assert result.steps["after"].stdout == b"whole\n"


def test_a_script_out_of_time_still_hands_over_its_files(kernel: KernelFiles) -> None:
    result = boot(kernel, {}, "step before echo here; sleep 1000", timeout=2)
    assert result.exit_code == 137
    assert result.steps["before"].stdout == b"here\n"


def test_a_panic_is_reported_with_the_console(kernel: KernelFiles) -> None:
    with pytest.raises(GuestFailed, match="(?s)without handing over.*sysrq triggered crash"):
        boot(kernel, {}, "echo c >/proc/sysrq-trigger; sleep 1000", timeout=60)


def test_a_hanging_guest_is_ended(kernel: KernelFiles) -> None:
    script = "echo last words >/dev/console; killall -STOP timeout; sleep 1000"
    with pytest.raises(GuestFailed, match="(?s)still running after 32 s.*last words"):
        boot(kernel, {}, script, timeout=2, boot_seconds=30)


_BOOT_FOR_EVER = """
from debian import default_cache, fetch
from kernels import KERNELS
from vm import boot
boot(fetch(KERNELS["6.1"], default_cache()), {}, "sleep 1000", timeout=1000)
"""


def _emulator_below(pid: int) -> int | None:
    """The child of `pid` that has become the emulator."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if "qemu" in Path(f"/proc/{child}/comm").read_text():
            return int(child)
    return None


def test_a_killed_runner_leaves_no_emulator(kernel: KernelFiles, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", _BOOT_FOR_EVER], env=environment) as runner:
        deadline = time.monotonic() + 60
        while (emulator := _emulator_below(runner.pid)) is None:
            assert runner.poll() is None and time.monotonic() < deadline, "no emulator is started"
            time.sleep(0.05)
        runner.send_signal(signal.SIGKILL)
    while Path(f"/proc/{emulator}").exists():
        assert time.monotonic() < deadline, "the emulator goes on"
        time.sleep(0.05)
