"""One part of a drawing, the whole or a frame: columns and heights of all that is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from designer.core.picture import INPUT_Y

FRAME_TOP: Final = 40
"""From the top of a frame, where its title is, to its cards."""
FRAME_SIDE: Final = 20


@dataclass(frozen=True, slots=True)
class Block:
    """A card to be placed; *above* is to be kept free over it."""

    name: str
    width: float
    height: float
    above: float = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A connector from *source*, *out* below its top, to *target*; *label* is its words' width."""

    source: str
    target: str
    out: float = INPUT_Y
    label: float = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A frame: the names of the cards right in it, and the frames in it."""

    number: int
    members: Sequence[str]
    inner: Sequence[Group] = ()

    def all_members(self) -> Iterator[str]:
        """The cards in it and in the frames in it."""
        yield from self.members
        for group in self.inner:
            yield from group.all_members()


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a card is: its column, and the y of its top."""

    column: int
    y: float


@dataclass(frozen=True, slots=True)
class Area:
    """Where a frame is: its first and last column, and its y and height.

    *left* and *right* are how far it reaches to the sides of its cards.
    """

    first: int
    last: int
    y: float
    height: float
    left: int = FRAME_SIDE
    right: int = FRAME_SIDE


@dataclass(slots=True)
class Part:
    """Cards and frames in columns; its upper left corner is column 0 at height 0.

    *lanes* are the heights at which the links into a card pass a column. *above* is to be kept
    free over it, if it is a card alone.
    """

    cells: dict[str, Cell] = field(default_factory=dict)
    areas: dict[int, Area] = field(default_factory=dict)
    lanes: dict[tuple[str, int], float] = field(default_factory=dict)
    span: int = 0
    height: float = 0
    above: float = 0

    def add(self, other: Part, column: int, y: float) -> None:
        """Take *other* in, with its upper left corner at *column* and *y*."""
        for name, cell in other.cells.items():
            self.cells[name] = Cell(cell.column + column, cell.y + y)
        for number, area in other.areas.items():
            self.areas[number] = replace(
                area, first=area.first + column, last=area.last + column, y=area.y + y
            )
        for (name, place), height in other.lanes.items():
            self.lanes[name, place + column] = height + y
        self.span = max(self.span, column + other.span)
        self.height = max(self.height, y + other.height)


def single(block: Block) -> Part:
    """A card alone."""
    return Part({block.name: Cell(0, 0)}, span=1, height=block.height, above=block.above)


def framed(group: Group, inside: Part) -> Part:
    """*inside* with a frame around it."""
    height = FRAME_TOP + inside.height + FRAME_SIDE
    last = inside.span - 1
    left = max((area.left for area in inside.areas.values() if area.first == 0), default=0)
    right = max((area.right for area in inside.areas.values() if area.last == last), default=0)
    area = Area(0, last, 0, height, left + FRAME_SIDE, right + FRAME_SIDE)
    part = Part(areas={group.number: area})
    part.add(inside, 0, FRAME_TOP)
    part.height = height
    return part
