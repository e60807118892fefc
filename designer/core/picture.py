"""What a canvas paints: cards, connectors, pills, frames and notes with all geometry worked out.

A picture is made from a flow (`designer.core.scene`) and says nothing of Qt. Lengths are logical
pixels at 100 %; x grows to the right, y downwards; a card's own coordinates begin at its top left
corner. Marks (problems, a running call, coverage, a comparison, traffic) come separately as
`Marks`, so that they change without a new picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flow_runtime.core.model import PortValue

PortKey: TypeAlias = tuple[str, PortValue]
"""A port of the picture: the node's name and the port as the flow writes it."""

CARD_WIDTH = 160
WIDE_CARD_WIDTH = 200
HEADER_HEIGHT = 54
ROW_HEIGHT = 22
INPUT_Y = 20
GRID = 20


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the canvas."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the canvas."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class PortRow:
    """One way out of a card.

    *label* is what the chip says; *key* says that it is a telephone key and drawn as a keycap.
    *kind*: ``plain``, ``default`` (not connected, and *label* tells what it stands for, such as
    ``holiday = closed``), ``missing`` (required, not connected) or ``error``. *row* counts the
    rows below the header from 0; None puts the port into the header, level with the input.
    """

    name: PortValue
    label: str
    kind: Literal["plain", "default", "missing", "error"] = "plain"
    key: bool = False
    connected: bool = False
    row: int | None = 0
    help: str = ""

    @property
    def y(self) -> float:
        """Where its circle sits, in the card's own coordinates."""
        if self.row is None:
            return INPUT_Y
        return HEADER_HEIGHT + ROW_HEIGHT * self.row + ROW_HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Card:
    """One node. *group* is ``unknown`` for a type that the library does not know."""

    name: str
    type: str
    title: str
    summary: str
    group: str
    icon: str
    rect: Rect
    ports: tuple[PortRow, ...] = ()

    def port(self, name: PortValue) -> PortRow | None:
        """The port that the flow writes as *name*."""
        return next((p for p in self.ports if p.name == name and type(p.name) is type(name)), None)


@dataclass(frozen=True, slots=True)
class Connector:
    """An edge from a port to a node. *points* are the corners of its orthogonal way.

    *source* is None for the elbow between a pill and its card. *label* is the analyst's word, at
    *label_at* (its centre) when there is one. *back* says that it runs along the outside.
    """

    source: PortKey | None
    target: str
    points: tuple[Point, ...]
    label: str | None = None
    label_at: Point | None = None
    back: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class Pill:
    """``Start``, ``On error`` or ``After hang-up``, left above the card it leads to."""

    kind: Literal["start", "on_error", "on_hangup"]
    text: str
    target: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Sheet:
    """A frame or a note; *index* is its place among the layout's remarks."""

    index: int
    kind: Literal["note", "frame"]
    text: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole flow, ready to paint."""

    cards: tuple[Card, ...] = ()
    connectors: tuple[Connector, ...] = ()
    pills: tuple[Pill, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    def card(self, name: str) -> Card | None:
        """The card of the node called *name*."""
        return next((card for card in self.cards if card.name == name), None)


# --- marks: what is told about a picture ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Badge:
    """A label under a card: glyph by *kind*, and at most a few words."""

    kind: Literal["error", "warning", "added", "changed", "removed", "drop"]
    text: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class CardMark:
    """What is told about one card.

    *coverage* is (ports taken, ports there are); *flag* is the text above a card where a call is
    just now (``caller is here · 0:12``); *number* the disc of a counter-example; *steps* those of
    a replay, one for each visit, and *here* that it has just come to the last of them; *heat* the
    class, 0 (least) to 5, of the pill with the text *pill*; *summary* replaces the second line.
    """

    badge: Badge | None = None
    coverage: tuple[int, int] | None = None
    flag: str | None = None
    number: int | None = None
    steps: tuple[int, ...] = ()
    here: bool = False
    breakpoint: bool = False
    change: Literal["added", "changed", "removed"] | None = None
    heat: int | None = None
    pill: str = ""
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class PortMark:
    """What is told about one port and the connector that leaves it.

    *path* says that a counter-example or a replay goes this way; *covered* that a call test or
    the simulated call did (None: coverage is not shown); *heat* 0 to 5 with the *count* of calls
    and *share* of the busiest (0 to 1), which gives the width.
    """

    path: Literal["counter-example", "replay"] | None = None
    covered: bool | None = None
    change: Literal["added", "changed", "removed"] | None = None
    heat: int | None = None
    count: int | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is told about a picture. *dim* paints what has no coverage as not covered."""

    cards: Mapping[str, CardMark] = field(default_factory=dict)
    ports: Mapping[PortKey, PortMark] = field(default_factory=dict)
    dim: bool = False


NO_MARKS = Marks()
NO_CARD_MARK = CardMark()
NO_PORT_MARK = PortMark()
