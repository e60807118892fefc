"""What both views of a flow have in common: items on a graphics scene, and a view of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from designer.canvas.in_place import InPlace
from designer.canvas.protocol import CanvasListener
from designer.canvas.silent import Silent
from designer.core.picture import NO_MARKS, Card, Marks, Picture, PortKey, Rect, Sheet


class _CardItem(Protocol):
    card: Card

    def body(self) -> QRectF:
        """Where it is in the scene."""


class _SheetItem(Protocol):
    sheet: Sheet

    def body(self) -> QRectF:
        """Where it is in the scene."""


class _View(Protocol):
    in_place: InPlace

    def set_zoom(self, factor: float) -> None:
        """See `Canvas.zoom`."""

    def zoom_factor(self) -> float:
        """See `Canvas.zoom_factor`."""

    def show_all(self, area: QRectF) -> None:
        """Scroll and zoom so that *area* is seen."""

    def seen(self) -> QRectF:
        """The part of the scene that is seen."""


C = TypeVar("C", bound=_CardItem)
S = TypeVar("S", bound=_SheetItem)


class ItemCanvas(Generic[C, S]):
    """Half of `designer.canvas.protocol.Canvas`; views bring the items, and what selects them."""

    scene: QGraphicsScene

    def __init__(self) -> None:
        self.cards: dict[str, C] = {}
        self.sheets: dict[int, S] = {}
        self.picture = Picture()
        self.marks: Marks = NO_MARKS
        self.listener: CanvasListener = Silent()
        self.read_only = False
        self.chosen: PortKey | None = None
        """The connector that is selected."""
        self._selected: tuple[tuple[str, ...], tuple[int, ...]] = ((), ())

    @property
    def _view(self) -> _View:
        raise NotImplementedError

    def _contents(self) -> QRectF:
        """Around all that is painted."""
        raise NotImplementedError

    def select(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """See `Canvas`."""
        raise NotImplementedError

    def choose(self, source: PortKey | None) -> None:
        """Select the connector from *source*, or none."""
        raise NotImplementedError

    # --- Canvas ---------------------------------------------------------------------------------

    def listen(self, listener: CanvasListener) -> None:
        """See `Canvas`."""
        self.listener = listener

    def selection(self) -> tuple[Sequence[str], Sequence[int]]:
        """See `Canvas`."""
        return self._selected

    def zoom(self, factor: float) -> None:
        """See `Canvas`."""
        self._view.set_zoom(factor)

    def zoom_factor(self) -> float:
        """See `Canvas`."""
        return self._view.zoom_factor()

    def fit(self, nodes: Collection[str] = ()) -> None:
        """See `Canvas`."""
        area = QRectF()
        for name, card in self.cards.items():
            if not nodes or name in nodes:
                area = area.united(card.body())
        self._view.show_all(area if nodes else area.united(self._contents()))

    def visible(self) -> Rect:
        """See `Canvas`."""
        seen = self._view.seen()
        return Rect(seen.x(), seen.y(), seen.width(), seen.height())

    def paint(self, painter: QPainter, target: QRectF, part: Rect) -> None:
        """See `Canvas`."""
        area = QRectF(part.x, part.y, part.width, part.height)
        self.scene.render(painter, target, area)

    # --- for what the person does ---------------------------------------------------------------

    def middle(self) -> QPointF:
        """The middle of what is seen, in the scene."""
        return self._view.seen().center()

    def edit_sheet(self, sheet: int) -> None:
        """Let a frame's title, or a note, be typed over."""
        item = self.sheets[sheet]
        self._view.in_place.edit_sheet(item.sheet, item.body(), self.listener)

    def edit_title(self, node: str) -> None:
        """Let a card's title be typed over."""
        self._view.in_place.edit_card(self.cards[node].card, self.listener)

    def user_selects(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """The person has selected these."""
        self.choose(None)
        before = self._selected
        self.select(nodes, sheets)
        if self._selected != before:
            self.listener.selection_changed(*self._selected)
