"""What the keyboard does on the canvas: go from card to card, follow ports, move, connect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from designer.canvas.protocol import CanvasListener
from designer.core.picture import GRID, Card, Picture, PortKey
from designer.look.i18n import tr
from flow_runtime.core.model import PortValue

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class KeyedCard(Protocol):
    """What the keyboard needs of a card's item."""

    card: Card

    def change(self, **fields: Any) -> None:
        """Change some of the `CardState`."""

    def port_spot(self, name: PortValue) -> QPointF:
        """Where a port's circle is, in the scene."""


class KeyedCanvas(Protocol):
    """What the keyboard needs of a canvas."""

    picture: Picture
    listener: CanvasListener
    read_only: bool
    chosen: PortKey | None

    @property
    def cards(self) -> Mapping[str, KeyedCard]:
        """The items of the cards."""

    @property
    def widget(self) -> QWidget:
        """See `designer.canvas.protocol.Canvas`."""

    def selection(self) -> tuple[Sequence[str], Sequence[int]]:
        """See `designer.canvas.protocol.Canvas`."""

    def focus_node(self, node: str, port: PortValue | None = None) -> None:
        """See `designer.canvas.protocol.Canvas`."""

    def user_selects(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """The person has selected these."""

    def middle(self) -> QPointF:
        """The middle of what is seen, in the scene."""

    def edit_sheet(self, sheet: int) -> None:
        """Let a frame's title, or a note, be typed over."""

    def edit_title(self, node: str) -> None:
        """Let a card's title be typed over."""


class Keys:
    """The keyboard, and the card (and its port) that has the focus."""

    def __init__(self, canvas: KeyedCanvas) -> None:
        self.canvas = canvas
        self.node: str | None = None
        self.port: PortValue | None = None
        self._came_from: list[str] = []
        self._visible = False

    # --- the focus ------------------------------------------------------------------------------

    def focus(self, node: str, port: PortValue | None = None) -> None:
        """Put the focus on a card and show it."""
        self._leave()
        self.node, self.port = node, port
        self._visible = True
        self._show()
        self._announce()

    def focus_by_mouse(self, node: str) -> None:
        """Remember where the person clicked, without a ring."""
        self._leave()
        self.node, self.port = node, None
        self._visible = False

    def shown(self, has_focus: bool) -> None:
        """The canvas has got the focus, or lost it."""
        if has_focus:
            self._show()
        else:
            self._leave()

    def _show(self) -> None:
        card = self.canvas.cards.get(self.node or "")
        if card is not None and self._visible and self.canvas.widget.hasFocus():
            card.change(focused=True, port=self.port)

    def _leave(self) -> None:
        card = self.canvas.cards.get(self.node or "")
        if card is not None:
            card.change(focused=False, port=None)

    def _announce(self) -> None:
        """Tell a screen reader what has the focus."""
        item = self.canvas.cards.get(self.node or "")
        if item is None:
            return
        widget = self.canvas.widget
        widget.setAccessibleDescription(spoken(item.card, self.port, self.canvas.picture))
        QAccessible.updateAccessibility(
            QAccessibleEvent(widget, QAccessible.Event.DescriptionChanged)
        )

    # --- keys -----------------------------------------------------------------------------------

    def press(self, event: QKeyEvent) -> bool:
        """A key; False when it means nothing here."""
        key, modifiers = event.key(), event.modifiers()
        plain = not modifiers & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS:
            dx, dy = _ARROWS[Qt.Key(key)]
            if modifiers & Qt.KeyboardModifier.AltModifier:
                return self._move(dx, dy)
            return plain and self._go(dx, dy)
        if key == Qt.Key.Key_Tab:
            return self._step(1)
        if key == Qt.Key.Key_Backtab:
            return self._step(-1)
        if not plain:
            return False
        return self._command(key, event.text())

    def _command(self, key: int, text: str) -> bool:
        canvas = self.canvas
        card = canvas.cards.get(self.node or "")
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if card is not None:
                canvas.user_selects((card.card.name,))
                canvas.listener.opened(card.card.name)
            return card is not None
        if canvas.read_only:
            return False
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self._delete()
        if key == Qt.Key.Key_F2:
            return self._rename(card)
        if key == Qt.Key.Key_F9 and card is not None:
            canvas.listener.breakpoint_toggled(card.card.name)
            return True
        if key == Qt.Key.Key_C and card is not None:
            return self._connect(card.card)
        if text == "/":
            spot = canvas.middle()
            canvas.listener.add_wanted(spot.x(), spot.y())
            return True
        return False

    def _rename(self, card: KeyedCard | None) -> bool:
        """Type over the frame or note that alone is selected, else the focused card's title."""
        nodes, sheets = self.canvas.selection()
        if len(sheets) == 1 and not nodes:
            self.canvas.edit_sheet(sheets[0])
        elif card is not None:
            self.canvas.edit_title(card.card.name)
        else:
            return False
        return True

    def _delete(self) -> bool:
        canvas = self.canvas
        if canvas.chosen is not None:
            canvas.listener.disconnected(canvas.chosen)
        elif any(canvas.selection()):
            canvas.listener.deletion_wanted()
        return True

    def _connect(self, card: Card) -> bool:
        """Ask where the focused port (else the first loose one) shall lead."""
        port = self.port
        if port is None:
            loose = [p.name for p in card.ports if not p.connected]
            port = loose[0] if loose else card.ports[0].name if card.ports else None
        if port is None:
            return False
        spot = self.canvas.cards[card.name].port_spot(port)
        self.canvas.listener.connected_to_nothing((card.name, port), spot.x() + 60, spot.y() - 20)
        return True

    def _move(self, dx: int, dy: int) -> bool:
        canvas = self.canvas
        nodes, sheets = canvas.selection()
        if canvas.read_only or not (nodes or sheets):
            return False
        canvas.listener.moved(nodes, sheets, dx * GRID, dy * GRID)
        return True

    # --- going about ----------------------------------------------------------------------------

    def _step(self, by: int) -> bool:
        """The next card in flow order."""
        order = flow_order(self.canvas.picture)
        if not order:
            return False
        at = order.index(self.node) if self.node in order else (-1 if by > 0 else 0)
        self._arrive(order[(at + by) % len(order)])
        return True

    def _arrive(self, node: str, port: PortValue | None = None) -> None:
        self.canvas.user_selects((node,))
        self.canvas.focus_node(node, port)

    def _go(self, dx: int, dy: int) -> bool:
        item = self.canvas.cards.get(self.node or "")
        if item is None:
            return self._step(1)
        card = item.card
        if dx > 0:
            return self._follow(card)
        if dx < 0:
            return self._back(card)
        return self._along_ports(card, dy) or self._sibling(card, dy)

    def _follow(self, card: Card) -> bool:
        """Right: where the focused port leads, or the first that leads anywhere."""
        ways = {c.source[1]: c.target for c in self.canvas.picture.connectors
                if c.source is not None and c.source[0] == card.name}  # fmt: skip
        target = ways.get(self.port) if self.port is not None else next(iter(ways.values()), None)
        if target is None:
            return True
        self._came_from.append(card.name)
        self._arrive(target)
        return True

    def _back(self, card: Card) -> bool:
        """Left: where one came from, else what leads here."""
        while self._came_from:
            name = self._came_from.pop()
            if name in self.canvas.cards:
                self._arrive(name)
                return True
        sources = [c.source[0] for c in self.canvas.picture.connectors
                   if c.source is not None and c.target == card.name]  # fmt: skip
        if sources:
            self._arrive(sources[0])
        return True

    def _along_ports(self, card: Card, dy: int) -> bool:
        """Up and down: the card's ports; False beyond the first and the last."""
        names: list[PortValue | None] = [None, *(port.name for port in card.ports)]
        at = names.index(self.port) if self.port in names else 0
        if not 0 <= at + dy < len(names):
            return False
        self.focus(card.name, names[at + dy])
        return True

    def _sibling(self, card: Card, dy: int) -> bool:
        """The nearest card above or below."""
        rect = card.rect
        found = [
            (abs(other.rect.x - rect.x) * 2 + abs(other.rect.y - rect.y), other.name)
            for other in self.canvas.picture.cards
            if (other.rect.y - rect.y) * dy > 0
        ]
        if found:
            self._arrive(min(found)[1])
        return True


def flow_order(picture: Picture) -> list[str]:
    """The cards as calls meet them: from the start along the ports, then what is left."""
    ways: dict[str, list[str]] = {}
    for connector in picture.connectors:
        if connector.source is not None:
            ways.setdefault(connector.source[0], []).append(connector.target)
    order: dict[str, None] = {}
    todo = [pill.target for pill in reversed(picture.pills)]
    while todo:
        name = todo.pop()
        if name not in order:
            order[name] = None
            todo += reversed(ways.get(name, []))
    for card in sorted(picture.cards, key=lambda c: (c.rect.x, c.rect.y)):
        order.setdefault(card.name)
    return list(order)


def spoken(card: Card, port: PortValue | None, picture: Picture) -> str:
    """What a screen reader says of a card, or of one of its ports."""
    targets = {c.source: c.target for c in picture.connectors if c.source is not None}
    titles = {one.name: one.title for one in picture.cards}

    def way(name: PortValue) -> str:
        row = card.port(name)
        label = str(name) if row is None else row.label
        target = targets.get((card.name, name))
        if target is None:
            return tr("{port}: not connected", port=label)
        return tr("{port} leads to {target}", port=label, target=titles[target])

    if port is not None:
        return way(port)
    ways = "; ".join(way(row.name) for row in card.ports)
    return ". ".join(part for part in (card.title, card.summary, ways) if part)
