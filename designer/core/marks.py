"""From what is known of a flow to the marks that a canvas paints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from designer.core.compare import Change, Comparison, United, english, said
from designer.core.compare.told import Say
from designer.core.picture import (
    NO_MARKS,
    Badge,
    CardMark,
    Marks,
    Picture,
    PortKey,
    PortMark,
)
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.problems import NOWHERE, Problem, Step

K = TypeVar("K")
M = TypeVar("M", CardMark, PortMark)

Ports: TypeAlias = Mapping[str, Sequence[PortValue]]
"""All ports by node, as the picture names them: see `ports_of`."""

_MOST_WORDS: Final = 24
"""Characters of a badge."""
_OF_VARIABLES: Final = frozenset(
    {"duplicate-variable", "reserved-name", "unknown-type", "input-without-default"}
)
"""Problems whose subject is a variable, not a node."""


def joined(layers: Iterable[Marks]) -> Marks:
    """All layers as one: of what two of them say of the same thing the later one counts."""
    cards: dict[str, CardMark] = {}
    ports: dict[PortKey, PortMark] = {}
    dim = False
    for layer in layers:
        dim = dim or layer.dim
        _lay(cards, layer.cards)
        _lay(ports, layer.ports)
    return Marks(cards, ports, dim) if cards or ports or dim else NO_MARKS


def _lay(
    below: dict[str, M] | dict[PortKey, M], above: Mapping[str, M] | Mapping[PortKey, M]
) -> None:
    for key, mark in above.items():
        known = below.get(key)  # type: ignore[arg-type]
        below[key] = mark if known is None else _over(known, mark)  # type: ignore[index]


def _over(below: M, above: M) -> M:
    """*above* where it says something, else *below*."""
    values = {}
    for field in fields(above):
        said = getattr(above, field.name)
        values[field.name] = getattr(below, field.name) if said == field.default else said
    return type(above)(**values)


# --- problems -------------------------------------------------------------------------------------


def problem_marks(
    problems: Iterable[Problem],
    shown: Mapping[str, str] | None = None,
    flow: Flow | None = None,
) -> Marks:
    """A badge under each card that has problems: the worst one's text, and how many more.

    *shown* gives short texts by code, in the language of the interface. *flow* is what was
    checked: it tells a variable from a node of the same name.
    """
    of_node: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.subject is not None and not _of_variable(problem, flow):
            of_node.setdefault(problem.subject, []).append(problem)
    cards = {}
    for node, found in of_node.items():
        worst = next((p for p in found if p.severity == "error"), found[0])
        text = (shown or {}).get(worst.code, worst.code.replace("-", " "))
        more = f" +{len(found) - 1}" if len(found) > 1 else ""
        tip = "\n".join(problem.text for problem in found)
        cards[node] = CardMark(badge=Badge(worst.severity, shortened(text) + more, tip))
    return Marks(cards)


def _of_variable(problem: Problem, flow: Flow | None) -> bool:
    """Whether *problem* is about a declaration."""
    if problem.code in _OF_VARIABLES:
        return True
    line = problem.place.line
    return flow is not None and any(
        one.name == problem.subject
        and one.place != NOWHERE
        and one.place.line <= line <= one.place.end_line
        for one in flow.declarations
    )


def shortened(text: str, most: int = _MOST_WORDS) -> str:
    """*text*, cut with an ellipsis where it is longer than *most* characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def path_marks(path: Sequence[Step], ports: Ports | None = None) -> Marks:
    """A counter-example: numbered cards, and the ways between them.

    *ports* are all ports by node, as the picture names them: a step names keys as texts.
    """
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    for number, step in enumerate(path, 1):
        cards.setdefault(step.node, CardMark(number=number))
        if step.port is not None:
            marks[step.node, port_of(ports, step.node, step.port)] = PortMark(
                path="counter-example"
            )
    return Marks(cards, marks)


def port_of(ports: Ports | None, node: str, port: PortValue) -> PortValue:
    """*port* as the picture names it: key ``1`` may be told as a text."""
    names = () if ports is None else ports.get(node, ())
    exact = any(name == port and type(name) is type(port) for name in names)
    if exact:
        return port
    return next((name for name in names if str(name) == str(port)), port)


def ports_of(picture: Picture) -> dict[str, tuple[PortValue, ...]]:
    """All ports of a picture by node."""
    return {card.name: tuple(port.name for port in card.ports) for card in picture.cards}


# --- coverage -------------------------------------------------------------------------------------


class Coverage(Protocol):
    """How often each node was entered, and left by each port: that of call tests."""

    @property
    def nodes(self) -> Mapping[str, int]:
        """Visits by node."""

    @property
    def ports(self) -> Mapping[PortKey, int]:
        """How often each port was taken."""


def coverage_marks(taken: Mapping[str, Iterable[PortValue]], ports: Ports) -> Marks:
    """What calls have come by: *taken* ports by visited node, *ports* all ports by node."""
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    for node, names in ports.items():
        went = {port_of(ports, node, port) for port in taken.get(node, ())}
        if node in taken:
            cards[node] = CardMark(coverage=(len(went & set(names)), len(names)))
        for port in names:
            marks[node, port] = PortMark(covered=port in went)
    return Marks(cards, marks, dim=True)


def call_test_marks(coverage: Coverage, ports: Ports) -> Marks:
    """What the calls of a flow's tests have come by."""
    taken: dict[str, list[PortValue]] = {
        node: [] for node, count in coverage.nodes.items() if count
    }
    for (node, port), count in coverage.ports.items():
        if count:
            taken.setdefault(node, []).append(port)
    return coverage_marks(taken, ports)


# --- comparison -----------------------------------------------------------------------------------


def compare_marks(comparison: Comparison, shown: United, say: Say = english) -> Marks:
    """What has changed, on the canvas of `designer.core.compare.united` flow *shown*."""
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    of_node: dict[str, list[Change]] = {}
    for change in comparison.changes:
        if change.node is not None and (change.what, change.kind) != ("node", "removed"):
            of_node.setdefault(change.node, []).append(change)
    for node, changes in of_node.items():
        added = changes[0].what == "node" and changes[0].kind == "added"
        cards[node] = _card_of_added(say) if added else _card_of_changed(changes, say)
        for change in changes:
            if change.port is not None:
                marks.setdefault((node, change.port), PortMark(change=_of_port(change)))
    for decl in comparison.new.nodes:
        if decl.name in cards and cards[decl.name].change == "added":
            for edge in decl.edges:
                marks[decl.name, edge.port] = PortMark(change="added")
    for node in shown.removed:
        cards[node] = CardMark(badge=Badge("removed", say("removed")), change="removed")
    for key in shown.gone:
        marks[key] = PortMark(change="removed")
    return Marks(cards, marks)


def _card_of_added(say: Say) -> CardMark:
    return CardMark(badge=Badge("added", say("added")), change="added")


def _card_of_changed(changes: Sequence[Change], say: Say) -> CardMark:
    """The first change as a badge, and how many more; all of them in its tip."""
    lines = [said(change, say) for change in changes]
    more = f" +{len(lines) - 1}" if len(lines) > 1 else ""
    badge = Badge("changed", shortened(f"± {lines[0]}") + more, "\n".join(lines))
    return CardMark(badge=badge, change="changed")


def _of_port(change: Change) -> Literal["added", "changed", "removed"]:
    if change.what in ("arrow", "port") and change.kind in ("added", "removed"):
        return "added" if change.kind == "added" else "removed"
    return "changed"
