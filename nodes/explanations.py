"""What the problems mean that the node types themselves report, joined with all others."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flow_runtime.core.explanations import Chapter, Explanation, by_code, chapters, read_chapter


@cache
def all_chapters() -> tuple[Chapter, ...]:
    """Every chapter of the problems, in the order of the manual."""
    return (*chapters(), read_chapter(Path(__file__).with_name("problems.toml")))


def explanations() -> dict[str, Explanation]:
    """Every explanation by its code."""
    return by_code(all_chapters())
