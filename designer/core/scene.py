"""From a flow to the picture of it: cards, pills, sheets and connectors, each in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from designer.core.picture import Card, Picture, Sheet
from designer.core.scene_cards import Measure, Role, Site, Words, make_card
from designer.core.scene_places import moved, place, rect_of, tidied
from designer.core.scene_wires import make_pills, make_plan
from flow_runtime.core.model import Box, Flow, Layout, NodeDecl
from flow_runtime.core.surroundings import Surroundings

__all__ = [
    "Drawn",
    "Measure",
    "Role",
    "Words",
    "english",
    "make_picture",
    "places",
    "rough_width",
    "tidy",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was made before, and the flow it shows."""

    flow: Flow
    picture: Picture


def english(text: str) -> str:
    """The program's own words."""
    return text


def rough_width(text: str, role: Role) -> float:
    """About how wide *text* is, where no font can be asked."""
    return sum(11 if char > "\u2e7f" else 5.6 for char in text)


def make_picture(
    flow: Flow,
    around: Surroundings,
    words: Words = english,
    measure: Measure = rough_width,
    *,
    numbers: Sequence[str] = (),
    before: Drawn | None = None,
) -> Picture:
    """The picture of *flow*.

    *words* translates, *measure* tells the widths of texts, *numbers* are the called numbers that
    lead to the flow. Nodes without a place get one: the one given to them *before*, else a new one.
    What is as it was *before* is the same object again; *before* must have been made with the
    same surroundings, words and measure.
    """
    nodes = first_nodes(flow)
    site = Site(around, words, measure, nodes.keys(), _tidying(nodes, flow))
    cards = place(_cards(nodes, site, before), nodes, flow, measure, _given_places(before))
    by_name = {card.name: card for card in cards}
    picture = Picture(
        cards,
        pills=tuple(make_pills(flow, by_name, words, measure, numbers)),
        sheets=tuple(
            Sheet(number, remark.kind, remark.text, rect_of(remark))
            for number, remark in enumerate(flow.layout.remarks)
        ),
    )
    if before is None:
        return replace(picture, connectors=make_plan(nodes, picture, measure).connectors())
    old = before.picture
    if _same_ways(nodes, picture, before):
        connectors = old.connectors
    else:
        connectors = make_plan(nodes, picture, measure).connectors(old.connectors)
    return Picture(
        cards, connectors, _kept(picture.pills, old.pills), _kept(picture.sheets, old.sheets)
    )


def tidy(
    flow: Flow, around: Surroundings, words: Words = english, measure: Measure = rough_width
) -> Layout:
    """The layout of *flow* made anew: every card has a place, frames stay around their cards.

    Notes stay with the card that they are nearest to. Comments of the layout are kept.
    """
    nodes = first_nodes(flow)
    site = Site(around, words, measure, nodes.keys(), _tidying(nodes, flow))
    return tidied(_cards(nodes, site, None), nodes, flow, measure)


def places(picture: Picture) -> tuple[Box, ...]:
    """Where the cards are, as the layout section of a flow says it."""
    return tuple(Box(card.name, round(card.rect.x), round(card.rect.y)) for card in picture.cards)


def _given_places(before: Drawn | None) -> list[Card]:
    """The cards that had no place in the flow before, but were given one."""
    if before is None:
        return []
    written = {box.name for box in before.flow.layout.boxes}
    return [card for card in before.picture.cards if card.name not in written]


def _same_ways(nodes: Mapping[str, NodeDecl], new: Picture, before: Drawn) -> bool:
    """Whether everything that the routes depend on is as it was *before*."""
    old, decls = before.picture, first_nodes(before.flow)
    if len(new.cards) != len(old.cards) or new.pills != old.pills:
        return False
    for card, other in zip(new.cards, old.cards, strict=True):
        if card is not other and not (
            card.name == other.name and card.rect == other.rect and card.ports == other.ports
        ):
            return False
        decl, known = nodes[card.name], decls[other.name]
        if decl is not known and decl.edges != known.edges:
            return False
    return [(s.kind, s.rect) for s in new.sheets] == [(s.kind, s.rect) for s in old.sheets]


def _kept(new: tuple[T, ...], old: tuple[T, ...]) -> tuple[T, ...]:
    """*new*, with the old object for each that is equal to it."""
    known = {thing: thing for thing in old}
    return tuple(known.get(thing, thing) for thing in new)


# --- cards --------------------------------------------------------------------------------------


def first_nodes(flow: Flow) -> dict[str, NodeDecl]:
    """The nodes by name; of a name that is used twice the first counts."""
    nodes: dict[str, NodeDecl] = {}
    for decl in flow.nodes:
        nodes.setdefault(decl.name, decl)
    return nodes


def _tidying(nodes: Mapping[str, NodeDecl], flow: Flow) -> frozenset[str]:
    """The nodes that run only after the caller has gone."""
    calling = _reached(nodes, [flow.jump("start"), flow.jump("on_error")])
    return frozenset(_reached(nodes, [flow.jump("on_hangup")]) - calling)


def _reached(nodes: Mapping[str, NodeDecl], roots: Iterable[str | None]) -> set[str]:
    todo = [root for root in roots if root is not None and root in nodes]
    met = set(todo)
    while todo:
        for edge in nodes[todo.pop()].edges:
            if edge.target is not None and edge.target in nodes and edge.target not in met:
                met.add(edge.target)
                todo.append(edge.target)
    return met


def _cards(nodes: Mapping[str, NodeDecl], site: Site, before: Drawn | None) -> list[Card]:
    """The cards, each where it was before, else at 0,0."""
    if before is None:
        return [make_card(decl, site) for decl in nodes.values()]
    old = {card.name: card for card in before.picture.cards}
    decls = first_nodes(before.flow)
    same_site = decls.keys() == site.names and _tidying(decls, before.flow) == site.tidying
    cards = []
    for name, decl in nodes.items():
        card = old.get(name)
        if card is None:
            cards.append(make_card(decl, site))
        elif same_site and decls[name] == decl and not _reads_other_flow(decl, site):
            cards.append(card)
        else:
            cards.append(moved(make_card(decl, site), card.rect.x, card.rect.y, card))
    return cards


def _reads_other_flow(decl: NodeDecl, site: Site) -> bool:
    """Whether its ports come from the file of another flow, which may have changed."""
    cls = site.around.nodes.get(decl.type)
    return cls is not None and any(
        spec.names in ("flow", "sub-flow") for spec in cls.params.values()
    )
