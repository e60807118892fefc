"""Turns what is done on a canvas into edits, with what the node classes know of their ports."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from designer.canvas.protocol import Canvas
from designer.core import edits
from designer.core.picture import GRID, CardMark, Marks, PortKey, Rect
from designer.core.scene import tidy
from designer.look.fonts import measure
from designer.look.i18n import tr
from designer.session import Session
from designer.window.places import free_place, placed, snapped
from flow_runtime.core.binding import bind
from flow_runtime.core.model import Flow, NodeDecl, PortValue


class Drawing(QObject):
    """The `CanvasListener` of one open flow; its signals are what a window has to answer."""

    nodes_wanted = Signal(float, float, object)
    """Offer nodes to put at (x, y); the port they shall be connected to, or None."""
    form_wanted = Signal(str)
    menu_wanted_at = Signal(object, object, int, int)
    """A context menu: node or None, port or None, global x and y."""
    zoom_changed = Signal()

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__()
        self._session, self._canvas = session, canvas
        marked = session.marks.cards
        self._stopping = {name for name, mark in marked.items() if mark.breakpoint}
        canvas.listen(self)

    # --- CanvasListener -------------------------------------------------------------------------

    def selection_changed(self, nodes: Collection[str], sheets: Collection[int]) -> None:
        """See `CanvasListener`; a comparison also shows cards that are no more."""
        names = {card.name for card in self._session.picture.cards}
        self._session.select([name for name in nodes if name in names], sheets)

    def moved(self, nodes: Collection[str], sheets: Collection[int], dx: int, dy: int) -> None:
        """See `CanvasListener`; steps of the arrow keys in a row are one edit."""
        flow = self._flow()
        if flow is None:
            return
        flow = placed(flow, self._session.picture)
        at = edits.positions(flow)
        where = {name: at[name] for name in nodes if name in at}
        step = abs(dx) + abs(dy) == GRID
        merge = f"move {sorted(nodes)} {sorted(sheets)}" if step else None
        moved = edits.move(flow, where, sheets, dx, dy)
        self._session.edit(tr("move"), moved, merge)

    def resized(self, sheet: int, rect: Rect) -> None:
        """See `CanvasListener`."""
        flow = self._flow()
        if flow is not None:
            size = {"width": round(rect.width), "height": round(rect.height)}
            self._session.edit(tr("resize"), edits.change_remark(flow, sheet, **size))

    def connected(self, source: PortKey, target: str) -> None:
        """See `CanvasListener`."""
        flow = self._flow()
        if flow is not None:
            joined = edits.connect(flow, *source, target, self._session.ports_of(source[0]))
            self._session.edit(tr("connect"), joined)

    def connected_to_nothing(self, source: PortKey, x: float, y: float) -> None:
        """See `CanvasListener`."""
        self.nodes_wanted.emit(x, y, source)

    def disconnected(self, source: PortKey) -> None:
        """See `CanvasListener`."""
        flow = self._flow()
        if flow is not None:
            node, port = source
            drawn = self._is_drawn(flow, node, port)
            self._session.edit(tr("disconnect"), edits.disconnect(flow, node, port, drawn=drawn))

    def dropped(self, node_type: str, x: float, y: float) -> None:
        """See `CanvasListener`: the card's header comes to lie under the pointer."""
        self.add(node_type, x - 80, y - 20)

    def add_wanted(self, x: float, y: float) -> None:
        """See `CanvasListener`."""
        self.nodes_wanted.emit(x, y, None)

    def opened(self, node: str) -> None:
        """See `CanvasListener`."""
        self.form_wanted.emit(node)

    def renamed(self, node: str | None, sheet: int | None, text: str) -> None:
        """See `CanvasListener`."""
        flow = self._flow()
        if flow is None:
            return
        if node is not None:
            self._rename_node(flow, node, text)
        elif sheet is not None:
            self._session.edit(tr("change text"), edits.change_remark(flow, sheet, text=text))

    def breakpoint_toggled(self, node: str) -> None:
        """See `CanvasListener`."""
        self._stopping ^= {node}
        self.show_breakpoints()

    def deletion_wanted(self) -> None:
        """See `CanvasListener`."""
        flow, nodes, sheets = self._flow(), self._session.selected, self._session.selected_sheets
        if flow is None or not (nodes or sheets):
            return
        rest = edits.remove_remarks(edits.remove_nodes(flow, nodes), sheets)
        name = tr("delete {name}", name=nodes[0]) if len(nodes) == 1 else tr("delete")
        self._session.edit(name, rest)

    def menu_wanted(self, node: str | None, port: PortValue | None, x: int, y: int) -> None:
        """See `CanvasListener`."""
        self.menu_wanted_at.emit(node, port, x, y)

    def zoomed(self) -> None:
        """See `CanvasListener`."""
        self.zoom_changed.emit()

    # --- what palette, menus and keys do --------------------------------------------------------

    @property
    def breakpoints(self) -> frozenset[str]:
        """The nodes before which a simulated call stops."""
        return frozenset(self._stopping)

    def show_breakpoints(self) -> None:
        """Mark the nodes with a breakpoint, as far as they are still there."""
        flow = self._session.flow
        if flow is not None:
            self._stopping &= {node.name for node in flow.nodes}
        marks = Marks({name: CardMark(breakpoint=True) for name in sorted(self._stopping)})
        self._session.set_marks("breakpoints", marks)

    def add(self, node_type: str, x: float, y: float, source: PortKey | None = None) -> str | None:
        """Put a node there, led to from *source*; its name, or None when it cannot be."""
        flow = self._flow()
        if flow is None:
            return None
        name = edits.fresh_name([node.name for node in flow.nodes], node_type)
        spot = free_place(self._session.picture, snapped(x), snapped(y))
        after = source[0] if source is not None else next(iter(self._session.selected), None)
        started = placed(flow, self._session.picture)
        added = edits.add_node(started, NodeDecl(name, node_type), *spot, after)
        if source is not None:
            added = edits.connect(added, *source, name, self._session.ports_of(source[0]))
        if not self._session.edit(tr("add {name}", name=name), added):
            return None
        self._session.reveal(name)
        return name

    def add_after_selection(self, node_type: str) -> str | None:
        """Put a node to the right of the selected one and connect that one's first loose port."""
        picture = self._session.picture
        card = picture.card(self._session.selected[0]) if self._session.selected else None
        if card is None:
            seen = self._canvas.visible()
            return self.add(node_type, seen.x + seen.width / 2 - 80, seen.y + seen.height / 2 - 40)
        loose = next((p.name for p in card.ports if not p.connected and p.kind != "error"), None)
        source = None if loose is None else (card.name, loose)
        return self.add(node_type, card.rect.right + 3 * GRID, card.rect.y, source)

    def add_frame(self) -> None:
        """Draw a frame around the selected cards, else in the middle of what is seen."""
        flow = self._flow()
        if flow is None:
            return
        cards = [c.rect for c in self._session.picture.cards if c.name in self._session.selected]
        if cards:
            left, top = min(r.x for r in cards) - 20, min(r.y for r in cards) - 40
            right, bottom = max(r.right for r in cards) + 20, max(r.bottom for r in cards) + 20
        else:
            seen = self._canvas.visible()
            left, top = seen.x + seen.width / 2 - 160, seen.y + seen.height / 2 - 100
            right, bottom = left + 320, top + 200
        self._add_sheet(flow, "frame", tr("Frame"), Rect(left, top, right - left, bottom - top))

    def add_note(self) -> None:
        """Put a note below the selected card, else in the middle of what is seen."""
        flow = self._flow()
        if flow is None:
            return
        card = self._session.picture.card(next(iter(self._session.selected), ""))
        seen = self._canvas.visible()
        x, y = seen.x + seen.width / 2 - 80, seen.y + seen.height / 2 - 40
        if card is not None:
            x, y = card.rect.x, card.rect.bottom + 2 * GRID
        self._add_sheet(flow, "note", tr("Note"), Rect(x, y, 160, 80))

    def tidy(self) -> None:
        """Lay all cards out anew."""
        flow = self._flow()
        if flow is not None:
            layout = tidy(flow, self._session.around, tr, measure)
            if self._session.edit(tr("tidy"), replace(flow, layout=layout)):
                self._canvas.fit()

    def make_start(self, node: str) -> None:
        """Let calls begin at *node*."""
        flow = self._flow()
        if flow is not None:
            self._session.edit(tr("change start"), edits.set_jump(flow, "start", node))

    # --- inside ---------------------------------------------------------------------------------

    def _flow(self) -> Flow | None:
        """The flow to edit; None, and `Session.refused`, while there is nothing to draw on."""
        flow = self._session.flow
        if flow is None:
            self._session.refused.emit(tr("Mend the text first: it cannot be read as a flow."))
        return flow

    def _add_sheet(self, flow: Flow, kind: Literal["frame", "note"], text: str, rect: Rect) -> None:
        x, y = snapped(rect.x), snapped(rect.y)
        width, height = snapped(rect.width), snapped(rect.height)
        name = tr("add frame") if kind == "frame" else tr("add note")
        if self._session.edit(name, edits.add_remark(flow, kind, text, x, y, width, height)):
            self._session.select((), (len(flow.layout.remarks),))

    def _rename_node(self, flow: Flow, node: str, title: str) -> None:
        """Give a title; a name that was made up by `add` follows it."""
        decl = flow.node(node)
        if decl is None:
            return
        titled = edits.set_title(flow, node, title)
        name = node
        if title and re.fullmatch(rf"{re.escape(decl.type)}(_\d+)?", node):
            others = [one.name for one in flow.nodes if one.name != node]
            name = edits.fresh_name(others, title)
            titled = edits.rename_node(titled, node, name)
        if self._session.edit(tr("rename {name}", name=node), titled) and name != node:
            self._stopping = {name if one == node else one for one in self._stopping}
            self._session.select([name])
            self.show_breakpoints()

    def _is_drawn(self, flow: Flow, node: str, port: PortValue) -> bool:
        """Whether *port* is there only because it is written, as a menu's key is."""
        decl = flow.node(node)
        around = self._session.around
        cls = None if decl is None else around.nodes.get(decl.type)
        if decl is None or cls is None:
            return True
        rest = tuple(edge for edge in decl.edges if cls.port_key(edge.port) != cls.port_key(port))
        bare = bind(replace(decl, edges=rest), cls, around.flows)
        ports: Mapping[PortValue, object] = bare.ports
        return cls.port_key(port) not in ports
