"""The discs of a replay and the pills of a heat map, as they are painted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from designer.canvas.paint.cards import PLAIN, paint_card
from designer.core.picture import Card, CardMark, PortMark, PortRow, Rect
from designer.look.theme import theme

CARD = Card(
    "menu", "menu", "Main menu", "1 Billing", "Ask", "menu", Rect(0, 0, 160, 82),
    (PortRow(1, "1", key=True, connected=True),),
)  # fmt: skip
TOP = 40


@pytest.fixture(params=["light", "dark"])
def look(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    theme().choose(request.param)
    yield request.param
    theme().choose("light")


def painted(mark: CardMark, ports: dict[str | int, PortMark] | None = None) -> QImage:
    image = QImage(240, 160, QImage.Format.Format_RGB32)
    image.fill(theme().colour("canvas"))
    painter = QPainter(image)
    painter.translate(20, TOP)
    paint_card(painter, CARD, mark, ports or {}, PLAIN)
    painter.end()
    return image


def spread(image: QImage, token: str, area: QRect) -> tuple[int, int] | None:
    """From where to where, across, pixels of *area* have the colour of *token*."""
    wanted = theme().colour(token).rgb()
    found = [
        x for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1) if image.pixel(x, y) == wanted
    ]  # fmt: skip
    return (min(found), max(found)) if found else None


ABOVE = QRect(0, TOP - 9, 240, 8)


def test_steps_are_black_discs_and_the_last_one_is_where_the_call_is(look: str) -> None:
    past = painted(CardMark(steps=(2, 6)))
    assert spread(past, "error", past.rect()) is None and spread(past, "accent", ABOVE) is None
    first = spread(past, "text", ABOVE)
    assert first is not None and first[1] - first[0] > 30
    now = painted(CardMark(steps=(2, 6), here=True))
    behind, current = spread(now, "text", ABOVE), spread(now, "accent", QRect(160, TOP - 9, 16, 8))
    assert behind is not None and current is not None and behind[1] < current[0]


def test_a_counter_example_stays_red(look: str) -> None:
    assert spread(painted(CardMark(number=3)), "error", ABOVE) is not None


def test_discs_do_not_lie_over_the_pill_of_coverage(look: str) -> None:
    for mark in (CardMark(steps=(1,), coverage=(1, 2)), CardMark(number=1, coverage=(1, 2))):
        image = painted(mark)
        disc = spread(image, "text" if mark.steps else "error", ABOVE)
        pill = spread(image, "ok", ABOVE)
        assert disc is not None and pill is not None and disc[1] < pill[0]


def test_many_visits_show_the_last_ones(look: str) -> None:
    few, many = painted(CardMark(steps=(1, 2, 3))), painted(CardMark(steps=tuple(range(1, 40))))
    one, other = spread(few, "text", ABOVE), spread(many, "text", ABOVE)
    assert one is not None and other is not None and abs(one[0] - other[0]) <= 6


def test_the_heat_of_a_card_is_a_pill_before_its_second_line(look: str) -> None:
    tokens = theme().tokens
    for heat in range(6):
        image = painted(CardMark(heat=heat, pill="1743", summary="median 11 s"))
        inside = QColor(image.pixel(35, TOP + 33))
        assert inside == QColor(tokens.heat[heat])


def test_a_port_tells_its_count_at_the_left(look: str) -> None:
    area = QRect(30, TOP + 57, 40, 16)
    assert spread(painted(CardMark(), {1: PortMark(count=0)}), "muted", area) is not None
    assert spread(painted(CardMark()), "muted", area) is None
