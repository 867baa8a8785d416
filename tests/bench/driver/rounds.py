# SPDX-License-Identifier: Apache-2.0
"""What a tracer costs the traced: time of workloads as ratios to nothing attached."""

import os
import statistics
import subprocess

from . import system
from .contenders import Unusable

# name: (what, iterations, processes, pinned)
WORKLOADS = {
    "getppid": ("getppid loop", "getppid", 100_000, None),
    "udp": ("UDP bind+close", "udp", 6_000, None),
    "tcp": ("TCP bind+listen+close", "tcp", 4_000, None),
    "storm": ("storm: 4 × 10,000 TCP", "tcp", 10_000, 4),
}


def run_workload(bench, key, contender=None):
    """
    ns per iteration (per process). Of one pinned process its CPU time, which other programs on this machine disturb
    less; of the storm, and of one that a tracer stops (strace), the wall time.
    """
    _, kind, iterations, processes = WORKLOADS[key]
    prefix = contender.prefix if contender else ()
    if contender and kind != "getppid":
        iterations = max(200, int(iterations * contender.iterations))
    cpu = -1 if processes else system.cpus()[1]
    command = [*prefix, str(bench / "bench_workload"), str(cpu), kind, str(iterations)]
    if processes:
        command.append(str(processes))
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    wall, cpu_time = (int(word) for word in done.stdout.split())
    return (wall if processes or prefix else cpu_time) / iterations


def spread(values):
    """Median, smallest, largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def run(bench, contenders, rounds, scratch, patience, say, keys=tuple(WORKLOADS)):
    """
    Each round visits every contender, starting one further than the round before. A visit is workload without,
    with and again without the contender; its ratio is with / mean of the two without. Gives
    {contender: {workload: {"ratio": spread, "ns": spread}}} and what could not be measured, {contender: why}. Before
    each visit it waits up to `patience` seconds for a quiet machine.
    """
    ratios = {c.name: {key: [] for key in keys} for c in contenders}
    times = {c.name: {key: [] for key in keys} for c in contenders}
    unusable = {}
    disturbed = 0
    before = {key: run_workload(bench, key) for key in keys}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds} (load {os.getloadavg()[0]:.1f})")
        shift = number % len(contenders)
        for contender in contenders[shift:] + contenders[:shift]:
            if contender.name in unusable:
                continue
            try:
                contender.start(scratch / "events")
            except Unusable as why:
                unusable[contender.name] = str(why)
                continue
            disturbed += not system.wait_quiet(patience)
            try:
                during = {}
                for key in keys:
                    if contender.process is not None:
                        system.pin(contender.process.pid, None if key == "storm" else system.cpus()[0])
                    during[key] = run_workload(bench, key, contender)
            finally:
                contender.stop()
            after = {key: run_workload(bench, key) for key in keys}
            for key in keys:
                ratios[contender.name][key].append(during[key] * 2 / (before[key] + after[key]))
                times[contender.name][key].append(during[key])
            before = after
    if disturbed:
        say(f"{disturbed} of {rounds * len(contenders)} visits began while others used the machine")
    result = {
        c.name: {key: {"ratio": spread(ratios[c.name][key]), "ns": spread(times[c.name][key])} for key in keys}
        for c in contenders
        if c.name not in unusable
    }
    return result, unusable
