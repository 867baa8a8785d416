# SPDX-License-Identifier: Apache-2.0
"""What a tracer takes for itself: CPU per event, memory, wake-ups when nothing happens."""

import time

from . import system
from .contenders import Unusable
from .rounds import run_workload, spread


def drain(contender):
    """Waits until the output stands still; a tracer that buffers shows the rest at its end."""
    quiet_since = time.monotonic()
    size = -1
    while time.monotonic() - quiet_since < 0.3:
        now = contender.output.stat().st_size
        if now != size:
            size, quiet_since = now, time.monotonic()
        time.sleep(0.02)


def one_storm(bench, contender, scratch):
    """One storm under the contender: CPU, events reported and lost, bytes, memory."""
    contender.start(scratch / "events")
    pid = contender.process.pid
    try:
        system.pin(pid, None)
        seen_before = len(contender.events.findall(contender.output.read_text(errors="replace")))
        memory_before = system.memory_kib(pid)
        cpu_before = system.cpu_ns(pid)
        run_workload(bench, "storm")
        drain(contender)
        cpu = system.cpu_ns(pid) - cpu_before
        memory = system.memory_kib(pid)
    finally:
        contender.stop()
    text = contender.output.read_text(errors="replace")
    events = len(contender.events.findall(text)) - seen_before
    return {
        "cpu_ns": cpu,
        "events": events,
        "lost": contender.lost(text),
        "bytes_per_event": len(text) / max(1, events + seen_before),
        "rss_idle_kib": memory_before[0],
        "rss_after_kib": memory[0],
        "rss_peak_kib": memory[1],
        "anonymous_kib": memory[2],
    }


def run(bench, contenders, rounds, scratch, patience, say):
    """{contender: {"us_per_event": spread, "us_per_iteration": spread, …}} and {contender: why not}."""
    usable = [c for c in contenders if c.events is not None]
    samples = {c.name: [] for c in usable}
    unusable = {}
    for number in range(rounds):
        say(f"reader round {number + 1} of {rounds}")
        shift = number % max(1, len(usable))
        for contender in usable[shift:] + usable[:shift]:
            if contender.name in unusable:
                continue
            system.wait_quiet(patience)
            try:
                samples[contender.name].append(one_storm(bench, contender, scratch))
            except Unusable as why:
                unusable[contender.name] = str(why)
    result = {}
    for name, taken in samples.items():
        if not taken or name in unusable:
            continue
        result[name] = {
            "us_per_event": spread([s["cpu_ns"] / max(1, s["events"]) / 1000 for s in taken]),
            "us_per_iteration": spread([s["cpu_ns"] / 40_000 / 1000 for s in taken]),
            "events": spread([s["events"] for s in taken]),
            "lost": None if taken[0]["lost"] is None else spread([s["lost"] for s in taken]),
        }
        for key in ("bytes_per_event", "rss_idle_kib", "rss_after_kib", "rss_peak_kib", "anonymous_kib"):
            result[name][key] = spread([s[key] for s in taken])
    return result, unusable


def idle(contenders, seconds, scratch, say):
    """
    {contender: {"wakeups": N, "seconds": S, "quiet": BOOL}}: context switches of all threads while nothing binds.
    Somebody else's bind on this machine shows as output; then once more, three times at most, and quiet says so.
    """
    result = {}
    for contender in contenders:
        if not contender.idles:
            continue
        say(f"idle {contender.name}")
        try:
            contender.start(scratch / "events")
        except Unusable:
            continue
        try:
            drain(contender)
            for _ in range(3):
                size = contender.output.stat().st_size
                before = system.wakeups(contender.process.pid)
                time.sleep(seconds)
                count = system.wakeups(contender.process.pid) - before
                quiet = contender.output.stat().st_size == size
                result[contender.name] = {"wakeups": count, "seconds": seconds, "quiet": quiet}
                if quiet:
                    break
        finally:
            contender.stop()
    return result
