"""The changes of a comparison in words, for people and for `cordboard diff`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from designer.core.compare.changes import Change, Comparison
from flow_runtime.core.syntax.printer import print_port

Say = Callable[..., str]
"""A text of the program in the reader's language, with values for its ``{name}`` places."""

_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}


def english(text: str, **values: Any) -> str:
    """The program's own words."""
    return text.format(**values) if values else text


def lines_of(comparison: Comparison, say: Say = english) -> list[str]:
    """All changes as indented lines, those of a node below it; empty when there are none."""
    lines = []
    node = None
    for change in comparison.changes:
        if change.node is None:
            lines.append(f"{_SIGNS[change.kind]} {said(change, say)}")
            continue
        of_whole = change.what == "node"
        if change.node != node and not of_whole:
            lines.append("~ " + say("node {name}", name=change.node))
        node = change.node
        sign = f"{_SIGNS[change.kind]} " if of_whole else f"  {_SIGNS[change.kind]} "
        lines.append(sign + said(change, say))
    return lines


def said(change: Change, say: Say = english) -> str:
    """One change in words, without the node it is in."""
    match change.what:
        case "node":
            return _of_node(change, say)
        case "flow" if change.kind == "renamed":
            return say("flow {old} is called {new}", old=change.old, new=change.new)
        case "declaration" if change.kind == "renamed":
            return say("variable {old} is called {new}", old=change.old, new=change.new)
        case "port":
            return say("port {name}", name=_port(change))
    return _value(_subject(change, say), change, say)


def _of_node(change: Change, say: Say) -> str:
    if change.kind == "renamed":
        return say("node {old} is called {new}", old=change.old, new=change.new)
    kind = change.new if change.kind == "added" else change.old
    return say("node {name}: {type}", name=change.node, type=kind)


def _subject(change: Change, say: Say) -> str:
    match change.what:
        case "flow" | "title":
            return say("title")
        case "type":
            return say("type")
        case "declaration":
            return say("variable {name}", name=change.name)
        case "way":
            return change.name
        case "arrow":
            return say("port {name}", name=_port(change))
        case "label":
            return say("label of port {name}", name=_port(change))
        case "note":
            return say("note")
        case "frame":
            return say("frame")
    return change.name or say("lines")


def _port(change: Change) -> str:
    return "" if change.port is None else print_port(change.port)


def _value(subject: str, change: Change, say: Say) -> str:
    """``attempts: 3 → 5``, ``port failed → goodbye``."""
    arrow = change.what in ("arrow", "way")
    old, new = (_short(text) for text in (change.old, change.new))
    if arrow:
        old, new = old or say("nowhere"), new or say("nowhere")
        if change.kind == "changed":
            return say("{name}: {old} → {new}", name=subject, old=old, new=new)
        return f"{subject} → {new if change.kind == 'added' else old}"
    if change.kind == "changed":
        return say("{name}: {old} → {new}", name=subject, old=old, new=new)
    value = new if change.kind == "added" else old
    return f"{subject}: {value}"


def _short(text: str | None) -> str:
    """*text* on one line, as long as a line may be."""
    flat = " ".join((text or "").split())
    return flat if len(flat) <= 80 else flat[:79].rstrip() + "…"


def of_node(comparison: Comparison, name: str, say: Say = english) -> Iterator[str]:
    """What has changed in one node, a line for each."""
    for change in comparison.of_node(name):
        yield f"{_SIGNS[change.kind]} {said(change, say)}"
