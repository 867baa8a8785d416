# SPDX-License-Identifier: Apache-2.0
"""Boots a kernel in an emulated machine, runs a shell script there, and brings its files and exit codes back.

    result = boot(fetch(KERNELS["6.1"], default_cache()), {"/bin/hello": Path("build/hello")},
                  "step hello /bin/hello", timeout=60)
    result.steps["hello"].exit_code

No root, no KVM and no disk image: the guest lives in its initramfs. The results come back as a tar archive on a raw
virtio disk, so nothing that the kernel or a program prints can disturb them.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from debian import KernelFiles
from errors import GuestFailed, Unavailable
from kernels import Machine
from modules import ModuleTree
from newc import Archive

GUEST = Path(__file__).resolve().parent / "guest"
_RESULT_DISK_BYTES = 1 << 30  # sparse
BOOT_SECONDS = 120  # a boot takes three; this is for a host that is busy with something else
_CONSOLE_TAIL_LINES = 40
_STEP_END = re.compile(r"steps/.+\.rc")
_DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
_DISK_MODULES = ("virtio_pci", "virtio_blk")
_ACCOUNTS = {
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    "/etc/group": b"root:x:0:\nnogroup:x:65534:\n",
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\n",
    "/etc/hosts": b"127.0.0.1 localhost guest\n::1 localhost\n",
}


@dataclass(frozen=True)
class Step:
    """One command that the script ran with `step NAME COMMAND`."""

    exit_code: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Result:
    exit_code: int  # of the script; 137: it was still running when its time was over
    steps: dict[str, Step]
    files: dict[str, bytes]  # everything that the script left below /out, by its path from there
    log: str  # what the script itself printed
    console: str
    seconds: float


def find_emulator(machine: Machine) -> str:
    """The emulator's path. Raises Unavailable."""
    if not (found := shutil.which(machine.qemu)):
        raise Unavailable(f"no {machine.qemu} on this machine (Debian: {machine.package})")
    return found


def boot(
    kernel: KernelFiles,
    files: Mapping[str, Path | bytes],
    script: str,
    timeout: float,
    modules: Sequence[str] = (),
    boot_seconds: float = BOOT_SECONDS,
) -> Result:
    """Runs `script` (busybox sh, guest/steps.sh sourced before) as root in the guest for at most `timeout` seconds.

    `files` are guest paths and what stands there; a Path keeps its executable bit. `modules` are loaded first, as far
    as this kernel has them. `boot_seconds` is what boot and hand-over may take on top. Raises Unavailable without an
    emulator, GuestFailed if no whole result comes back.
    """
    machine = kernel.kernel.machine
    emulator = find_emulator(machine)
    with tempfile.TemporaryDirectory(prefix="bindwatch-vm-") as folder:
        work = Path(folder)
        _write_initramfs(work / "initramfs", kernel, files, script, timeout, modules)
        with (work / "results").open("wb") as disk:
            disk.truncate(_RESULT_DISK_BYTES)
        command = [
            emulator,
            *machine.arguments,
            *("-nodefaults", "-display", "none", "-no-reboot", "-nic", "none"),
            *("-serial", f"file:{work}/console"),
            *("-drive", f"if=none,id=results,format=raw,file={work}/results"),
            *("-device", "virtio-blk-pci,drive=results"),
            *("-kernel", str(kernel.image), "-initrd", str(work / "initramfs")),
            *("-append", " ".join((f"console={machine.console} quiet panic=-1 oops=panic", *kernel.kernel.parameters))),
        ]
        started = time.monotonic()
        trouble = _run_to_the_end(command, timeout + boot_seconds)
        seconds = time.monotonic() - started
        console = (work / "console").read_text(errors="replace") if (work / "console").exists() else ""
        found = _read_results(work / "results")
    if trouble or "complete" not in found:
        reason = trouble or "the guest ended without handing over its files"
        raise GuestFailed(f"{kernel.release}: {reason} ({seconds:.0f} s)\n{_tail(console)}")
    return Result(
        exit_code=int(found["script.rc"]),
        steps=_steps(found),
        files=found,
        log=found["script.log"].decode(errors="replace"),
        console=console,
        seconds=seconds,
    )


def _run_to_the_end(command: list[str], timeout: float) -> str:
    """Runs the emulator; says what went wrong, or nothing. It never outlives this process."""
    with subprocess.Popen(
        [*_DIE_WITH_US, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as emulator:
        try:
            said, _ = emulator.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            return f"still running after {timeout:.0f} s"
        finally:
            emulator.kill()
    return f"{Path(command[0]).name} failed: {said.strip()}" if emulator.returncode != 0 else ""


def _write_initramfs(
    path: Path,
    kernel: KernelFiles,
    files: Mapping[str, Path | bytes],
    script: str,
    timeout: float,
    modules: Sequence[str],
) -> None:
    with path.open("wb") as out:
        archive = Archive(out)
        for folder in ("dev", "etc", "out", "proc", "root", "run", "sys", "tmp", "var"):
            archive.directory(folder)
        archive.character_device("dev/console", 5, 1)
        archive.character_device("dev/null", 1, 3)
        archive.file("bin/busybox", kernel.busybox.read_bytes(), 0o755)
        for name, data in _ACCOUNTS.items():
            archive.file(name, data)

        load = []
        for name, data in ModuleTree(kernel.modules).load_order([*_DISK_MODULES, *modules]):
            archive.file(f"vm/modules/{name}.ko", data)
            load.append(f"{name}\n")
        archive.file("vm/load", "".join(load).encode())
        archive.file("vm/timeout", f"{timeout:.0f}\n".encode())
        archive.file("vm/script", f"{(GUEST / 'steps.sh').read_text()}\n{script}\n".encode())
        archive.file("init", (GUEST / "init").read_bytes(), 0o755)

        for name, content in files.items():
            if isinstance(content, bytes):
                archive.file(name, content)
            else:
                archive.file(name, content.read_bytes(), content.stat().st_mode & 0o777)
        archive.close()


def _read_results(disk: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(disk, "r:") as archive:
            return {
                member.name.removeprefix("out/"): (archive.extractfile(member) or io.BytesIO()).read()
                for member in archive
                if member.isfile()
            }
    except tarfile.TarError:
        return {}


def _steps(files: Mapping[str, bytes]) -> dict[str, Step]:
    names = [path.removeprefix("steps/").removesuffix(".rc") for path in files if _STEP_END.fullmatch(path)]
    return {
        name: Step(int(files[f"steps/{name}.rc"]), files[f"steps/{name}.out"], files[f"steps/{name}.err"])
        for name in names
    }


def _tail(console: str) -> str:
    lines = console.splitlines()
    # The reason of a panic stands above its call trace, however long that is.
    panic = [line for line in lines[:-_CONSOLE_TAIL_LINES] if "Kernel panic" in line]
    lines = panic + lines[-_CONSOLE_TAIL_LINES:]
    return "\n".join(["--- the console's last lines", *lines, "---"])
