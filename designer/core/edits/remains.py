"""What stays of a line that is taken out: the comments on lines of their own above it.

Such a comment may be the heading of all that follows (``# --- repairs``), so it moves on to the
next line. The comment behind a line is about that line and goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from flow_runtime.core.model import Box, Declaration, Edge, Jump, NodeDecl, Parameter, Remark

L = TypeVar("L", Box, Declaration, Edge, Jump, NodeDecl, Parameter, Remark)


def above(line: L, comments: tuple[str, ...]) -> L:
    """*line* with *comments* above those that it has."""
    if not comments:
        return line
    return replace(line, comments=replace(line.comments, above=comments + line.comments.above))


def without(lines: Sequence[L], gone: Collection[int]) -> tuple[tuple[L, ...], tuple[str, ...]]:
    """*lines* without those at the indexes *gone*, and the comments that no line is left for."""
    kept: list[L] = []
    strays: tuple[str, ...] = ()
    for index, line in enumerate(lines):
        if index in gone:
            strays += line.comments.above
        else:
            kept.append(above(line, strays))
            strays = ()
    return tuple(kept), strays
