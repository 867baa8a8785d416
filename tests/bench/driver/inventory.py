# SPDX-License-Identifier: Apache-2.0
"""How long it takes to say what exists: `list` and `who` beside ss, lsof and fuser, fresh processes side by side."""

import json
import shutil
import subprocess
import sys

from . import system
from .rounds import spread

# (sockets, processes that share them, network namespaces that they are spread over)
SCENES = ((100, 1, 1), (1_000, 1, 1), (10_000, 1, 1), (1_000, 50, 1), (100, 1, 100))
FIRST_PORT = 20_000
# Listening sockets in a namespace of their own, with as many processes that inherit them, and the same in other namespaces;
# "ready", until stdin ends.
HOLDER = """
import ctypes, os, resource, socket, sys
count, processes, namespaces, first = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 64, count + 64))
ready, tell = os.pipe()
sockets = []
def hold():
    for i in range(count // namespaces):
        s = socket.socket(); s.bind(("127.0.0.1", first + i)); s.listen(1); sockets.append(s)
children = []
def child(before):
    pid = os.fork()
    if pid == 0:
        try: before(); os.write(tell, b"+"); sys.stdin.read()
        finally: os.write(tell, b"-"); os._exit(0)
    children.append(pid)
    if os.read(ready, 1) != b"+": sys.exit("a child of the holder failed")
def elsewhere():
    if ctypes.CDLL(None).unshare(0x40000000) != 0: sys.exit("unshare")  # CLONE_NEWNET
    hold()
for _ in range(namespaces - 1): child(elsewhere)
hold()
for _ in range(processes - 1): child(lambda: None)
print("ready", os.getpid(), flush=True)
sys.stdin.read()
for pid in children: os.waitpid(pid, 0)
"""
LISTS = {
    "bindwatch list": lambda binary, port: [str(binary), "list"],
    "bindwatch list --json": lambda binary, port: [str(binary), "list", "--json"],
    "ss -lntup": lambda binary, port: ["ss", "-lntup"],
    "lsof -nP -i": lambda binary, port: ["lsof", "-nP", "-i"],
}
WHOS = {
    "bindwatch who P": lambda binary, port: [str(binary), "who", str(port)],
    "ss -lntup sport = :P": lambda binary, port: ["ss", "-lntup", "sport", "=", f":{port}"],
    "fuser P/tcp": lambda binary, port: ["fuser", f"{port}/tcp"],
}
SLOW = {"lsof -nP -i", "fuser P/tcp"}  # a run can take seconds


def _runs(bench, netns, command, count):
    done = subprocess.run(
        [str(bench / "bench_runs"), str(count), netns, *command], capture_output=True, text=True, timeout=300, check=True
    )
    return [(int(line.split()[0]) / 1e6, int(line.split()[1])) for line in done.stdout.splitlines()]


def _right(binary, netns, sockets, processes):
    """Whether `list` has every socket with every pid: a quick answer that is wrong is none."""
    code = "import ctypes, os, sys; f = os.open(sys.argv[1], 0); ctypes.CDLL(None).setns(f, 0); os.execv(sys.argv[2], sys.argv[2:])"
    done = subprocess.run(
        [sys.executable, "-c", code, netns, str(binary), "list", "--json", "--port", f"{FIRST_PORT}-{FIRST_PORT + sockets - 1}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return len(records) == sockets and all(len(r["found"]["sharers"]) == processes for r in records)


def _scene(bench, binary, sockets, processes, namespaces, rounds, patience):
    holder = subprocess.Popen(
        ["unshare", "--net", sys.executable, "-c", HOLDER, str(sockets), str(processes), str(namespaces), str(FIRST_PORT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        pid = holder.stdout.readline().split()[1]
        netns = f"/proc/{pid}/ns/net"
        port = FIRST_PORT + sockets // namespaces // 2
        result = {"right": _right(binary, netns, sockets, processes)}
        for kind, commands in (("list", LISTS), ("who", WHOS)):
            taken = {name: [] for name in commands if shutil.which(commands[name](binary, port)[0])}
            for number in range(rounds):
                names = list(taken)
                shift = number % len(names)
                system.wait_quiet(patience)
                for name in names[shift:] + names[:shift]:
                    if name in SLOW and number >= 3:
                        continue
                    times = [ms for ms, status in _runs(bench, netns, commands[name](binary, port), 1 if name in SLOW else 5)
                             if status == 0]  # fmt: skip
                    if times:
                        taken[name].append(sorted(times)[len(times) // 2])
            result[kind] = {name: spread(samples) for name, samples in taken.items() if samples}
        return result
    finally:
        holder.communicate("")


def run(bench, binary, rounds, patience, say):
    """{scene: {"right": bool, "list": {command: spread of ms}, "who": {…}}}"""
    result = {}
    for sockets, processes, namespaces in SCENES:
        name = f"{sockets:,} sockets" + (f", shared by {processes} processes" if processes > 1 else "")
        name += f", in {namespaces} network namespaces (the others see one)" if namespaces > 1 else ""
        say(f"inventory: {name}")
        result[name] = _scene(bench, binary, sockets, processes, namespaces, rounds, patience)
    return result
