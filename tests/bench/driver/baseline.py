# SPDX-License-Identifier: Apache-2.0
"""Whether "nothing attached" is true before anything is measured against it."""

import json
import pathlib
import shutil
import subprocess

from .contenders import TRACEFS

# Program types that can sit on the way of a bind, a listen, a close or any syscall.
TYPES = {"cgroup_sock", "cgroup_sock_addr", "sock_ops", "tracing", "lsm", "raw_tracepoint", "tracepoint", "kprobe"}


def owners():
    """{program id: "comm[pid]"} of everyone that holds a program or a link to it."""
    held = {}
    for info in pathlib.Path("/proc").glob("[0-9]*/fdinfo/*"):
        try:
            text = info.read_text()
            for line in text.splitlines():
                if line.startswith("prog_id:"):
                    pid = info.parts[2]
                    comm = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
                    held[int(line.split()[1])] = f"{comm}[{pid}]"
        except OSError:
            continue  # ended meanwhile
    return held


def foreign():
    """What is attached already, one phrase an owner; empty on a clean machine."""
    found = {}
    bpftool = shutil.which("bpftool") or "/usr/sbin/bpftool"
    listing = subprocess.run([bpftool, "-j", "prog", "show"], capture_output=True, text=True)
    programs = [p for p in json.loads(listing.stdout or "[]") if p.get("type") in TYPES]
    held = owners() if programs else {}
    for program in programs:
        owner = held.get(program["id"], "nobody who runs (pinned?)")
        found.setdefault(owner, []).append(program.get("name", str(program["id"])))
    phrases = [f"{owner} has {', '.join(names)}" for owner, names in sorted(found.items())]
    for enable in [TRACEFS / "events/enable", *TRACEFS.glob("instances/*/events/enable")]:
        try:
            if enable.read_text().strip() != "0":
                phrases.append(f"events are enabled in {enable.parent.parent}")
        except OSError:
            continue
    return phrases
