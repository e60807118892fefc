"""The canvas on NodeGraphQt: shows pictures and marks by its items, tells what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene, QWidget

from designer.canvas.item_canvas import ItemCanvas
from designer.canvas.items import PillItem, WiresItem
from designer.canvas.keys import Keys
from designer.canvas.nodegraph.items import CardNode, CardPort, RoutedPipe, SheetNode
from designer.canvas.nodegraph.viewer import Viewer
from designer.canvas.paint.tellers import measure_count
from designer.canvas.paint.wires import WireState
from designer.canvas.protocol import Ability
from designer.core.count_pills import place_pills
from designer.core.picture import (
    GRID,
    NO_CARD_MARK,
    Marks,
    Picture,
    PortKey,
    PortMark,
    Rect,
)
from designer.look.theme import theme
from flow_runtime.core.model import PortValue

_PIPE_Z: Final = -1.0
_PILL_Z: Final = 0.0


class NodeGraphCanvas(ItemCanvas[CardNode, SheetNode]):
    """See `designer.canvas.protocol.Canvas`."""

    def __init__(self) -> None:
        super().__init__()
        self.pipes: dict[PortKey, RoutedPipe] = {}
        self._pills: list[PillItem] = []
        self.keys = Keys(self)
        self.view = Viewer(self)
        self.scene: QGraphicsScene = self.view.scene()
        self._elbows = WiresItem()
        self._elbows.setZValue(_PIPE_Z)
        self.scene.addItem(self._elbows)
        theme().changed.connect(self.view.dress)

    @property
    def _view(self) -> Viewer:
        return self.view

    # --- Canvas ---------------------------------------------------------------------------------

    @property
    def abilities(self) -> Collection[Ability]:
        """See `Canvas`: NodeGraphQt has none of these."""
        return ()

    @property
    def widget(self) -> QWidget:
        """See `Canvas`."""
        view: QWidget = self.view
        return view

    def show_picture(self, picture: Picture) -> None:
        """See `Canvas`."""
        if picture is self.picture:
            return
        before, self.picture = self.picture, picture
        self._show_cards(picture)
        self._show_sheets(picture)
        if picture.pills != before.pills:
            self._show_pills(picture)
        self._show_pipes()
        self._elbows.show_connectors(c for c in picture.connectors if c.source is None)
        self._apply_marks()
        if self.chosen is not None and self.chosen not in self.pipes:
            self.choose(None)

    def show_marks(self, marks: Marks) -> None:
        """See `Canvas`."""
        self.marks = marks
        self._apply_marks()

    def select(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """See `Canvas`."""
        self._selected = (
            tuple(n for n in nodes if n in self.cards),
            tuple(i for i in sheets if i in self.sheets),
        )
        for name, card in self.cards.items():
            if card.isSelected() != (name in self._selected[0]):
                card.setSelected(name in self._selected[0])
        for index, sheet in self.sheets.items():
            sheet.setSelected(index in self._selected[1])
        self._dress_pipes()

    def focus_node(self, node: str, port: PortValue | None = None) -> None:
        """See `Canvas`."""
        card = self.cards.get(node)
        if card is not None:
            self.keys.focus(node, port)
            self.view.bring_into_view(card.body())

    def show_node(self, node: str) -> None:
        """See `Canvas`."""
        card = self.cards.get(node)
        if card is not None:
            self.view.bring_into_view(card.body())

    def set_read_only(self, read_only: bool) -> None:
        """See `Canvas`."""
        self.read_only = read_only
        for item in self._movable():
            item.lock(read_only)

    # --- for keys and viewer --------------------------------------------------------------------

    def choose(self, source: PortKey | None) -> None:
        """Select the connector from *source*, or none."""
        self.chosen = source
        self._dress_pipes()

    def card_at(self, at: QPointF) -> CardNode | None:
        """The card at *at* in the scene."""
        found = [card for card in self.cards.values() if card.body().contains(at)]
        return max(found, key=lambda card: card.zValue(), default=None)

    def sheet_at(self, at: QPointF) -> SheetNode | None:
        """The frame or note at *at* in the scene."""
        found = [sheet for sheet in self.sheets.values() if sheet.body().contains(at)]
        return found[-1] if found else None

    def sheet_called(self, name: str) -> SheetNode | None:
        """The sheet that NodeGraphQt knows by *name*."""
        return next((sheet for sheet in self.sheets.values() if sheet.id == name), None)

    def tell_selection(self) -> None:
        """NodeGraphQt may have selected others: in the order in which they came."""
        nodes = [name for name in self._selected[0] if self.cards[name].isSelected()]
        nodes += [n for n, card in self.cards.items() if card.isSelected() and n not in nodes]
        sheets = [index for index, sheet in self.sheets.items() if sheet.isSelected()]
        found = (tuple(nodes), tuple(sheets))
        if any(found):
            self.chosen = None
        if found != self._selected:
            self._selected = found
            self.listener.selection_changed(*found)
        self._dress_pipes()

    def dragged(self, before: Mapping[Any, Sequence[float]]) -> None:
        """Nodes and sheets were moved by hand from where they were *before*: on the grid."""
        one, (x, y) = next(iter(before.items()))
        dx = round((one.pos().x() - x) / GRID) * GRID
        dy = round((one.pos().y() - y) / GRID) * GRID
        nodes = [item.card.name for item in before if isinstance(item, CardNode)]
        sheets = [item.sheet.index for item in before if isinstance(item, SheetNode)]
        if (dx or dy) and not self.read_only:
            self.listener.moved(nodes, sheets, dx, dy)
        self._rest()

    def resized(self, sheet: SheetNode, rect: Rect) -> None:
        """A sheet has got another size by hand: on the grid."""
        width, height = round(rect.width / GRID) * GRID, round(rect.height / GRID) * GRID
        self.listener.resized(sheet.sheet.index, Rect(rect.x, rect.y, width, height))
        sheet.rest()

    def drawn(
        self, start: CardPort, end: CardPort | None, at: QPointF, taken: bool, far: bool
    ) -> None:
        """A connector was drawn from *start*, which was plugged in before when it was *taken*."""
        leaving, entering = (start, end) if start.key is not None else (end, start)
        source = None if leaving is None else leaving.key
        if self.read_only or source is None:
            pass
        elif not far:
            self._clicked(source, taken)
        elif entering is not None:
            self.listener.connected(source, entering.node.card.name)
        elif taken:
            self.listener.disconnected(source)
        else:
            self.listener.connected_to_nothing(source, at.x(), at.y())
        self._show_pipes()

    def want_menu(self, at: QPointF, globally: QPoint) -> None:
        """A context menu of what is at *at*, which gets selected."""
        card, port = self.card_at(at), None
        if card is not None:
            hit = [p for p in card.outputs if p.sceneBoundingRect().contains(at) and p.isVisible()]
            port = hit[0].row.name if hit else None
            if card.card.name not in self._selected[0]:
                self.user_selects((card.card.name,))
        name = None if card is None else card.card.name
        self.listener.menu_wanted(name, port, globally.x(), globally.y())

    # --- inside ---------------------------------------------------------------------------------

    def _clicked(self, source: PortKey, taken: bool) -> None:
        """A connector, or a port, was pressed and let go."""
        if taken:
            self.user_selects(())
            self.choose(source)
        else:
            self.user_selects((source[0],))
            self.focus_node(*source)

    def _contents(self) -> QRectF:
        area = QRectF(self._elbows.boundingRect())
        for item in self._movable():
            area = area.united(item.body())
        for pipe in self.pipes.values():
            area = area.united(pipe.boundingRect())
        for pill in self._pills:
            area = area.united(pill.boundingRect())
        return area

    def _movable(self) -> list[CardNode | SheetNode]:
        return [*self.cards.values(), *self.sheets.values()]

    def _rest(self) -> None:
        """Everything is where the picture says."""
        for item in self._movable():
            item.rest()

    def _show_cards(self, picture: Picture) -> None:
        wanted = {card.name: card for card in picture.cards}
        for name in [name for name in self.cards if name not in wanted]:
            self._drop_pipes(name)
            self.cards.pop(name).delete()
        for name, card in wanted.items():
            item = self.cards.get(name)
            if item is None:
                item = self.cards[name] = CardNode(card)
                item.lock(self.read_only)
                self.view.add_node(item, (card.rect.x, card.rect.y))
                item.setSelected(name in self._selected[0])
            else:
                item.show_card(card)
            item.rest()
        self.cards = {name: self.cards[name] for name in wanted}

    def _drop_pipes(self, node: str) -> None:
        """Unplug *node*: NodeGraphQt leaves the pipes of a deleted node dangling."""
        for port in (*self.cards[node].inputs, *self.cards[node].outputs):
            for pipe in list(port.connected_pipes):
                pipe.delete()

    def _show_sheets(self, picture: Picture) -> None:
        wanted = {sheet.index: sheet for sheet in picture.sheets}
        for index in list(self.sheets):
            sheet = wanted.get(index)
            if sheet is None or sheet.kind != self.sheets[index].sheet.kind:
                self.sheets.pop(index).delete()
        for index, sheet in wanted.items():
            if index in self.sheets:
                self.sheets[index].show_sheet(sheet)
            else:
                item = self.sheets[index] = SheetNode(sheet)
                item.lock(self.read_only)
                self.view.add_node(item, (sheet.rect.x, sheet.rect.y))
                item.setSelected(index in self._selected[1])

    def _show_pills(self, picture: Picture) -> None:
        for item in self._pills:
            self.scene.removeItem(item)
        self._pills = [PillItem(pill) for pill in picture.pills]
        for item in self._pills:
            item.setZValue(_PILL_Z)
            self.scene.addItem(item)

    def _show_pipes(self) -> None:
        """One pipe for each connector from a port; what is right already stays."""
        wanted = {c.source: c for c in self.picture.connectors if c.source is not None}
        for source, pipe in list(self.pipes.items()):
            same = wanted.get(source) is pipe.connector
            if not same or pipe.scene() is None or pipe.output_port.scene() is None:
                pipe.delete()
                del self.pipes[source]
        for source, connector in wanted.items():
            start = self.cards[source[0]].port(source[1])
            if source in self.pipes or start is None:
                continue
            pipe = self.pipes[source] = RoutedPipe(connector)
            self.scene.addItem(pipe)
            pipe.set_connections(start, self.cards[connector.target].entry)
            pipe.name_it(self.cards[source[0]].card, self.cards[connector.target].card)
            pipe.draw_path(pipe.input_port, pipe.output_port)
        self._dress_pipes()

    def _apply_marks(self) -> None:
        ports: dict[str, dict[PortValue, PortMark]] = {}
        for (node, port), mark in self.marks.ports.items():
            ports.setdefault(node, {})[port] = mark
        for name, card in self.cards.items():
            card.show_marks(self.marks.cards.get(name, NO_CARD_MARK), ports.get(name, {}))
            if card.state.dim != self.marks.dim:
                card.change(dim=self.marks.dim)
        self._elbows.change(dim=self.marks.dim)
        self._dress_pipes()

    def _dress_pipes(self) -> None:
        """What is told, selected and chosen of the connectors."""
        selected = frozenset(self._selected[0])
        counted = any(mark.count for mark in self.marks.ports.values())
        spots = place_pills(self.picture, self.marks, measure_count) if counted else {}
        for source, pipe in self.pipes.items():
            mark = self.marks.ports.get(source)
            ends = selected & {source[0], pipe.connector.target}
            chosen = source if source == self.chosen else None
            marks = {} if mark is None else {source: mark}
            told = WireState(marks, ends, chosen, None, self.marks.dim)
            if source in spots:
                told = replace(told, spots={source: spots[source]})
            pipe.show_state(told)
