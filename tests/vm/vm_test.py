#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The machine runner itself: what it brings back, and what it says when the guest dies."""

import hashlib
import os
import sys
import unittest

sys.dont_write_bytecode = True  # the source tree may be root's or read-only

from availability import unavailable  # noqa: E402  (beside this script)
from debian import default_cache, fetch  # noqa: E402
from errors import GuestFailed, Unavailable  # noqa: E402
from kernels import KERNELS  # noqa: E402
from vm import boot, find_emulator  # noqa: E402

KERNEL = KERNELS["6.1"]
FILES = None


class Guest(unittest.TestCase):
    def test_brings_back_output_exit_codes_and_files(self):
        blob = os.urandom(3 << 20)
        result = boot(
            FILES,
            {"/data/blob": blob},
            """
            step kernel uname -r
            step failing sh -c 'echo out; echo err >&2; exit 42'
            mkdir /out/deep && cp /data/blob /out/deep/blob
            echo words of the script
            exit 3
            """,
            timeout=60,
        )
        self.assertEqual(result.exit_code, 3)
        self.assertEqual(result.log, "words of the script\n")
        self.assertEqual(result.steps["kernel"].stdout.decode().strip(), FILES.release)
        failing = result.steps["failing"]
        self.assertEqual((failing.exit_code, failing.stdout, failing.stderr), (42, b"out\n", b"err\n"))
        self.assertEqual(hashlib.sha256(result.files["deep/blob"]).digest(), hashlib.sha256(blob).digest())

    def test_has_what_bindwatch_needs(self):
        result = boot(
            FILES,
            {},
            """
            step mounts cat /proc/mounts
            step address ip -o addr show lo
            step btf test -s /sys/kernel/btf/vmlinux
            """,
            timeout=60,
        )
        mounts = result.steps["mounts"].stdout.decode()
        for kind in ("proc", "sysfs", "cgroup2", "tracefs", "bpf", "securityfs"):
            self.assertRegex(mounts, rf"(?m)^\S+ \S+ {kind} ")
        self.assertRegex(result.steps["address"].stdout, rb"inet 127\.0\.0\.1/8")
        self.assertRegex(result.steps["address"].stdout, rb"inet6 ::1/128")
        self.assertEqual(result.steps["btf"].exit_code, 0)

    def test_loads_modules_with_what_they_need(self):
        result = boot(FILES, {}, "step loaded cat /proc/modules", timeout=60, modules=("sctp", "no_such_module"))
        self.assertRegex(result.steps["loaded"].stdout, rb"(?m)^sctp ")

    def test_console_noise_changes_nothing(self):
        result = boot(
            FILES,
            {},
            "head -c 100000 /dev/urandom >/dev/console; for i in 1 2 3; do echo noise >/dev/kmsg; done; step after echo whole",
            timeout=60,
        )
        self.assertEqual(result.steps["after"].stdout, b"whole\n")

    def test_a_script_out_of_time_still_hands_over_its_files(self):
        result = boot(FILES, {}, "step before echo here; sleep 1000", timeout=2)
        self.assertEqual(result.exit_code, 137)
        self.assertEqual(result.steps["before"].stdout, b"here\n")

    def test_a_panic_is_reported_with_the_console(self):
        with self.assertRaisesRegex(GuestFailed, "(?s)without handing over.*sysrq triggered crash"):
            boot(FILES, {}, "echo c >/proc/sysrq-trigger; sleep 1000", timeout=60)

    def test_a_hanging_guest_is_ended(self):
        with self.assertRaisesRegex(GuestFailed, "(?s)still running after 12 s.*last words"):
            boot(FILES, {}, "echo last words >/dev/console; killall -STOP timeout; sleep 1000", 2, boot_seconds=10)


if __name__ == "__main__":
    try:
        find_emulator(KERNEL.machine)
        FILES = fetch(KERNEL, default_cache())
    except Unavailable as reason:
        unavailable(reason)
    unittest.main(verbosity=2)
