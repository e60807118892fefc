"""What the designer asks of a canvas, and what a canvas tells the designer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal, Protocol, TypeAlias, get_args

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from designer.core.picture import Marks, Picture, PortKey, Rect
from flow_runtime.core.model import PortValue


class CanvasListener(Protocol):
    """What an analyst did on the canvas.

    The canvas changes nothing by itself: a new picture arrives when the document has taken the
    change.
    """

    def selection_changed(self, nodes: Collection[str], sheets: Collection[int]) -> None:
        """Other cards or sheets are selected now."""

    def moved(self, nodes: Collection[str], sheets: Collection[int], dx: int, dy: int) -> None:
        """Cards and sheets were dragged by (dx, dy), which are multiples of the grid."""

    def resized(self, sheet: int, rect: Rect) -> None:
        """A frame or note was given another size."""

    def connected(self, source: PortKey, target: str) -> None:
        """A port was drawn to a card, also one that was connected before."""

    def connected_to_nothing(self, source: PortKey, x: float, y: float) -> None:
        """A port was drawn to an empty place: offer nodes to put there."""

    def disconnected(self, source: PortKey) -> None:
        """A connector was taken off its card, or deleted."""

    def dropped(self, node_type: str, x: float, y: float) -> None:
        """A node type was dropped from the palette."""

    def add_wanted(self, x: float, y: float) -> None:
        """A double click on an empty place, or the key ``/``."""

    def opened(self, node: str) -> None:
        """A card was double-clicked, or Enter was pressed on it."""

    def renamed(self, node: str | None, sheet: int | None, text: str) -> None:
        """A title, a frame's title or a note was edited in place."""

    def breakpoint_toggled(self, node: str) -> None:
        """F9, or the menu."""

    def deletion_wanted(self) -> None:
        """Del: what is selected shall go."""

    def menu_wanted(self, node: str | None, port: PortValue | None, x: int, y: int) -> None:
        """A context menu at a global screen position."""

    def zoomed(self) -> None:
        """The zoom is another one."""


Ability: TypeAlias = Literal["cancel", "frames-alone", "bundles", "overview"]
"""What a view may lack; all else every view can.

``cancel``: Esc gives up what the mouse has begun. ``frames-alone``: a click selects a frame
without the cards in it. ``bundles``: connectors that share a lane are painted as one bundle, with
a gap where another one crosses. ``overview``: a small map and a zoom control in the corner.
"""
ABILITIES: Final[frozenset[Ability]] = frozenset(get_args(Ability))


class Canvas(Protocol):
    """A view of one flow. All coordinates are those of the picture."""

    @property
    def abilities(self) -> Collection[Ability]:
        """What this view can beyond the rest of the protocol."""

    @property
    def widget(self) -> QWidget:
        """The Qt widget to put into a window."""

    def listen(self, listener: CanvasListener) -> None:
        """Tell *listener* from now on."""

    def show_picture(self, picture: Picture) -> None:
        """Paint *picture*; what has not changed since the last one is left as it is."""

    def show_marks(self, marks: Marks) -> None:
        """Paint *marks* over the picture; only what differs is painted anew."""

    def select(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """Select these and nothing else."""

    def selection(self) -> tuple[Sequence[str], Sequence[int]]:
        """The selected nodes and sheets."""

    def focus_node(self, node: str, port: PortValue | None = None) -> None:
        """Put the keyboard focus on a card (and a port of it), and scroll there."""

    def show_node(self, node: str) -> None:
        """Scroll so that a card is seen, if it is not; the focus stays where it is."""

    def set_read_only(self, read_only: bool) -> None:
        """Watching and comparing: nothing can be moved or connected."""

    def zoom(self, factor: float) -> None:
        """Set the zoom; 1.0 is 100 %."""

    def zoom_factor(self) -> float:
        """The zoom as it is."""

    def fit(self, nodes: Collection[str] = ()) -> None:
        """Show all of the flow, or these nodes."""

    def visible(self) -> Rect:
        """The part of the picture that is seen."""

    def paint(self, painter: QPainter, target: QRectF, part: Rect) -> None:
        """Paint *part* of the picture into *target*, for print and export."""


NODE_TYPE = "application/x-cordboard-node-type"
"""The MIME type by which a palette gives the word of a node type to a canvas."""
