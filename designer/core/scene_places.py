"""Where cards go: where the flow says, else where the layout puts them; and tidying up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from designer.core.layout import Arrangement, Block, Group, Link, arrange, place_rest
from designer.core.picture import GRID, Card, Rect
from designer.core.scene_cards import Measure
from designer.core.scene_wires import drawn_edges, pill_room
from flow_runtime.core.model import Box, Flow, Layout, NodeDecl, Remark

_NOTE_GAP: Final = 20
_ROOTS: Final = ("start", "on_error", "on_hangup")


def moved(card: Card, x: float, y: float, old: Card | None = None) -> Card:
    """*card* at *x*, *y*; *old* itself if that is the same."""
    if card.rect.x != x or card.rect.y != y:
        card = replace(card, rect=replace(card.rect, x=x, y=y))
    return old if old is not None and old == card else card


def rect_of(remark: Remark) -> Rect:
    """Where a note or a frame is."""
    return Rect(remark.x, remark.y, remark.width, remark.height)


def place(
    cards: Sequence[Card],
    nodes: Mapping[str, NodeDecl],
    flow: Flow,
    measure: Measure,
    before: Sequence[Card],
) -> tuple[Card, ...]:
    """*cards* in their places: those that the flow says, those of *before*, else new ones."""
    spots: dict[str, tuple[float, float]] = {
        card.name: (card.rect.x, card.rect.y) for card in before
    }
    spots.update({box.name: (box.x, box.y) for box in reversed(flow.layout.boxes)})
    if any(card.name not in spots for card in cards):
        spots.update(_new_spots(cards, nodes, flow, measure, spots))
    return tuple(moved(card, *spots[card.name]) for card in cards)


def _new_spots(
    cards: Sequence[Card],
    nodes: Mapping[str, NodeDecl],
    flow: Flow,
    measure: Measure,
    spots: Mapping[str, tuple[float, float]],
) -> Mapping[str, tuple[int, int]]:
    blocks, links = _blocks(cards, flow), _links(cards, nodes, measure)
    rects = {c.name: moved(c, *spots[c.name]).rect for c in cards if c.name in spots}
    if not rects:
        return arrange(blocks, links, _roots(flow)).cards
    return place_rest([block for block in blocks if block.name not in rects], links, rects)


def _blocks(cards: Sequence[Card], flow: Flow) -> list[Block]:
    above = pill_room(flow)
    return [
        Block(card.name, card.rect.width, card.rect.height, above.get(card.name, 0))
        for card in cards
    ]


def _links(cards: Sequence[Card], nodes: Mapping[str, NodeDecl], measure: Measure) -> list[Link]:
    return [
        Link(card.name, edge.target, row.y, measure(edge.label, "label") if edge.label else 0)
        for card in cards
        for edge, row in drawn_edges(nodes[card.name], card)
        if edge.target is not None
    ]


def _roots(flow: Flow) -> list[str]:
    jumps = {jump.kind: jump.target for jump in reversed(flow.jumps)}
    return [jumps[kind] for kind in _ROOTS if kind in jumps]


# --- tidying ------------------------------------------------------------------------------------


def tidied(
    cards: Sequence[Card], nodes: Mapping[str, NodeDecl], flow: Flow, measure: Measure
) -> Layout:
    """The layout of *flow* made anew."""
    layout = flow.layout
    spots = {box.name: (box.x, box.y) for box in reversed(layout.boxes)}
    old = {card.name: moved(card, *spots[card.name]).rect for card in cards if card.name in spots}
    frames = {n: rect_of(r) for n, r in enumerate(layout.remarks) if r.kind == "frame"}
    groups = _groups(old, frames)
    drawing = arrange(_blocks(cards, flow), _links(cards, nodes, measure), _roots(flow), groups)
    new = {
        card.name: replace(card.rect, x=drawing.cards[card.name][0], y=drawing.cards[card.name][1])
        for card in cards
    }
    comments = {box.name: box.comments for box in reversed(layout.boxes)}
    boxes = [
        Box(card.name, *drawing.cards[card.name], comments.get(card.name, Box("", 0, 0).comments))
        for card in cards
    ]
    remarks = _remarks(layout.remarks, drawing, old, new)
    return replace(layout, boxes=tuple(boxes), remarks=tuple(remarks))


def _groups(cards: Mapping[str, Rect], frames: Mapping[int, Rect]) -> list[Group]:
    """Each frame with the cards whose middle is in it; a smaller frame is in a larger one."""
    by_size = sorted(frames, key=lambda n: (frames[n].width * frames[n].height, n))
    members: dict[int, list[str]] = {number: [] for number in frames}
    inner: dict[int, list[int]] = {number: [] for number in frames}
    outermost: list[int] = []
    for name, rect in cards.items():
        home = next((n for n in by_size if _inside(rect, frames[n])), None)
        if home is not None:
            members[home].append(name)
    for place, number in enumerate(by_size):
        home = next((n for n in by_size[place + 1 :] if _inside(frames[number], frames[n])), None)
        (outermost if home is None else inner[home]).append(number)

    def group(number: int) -> Group:
        return Group(number, members[number], [group(n) for n in inner[number]])

    return [group(number) for number in outermost]


def _inside(rect: Rect, frame: Rect) -> bool:
    x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
    return frame.x <= x <= frame.right and frame.y <= y <= frame.bottom


def _remarks(
    remarks: Sequence[Remark],
    drawing: Arrangement,
    old: Mapping[str, Rect],
    new: Mapping[str, Rect],
) -> Iterator[Remark]:
    """Frames around their cards; notes, and frames without cards, beside the nearest card."""
    taken = [*new.values(), *drawing.frames.values()]
    for number, remark in enumerate(remarks):
        rect = drawing.frames.get(number)
        if rect is None:
            rect = _free(_followed(rect_of(remark), old, new), taken)
            taken.append(rect)
        yield replace(
            remark,
            x=round(rect.x),
            y=round(rect.y),
            width=round(rect.width),
            height=round(rect.height),
        )


def _followed(rect: Rect, old: Mapping[str, Rect], new: Mapping[str, Rect]) -> Rect:
    """*rect* moved along with the card that it was nearest to."""
    if not old:
        return rect
    near = min(old, key=lambda name: (_distance(rect, old[name]), name))
    return replace(rect, x=rect.x + new[near].x - old[near].x, y=rect.y + new[near].y - old[near].y)


def _distance(one: Rect, other: Rect) -> float:
    across = max(one.x - other.right, other.x - one.right, 0)
    down = max(one.y - other.bottom, other.y - one.bottom, 0)
    return across + down


def _free(rect: Rect, taken: Sequence[Rect]) -> Rect:
    """*rect*, moved down as far as something is in its way."""
    while True:
        hit = [other.bottom for other in taken if _distance(rect, other) < _NOTE_GAP]
        if not hit:
            return rect
        rect = replace(rect, y=-(-(max(hit) + _NOTE_GAP) // GRID) * GRID)
