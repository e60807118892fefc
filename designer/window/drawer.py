"""Makes the pictures of one flow: reuses what has not changed, in the words of the interface."""

from __future__ import annotations

from pathlib import Path

from designer.core.picture import Picture
from designer.core.scene import Drawn, make_picture
from designer.look.fonts import measure
from designer.look.i18n import language, told
from designer.site import Site
from flow_runtime.core.model import Flow
from flow_runtime.core.surroundings import Surroundings


def numbers_of(site: Site, path: Path | None) -> list[str]:
    """The called numbers that lead to the flow in the file *path*."""
    if path is None:
        return []
    here = path.resolve()
    return sorted(number for number, flow in site.numbers.items() if flow.resolve() == here)


class Drawer:
    """The `MakePicture` of one session."""

    def __init__(self, site: Site, path: Path | None) -> None:
        self._numbers = numbers_of(site, path)
        self._flow: Flow | None = None
        self._made_for: tuple[int, str, list[str]] | None = None

    def move(self, site: Site, path: Path) -> None:
        """The flow lives in another file now, or its site was read anew."""
        self._numbers = numbers_of(site, path)

    def __call__(self, flow: Flow, around: Surroundings, before: Picture | None) -> Picture:
        """The picture of *flow*; *before* counts if it was made in the same circumstances."""
        circumstances = (id(around), language(), self._numbers)
        last = None
        if before is not None and self._flow is not None and self._made_for == circumstances:
            if not _lost_places(self._flow, flow):
                last = Drawn(self._flow, before)
        self._flow, self._made_for = flow, circumstances
        return make_picture(flow, around, told, measure, numbers=self._numbers, before=last)


def _lost_places(before: Flow, now: Flow) -> bool:
    """Whether a card has no place any more: the edit that placed it was undone."""
    if before.layout.boxes == now.layout.boxes:
        return False
    left = {box.name for box in before.layout.boxes} - {box.name for box in now.layout.boxes}
    return any(node.name in left for node in now.nodes)
