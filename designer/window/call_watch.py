"""Shows the call that is followed or replayed on the pages of its flows, read-only meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.core.calls import call_marks
from designer.core.marks import ports_of
from designer.core.picture import NO_MARKS, Marks
from designer.core.replay import Parting, Replay, parting_text, passage, replay, replay_marks
from designer.core.scene_cards import card_title
from designer.look.i18n import tr
from designer.panels.watch.call_model import CallModel
from designer.window.page import Page
from designer.window.serving import Serving
from flow_runtime.core.model import Flow, PortValue
from nodes.catalogue import library

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class CallWatch(QObject):
    """One window's. *dress* is called for each page that begins or ends to show the call."""

    def __init__(self, window: MainWindow, serving: Serving, dress: Callable[[Page], None]) -> None:
        super().__init__(window)
        self._window, self._serving, self._dress = window, serving, dress
        self.model = CallModel(self._label, self.title)
        self.pages: set[Page] = set()
        """The pages that show it."""
        self.lacking = ""
        """The flow that the call is in, when no page can show it."""
        self._flow = ""
        self._replays: dict[Page, Replay] = {}
        self._flows: dict[Page, Flow] = {}
        """The replays so far, and the drafts that they were laid beside."""
        self.model.changed.connect(self._follow)
        self.model.ticked.connect(self._tick)

    # --- where it is shown ----------------------------------------------------------------------

    def drafts(self, flow: str) -> list[Page]:
        """The open pages of one's own with the flow of this name."""
        pages = self._window.documents.pages
        return [page for page in pages if not page.session.origin and _name(page) == flow]

    def page_for(self, flow: str) -> Page | None:
        """The page to show *flow* of the call on; it is opened when there is none.

        A live call is shown on what the server runs, a replay on the draft where there is one.
        """
        drafts = self.drafts(flow)
        if self.model.mode == "past" and drafts and self.model.comparing:
            return drafts[0]
        served = self._window.watching.served_page(flow)
        if served is not None or self.model.mode == "live":
            return served
        return drafts[0] if drafts else None

    def parting(self, page: Page) -> Parting | None:
        """Where the replayed call would part from the draft on *page*."""
        shown = self._replay(page)
        return None if shown is None else shown[0].parting

    def partings(self) -> list[str]:
        """Where the replayed call would part from the drafts, in sentences."""
        found = [self.parting(page) for page in self.pages if not page.session.origin]
        return [parting_text(one, tr) for one in found if one is not None]

    def compares(self) -> bool:
        """Whether some draft lies beside the replay."""
        return any(not page.session.origin for page in self.pages)

    def forget(self, page: Page) -> None:
        """*page* is closed; its flow may go on in another window."""
        self.pages.discard(page)
        self._replays.pop(page, None)
        self._flows.pop(page, None)
        page.session.set_marks("watch", NO_MARKS)

    # --- following ------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Something of the call is new: go where it is, and mark its way."""
        call = self.model.call
        place = None if call is None else call.place
        flow = self._flow if place is None else place[0]
        wanted = {}
        if call is not None and flow:
            for name in dict.fromkeys([*(way.flow for way in call.trail.ways), flow]):
                page = self.page_for(name)
                if page is not None:
                    wanted[name] = page
            self.lacking = "" if flow in wanted else flow
        else:
            self.lacking = ""
        self._show_on(set(wanted.values()))
        if flow in wanted and flow != self._flow:
            self._window.documents.bring(wanted[flow])
        self._flow = flow if call is not None else ""
        self._mark()
        if place is not None and place[0] in wanted:
            wanted[place[0]].canvas.show_node(place[1])

    def _show_on(self, pages: set[Page]) -> None:
        before, self.pages = self.pages, pages
        for page in before - pages:
            page.session.set_marks("watch", NO_MARKS)
            self._dress(page)
        for page in pages - before:
            self._dress(page)

    def _tick(self) -> None:
        if self.model.mode == "live":
            self._mark()

    def _mark(self) -> None:
        for page in self.pages:
            page.session.set_marks("watch", self._marks(page))

    def _marks(self, page: Page) -> Marks:
        call, ports = self.model.call, ports_of(page.session.picture)
        if call is None:
            return NO_MARKS
        if self.model.mode == "live":
            return call_marks(call.trail, _name(page), self.model.now(), ports, tr)
        found = self._replay(page)
        return NO_MARKS if found is None else replay_marks(found[0], ports, found[1], tr)

    def _replay(self, page: Page) -> tuple[Replay, int] | None:
        call, flow, around = self.model.call, page.session.flow, page.session.around
        found = None if call is None else passage(self.model.trail, call.trail, _name(page))
        if found is None or flow is None:
            return None
        known = self._replays.get(page)
        if known is None or known.way is not found[0] or self._flows.get(page) is not flow:
            known = self._replays[page] = replay(found[0], flow, around.nodes, around.flows)
            self._flows[page] = flow
        return known, found[1]

    # --- words ----------------------------------------------------------------------------------

    def flow_of(self, name: str) -> Flow | None:
        """The flow of this name, as the call is shown on it."""
        drafts = self.drafts(name)
        served = self._serving.flow(name)
        if self.model.mode == "live" or not drafts:
            return served if served is not None or not drafts else drafts[0].session.flow
        return drafts[0].session.flow

    def group(self, flow: str, node: str) -> str:
        """The group of a flow's node."""
        known = self.flow_of(flow)
        decl = None if known is None else known.node(node)
        cls = None if decl is None else library().get(decl.type)
        return "unknown" if cls is None else cls.group

    def title(self, flow: str, node: str) -> str:
        """The title of a flow's node, else its name."""
        known = self.flow_of(flow)
        decl = None if known is None else known.node(node)
        return node if decl is None else card_title(decl)

    def _label(self, flow: str, node: str, port: PortValue) -> str:
        known = self.flow_of(flow)
        decl = None if known is None else known.node(node)
        edges = () if decl is None else decl.edges
        return next((e.label or "" for e in edges if str(e.port) == str(port)), "")


def _name(page: Page) -> str:
    flow = page.session.flow
    return "" if flow is None else flow.name
