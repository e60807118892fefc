"""What the Server menu does: connect, open, follow, replay, heat map; and what pages say of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from designer.look.i18n import tr
from designer.session import LAYERS, Session
from designer.window import asking
from designer.window.call_watch import CallWatch
from designer.window.chooser import Choice, Chooser
from designer.window.heat_watch import HeatWatch
from designer.window.page import Page
from designer.window.serving import again_in

if TYPE_CHECKING:
    from designer.server.address import Address
    from designer.server.connection import Server
    from designer.server.trace_file import TraceFile
    from designer.window.main_window import MainWindow
    from designer.window.trace_opening import TraceOpening

_SEEN = ("traffic", "watch", "path")
"""The marks that are seen while a page is watched."""


class Watching(QObject):
    """The commands of one window that watch calls."""

    sources_changed = Signal()
    """Another server or trace file, or none."""
    selection_changed = Signal()
    """Other nodes of the flow in front are selected, or another flow is in front."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.serving = window.program.serving
        self.trace: TraceFile | None = None
        self._opening: TraceOpening | None = None
        self._ended = False
        self._offering = False
        """Whether what the server runs is offered as soon as it is up."""
        self._told: dict[Page, tuple[object, ...]] = {}
        self.calls = CallWatch(window, self.serving, self._dress)
        self.heat = HeatWatch(window, self, self._dress)
        self.serving.changed.connect(self._server_changed)
        self.serving.served_changed.connect(self._served_changed)
        self.calls.model.changed.connect(self._dress_all)
        self.heat.model.changed.connect(self._check_action)

    @property
    def server(self) -> Server | None:
        """The server that is connected."""
        return self.serving.server

    # --- the menu -------------------------------------------------------------------------------

    def begin(self, address: Address, token: str) -> None:
        """Connect, and then offer what the server runs; without a token it is asked for."""
        if not token:
            if self.connect_to(address.base):
                self._offer_first()
            return
        self._offering = True
        self.serving.connect_to(address, token)
        self.show_calls("running")

    def _offer_first(self) -> None:
        """Open the only flow that the server runs, or offer all."""
        server = self.server
        if server is None or server.state != "up":
            return  # it has gone meanwhile: its banner says so
        if len(server.flows) == 1:
            self.show_served(server.flows[0].name)
        else:
            self.open_served()

    def connect_to(self, address: str = "") -> bool:
        """Ask for a server and connect; False when that was given up."""
        from designer.window.connect_dialog import ConnectDialog

        settings = self._window.program.settings
        dialog = ConnectDialog(self._window, self.serving, settings, address)
        done = bool(dialog.exec())
        dialog.deleteLater()
        return done

    def disconnect_from(self) -> None:
        """Leave the server; what it served stays open as it is."""
        if self.calls.model.mode == "live":
            self.calls.model.end()
        self.serving.leave()

    def open_served(self) -> Chooser | None:
        """Offer the flows that the server runs."""
        server = self.server
        if server is None or server.state != "up":
            if not self.connect_to():
                return None
            server = self.server
        assert server is not None
        choices = [
            Choice(
                one.title or one.name,
                lambda name=one.name: self.show_served(name),  # type: ignore[misc]
                ", ".join(one.numbers) or one.path,
                "start" if one.numbers else "subflow",
                words=f"{one.name} {one.path}",
            )
            for one in server.flows
        ]
        hint = tr("Open a flow of {server}…", server=server.address.name)
        chooser = Chooser(self._window, hint, choices)
        chooser.open_at(
            self._window.mapToGlobal(QPoint((self._window.width() - 480) // 2, 80)), 480
        )
        return chooser

    def watch(self) -> None:
        """Show the calls in progress."""
        if self.server is None and not self.connect_to():
            return
        self.show_calls("running")

    def replay(self) -> None:
        """Show the calls that are over."""
        from_file = self.server is None and self.trace is not None
        self.show_calls("file" if from_file else "past")

    def open_trace(self) -> None:
        """Ask for a trace file, and show its calls."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open a trace"), "", tr("Traces") + " (*.jsonl)"
        )
        if name:
            self.read_trace(Path(name))

    def read_trace(self, path: Path) -> TraceOpening:
        """Read the trace in *path* in the background."""
        from designer.window.trace_opening import TraceOpening

        self._stop_reading()
        opening = self._opening = TraceOpening(self._window, path)
        opening.opened.connect(self._got_trace)
        opening.ended.connect(self._opening_ended)
        opening.start()
        return opening

    def _stop_reading(self) -> None:
        if self._opening is not None:
            self._opening.cancel()

    def _opening_ended(self) -> None:
        self._opening = None

    def _got_trace(self, trace: object) -> None:
        from designer.server.trace_file import TraceFile

        assert isinstance(trace, TraceFile)
        self.trace = trace
        self.heat.model.choose_source(from_file=True)
        self.sources_changed.emit()
        self.show_calls("file")

    def show_heat(self, on: bool) -> None:
        """Switch the heat map on or off."""
        if on:
            self._window.right.show_panel("heat")
        self.heat.switched()
        self.heat.model.switch(on)

    def show_calls(self, which: str) -> None:
        """Show the list of calls."""
        from designer.panels.watch.calls import CallList

        panel = self._window.bottom.show_panel("calls").shared  # type: ignore[attr-defined]
        assert isinstance(panel, CallList)
        panel.choose(which)

    # --- calls ----------------------------------------------------------------------------------

    def follow_call(self, call: str) -> None:
        """Follow a call in progress on the canvas."""
        if self.server is not None:
            self.server.read_site()
            self.calls.model.follow(self.server, call)
            self._window.right.show_panel("call")

    def replay_call(self, call: str) -> None:
        """Replay a call of the server that is over."""
        from designer.server.answers import CallEvents
        from designer.server.rest import Trouble

        server = self.server
        if server is None:
            return

        def got(answer: CallEvents | Trouble) -> None:
            if isinstance(answer, Trouble):
                asking.tell(self._window, tr("Cannot replay"), answer.text)
            else:
                self._replay(call, answer.events, server.address.name, answer.dropped)

        server.rest.get(f"calls/{call}", CallEvents, got)

    def replay_traced(self, call: str) -> None:
        """Replay a call of the trace file."""
        if self.trace is None:
            return
        try:
            events = self.trace.events(call)
        except (OSError, ValueError) as reason:
            asking.tell(self._window, tr("Cannot replay"), str(reason))
            return
        self._replay(call, events, self.trace.path.name)

    def _replay(
        self, call: str, events: list[dict[str, Any]], source: str, dropped: int = 0
    ) -> None:
        self.calls.model.replay(call, events, source, dropped)
        self._window.bottom.show_panel("replay")
        self._window.right.show_panel("call")

    # --- pages ----------------------------------------------------------------------------------

    def served_page(self, flow: str) -> Page | None:
        """The read-only page of a flow that the server runs; None when it does not know it."""
        path, site = self.serving.path_of(flow), self.serving.site
        if path is None or site is None or self.server is None:
            return None
        for page in self._window.documents.pages:
            if page.session.path == path and self.serving.is_of(page.session):
                return page
        text = self.serving.text_of(path)
        page = self._window.program.opening.served(path, text, site, self.server.address.name)
        self._window.show_page(page)
        return page

    def show_served(self, flow: str) -> Page | None:
        """Open a flow of the server, in front."""
        page = self.served_page(flow)
        if page is not None:
            self._window.documents.bring(page)
        elif self.serving.trouble:
            asking.tell(self._window, tr("Cannot open"), self.serving.trouble)
        return page

    def show_path(self, path: Path) -> bool:
        """Open the server's flow in *path*; False when it is none of its flows."""
        if not self.serving.owns(path):
            return False
        return self.show_served(self.serving.name_of(path)) is not None

    def switched(self) -> None:
        """Another page is in front."""
        self.heat.switched()
        self.selection_changed.emit()

    def front(self) -> Session | None:
        """The flow in front."""
        return None if self._window.page is None else self._window.page.session

    def adopt(self, page: Page) -> None:
        """*page* is shown in this window; saved as a file of one's own it is no server's flow."""
        page.title_changed.connect(lambda: self._dress(page))
        self._dress(page)

    def dropped(self, page: Page) -> None:
        """*page* is closed: a call is not followed where nobody sees it."""
        self._told.pop(page, None)
        self.heat.forget(page)
        if page in self.calls.pages:
            self.calls.forget(page)
            if not self.calls.pages:
                self.calls.model.end()

    def leave(self, page: Page) -> None:
        """Watch nothing on *page* any more: the draft is as it was."""
        if page in self.calls.pages:
            self.calls.model.end()
        if page is self.heat.page:
            self.heat.model.switch(False)

    def end(self) -> None:
        """The window is closed, or made anew: what was marked before is there again."""
        if self._ended:
            return
        self._ended = True
        self._stop_reading()
        self.calls.model.end()
        self.heat.model.switch(False)
        self.serving.changed.disconnect(self._server_changed)
        self.serving.served_changed.disconnect(self._served_changed)

    # --- what pages say -------------------------------------------------------------------------

    def _server_changed(self) -> None:
        server = self.server
        self._window.actions_["disconnect"].setEnabled(server is not None)
        if server is not None and server.state == "up":
            if self.heat.model.traffic is None:
                self.heat.model.refresh()
            if self._offering:
                self._offering = False
                QTimer.singleShot(0, self._offer_first)
        self.sources_changed.emit()
        self._dress_all()

    def _served_changed(self) -> None:
        """The server may run other flows by now: pages of them follow."""
        for page in self._window.documents.pages:
            path = page.session.path
            if path is None or not self.serving.is_of(page.session) or not self.serving.owns(path):
                continue
            text = self.serving.text_of(path)
            if text != page.session.document.text:
                page.session.take_served(text)

    def _check_action(self) -> None:
        self._window.actions_["heat_map"].setChecked(self.heat.model.on)

    def _dress_all(self) -> None:
        for page in self._window.documents.pages:
            self._dress(page)

    def _dress(self, page: Page) -> None:
        """Make *page* read-only or not, and tell why."""
        watched = page in self.calls.pages or page is self.heat.page
        session = page.session
        session.see_layers(_SEEN if watched else LAYERS)
        if session.origin:
            session.set_read_only(tr("This is what {server} runs. Save it as a file of your own to "
                                     "change it.", server=session.origin))  # fmt: skip
        elif watched:
            session.set_read_only(tr("The flow cannot be changed while you watch; end watching "
                                     "first."))  # fmt: skip
        else:
            session.set_read_only("")
        self._tell(page, watched)

    def _tell(self, page: Page, watched: bool) -> None:
        server = self.server
        of_server = self.serving.is_of(page.session)
        live = page in self.calls.pages and self.calls.model.mode == "live"
        away = server is not None and server.state in ("waiting", "refused", "connecting")
        offers: list[tuple[str, Callable[[], object]]] = []
        if server is not None and away and server.trouble and (of_server or live):
            words = server.trouble
            if server.state == "waiting":
                words += " " + again_in(server.seconds_left)
            offers.append((tr("Try now"), server.retry))
            offers.append((tr("Disconnect from the server"), self.disconnect_from))
            self._banner(page, words, offers, "warning")
            return
        if not watched and not page.session.origin:
            self._told.pop(page, None)
            page.watch.hide()
            return
        if watched:
            words = tr("Back to the draft") if not page.session.origin else tr("End watching")
            offers.append((words, lambda: self.leave(page)))
        self._banner(page, self._words(page), offers, "live")

    def _banner(
        self,
        page: Page,
        text: str,
        offers: list[tuple[str, Callable[[], object]]],
        kind: Literal["warning", "live"],
    ) -> None:
        """Tell it, unless it is told already: a button must not go away under the pointer."""
        told = (text, kind, *(words for words, _ in offers))
        if self._told.get(page) != told:
            self._told[page] = told
            page.watch.tell(text, offers, kind)

    def _words(self, page: Page) -> str:
        """What is shown on *page*."""
        model, said = self.calls.model, []
        if page in self.calls.pages and model.call is not None:
            names = {"caller": model.call.caller or "?", "source": model.source}
            if model.forgotten:
                said.append(tr("{source} does not know this call any more.", **names))
            elif model.mode == "past":
                said.append(tr("Replaying the call from {caller}, from {source}.", **names))
            elif model.is_over:
                said.append(tr("The call from {caller} has ended.", **names))
            else:
                said.append(tr("Following the call from {caller} on {source}.", **names))
        if page is self.heat.page:
            said.append(tr("Heat map of {source}.", source=self.heat.model.source))
        if page.session.origin:
            said.append(tr("This is what {server} runs.", server=page.session.origin))
        said.append(tr("Read-only."))
        return " ".join(said)
