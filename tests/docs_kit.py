"""The blocks of code in the pages of the manual, with what is claimed of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
_BLOCK = re.compile(
    r"^(?:<!-- (?P<word>[\w-]+): (?P<claim>.+?) -->\n+)?"
    r"```(?P<language>[^\n]*)\n(?P<text>.*?)^```$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Block:
    """One block. A comment ``<!-- word: claim -->`` above it says something about it:

    ``file: PATH``, it is that file of the page's site; ``problems: CODE ...``, the checker finds
    these in it.
    """

    page: Path
    line: int
    language: str
    text: str
    word: str = ""
    claim: str = ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def written_pages() -> list[Path]:
    """The pages that people write; those of the reference are made."""
    pages = [page for page in DOCS.rglob("*.md") if REFERENCE not in page.parents]
    return [ROOT / "README.md", *sorted(pages)]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of *page*."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("language")) + 1
        word, claim = found["word"] or "", found["claim"] or ""
        yield Block(page, line, found["language"].strip(), found["text"], word, claim)


def all_blocks(language: str) -> list[Block]:
    """The blocks of all written pages in *language*."""
    return [b for page in written_pages() for b in blocks(page) if b.language == language]


def page_files(page: Path) -> dict[str, str]:
    """The files that *page* shows by name."""
    return {block.claim: block.text for block in blocks(page) if block.word == "file"}
