"""The drawing as it goes on paper and into files: in the light theme, with nothing selected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from designer.core.picture import Picture, Rect
from designer.look.theme import theme
from designer.window.page import Page

_MARGIN: Final = 30


def around(picture: Picture) -> Rect:
    """All that is drawn, with a margin."""
    rects = [card.rect for card in picture.cards]
    rects += [sheet.rect for sheet in picture.sheets] + [pill.rect for pill in picture.pills]
    points = [point for one in picture.connectors for point in one.points]
    xs = [x for r in rects for x in (r.x, r.right)] + [p.x for p in points] or [0]
    ys = [y for r in rects for y in (r.y, r.bottom)] + [p.y for p in points] or [0]
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return Rect(left, top, max(xs) + _MARGIN - left, max(ys) + _MARGIN - top)


@contextmanager
def on_paper(page: Page) -> Iterator[None]:
    """What is painted meanwhile looks as it should on paper."""
    choice, selected = theme().choice, page.canvas.selection()
    page.canvas.select(())
    theme().choose("light")
    try:
        yield
    finally:
        theme().choose(choice)
        page.canvas.select(*selected)


def paint_whole(page: Page, painter: QPainter, target: QRectF) -> None:
    """Paint all of the drawing as large as *target* allows; see `on_paper`."""
    whole = around(page.session.picture)
    factor = min(target.width() / whole.width, target.height() / whole.height)
    area = QRectF(0, 0, whole.width * factor, whole.height * factor)
    area.moveCenter(target.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    page.canvas.paint(painter, area, whole)
