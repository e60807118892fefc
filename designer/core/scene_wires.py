"""The connectors of a picture: which there are, where they begin and end, and their routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from designer.core.layout.layers import search
from designer.core.picture import INPUT_Y, Card, Connector, Picture, Pill, PortKey, PortRow, Rect
from designer.core.routing import Wire, route
from designer.core.scene_cards import Measure, Words
from flow_runtime.core.model import Edge, Flow, NodeDecl

_HEIGHT: Final = 24
_LEFT: Final = 26
"""How far a pill begins to the left of its card."""
_ABOVE: Final = 42
_STEP: Final = 28
"""From pill to pill, where several are left of one card."""
_BESIDE_TEXT: Final = 35
"""How much wider a pill is than its text: the icon and the round ends."""
_ELBOW: Final = 18
"""How far to the left of its card a pill's connector goes down."""
_BESIDE: Final = 28
"""From a pill to the left of its card to the card."""
_Kind = Literal["start", "on_error", "on_hangup"]
_TEXTS: Final[Mapping[_Kind, str]] = {
    "start": "Start",
    "on_error": "On error",
    "on_hangup": "After hang-up",
}


def pill_room(flow: Flow) -> dict[str, float]:
    """How much is to be kept free over each node for the pill that leads to it."""
    return {jump.target: _ABOVE + 2 for jump in flow.jumps}


def make_pills(
    flow: Flow, cards: Mapping[str, Card], words: Words, measure: Measure, numbers: Sequence[str]
) -> Iterator[Pill]:
    """``Start``, ``On error`` and ``After hang-up``, as far as they lead to a card."""
    taken = [card.rect for card in cards.values()]
    for kind, text in _TEXTS.items():
        card = cards.get(flow.jump(kind) or "")
        if card is None:
            continue
        shown = words(text)
        if kind == "start" and numbers:
            shown = f"{shown} · {', '.join(numbers)}"
        rect = _free_spot(card, round(measure(shown, "pill")) + _BESIDE_TEXT, taken)
        taken.append(rect)
        yield Pill(kind, shown, card.name, rect)


def _free_spot(card: Card, width: float, taken: Sequence[Rect]) -> Rect:
    """Left above *card*, else to the left of it, where nothing is in the way."""
    above = Rect(card.rect.x - _LEFT, card.rect.y - _ABOVE, width, _HEIGHT)
    x, y = card.rect.x - _BESIDE - width, card.rect.y + INPUT_Y - _HEIGHT / 2
    spots = above, *(Rect(x, y + _STEP * place, width, _HEIGHT) for place in range(3))
    free = (spot for spot in spots if not any(_overlap(spot, other) for other in taken))
    return next(free, above)


def _overlap(one: Rect, other: Rect) -> bool:
    across = one.x < other.right and other.x < one.right
    return across and one.y < other.bottom and other.y < one.bottom


def drawn_edges(decl: NodeDecl, card: Card) -> Iterator[tuple[Edge, PortRow]]:
    """The edges of *decl* that lead to a card, with the ports they leave by."""
    for row in card.ports:
        edge = decl.edge(row.name) if row.connected else None
        if edge is not None:
            yield edge, row


@dataclass(frozen=True, slots=True)
class _Line:
    """A connector that is to be drawn."""

    source: PortKey | None
    target: str
    label: str | None = None
    error: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the routes depend on: two equal plans have the same connectors."""

    cards: tuple[Rect, ...]
    soft: tuple[Rect, ...]
    frames: tuple[Rect, ...]
    lines: tuple[_Line, ...]
    wires: tuple[Wire, ...]

    def connectors(self, known: Iterable[Connector] = ()) -> tuple[Connector, ...]:
        """The routed connectors; one that is the same as in *known* is taken from there."""
        old = {(connector.source, connector.target): connector for connector in known}
        found = []
        routes = route(self.cards, self.wires, self.soft, self.frames)
        for line, way in zip(self.lines, routes, strict=True):
            one = Connector(
                line.source, line.target, way.points, line.label, way.label_at, way.back, line.error
            )
            same = old.get((line.source, line.target))
            found.append(same if same == one and same is not None else one)
        return tuple(found)


def make_plan(nodes: Mapping[str, NodeDecl], picture: Picture, measure: Measure) -> Plan:
    """What is to be routed in *picture*, which shows *nodes*."""
    starts = [pill.target for pill in picture.pills]
    number = {card.name: index for index, card in enumerate(picture.cards)}
    lines: list[_Line] = []
    wires: list[Wire] = []
    for index, card in enumerate(picture.cards):
        for edge, row in drawn_edges(nodes[card.name], card):
            assert edge.target is not None
            target = number[edge.target]
            lines.append(_Line((card.name, row.name), edge.target, edge.label, row.kind == "error"))
            start = card.rect.right, card.rect.y + row.y
            words = edge.label or ""
            width = measure(words, "label") if words else 0
            wires.append(Wire(index, target, start, _input(picture.cards[target]), words, width))
    for pill in picture.pills:
        lines.append(_Line(None, pill.target))
        end = _input(picture.cards[number[pill.target]])
        wires.append(Wire(None, number[pill.target], _pill_end(pill, end), end))
    wires = _with_loops(wires, [number[name] for name in starts if name in number], len(number))
    return Plan(
        tuple(card.rect for card in picture.cards),
        tuple(p.rect for p in picture.pills)
        + tuple(s.rect for s in picture.sheets if s.kind == "note"),
        tuple(s.rect for s in picture.sheets if s.kind == "frame"),
        tuple(lines),
        tuple(wires),
    )


def _with_loops(wires: Sequence[Wire], starts: Sequence[int], count: int) -> list[Wire]:
    """*wires*, those marked that lead back to where a call has come from."""
    ways = [(n, wire.source) for n, wire in enumerate(wires) if wire.source is not None]
    back = search(count, [(source, wires[n].target) for n, source in ways], starts).back
    loops = {ways[index][0] for index in back}
    return [replace(wire, back=True) if n in loops else wire for n, wire in enumerate(wires)]


def _pill_end(pill: Pill, end: tuple[float, float]) -> tuple[float, float]:
    """Where the connector of *pill* begins: at its lower side, or at the right one."""
    if pill.rect.bottom < end[1]:
        return end[0] - _ELBOW, pill.rect.bottom
    return pill.rect.right, pill.rect.y + _HEIGHT / 2


def _input(card: Card) -> tuple[float, float]:
    return card.rect.x, card.rect.y + INPUT_Y
