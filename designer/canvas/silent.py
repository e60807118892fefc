"""A listener that does nothing, for a canvas that nobody listens to yet."""

from __future__ import annotations

from collections.abc import Collection

from designer.core.picture import PortKey, Rect
from flow_runtime.core.model import PortValue


class Silent:
    """See `designer.canvas.protocol.CanvasListener`."""

    def selection_changed(self, nodes: Collection[str], sheets: Collection[int]) -> None:
        """Nothing."""

    def moved(self, nodes: Collection[str], sheets: Collection[int], dx: int, dy: int) -> None:
        """Nothing."""

    def resized(self, sheet: int, rect: Rect) -> None:
        """Nothing."""

    def connected(self, source: PortKey, target: str) -> None:
        """Nothing."""

    def connected_to_nothing(self, source: PortKey, x: float, y: float) -> None:
        """Nothing."""

    def disconnected(self, source: PortKey) -> None:
        """Nothing."""

    def dropped(self, node_type: str, x: float, y: float) -> None:
        """Nothing."""

    def add_wanted(self, x: float, y: float) -> None:
        """Nothing."""

    def opened(self, node: str) -> None:
        """Nothing."""

    def renamed(self, node: str | None, sheet: int | None, text: str) -> None:
        """Nothing."""

    def breakpoint_toggled(self, node: str) -> None:
        """Nothing."""

    def deletion_wanted(self) -> None:
        """Nothing."""

    def menu_wanted(self, node: str | None, port: PortValue | None, x: int, y: int) -> None:
        """Nothing."""

    def zoomed(self) -> None:
        """Nothing."""
