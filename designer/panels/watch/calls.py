"""The calls of a server, running and ended, and those of a trace file: one click watches one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.core.calls import clock_time
from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.panels.simulator.strip import Strip
from designer.panels.watch.call_model import CallModel
from designer.panels.watch.segments import Segments
from designer.panels.watch.sheet import watch_sheet
from designer.server.answers import PastCall
from designer.server.connection import Server
from designer.server.rest import Trouble
from designer.server.trace_file import TraceFile

_MOST: Final = 500
_MEASURED: Final = 40
"""Rows by which a column's width is chosen."""
_ID: Final = Qt.ItemDataRole.UserRole
_SECOND: Final = 1000


class Sources(Protocol):
    """Where calls come from."""

    @property
    def server(self) -> Server | None:
        """The server that is connected."""

    @property
    def trace(self) -> TraceFile | None:
        """The trace file that is open."""


class CallList(QWidget):
    """See the module."""

    follow_wanted = Signal(str)
    replay_wanted = Signal(str)
    traced_wanted = Signal(str)
    connect_wanted = Signal()
    file_wanted = Signal()

    def __init__(
        self, sources: Sources, model: CallModel, title: Callable[[str, str], str]
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._sources, self._model, self._title = sources, model, title
        self.which = "running"
        self._past: Sequence[PastCall] = ()
        self._titles: dict[tuple[str, str], str] = {}
        self.choices = Segments(
            [("running", tr("Running")), ("past", tr("Ended")), ("file", tr("Trace file"))],
            tr("Which calls"),
        )
        self.note, self.source = Strip(flat=True), QLabel()
        self.refresh_button = QPushButton(tr("Refresh"))
        self.connect_button = QPushButton(tr("Connect to a server…"))
        self.open_button = QPushButton(tr("Open trace file…"))
        self.list, self.empty = QTreeWidget(), QLabel()
        self._stack = QStackedWidget()
        self._second = QTimer(self, interval=_SECOND)
        self._second.timeout.connect(self._tick)
        self._lay_out()
        self._listen()
        self._dress()
        self.choose("running")

    def _lay_out(self) -> None:
        self.source.setProperty("role", "help")
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.choices)
        row.addWidget(self.source, 1)
        for button in (self.refresh_button, self.connect_button, self.open_button):
            button.setProperty("small", True)
            row.addWidget(button)
        heads = [tr("Caller"), tr("Called"), tr("Flow"), tr("Node"), tr("Since"), tr("Length"),
                 tr("Ended by")]  # fmt: skip
        self.list.setObjectName("calls")
        self.list.setAccessibleName(tr("Calls"))
        self.list.setHeaderLabels(heads)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        head = self.list.header()
        head.setResizeContentsPrecision(_MEASURED)
        head.setStretchLastSection(False)
        head.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.empty.setProperty("role", "help")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self._stack, 1)

    def _listen(self) -> None:
        self.choices.chosen.connect(self.choose)
        self.refresh_button.clicked.connect(self._ask)
        self.connect_button.clicked.connect(self.connect_wanted)
        self.open_button.clicked.connect(self.file_wanted)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        self._model.changed.connect(self._mark)
        theme().changed.connect(self._dress)

    # --- which calls ----------------------------------------------------------------------------

    def choose(self, which: str) -> None:
        """Show the ``running`` calls, those that are ``past``, or those of the trace ``file``."""
        self.which = which
        self.choices.press(which)
        self._second.start() if which == "running" else self._second.stop()
        self._ask()

    def _ask(self) -> None:
        """Ask the server for the calls that have ended."""
        server = self._sources.server
        if self.which == "past" and server is not None and server.state == "up":
            query = {"state": "past", "limit": str(_MOST)}
            server.rest.get("calls", list[PastCall], self._got, query)
        self.follow()

    def _got(self, answer: list[PastCall] | Trouble) -> None:
        self._past = () if isinstance(answer, Trouble) else answer
        if isinstance(answer, Trouble):
            self.note.tell(answer.text, "error")
        self.follow()

    def calls_changed(self) -> None:
        """Other calls run."""
        if self.which == "running":
            self.follow()

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show all as it is."""
        server, trace = self._sources.server, self._sources.trace
        self._tell_state(server)
        self.connect_button.setVisible(server is None and self.which != "file")
        self.open_button.setVisible(self.which == "file" or server is None)
        self.refresh_button.setVisible(server is not None and self.which == "past")
        self._titles.clear()
        words, rows = self._rows(server, trace)
        self._show(rows)
        self.empty.setText(words)
        self._stack.setCurrentWidget(self.list if rows else self.empty)
        self._mark()

    def _tell_state(self, server: Server | None) -> None:
        trace = self._sources.trace
        if self.which == "file":
            said = "" if trace is None else trace.path.name
            if trace is not None and trace.passed_over:
                said += " · " + tr("{n} lines are no events", n=trace.passed_over)
            self.source.setText(said)
            self.note.tell("")
            return
        self.source.setText("" if server is None else server.address.name)
        if server is None or server.state == "up":
            self.note.tell("")
        elif server.state == "connecting" and not server.trouble:
            self.note.tell(tr("Connecting…"))
        else:
            kind: Literal["warning", "error"] = "error" if server.state == "refused" else "warning"
            self.note.tell(server.trouble, kind, [(tr("Try now"), server.retry)])

    def _rows(
        self, server: Server | None, trace: TraceFile | None
    ) -> tuple[str, list[tuple[str, ...]]]:
        """What an empty list says, and the rows: an id, then the columns."""
        if self.which == "file":
            if trace is None:
                return tr("Open a trace file to see its calls: serve --trace FILE writes one."), []
            told = [call.told for call in trace.calls.values()]
            return "", [self._past_row(one) for one in reversed(told[-_MOST:])]
        if server is None:
            return tr("Connect to a server to see its calls."), []
        if server.state != "up":
            return "", []
        if self.which == "past":
            return tr("No call has ended yet."), [self._past_row(one) for one in self._past]
        now = server.now()
        rows: list[tuple[str, ...]] = [
            (one.id, one.caller, one.called, server.title(one.flow),
             self._title_of(one.flow, one.node), _clock(one.started),
             clock_time(now - one.started), "")
            for one in list(server.live.calls.values())[:_MOST]
        ]  # fmt: skip
        return tr("No call is in progress."), rows

    def _title_of(self, flow: str, node: str) -> str:
        """The title of a node, looked for once for all rows."""
        if node and (flow, node) not in self._titles:
            self._titles[flow, node] = self._title(flow, node)
        return self._titles.get((flow, node), "")

    def _past_row(self, one: PastCall) -> tuple[str, ...]:
        by = {"caller": tr("caller"), "us": tr("flow"), "network": tr("network")}
        length = "" if one.ended is None else clock_time(one.ended - one.started)
        server = self._sources.server
        flow = one.flow if server is None else server.title(one.flow)
        node = self._title_of(one.flow, one.node)
        return (one.id, one.caller, one.called, flow, node, _moment(one.started), length,
                by.get(one.by or "", ""))  # fmt: skip

    def _show(self, rows: list[tuple[str, ...]]) -> None:
        """Rows that are there stay: a row must not move away under the pointer."""
        longer = len(rows) - self.list.topLevelItemCount()
        if longer > 0:
            self.list.addTopLevelItems([QTreeWidgetItem() for _ in range(longer)])
        while self.list.topLevelItemCount() > len(rows):
            self.list.takeTopLevelItem(len(rows))
        changed = False
        for at, row in enumerate(rows):
            item = self.list.topLevelItem(at)
            assert item is not None
            item.setData(0, _ID, row[0])
            for column, text in enumerate(row[1:]):
                if item.text(column) != text:
                    item.setText(column, text)
                    changed = True
        if changed:  # once for all: columns that measure themselves do so for every text
            for column in (0, 1, 2, 4, 5, 6):
                self.list.resizeColumnToContents(column)

    def _tick(self) -> None:
        """Calls get longer."""
        if self.isVisible() and self._sources.server is not None:
            self.follow()

    def _mark(self) -> None:
        """The call that is watched stands out."""
        watched = None if self._model.call is None else self._model.call.id
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            if item is None:
                continue
            is_it = item.data(0, _ID) == watched
            item.setFont(0, font("label-strong" if is_it else "label"))
            item.setForeground(0, theme().colour("accent" if is_it else "text"))
        self.list.resizeColumnToContents(0)

    def _take(self, item: QTreeWidgetItem) -> None:
        call = str(item.data(0, _ID))
        if self._model.call is not None and self._model.call.id == call and self._is_shown():
            return  # a double click, or Enter behind a click
        wanted = {"running": self.follow_wanted, "past": self.replay_wanted}
        wanted.get(self.which, self.traced_wanted).emit(call)

    def _is_shown(self) -> bool:
        """Whether the call is watched in the way that this list would do it."""
        return (self._model.mode == "live") == (self.which == "running")

    def _dress(self) -> None:
        self.setStyleSheet(watch_sheet())
        self._mark()


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%H:%M:%S}"


def _moment(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%Y-%m-%d %H:%M:%S}"
