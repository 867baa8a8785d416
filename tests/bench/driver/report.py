# SPDX-License-Identifier: Apache-2.0
"""The numbers as tables: the same Markdown for the terminal and for docs/BENCHMARKS.md."""

BEGIN = "<!-- bench:begin (tools/bench --markdown writes what follows) -->"
END = "<!-- bench:end -->"


def table(head, rows):
    """A Markdown table that is aligned in a terminal, too; every column but the first to the right."""
    cells = [head, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]

    def line(row):
        padded = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "-" * (widths[0] + 2) + "|" + "|".join("-" * (width + 1) + ":" for width in widths[1:]) + "|"
    return "\n".join([line(head), rule, *[line(row) for row in rows]])


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def span(values):
    """median (min..max)"""
    return f"{number(values['median'])} ({number(values['min'])}..{number(values['max'])})"


def ratio(values):
    return f"×{values['median']:.3f} ({values['min']:.2f}..{values['max']:.2f})"


def machine(about):
    versions = ", ".join(v for v in about["versions"].values() if v)
    return (
        f"{about['date']}, Linux {about['kernel']} {about['arch']}, {about['cpus']} × {about['cpu']}, load at the start "
        f"{about['load']:.1f}. {versions}."
    )


def traced(result, workloads):
    names = list(result)
    workloads = {key: words for key, words in workloads.items() if key in result[names[0]]}
    head = ["attached", *[what for what, *_ in workloads.values()]]
    rows = [[name, *[ratio(result[name][key]["ratio"]) for key in workloads]] for name in names]
    if "nothing" in result:
        rows.insert(0, ["(ns per iteration)", *[span(result["nothing"][key]["ns"]) for key in workloads]])
    return table(head, rows)


def reader(result):
    head = ["tracer", "µs per event", "µs per bind+listen+close", "events", "lost", "bytes/event", "RSS MiB idle", "after"]
    rows = []
    for name, r in result.items():
        rows.append([
            name,
            span(r["us_per_event"]),
            span(r["us_per_iteration"]),
            f"{r['events']['median']:.0f}",
            "?" if r["lost"] is None else f"{r['lost']['median']:.0f}",
            f"{r['bytes_per_event']['median']:.0f}",
            number(r["rss_idle_kib"]["median"] / 1024),
            number(r["rss_after_kib"]["median"] / 1024),
        ])  # fmt: skip
    return table(head, rows)


def first(result):
    rows = [[name, span(r["captured_ms"]), span(r["line_ms"])] for name, r in result.items()]
    return table(["tracer", "exec to first captured bind, ms", "… to its line readable, ms"], rows)


def lone(result):
    rows = [
        [name, number(r["median_us"]), number(r["p99_us"]), span(r["round_medians"]), str(r["events"]), str(r["missed"])]
        for name, r in result.items()
    ]
    return table(["tracer", "median µs", "p99 µs", "medians of the rounds", "events", "missed"], rows)


def idle(result):
    rows = [
        [name, str(r["wakeups"]), f"{r['seconds']:g}", "yes" if r["quiet"] else "no, others bound"]
        for name, r in result.items()
    ]
    return table(["tracer", "wake-ups", "seconds", "quiet"], rows)


def inventory(result, kind):
    """One table for `list`, one for `who`: ms, and the ratio to ss."""
    peer = {"list": "ss -lntup", "who": "ss -lntup sport = :P"}[kind]
    names = list(dict.fromkeys(name for scene in result.values() for name in scene[kind]))
    rows = []
    for scene, taken in result.items():
        cells = []
        for name in names:
            times = taken[kind].get(name)
            base = taken[kind].get(peer)
            if not times:
                cells.append("-")
            elif name == peer or not base:
                cells.append(f"{number(times['median'])} ms")
            else:
                cells.append(f"{number(times['median'])} ms ×{times['median'] / base['median']:.2f}")
        rows.append([scene, *cells])
    return table(["", *names], rows)


def inventories(result):
    wrong = [scene for scene, taken in result.items() if not taken["right"]]
    text = "Every socket with every pid was in `bindwatch list`." if not wrong else f"**Not all in: {', '.join(wrong)}.**"
    return "\n\n".join([inventory(result, "list"), inventory(result, "who"), text])


def markdown(raw, workloads):
    parts = ["Measured: " + machine(raw["machine"])]
    if raw["attached_before"]:
        parts.append("**Not a clean baseline**, the ratios are wrong: " + "; ".join(raw["attached_before"]) + ".")
    sections = (
        ("traced", "### What it costs the traced programs", lambda r: traced(r, workloads)),
        ("hooks", "### What each hook costs, empty", lambda r: traced(r, workloads)),
        ("reader", "### What the tracer itself takes in the storm", reader),
        ("first", "### From exec to the first event", first),
        ("lone", "### A lone event", lone),
        ("idle", "### Idle", idle),
        ("inventory", "### What exists", inventories),
    )
    for key, title, render in sections:
        if raw.get(key):
            parts += [title, render(raw[key])]
    if raw["unusable"]:
        parts += ["### Not measured here", "\n".join(f"- {name}: {why}" for name, why in raw["unusable"].items())]
    return "\n\n".join(parts) + "\n"


def replace_tables(text, body):
    """The document with what is between the markers replaced; without markers, the body alone."""
    if BEGIN not in text or END not in text:
        return f"{BEGIN}\n\n{body}\n{END}\n"
    return text[: text.index(BEGIN)] + f"{BEGIN}\n\n{body}\n" + text[text.index(END) :]
