"""A node's card: its size, its texts and its ports, from the declaration and the node class."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from designer.core.picture import (
    CARD_WIDTH,
    HEADER_HEIGHT,
    ROW_HEIGHT,
    WIDE_CARD_WIDTH,
    Card,
    PortRow,
    Rect,
)
from flow_runtime.core.binding import BoundNode, bind
from flow_runtime.core.model import ERROR, NEXT, Edge, NodeDecl, PortValue
from flow_runtime.core.node import Port
from flow_runtime.core.surroundings import Surroundings

Role: TypeAlias = Literal["chip", "label", "pill", "title"]
"""What a text is on the canvas: a port chip, the words of a connector, a pill, a card's title."""
Measure: TypeAlias = Callable[[str, Role], float]
"""How wide a text is, in pixels at 100 %."""
Words: TypeAlias = Callable[[str], str]
"""A text of the program in the reader's language."""

UNKNOWN: Final = "unknown"
"""The group and the icon of a type that the library does not know."""

_WIDE_LABEL: Final = 96
_WIDE_TITLE: Final = CARD_WIDTH - 50
_BELOW_ROWS: Final = 6
_KEY: Final = re.compile(r"[0-9*#]+")


@dataclass(frozen=True, slots=True)
class Site:
    """What a card depends on besides its own declaration.

    *names* are the nodes that there are, so that an edge to one of them can be drawn. *tidying*
    are those that run only after the caller has gone: there no port has to lead on.
    """

    around: Surroundings
    words: Words
    measure: Measure
    names: Collection[str]
    tidying: Collection[str]


def make_card(decl: NodeDecl, site: Site) -> Card:
    """The card of *decl*, with its upper left corner at 0,0."""
    cls = site.around.nodes.get(decl.type)
    words, measure = site.words, site.measure
    if cls is None:
        rows = [_loose_row(edge, site) for edge in _first_edges(decl)]
        summary, group, icon = words("unknown type · kept"), UNKNOWN, UNKNOWN
    else:
        bound = bind(decl, cls, site.around.flows)
        rows = list(_rows(bound, site))
        summary, group, icon = words(_summary(bound)), cls.group, cls.icon
    ports = _numbered(rows)
    title = card_title(decl)
    wide = measure(title, "title") > _WIDE_TITLE or any(
        measure(row.label, "chip") > _WIDE_LABEL for row in ports
    )
    count = sum(row.row is not None for row in ports)
    height = HEADER_HEIGHT + (ROW_HEIGHT * count + _BELOW_ROWS if count else 0)
    rect = Rect(0, 0, WIDE_CARD_WIDTH if wide else CARD_WIDTH, height)
    return Card(decl.name, decl.type, title, summary, group, icon, rect, ports)


def card_title(decl: NodeDecl) -> str:
    """The title that the analyst gave, else the node's name as words."""
    if decl.title:
        return decl.title
    spaced = _spaced(decl.name)
    return spaced[:1].upper() + spaced[1:]


def _spaced(name: str) -> str:
    return name.replace("_", " ").strip() or name


def _summary(bound: BoundNode) -> str:
    try:
        return bound.cls.summary(bound.draft)
    except Exception:  # a plug-in's bug must not take the canvas down; the checker tells of it
        return ""


# --- ports --------------------------------------------------------------------------------------


def _rows(bound: BoundNode, site: Site) -> Iterator[PortRow]:
    """The ports of a known type in drawing order; ``error`` last, and only when it is connected."""
    shown = set()
    for key, port in bound.ports.items():
        edge = bound.edges.get(key)
        if key != ERROR:
            shown.add(port.name if edge is None else edge.port)
            yield _row(bound, port, edge, site)
    for edge in _first_edges(bound.decl):
        if edge.port not in shown and edge.port != ERROR:
            yield _loose_row(edge, site)  # no port of this type: the checker says so
    failing = bound.edges.get(ERROR)
    if failing is not None and failing.target in site.names:
        yield _row(bound, bound.ports[ERROR], failing, site)


def _row(bound: BoundNode, port: Port, edge: Edge | None, site: Site) -> PortRow:
    name = port.name if edge is None else edge.port
    key = bound.cls.keys_are_text and _KEY.fullmatch(str(name)) is not None
    label = str(name) if key else site.words(_spaced(str(name)))
    kind: Literal["plain", "default", "missing", "error"] = "plain"
    connected = edge is not None and edge.target in site.names
    if name == ERROR:
        kind = "error"
    elif not connected and port.stands_for is not None:
        kind, label = "default", f"{label} = {site.words(_spaced(port.stands_for))}"
    elif not connected and port.required and bound.decl.name not in site.tidying:
        kind = "missing"
    return PortRow(name, label, kind, key, connected, help=site.words(port.help))


def _loose_row(edge: Edge, site: Site) -> PortRow:
    """An edge of which the library knows no port."""
    kind: Literal["plain", "error"] = "error" if edge.port == ERROR else "plain"
    label = site.words(_spaced(str(edge.port)))
    return PortRow(edge.port, label, kind, connected=edge.target in site.names)


def _first_edges(decl: NodeDecl) -> list[Edge]:
    """The edges of *decl*; of a port that is written twice the first."""
    edges: dict[tuple[type, PortValue], Edge] = {}
    for edge in decl.edges:
        edges.setdefault((type(edge.port), edge.port), edge)
    return list(edges.values())


def _numbered(rows: Sequence[PortRow]) -> tuple[PortRow, ...]:
    """Each port with its row; a card with nothing but ``next`` has it in the header."""
    if len(rows) == 1 and rows[0].name == NEXT:
        return (replace(rows[0], row=None),)
    return tuple(replace(row, row=index) for index, row in enumerate(rows))
