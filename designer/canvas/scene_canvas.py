"""The canvas on Qt's graphics scene: the default view of a flow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene, QWidget

from designer.canvas.floating import Floating
from designer.canvas.hand import Hand
from designer.canvas.input_view import InputView
from designer.canvas.item_canvas import ItemCanvas
from designer.canvas.items import CardItem, PillItem, SheetItem, WiresItem
from designer.canvas.keys import Keys
from designer.canvas.paint.tellers import measure_count
from designer.canvas.protocol import ABILITIES, Ability
from designer.core.count_pills import place_pills
from designer.core.picture import (
    NO_CARD_MARK,
    Marks,
    Picture,
    Point,
    PortKey,
    PortMark,
)
from designer.look.theme import theme
from flow_runtime.core.model import PortValue

_FAR: Final = 2000.0
"""How far beyond the cards one can scroll."""


class SceneCanvas(ItemCanvas[CardItem, SheetItem]):
    """See `designer.canvas.protocol.Canvas`."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = QGraphicsScene()
        self.scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.wires = WiresItem()
        self.scene.addItem(self.wires)
        self._pills: list[PillItem] = []
        self._counted: tuple[Picture, dict[PortKey, int], dict[PortKey, Point]] | None = None
        self.view = InputView(self.scene, Hand(self), Keys(self))
        self.view.zoomed.connect(lambda _: self.listener.zoomed())
        self._floating = Floating(self.view, self)
        self._set_room()
        theme().changed.connect(self.view.viewport().update)
        theme().changed.connect(self._floating.picture_changed)

    @property
    def _view(self) -> InputView:
        return self.view

    # --- Canvas ---------------------------------------------------------------------------------

    @property
    def abilities(self) -> Collection[Ability]:
        """See `Canvas`: all there are."""
        return ABILITIES

    @property
    def widget(self) -> QWidget:
        """See `Canvas`."""
        return self.view

    def show_picture(self, picture: Picture) -> None:
        """See `Canvas`."""
        if picture is self.picture:
            return
        before, self.picture = self.picture, picture
        self._show_cards(picture)
        self._show_sheets(picture)
        if picture.pills != before.pills:
            self._show_pills(picture)
        if _same_places(before, picture):
            return
        self.wires.show_connectors(picture.connectors)
        self.wires.change(spots=self._spots())
        self._set_room()
        if self.chosen is not None and not self._is_connected(self.chosen):
            self.choose(None)
        self._floating.picture_changed()

    def show_marks(self, marks: Marks) -> None:
        """See `Canvas`."""
        heated = _heats(self.marks) != _heats(marks)
        self.marks = marks
        self._apply_marks()
        if heated:
            self._floating.picture_changed()

    def select(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """See `Canvas`."""
        self._selected = (
            tuple(n for n in nodes if n in self.cards),
            tuple(i for i in sheets if i in self.sheets),
        )
        chosen = frozenset(self._selected[0])
        for name, card in self.cards.items():
            if card.state.selected != (name in chosen):
                card.change(selected=name in chosen)
        for index, sheet in self.sheets.items():
            sheet.select(index in self._selected[1])
        self.wires.change(selected=chosen)

    def focus_node(self, node: str, port: PortValue | None = None) -> None:
        """See `Canvas`."""
        card = self.cards.get(node)
        if card is not None:
            self.view.keys.focus(node, port)
            self.view.bring_into_view(card.body())

    def show_node(self, node: str) -> None:
        """See `Canvas`: it comes to stand at the left, for calls go on to the right."""
        card, seen = self.cards.get(node), self.view.seen()
        if card is not None and not seen.contains(card.body()):
            ahead = QPointF(max(0.0, seen.width() / 2 - 160), 0)
            self.view.shift(card.body().center() + ahead - seen.center())

    def set_read_only(self, read_only: bool) -> None:
        """See `Canvas`."""
        self.read_only = read_only

    # --- for hand and keys ----------------------------------------------------------------------

    def choose(self, source: PortKey | None) -> None:
        """Select the connector from *source*, or none."""
        self.chosen = source
        self.wires.change(chosen=source)

    def card_at(self, at: QPointF) -> CardItem | None:
        """The card at *at* in the scene, with its ports; the topmost."""
        found = [card for card in self.cards.values() if card.contains(card.mapFromScene(at))]
        return max(found, key=lambda card: card.zValue(), default=None)

    def sheet_at(self, at: QPointF) -> SheetItem | None:
        """The note, or the frame by its title or border, at *at* in the scene."""
        for sheet in reversed(list(self.sheets.values())):
            body = sheet.body()
            if not body.adjusted(-4, -4, 4, 4).contains(at):
                continue
            inside = body.adjusted(8, 26, -8, -8)
            if sheet.sheet.kind == "note" or sheet.grip_at(at) or not inside.contains(at):
                return sheet
        return None

    def contents(self) -> QRectF:
        """Around all that is painted, with a margin."""
        return self._contents().adjusted(-30, -30, 30, 30)

    # --- inside ---------------------------------------------------------------------------------

    def _contents(self) -> QRectF:
        area = self.wires.boundingRect()
        for card in self.cards.values():
            area = area.united(card.body())
        for sheet in self.sheets.values():
            area = area.united(sheet.body())
        for pill in self._pills:
            area = area.united(pill.boundingRect())
        return area

    def _show_cards(self, picture: Picture) -> None:
        wanted = {card.name: card for card in picture.cards}
        for name in [name for name in self.cards if name not in wanted]:
            self.scene.removeItem(self.cards.pop(name))
        selected = frozenset(self._selected[0])
        for name, card in wanted.items():
            item = self.cards.get(name)
            if item is None:
                item = self.cards[name] = CardItem(card)
                self.scene.addItem(item)
                item.change(selected=name in selected, dim=self.marks.dim)
                item.show_marks(self.marks.cards.get(name, NO_CARD_MARK), self._port_marks(name))
            else:
                item.show_card(card)
                item.setPos(card.rect.x, card.rect.y)
        self.cards = {name: self.cards[name] for name in wanted}

    def _show_sheets(self, picture: Picture) -> None:
        wanted = {sheet.index: sheet for sheet in picture.sheets}
        for index in list(self.sheets):
            sheet = wanted.get(index)
            if sheet is None or sheet.kind != self.sheets[index].sheet.kind:
                self.scene.removeItem(self.sheets.pop(index))
        for index, sheet in wanted.items():
            if index in self.sheets:
                self.sheets[index].show_sheet(sheet)
                self.sheets[index].setPos(0, 0)
            else:
                item = self.sheets[index] = SheetItem(sheet)
                self.scene.addItem(item)
                item.select(index in self._selected[1])

    def _show_pills(self, picture: Picture) -> None:
        for item in self._pills:
            self.scene.removeItem(item)
        self._pills = [PillItem(pill) for pill in picture.pills]
        for item in self._pills:
            self.scene.addItem(item)

    def _apply_marks(self) -> None:
        ports: dict[str, dict[PortValue, PortMark]] = {}
        for (node, port), mark in self.marks.ports.items():
            ports.setdefault(node, {})[port] = mark
        for name, card in self.cards.items():
            card.show_marks(self.marks.cards.get(name, NO_CARD_MARK), ports.get(name, {}))
            if card.state.dim != self.marks.dim:
                card.change(dim=self.marks.dim)
        self.wires.change(marks=self.marks.ports, dim=self.marks.dim, spots=self._spots())

    def _spots(self) -> Mapping[PortKey, Point]:
        """Where connectors carry their counts; only a heat map has some."""
        counts = {key: mark.count for key, mark in self.marks.ports.items() if mark.count}
        if not counts:
            return {}
        if self._counted is None or self._counted[:2] != (self.picture, counts):
            places = place_pills(self.picture, self.marks, measure_count)
            self._counted = self.picture, counts, places
        return self._counted[2]

    def _port_marks(self, node: str) -> dict[PortValue, PortMark]:
        """What is told of the ports of one card."""
        return {port: mark for (name, port), mark in self.marks.ports.items() if name == node}

    def _set_room(self) -> None:
        self.scene.setSceneRect(self._contents().adjusted(-_FAR, -_FAR, _FAR, _FAR))

    def _is_connected(self, source: PortKey) -> bool:
        return any(connector.source == source for connector in self.picture.connectors)


def _same_places(one: Picture, other: Picture) -> bool:
    """Whether cards and sheets are where they were, and the connectors too."""
    if one.connectors is not other.connectors or len(one.cards) != len(other.cards):
        return False
    if (one.pills, one.sheets) != (other.pills, other.sheets):
        return False
    pairs = zip(one.cards, other.cards, strict=True)
    return all(a is b or (a.name, a.group, a.rect) == (b.name, b.group, b.rect) for a, b in pairs)


def _heats(marks: Marks) -> list[tuple[str, int]]:
    """What the small map shows of *marks*."""
    return [(name, mark.heat) for name, mark in marks.cards.items() if mark.heat is not None]
