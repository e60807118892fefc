"""One open flow with all that panels share: document, site, picture, problems, selection, marks.

Panels and canvas know the session, not one another. They call its methods and listen to its
signals. Everything here happens on the Qt thread and is quick; checking a large flow is put off
until the events that are waiting have been handled, and happens once for many edits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from designer.core.document import Document, Refused
from designer.core.marks import joined
from designer.core.picture import NO_MARKS, Marks, Picture
from designer.site import Site
from flow_runtime.core.check.incremental import FlowChecker
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings

MakePicture = Callable[[Flow, Surroundings, Picture | None], Picture]
"""Makes the picture of a flow; the last picture is given for what has not changed."""

LAYERS = ("problems", "compare", "coverage", "traffic", "call", "watch", "path", "breakpoints")
"""The layers of marks, the lowest first: a higher one hides what it contradicts."""
_AFTER_PAINT: Final = 30
"""Milliseconds in which a window paints what it was shown."""


class Session(QObject):
    """One open flow."""

    changed = Signal()
    """Document, picture and (at first the old) problems: something was edited, undone, loaded."""
    problems_changed = Signal()
    selection_changed = Signal()
    marks_changed = Signal()
    site_changed = Signal()
    """Configuration or prompts were read anew."""
    refused = Signal(object)
    """An edit could not be made; the text says why."""
    revealed = Signal(str, object)
    """Show this node (and port, or None): the canvas scrolls, the form opens."""
    path_changed = Signal()
    read_only_changed = Signal()

    def __init__(
        self, document: Document, path: Path | None, site: Site, make_picture: MakePicture
    ) -> None:
        super().__init__()
        self.document, self.path, self.site = document, path, site
        self._make_picture = make_picture
        self._around: Surroundings | None = None
        self._checker: FlowChecker | None = None
        self._checks_numbered = False
        self._picture: Picture | None = None
        self._drawn: Flow | None = None
        self._problems: Sequence[Problem] = ()
        self._selected: tuple[tuple[str, ...], tuple[int, ...]] = ((), ())
        self._layers: dict[str, Marks] = {}
        self._seen: Collection[str] = LAYERS
        self.origin = ""
        """The server that the flow came from; empty for one's own."""
        self.read_only = ""
        """Why nothing can be edited now; empty when it can."""
        self._checking = QTimer(self)
        self._checking.setSingleShot(True)
        self._checking.timeout.connect(self._due)
        self._opening = True
        self._checking.start(0)

    # --- what is so -----------------------------------------------------------------------------

    @property
    def flow(self) -> Flow | None:
        """The flow as it is drawn."""
        return self.document.flow

    @property
    def around(self) -> Surroundings:
        """What it is checked and run against."""
        if self._around is None:
            self._around = self.site.surroundings(self.path)
        return self._around

    @property
    def picture(self) -> Picture:
        """The flow as a picture."""
        flow = self.document.flow
        if flow is None:
            return Picture()
        if self._picture is None or self._drawn is not flow:
            self._picture = self._make_picture(flow, self.around, self._picture)
            self._drawn = flow
        return self._picture

    def ports_of(self, node: str) -> Sequence[PortValue]:
        """The ports of a node as its card shows them."""
        card = self.picture.card(node)
        return () if card is None else [port.name for port in card.ports]

    @property
    def problems(self) -> Sequence[Problem]:
        """All problems, as of the last check."""
        return self._problems

    @property
    def selected(self) -> tuple[str, ...]:
        """The selected nodes."""
        return self._selected[0]

    @property
    def selected_sheets(self) -> tuple[int, ...]:
        """The selected frames and notes."""
        return self._selected[1]

    @property
    def marks(self) -> Marks:
        """All layers of marks as one, but for those that are hidden now."""
        return joined(self._layers.get(name, NO_MARKS) for name in LAYERS if name in self._seen)

    # --- what panels do -------------------------------------------------------------------------

    def edit(self, name: str, flow: Flow, merge: str | None = None) -> bool:
        """Take *flow* as the result of an edit; False, and `refused`, when that cannot be."""
        if self._is_closed():
            return False
        try:
            self.document.apply(name, flow, merge)
        except Refused as reason:
            self.refused.emit(str(reason))
            return False
        self._was_changed()
        return True

    def type_text(self, text: str, name: str) -> None:
        """The text was changed by hand."""
        if self._is_closed():
            return
        self.document.type_text(text, name)
        self._was_changed()

    def undo(self) -> None:
        """Take the last edit back."""
        if self._is_closed():
            return
        self.document.undo()
        self._was_changed()

    def redo(self) -> None:
        """Make it again."""
        if self._is_closed():
            return
        self.document.redo()
        self._was_changed()

    def select(self, nodes: Collection[str], sheets: Collection[int] = ()) -> None:
        """Select these nodes, frames and notes, and nothing else."""
        chosen = (tuple(nodes), tuple(sheets))
        if chosen != self._selected:
            self._selected = chosen
            self.document.end_merging()
            self.selection_changed.emit()

    def reveal(self, node: str, port: PortValue | None = None) -> None:
        """Select *node* and bring it into view."""
        self.select([node])
        self.revealed.emit(node, port)

    def set_marks(self, layer: str, marks: Marks) -> None:
        """Replace one of the `LAYERS`."""
        if layer not in LAYERS:
            raise KeyError(layer)
        if self._layers.get(layer, NO_MARKS) != marks:
            self._layers[layer] = marks
            self.marks_changed.emit()

    def see_layers(self, names: Collection[str]) -> None:
        """Show the marks of these `LAYERS` only; the others are kept for later."""
        if set(names) != set(self._seen):
            self._seen = tuple(names)
            self.marks_changed.emit()

    def set_read_only(self, why: str) -> None:
        """Take no edits from now on, for the reason *why*; empty: take them again."""
        if why != self.read_only:
            self.read_only = why
            self.read_only_changed.emit()

    def take_served(self, text: str) -> None:
        """The server that it came from runs *text* by now."""
        self.document.type_text(text, "")
        self.document.saved()
        self._was_changed()

    def move_to(self, path: Path, site: Site) -> None:
        """It lies in another file now, of *site*; a server's flow is one's own by that."""
        if self.origin:
            self.origin = ""
            self.set_read_only("")
        self.path, self.site = path, site
        self.reload_site()
        self.path_changed.emit()

    def reload_site(self) -> None:
        """Configuration, prompts, or a flow that this one calls have changed."""
        self.site.reload()
        self._around = self._checker = None
        self._picture = None
        self.site_changed.emit()
        self._was_changed()

    def check_now(self) -> None:
        """Check without waiting; `problems_changed` follows when something is different."""
        self._checking.stop()
        self._opening = False
        numbered = self._is_numbered()
        if self._checker is None or self._checks_numbered != numbered:
            self._checker = FlowChecker(self.around, numbered)
            self._checks_numbered = numbered
        _, problems = self._checker.check_text(self.document.text)
        if problems != self._problems:
            self._problems = problems
            self.problems_changed.emit()

    # --- inside ---------------------------------------------------------------------------------

    def _is_closed(self) -> bool:
        """Whether no edits are taken, which is then told."""
        if self.read_only:
            self.refused.emit(self.read_only)
        return bool(self.read_only)

    def _due(self) -> None:
        """A flow that has just been opened is painted first, then checked."""
        if self._opening:
            self._opening = False
            self._checking.start(_AFTER_PAINT)
        else:
            self.check_now()

    def _was_changed(self) -> None:
        flow = self.document.flow
        if flow is not None:
            names = {node.name for node in flow.nodes}
            nodes, sheets = self._selected
            kept = tuple(name for name in nodes if name in names)
            remarks = len(flow.layout.remarks)
            self.select(kept, [index for index in sheets if index < remarks])
        self.changed.emit()
        self._checking.start(0)

    def _is_numbered(self) -> bool:
        """Whether a called number leads to this flow, so that its inputs need defaults."""
        numbers: Mapping[str, Path] = self.site.numbers
        return self.path is not None and self.path.resolve() in {
            path.resolve() for path in numbers.values()
        }
