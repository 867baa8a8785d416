# SPDX-License-Identifier: Apache-2.0
"""A kernel that can be asked to be strict: bindwatch works, or says in one line exactly what is in its way.

capabilities by plan, kernel.unprivileged_bpf_disabled, Debian's own kernel.perf_event_paranoid=3, lockdown.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import compare
import stream
import truth as truths
import availability
from debian import KernelFiles
from vm import Result, boot

_SCRIPT = Path(__file__).resolve().parent / "guest" / "privileges.sh"
_PATIENCE = 120  # seconds for each bindwatch in the emulator
_EVERYTHING = 600

WORKS = [
    "bpf-disabled-0-fentry",
    "bpf-disabled-2-fentry",
    "bpf-disabled-1-fentry",
    "bpf-disabled-0-cgroup",
    "bpf-disabled-2-cgroup",
    "bpf-disabled-1-cgroup",
    "paranoid-3-cgroup-no-failed",
    "integrity-fentry",
    "integrity-cgroup",
    "integrity-cgroup-no-failed",
]

# Status and words of the line; then words that must not be in it.
SAYS = {
    "no-bpf-fentry": (3, ("CAP_BPF",), ("CAP_PERFMON", "CAP_NET_ADMIN")),
    "no-perfmon-fentry": (3, ("CAP_PERFMON",), ("CAP_BPF", "CAP_NET_ADMIN")),
    "paranoid-3-cgroup": (3, ("CAP_SYS_ADMIN", "kernel.perf_event_paranoid", "--no-failed"), ()),
    "confidentiality-fentry": (4, ("lockdown=confidentiality",), ()),
    "confidentiality-cgroup": (4, ("lockdown=confidentiality",), ()),
    "confidentiality-cgroup-no-failed": (4, ("lockdown=confidentiality",), ()),
    "confidentiality-unseen": (4, ("lockdown=confidentiality",), ()),
}


@pytest.fixture(scope="module")
def guest(kernel: KernelFiles) -> Result:
    """One boot for all of it: settings that cannot be taken back come last."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        said, status = availability.verdict("no setpriv on this machine (Debian: util-linux)")
        pytest.exit(said, returncode=status)
    files: dict[str, Path | bytes] = {
        "/usr/bin/setpriv": Path(setpriv),
        "/bin/bindwatch": Path(os.environ["BINDWATCH_GUEST"]),
        "/cases/bind_listen_close": Path(os.environ["CASES"]) / "bind_listen_close",
        **_libraries(setpriv),
    }
    return boot(kernel, files, f"PATIENCE={_PATIENCE}\n{_SCRIPT.read_text()}", timeout=_EVERYTHING)


@pytest.mark.parametrize("name", WORKS)
def test_works(guest: Result, name: str) -> None:
    said = guest.files[f"{name}.err"].decode()
    assert guest.files[f"{name}.rc"] == b"0\n", said
    truth = truths.parse(guest.files[f"{name}.truth"])
    records = [stream.parse(line) for line in guest.files[f"{name}.jsonl"].splitlines()]
    stream.check_whole(records)
    events = stream.events(records)
    found = compare.differences(truth, events)
    found += compare.check_complete(event for event in events if truth.concerns(event))
    assert truth.count > 0 and not found, "\n".join(found)
    status = dict(line.split() for line in guest.files[f"{name}.status"].decode().splitlines())
    held = {key: int(status[f"{key}:"], 16) for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
    assert set(held.values()) == {0} and status["NoNewPrivs:"] == "1", status


@pytest.mark.parametrize("name", SAYS)
def test_says(guest: Result, name: str) -> None:
    code, words, others = SAYS[name]
    said = guest.files[f"{name}.err"].decode()
    assert guest.files[f"{name}.rc"].decode().strip() == str(code), said
    assert guest.files[f"{name}.jsonl"] == b"" and len(said.splitlines()) == 1
    assert [word for word in words if word not in said] == [], said
    assert [word for word in others if word in said] == [], said


@pytest.mark.parametrize(
    ("name", "code", "verdict", "word"),
    [
        ("integrity", 0, "ok", "integrity"),
        ("confidentiality", 4, "wrong", "lockdown=integrity"),
        ("confidentiality-unseen", 4, "wrong", "lockdown=integrity"),
    ],
)
def test_doctor(guest: Result, name: str, code: int, verdict: str, word: str) -> None:
    said = guest.files[f"{name}.doctor.err"].decode()
    assert said == "" and guest.files[f"{name}.doctor.rc"].decode().strip() == str(code), said
    answer = json.loads(guest.files[f"{name}.doctor"])
    (lockdown,) = [check for check in answer["checks"] if check["name"] == "lockdown"]
    assert lockdown["verdict"] == verdict and word in f"{lockdown['finding']} {lockdown['advice']}"
    assert [check["name"] for check in answer["checks"] if check["verdict"] == "wrong"] == ["lockdown"] * (code != 0)
    works = {trial["plan"] for trial in answer["plans"] if trial["works"]}
    assert works == ({"fentry", "cgroup", "syscall"} if code == 0 else set()) and (answer["plan"] in works or not works)


def _libraries(program: str) -> dict[str, Path]:
    """What a dynamic program needs in the guest besides itself."""
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return {path: Path(path).resolve() for path in re.findall(r"(/\S+) \(", listed)}
