# SPDX-License-Identifier: Apache-2.0
"""The commands that the documents show, and how each of them can be run.

A command stands in a ```console block behind `$ ` (what follows is its output), alone on a line of a ```sh block, on a
line indented by four spaces, or in bold under EXAMPLES of the manual. A `\\` at its end continues it. One
that would run for ever names the flags that end it in a comment before it, which no reader sees:

    <!-- test: --count 20 --duration 30s -->        Markdown, for the block that follows
    .\\" test: --count 20 --duration 30s             the manual, for the examples that follow
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/EVENTS.md", "docs/EXPLAIN.md", "docs/DOCTOR.md", "docs/TOP.md", "docs/CONTAINERS.md", "docs/man/bindwatch.1")

# Shown and not run, each with the reason.
NOT_RUN = {
    "sudo ./tools/quickstart": "builds the project; that this works is shown in a fresh Debian, not from a build",
    "sudo ./tools/test": "runs these tests",
    "cmake --preset static && cmake --build --preset static --target bindwatch": "takes minutes; the guests of the vm "
    "tests run the same program",
}

ENDS_ITSELF = {("podman", "build"), *(("bindwatch", name) for name in ("doctor", "list", "who", "run", "top"))}

_COMMENT = re.compile(r'(?:<!--|\.\\") test: (.*?)(?: -->)?$')
_INDENTED = re.compile(r" {4}((?:sudo )?bindwatch\b.*)")
_UNPRIVILEGED = ("explain", "-h", "--help", "-V", "--version")


@dataclass(frozen=True)
class Command:
    """One command as a document shows it."""

    place: str  # "README.md:12"
    text: str
    ending: str = ""  # flags that end it, from the comment before it
    output: tuple[str, ...] = ()  # what the document says it prints; empty: nothing is said

    @property
    def words(self) -> list[str]:
        """Of bindwatch or whatever program it is: without sudo, without what stdout is piped into."""
        words = shlex.split(self.text.partition("|")[0], comments=True)
        return words[1:] if words[0] == "sudo" else words

    @property
    def needs_root(self) -> bool:
        return not any(word in _UNPRIVILEGED for word in self.words)

    @property
    def needs_terminal(self) -> bool:
        return self.words[:2] == ["bindwatch", "top"]

    @property
    def follows(self) -> bool:
        return self.needs_root and tuple(self.words[:2]) not in ENDS_ITSELF

    @property
    def ends_itself(self) -> bool:
        return not self.follows or "--duration" in self.words or "--count" in self.words

    @property
    def ends(self) -> bool:
        return self.ends_itself or bool(self.ending)

    @property
    def script(self) -> str:
        """For a shell that is root if it has to be and finds bindwatch."""
        flags = "" if self.ends_itself else f" {self.ending}"
        return re.sub(r"^(sudo )?bindwatch\b", lambda _: f"bindwatch{flags}", self.text)

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


def in_documents() -> list[Command]:
    return [command for name in DOCUMENTS for command in in_text(name, (ROOT / name).read_text(encoding="utf-8"))]


def to_run(needs_root: bool) -> list[Command]:
    commands = [
        c for c in in_documents() if c.text not in NOT_RUN and c.words[0] != "podman" and not c.needs_terminal
    ]
    return [c for c in commands if c.needs_root == needs_root]


def on_a_terminal() -> list[Command]:
    return [c for c in in_documents() if c.needs_terminal]


def of_podman() -> list[Command]:
    return [c for c in in_documents() if c.words[0] == "podman"]


def in_text(name: str, text: str) -> list[Command]:
    return list(_in_manual(name, text) if name.endswith(".1") else _in_markdown(name, text))


def _in_manual(name: str, text: str) -> Iterator[Command]:
    section = ending = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(".SH "):
            section, ending = line[4:], ""
        elif found := _COMMENT.match(line):
            ending = found[1]
        elif section == "EXAMPLES" and line.startswith(".B "):
            yield Command(f"{name}:{number}", line[3:].replace("\\-", "-"), ending)


def _in_markdown(name: str, text: str) -> Iterator[Command]:
    language: str | None = None  # of the block that we are in
    ending = ""
    prompt: Command | None = None
    lines = re.sub(r" \\\n +", " ", text).splitlines()
    for number, line in enumerate([*lines, ""], 1):
        place = f"{name}:{number}"
        if prompt and (line.startswith(("$ ", "```")) or number > len(lines)):
            yield prompt
            prompt = None
        if found := _COMMENT.match(line):
            ending = found[1]
        elif line.startswith("```"):
            language, ending = (line[3:], ending) if language is None else (None, "")
        elif language == "console" and line.startswith("$ "):
            prompt = Command(place, line[2:], ending)
        elif prompt:
            prompt = Command(prompt.place, prompt.text, prompt.ending, (*prompt.output, line))
        elif language == "sh" and line and not line.startswith("#"):
            yield Command(place, line, ending)
        elif language is None and (found := _INDENTED.fullmatch(line)):
            yield Command(place, found[1], ending)
        elif language is None and line and not line.startswith(" "):
            ending = ""
