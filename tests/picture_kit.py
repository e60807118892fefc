"""What tests of the canvas's geometry share: the look's own flow, and measuring tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from designer.core.picture import Picture, Point, Rect
from designer.core.scene import make_picture
from flow_kit import flow_of
from flow_runtime.core.surroundings import Surroundings
from nodes.catalogue import library

AROUND = Surroundings(library())
SAMPLES = sorted(
    (Path(__file__).parent.parent / "sample_flows").glob("*/*.flow"), key=lambda path: path.name
)

Leg = tuple[Point, Point]

LOOK = """\
flow gas_hotline "City Gas hotline"
schema 1
var account: record?
var note: recording?

start -> hours
on_hangup -> note_end

node hours: business_hours "Open now?"
  calendar = "office"
  open -> menu
  closed -> night

node menu: menu "Main menu"
  prompt = t"menu"
  1 "Billing" -> find
  2 "Repairs" -> repairs
  9 "Smell gas" -> gas
  failed "Gave up" -> goodbye

node find: db_lookup "Find account"
  source = "billing"
  sql = "select owed from a"
  into = account
  found -> arrears
  not_found -> repairs
  error -> repairs

node arrears: if "In arrears?"
  when = account.owed > 0
  true -> tell
  false -> nothing

node tell: say "Tell the balance"
  text = "You owe {account.owed}."
  next "Anything else?" -> menu

node nothing: say "Nothing to pay"
  text = "Your account is clear"
  -> menu

node gas: dial "Gas emergency"
  to = "0800-911"
  answered_ended -> goodbye
  busy -> repairs
  no_answer -> repairs
  failed -> repairs

node repairs: queue "Repairs desk"
  queue = "repairs"
  after_agent -> goodbye
  timeout -> overflow
  full -> overflow

node overflow: jump_flow "Overflow centre"
  flow = "overflow.flow"

node night: say "We are closed"
  text = "Leave a message"
  -> leave

node leave: record "Leave a message"
  into = note
  -> store
  too_short -> goodbye
  failed -> goodbye

node store: db_change "Store message"
  source = "billing"
  sql = "insert into messages"
  -> goodbye

node goodbye: hangup "Goodbye"

node note_end: log "Note the end"
  text = "ended after {1}"

layout
  hours 222,174
  menu 428,174
  find 656,174
  arrears 872,194
  tell 1088,174
  nothing 1088,261
  gas 656,370
  repairs 872,370
  overflow 1088,437
  night 428,586
  leave 656,586
  store 872,586
  goodbye 1088,586
  note_end 222,692
  note "Ask finance about the VAT wording before we publish." 222,338 160,90
  frame "Self service" 640,142 620,186
"""
"""The flow of the picture ``main-light.png``, its cards where they are in the picture."""


def picture_of(text: str) -> Picture:
    """The picture of a flow's text."""
    return make_picture(flow_of(text), AROUND)


def legs(points: Sequence[Point]) -> list[Leg]:
    """The straight pieces of a connector."""
    return list(pairwise(points))


def is_orthogonal(points: Sequence[Point]) -> bool:
    """Whether it goes level and upright in turn, out to the right and in from the left."""
    pieces = legs(points)
    level = [one.y == other.y and one.x != other.x for one, other in pieces]
    upright = [one.x == other.x and one.y != other.y for one, other in pieces]
    turns = all(flat == (index % 2 == 0) for index, flat in enumerate(level))
    return (
        all(a != b for a, b in zip(level, upright, strict=True))
        and turns
        and len(pieces) % 2 == 1
        and pieces[0][0].x < pieces[0][1].x
        and pieces[-1][0].x < pieces[-1][1].x
    )


def crossed(points: Sequence[Point], cards: Sequence[Rect], clear: float) -> Iterator[Rect]:
    """The cards to which a connector comes nearer than *clear*, but for its straight ends."""
    first, last = points[0], points[-1]
    inner = [Point(first.x + clear, first.y), *points[1:-1], Point(last.x - clear, last.y)]
    for one, other in legs(inner):
        left, right = sorted((one.x, other.x))
        top, bottom = sorted((one.y, other.y))
        for card in cards:
            if (
                card.x - clear < right - 1e-6
                and left + 1e-6 < card.right + clear
                and card.y - clear < bottom - 1e-6
                and top + 1e-6 < card.bottom + clear
                and (one != other)
            ):
                yield card


def way_exists(start: Point, end: Point, cards: Sequence[Rect], clear: float) -> bool:
    """Whether any way leads from port to input that keeps *clear* of all cards.

    Tried out by flooding the lines along all sides of the grown cards.
    """
    xs = sorted({start.x + clear, end.x - clear, *_sides(cards, clear, across=True)})
    ys = sorted({start.y, end.y, *_sides(cards, clear, across=False)})
    todo = [(xs.index(start.x + clear), ys.index(start.y))]
    goal = xs.index(end.x - clear), ys.index(end.y)
    met = set(todo)
    if not all(_free(xs[x], ys[y], xs[x], ys[y], cards, clear) for x, y in (todo[0], goal)):
        return False
    while todo:
        x, y = todo.pop()
        for there in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if 0 <= there[0] < len(xs) and 0 <= there[1] < len(ys) and there not in met:
                if _free(xs[x], ys[y], xs[there[0]], ys[there[1]], cards, clear):
                    met.add(there)
                    todo.append(there)
    return goal in met


def _sides(cards: Sequence[Rect], clear: float, across: bool) -> list[float]:
    near = [card.x - clear if across else card.y - clear for card in cards]
    far = [card.right + clear if across else card.bottom + clear for card in cards]
    return [*near, *far, min(near) - 1, max(far) + 1]


def _free(x1: float, y1: float, x2: float, y2: float, cards: Sequence[Rect], clear: float) -> bool:
    """Whether the line between two places runs through no grown card; its sides are free."""
    left, right = min(x1, x2), max(x1, x2)
    top, bottom = min(y1, y2), max(y1, y2)
    return not any(
        _into(left, right, card.x - clear, card.right + clear)
        and _into(top, bottom, card.y - clear, card.bottom + clear)
        for card in cards
    )


def _into(start: float, end: float, low: float, high: float) -> bool:
    if start == end:
        return low < start < high
    return low < end and start < high


def overlaps(one: Rect, other: Rect) -> bool:
    """Whether two rectangles have a common part."""
    across = one.x < other.right and other.x < one.right
    return across and one.y < other.bottom and other.y < one.bottom
