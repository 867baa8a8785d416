# SPDX-License-Identifier: Apache-2.0
"""What the documents say of the repository is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from commands import ROOT
from sameness import DIFFERENCES

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")


def _documents() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.md")):
        top = path.relative_to(ROOT).parts[0]
        if not top.startswith((".", "build", "out")):
            yield path


def _anchors(path: Path) -> set[str]:
    """Of the headings, as code hosts name them."""
    titles = _HEADING.findall(_FENCE.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _broken(path: Path) -> Iterator[str]:
    text = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        to = path.parent / name if name else path
        if not to.exists() or (anchor and anchor not in _anchors(to)):
            yield f"{path.relative_to(ROOT)}: {target}"


def test_links_lead_somewhere() -> None:
    documents = list(_documents())
    assert ROOT / "README.md" in documents
    broken = [link for path in documents for link in _broken(path)]
    assert not broken, "\n".join(broken)


def test_a_broken_link_is_noticed(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("test_documents.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# One Word\n[a](#one-word) [b](page.md) [c](http://x/y) `[d](no)`\n[e](gone.md) [f](#gone)\n")
    assert list(_broken(page)) == ["page.md: gone.md", "page.md: #gone"]


def test_support_names_every_allowed_difference() -> None:
    text = (ROOT / "docs/SUPPORT.md").read_text(encoding="utf-8")
    missing = [allowed.path for allowed in DIFFERENCES if f"`{allowed.path}`" not in text]
    assert not missing, f"docs/SUPPORT.md does not name {missing}"


def test_dependencies_names_every_package() -> None:
    script = (ROOT / "tools/lib/debian.sh").read_text(encoding="utf-8")
    arrays = re.findall(r"^(?:build|test)_packages=\(([^)]*)\)", script, re.MULTILINE)
    packages = {package for array in arrays for package in array.split()}
    rows = re.findall(r"^\| (`[^|]*`) \|", (ROOT / "docs/DEPENDENCIES.md").read_text(encoding="utf-8"), re.MULTILINE)
    documented = {package for row in rows for package in re.findall(r"`([^`]+)`", row)}
    assert len(arrays) == 2 and packages
    assert documented == packages, f"only in one of the two: {sorted(documented ^ packages)}"
