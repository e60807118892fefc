"""Leaves out what is only said because a line that does not parse is missing to the checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import nearest
from flow_runtime.core.syntax.words import HEADER_WORDS

_OF_A_NODE: Final = frozenset({"missing-parameter", "not-connected", "no-keys", "no-values"})
"""What may be said of a node because one of its own lines is missing."""

_NAMES: Final = frozenset({"unknown-name", "unknown-variable"})
_BY_WORD: Final = {
    "node": frozenset({"unknown-target", "unreachable"}),
    "start": frozenset({"missing-start", "unreachable"}),
    "on_error": frozenset({"unreachable"}),
    "on_hangup": frozenset({"unreachable", "not-connected"}),
    "var": _NAMES,
    "input": _NAMES,
    "output": _NAMES,
}
"""What may be said anywhere because a line that begins with this word is missing."""


def without_consequences(
    found: Iterable[Problem], text: str, misread: Iterable[Problem]
) -> Iterator[Problem]:
    """Those of *found* that do not follow from *misread*, the syntax errors of the file *text*."""
    lines = text.splitlines()
    nodes, codes = set[str](), set[str]()
    for problem in misread:
        if problem.subject is not None:
            nodes.add(problem.subject)
            codes.add("unreachable")
        elif problem.place.line <= len(lines):
            word = nearest(lines[problem.place.line - 1].partition(" ")[0], HEADER_WORDS)
            codes |= _BY_WORD.get(word or "", frozenset())
    for problem in found:
        if problem.code in _OF_A_NODE and problem.subject in nodes:
            continue
        if problem.code not in codes:
            yield problem
