# SPDX-License-Identifier: Apache-2.0
"""How soon: from exec to the first captured event, and from bind's return to a lone event's line."""

import statistics
import subprocess

from . import system
from .contenders import Unusable
from .rounds import spread

PORTS = 40_000  # of first.c
PORT_BASE = 20_000
PERIOD_US = 30
GAP_US = 2_000


def with_pipe(contenders):
    return [c for c in contenders if c.needle and c.first and c.pipe_argv()]


def first_index(contender, said, binds, pointer_base):
    """
    Which bind is the first in the output. Other programs bind, too: ours are the ones of which two follow each other.
    Ports and addresses repeat after PORTS binds; the number of lines says which lap it is.
    """
    indices = []
    for match in contender.first.finditer(said):
        groups = match.groupdict()
        if "port" in groups:
            indices.append(int(groups["port"]) - PORT_BASE)
        else:
            indices.append((int(groups["pointer"], 16) - pointer_base) // 16)
    for position, index in enumerate(indices[:-1]):
        if 0 <= index < PORTS and (index + 1) % PORTS == indices[position + 1]:
            about = binds - (len(indices) - position)
            lap = round((about - index) / PORTS)
            return index + PORTS * max(0, lap)
    return None


def one_first(bench, contender):
    """ns from exec to the beginning of the first captured bind, and to its line being readable."""
    source = contender.source if contender.source in "12" else "1"
    command = [str(bench / "bench_first"), str(PERIOD_US), source, contender.needle, "--", *contender.pipe_argv()]
    done = subprocess.run(command, capture_output=True, timeout=60)
    head, _, said = done.stdout.decode(errors="replace").partition("output\n")
    lines = [line.split() for line in head.splitlines()]
    if done.returncode != 0 or len(lines) < 3:
        raise Unusable(done.stderr.decode(errors="replace").strip() or "no binds")
    exec_at, seen_at = int(lines[0][1]), int(lines[1][1])
    began = [int(line[1]) for line in lines[2:]]
    index = first_index(contender, said, len(began), int(lines[2][3], 16))
    if index is None or index >= len(began):
        raise Unusable("none of our binds in its output")
    return began[index] - exec_at, seen_at - exec_at


def first_event(bench, contenders, rounds, patience, say):
    """{contender: {"captured_ms": spread, "line_ms": spread}}; trace_pipe has no exec to count from."""
    usable = [c for c in with_pipe(contenders) if c.source in "12"]
    taken = {c.name: [] for c in usable}
    failed = {}
    for number in range(rounds):
        say(f"first event, round {number + 1} of {rounds}")
        shift = number % max(1, len(usable))
        for contender in usable[shift:] + usable[:shift]:
            system.wait_quiet(patience)
            try:
                taken[contender.name].append(one_first(bench, contender))
            except (Unusable, subprocess.TimeoutExpired) as why:
                failed[f"{contender.name}, first event, round {number + 1}"] = str(why)
    result = {
        name: {
            "captured_ms": spread([captured / 1e6 for captured, _ in samples]),
            "line_ms": spread([line / 1e6 for _, line in samples]),
        }
        for name, samples in taken.items()
        if samples
    }
    return result, failed


def one_lone(bench, contender, count):
    command = [str(bench / "bench_lone"), str(count), str(GAP_US), contender.source, "--", *contender.lone_argv()]
    contender.setup_lone()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 + count * GAP_US * 4 / 1e6)
    finally:
        contender.teardown()
    if done.returncode != 0:
        raise Unusable(done.stderr.strip())
    words = done.stdout.split()
    return [int(word) / 1000 for word in words if word != "missed"], words.count("missed")


def lone_events(bench, contenders, rounds, count, patience, say):
    """{contender: {"median_us", "p99_us": over all; "round_medians": spread, "events", "missed"}}."""
    usable = [c for c in with_pipe(contenders) if c.name != "strace"]
    taken = {c.name: [] for c in usable}
    failed = {}
    for number in range(rounds):
        say(f"lone events, round {number + 1} of {rounds}")
        shift = number % max(1, len(usable))
        for contender in usable[shift:] + usable[:shift]:
            system.wait_quiet(patience)
            try:
                sample = one_lone(bench, contender, count)
                if sample[0]:
                    taken[contender.name].append(sample)
            except (Unusable, subprocess.TimeoutExpired) as why:
                failed[f"{contender.name}, lone events, round {number + 1}"] = str(why)
    result = {}
    for name, samples in taken.items():
        if not samples:
            continue
        everything = sorted(value for values, _ in samples for value in values)
        result[name] = {
            "median_us": statistics.median(everything),
            "p99_us": everything[min(len(everything) - 1, int(len(everything) * 0.99))],
            "round_medians": spread([statistics.median(values) for values, _ in samples]),
            "events": len(everything),
            "missed": sum(missed for _, missed in samples),
        }
    return result, failed
