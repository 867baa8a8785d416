# SPDX-License-Identifier: Apache-2.0
"""What counts as a command of a document, and that every one is run or excused."""

from __future__ import annotations

from commands import NOT_RUN, Command, in_documents, in_text

MARKDOWN = """\
Text with `bindwatch --no` in it.

<!-- test: --count 1 -->
```console
$ sudo bindwatch -p 1683
TIME
$ bindwatch explain 1
```

    bindwatch explain 2
    {"no": "command"}

```json
$ bindwatch neither
```

```sh
# a comment
bindwatch --json | jq .
```
"""

MANUAL = """\
.SH SYNOPSIS
.B bindwatch
.SH EXAMPLES
.\\" test: --count 2
.TP
.B bindwatch \\-\\-alerts
What looks odd.
.SH SEE ALSO
.B ss
"""


def test_markdown() -> None:
    assert in_text("x.md", MARKDOWN) == [
        Command("x.md:5", "sudo bindwatch -p 1683", "--count 1", ("TIME",)),
        Command("x.md:7", "bindwatch explain 1", "--count 1"),
        Command("x.md:10", "bindwatch explain 2"),
        Command("x.md:19", "bindwatch --json | jq ."),
    ]


def test_manual() -> None:
    assert in_text("x.1", MANUAL) == [Command("x.1:6", "bindwatch --alerts", "--count 2")]


def test_a_command_becomes_a_script() -> None:
    command = Command("x", "sudo bindwatch --json | jq '.a|.b'", "--count 1")
    assert command.script == "bindwatch --count 1 --json | jq '.a|.b'"
    assert command.words == ["bindwatch", "--json"]
    assert command.needs_root and command.ends
    assert Command("x", "bindwatch --count 3", "--count 1").script == "bindwatch --count 3"
    assert not Command("x", "bindwatch -p 1").ends
    assert Command("x", "bindwatch --duration 1s").ends
    assert not Command("x", "bindwatch explain 1").needs_root


def test_every_command_runs_or_is_excused() -> None:
    shown = in_documents()
    assert {command.place.partition(":")[0] for command in shown} >= {"README.md", "docs/EVENTS.md"}
    unknown = [c for c in shown if c.text not in NOT_RUN and c.words[0] not in ("bindwatch", "podman")]
    assert not unknown, f"neither bindwatch nor podman nor in NOT_RUN: {[str(c) for c in unknown]}"
    endless = [c for c in shown if c.text not in NOT_RUN and not c.ends]
    assert not endless, f"no comment says what ends it: {[str(c) for c in endless]}"
    assert set(NOT_RUN) <= {command.text for command in shown}, "an excuse that nothing needs"


def test_console_blocks_say_sudo_where_it_is_needed() -> None:
    for command in in_documents():
        if command.place.startswith("README.md") and command.words[0] == "bindwatch":
            assert command.text.startswith("sudo ") == command.needs_root, str(command)
