"""The panel "Tests": the call tests beside a flow, what came of them, and what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QBrush, QCloseEvent, QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.core.call_tests import way_marks
from designer.core.calls import clock_time
from designer.core.marks import call_test_marks, ports_of
from designer.core.picture import NO_MARKS
from designer.forms.editors.choosing import Tick
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.panels.simulator.ready import NotReady, ready_program
from designer.panels.tests.failure import failure_text
from designer.panels.tests.found import Found, tests_beside
from designer.panels.tests.runner import Runner
from designer.session import Session
from flow_runtime.call_tests import FlowCoverage, Result, flow_coverage
from flow_runtime.core.program import Program

_PATIENCE: Final = 5.0
"""Seconds that the call which is being made is waited for when the flow is closed."""


class CallTestsPanel(QWidget):
    """See the module."""

    problems_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.session = session
        self.found: list[Found] = []
        self.results: dict[int, Result] = {}
        self.runner = Runner(self)
        self._program: Program | None = None
        self._waiting: set[int] = set()
        self.all, self.one = QPushButton(tr("Run all")), QPushButton(tr("Run selected"))
        self.cancel = QPushButton(tr("Cancel"))
        self.progress, self.summary = QProgressBar(), QLabel()
        self.cover = Tick(tr("Coverage on the canvas"))
        self.coverage = QLabel()
        self.list, self.detail = QTreeWidget(), QPlainTextEdit()
        self.edit = QPushButton(tr("Open in text editor"))
        self._lay_out()
        self._listen()
        self._dress()

    # --- laying out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.all.setProperty("primary", True)
        self.progress.setFixedWidth(120)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Tests"))
        for label in (self.summary, self.coverage):
            label.setProperty("role", "help")
        for widget in (self.all, self.one, self.cancel, self.progress, self.summary):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.coverage)
        row.addWidget(self.cover)
        row.addWidget(self.edit)
        column.addLayout(row)
        self._lay_out_list()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self.detail)
        split.setSizes([640, 360])
        split.setChildrenCollapsible(False)
        column.addWidget(split, 1)

    def _lay_out_list(self) -> None:
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(0)
        self.list.setIconSize(QSize(16, 16))
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("Call tests"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        head = self.list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            head.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        self.detail.setReadOnly(True)
        self.detail.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.detail.setProperty("code", True)
        self.detail.setAccessibleName(tr("What came of the test"))

    def _listen(self) -> None:
        self.all.clicked.connect(lambda: self.run())
        self.one.clicked.connect(lambda: self.run(self.selected()))
        self.cancel.clicked.connect(self.runner.cancel)
        self.edit.clicked.connect(self._open_file)
        self.cover.toggled.connect(self._cover)
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda *_: self.run(self.selected()))
        self.runner.came.connect(self._take)
        self.runner.ended.connect(self._end)
        self.session.path_changed.connect(self.look)
        theme().changed.connect(self._dress)

    # --- what there is --------------------------------------------------------------------------

    def look(self) -> None:
        """Find the tests; results stay with tests that are the same."""
        path = self.session.path
        found = [] if path is None else tests_beside(path)
        if found != self.found:
            known = {id(r): (self.found[i], r) for i, r in self.results.items()}
            self.found, self.results = found, {}
            for was, result in known.values():
                if was in found:
                    self.results[found.index(was)] = result
        self._fill()
        self._sum_up()

    def selected(self) -> list[int]:
        """The chosen tests."""
        return [self.list.indexOfTopLevelItem(item) for item in self.list.selectedItems()]

    def texts(self) -> list[str]:
        """The rows, for tests."""
        rows = [self.list.topLevelItem(at) for at in range(self.list.topLevelItemCount())]
        return [f"{row.text(0)} {row.text(1)}".strip() for row in rows if row is not None]

    def _fill(self) -> None:
        chosen = self.selected()
        self.list.blockSignals(True)
        self.list.clear()
        several = len({one.file for one in self.found}) > 1
        for number, one in enumerate(self.found):
            name = one.trouble if one.test is None else one.test.name
            item = QTreeWidgetItem([name, "", one.file.name if several else ""])
            item.setToolTip(0, name)
            self.list.addTopLevelItem(item)
            self._show_row(number)
            item.setSelected(number in chosen)
        self.list.blockSignals(False)

    def _show_row(self, number: int) -> None:
        item, one = self.list.topLevelItem(number), self.found[number]
        if item is None:
            return
        result = self.results.get(number)
        drawn, token, words = "ui-minus", "muted", tr("not run")
        if one.test is None:
            drawn, token, words = "ui-problem-error", "error", tr("cannot be read")
        elif number in self._waiting:
            drawn, token, words = "ui-live", "accent", tr("waits")
        elif result is not None and result.passed:
            drawn, token = "ui-check", "ok"
            words = tr("passed · {time}", time=clock_time(result.seconds))
        elif result is not None:
            drawn, token, words = "ui-problem-error", "error", tr("failed")
        item.setIcon(0, icon(drawn, token, 16))
        item.setText(1, words)
        for column in (1, 2):
            item.setForeground(column, QBrush(theme().colour("muted" if column == 2 else token)))

    # --- running --------------------------------------------------------------------------------

    def run(self, numbers: Sequence[int] | None = None) -> None:
        """Make the calls of these tests, or of all."""
        if self.runner.running:
            return
        self.look()
        session = self.session
        try:
            self._program = ready_program(session)
        except NotReady as reason:
            self.summary.setText(str(reason) + " " + tr("No call can be made."))
            self.problems_wanted.emit()
            return
        chosen = range(len(self.found)) if numbers is None else numbers
        tests = [
            (number, test) for number in chosen if (test := self.found[number].test) is not None
        ]
        if not tests:
            return
        self._waiting = {number for number, _ in tests}
        for number in self._waiting:
            self.results.pop(number, None)
            self._show_row(number)
        self.progress.setMaximum(len(tests))
        self.progress.setValue(0)
        self.runner.start(self._program, tests, session.site.open_data)
        self._sum_up()

    def _take(self, number: int, result: object) -> None:
        assert isinstance(result, Result)
        self._waiting.discard(number)
        self.results[number] = result
        self.progress.setValue(self.progress.value() + 1)
        self._show_row(number)
        self._sum_up()
        if self.selected() == [number]:
            self._choose()

    def _end(self, trouble: str) -> None:
        waiting, self._waiting = self._waiting, set()
        for number in waiting:
            self._show_row(number)
        self._sum_up()
        self._show_coverage()
        if trouble:
            self.summary.setText(tr("The tests could not be run: {what}", what=trouble))
        if not self.selected():
            failed = [number for number, result in self.results.items() if not result.passed]
            item = self.list.topLevelItem(min(failed)) if failed else None
            if item is not None:
                self.list.setCurrentItem(item)

    def _sum_up(self) -> None:
        running = self.runner.running
        usable = any(one.test is not None for one in self.found)
        self.all.setEnabled(usable and not running)
        self.one.setEnabled(bool(self.selected()) and not running)
        self.edit.setEnabled(bool(self.found))
        for widget in (self.cancel, self.progress):
            widget.setVisible(running)
        passed = sum(result.passed for result in self.results.values())
        failed = len(self.results) - passed
        if self.session.path is None:
            words = tr("Save the flow first; tests lie beside it.")
        elif not self.found:
            words = tr("No call tests beside this flow: simulate a call and save it as a test.")
        elif self.results:
            words = tr("{passed} passed, {failed} failed", passed=passed, failed=failed)
        else:
            words = tr("{n} call tests", n=len(self.found))
        self.summary.setText(words)

    # --- what is shown of them ------------------------------------------------------------------

    def covered(self) -> FlowCoverage | None:
        """What all results so far cover of the flow."""
        if self._program is None or not self.results:
            return None
        return flow_coverage(self._program, [result.path for result in self.results.values()])

    def _cover(self, shown: bool) -> None:
        """Coverage takes the place of the way of one test: numbers would hide it."""
        if shown:
            self.list.clearSelection()
        self._show_coverage()

    def _show_coverage(self) -> None:
        covered, session = self.covered(), self.session
        if covered is None:
            self.coverage.setText("")
            return
        self.coverage.setText(
            tr(
                "nodes {nodes} % · ports {ports} %",
                nodes=int(covered.node_percent),
                ports=int(covered.port_percent),
            )
        )
        way = any(number in self.results for number in self.selected())
        shown = self.cover.isChecked() and not way
        ports = ports_of(session.picture)
        marks = call_test_marks(covered, ports) if shown else NO_MARKS
        session.set_marks("coverage", marks)

    def _choose(self) -> None:
        """Tell what came of the chosen test, and show its way on the canvas."""
        chosen = self.selected()
        self.one.setEnabled(bool(chosen) and not self.runner.running)
        result = self.results.get(chosen[0]) if len(chosen) == 1 else None
        marks, text = NO_MARKS, ""
        if len(chosen) == 1:
            one = self.found[chosen[0]]
            text = one.trouble or tr("It was not run yet.")
        if result is not None:
            flow = self.session.flow
            name = "" if flow is None else flow.name
            ports = ports_of(self.session.picture)
            marks = way_marks(result.path, name, ports, result.passed)
            text = result_text(result)
        self.detail.setPlainText(text)
        self.session.set_marks("path", marks)
        self._show_coverage()

    def _open_file(self) -> None:
        chosen = self.selected()
        if self.found:
            one = self.found[chosen[0] if chosen else 0]
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(one.file)))

    # --- Qt -------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Files may have changed meanwhile."""
        if not self.runner.running:
            self.look()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Its flow is closed."""
        self.runner.close(_PATIENCE)
        super().closeEvent(event)

    def _dress(self) -> None:
        self.all.setIcon(icon("ui-play-solid", "on_accent", 14))
        self._fill()
        self._sum_up()


def result_text(result: Result) -> str:
    """What came of a test: the runner's failure, or all that was heard."""
    if not result.passed:
        return failure_text(result)
    heard = [f"{clock_time(one.at):>6}  {one.shown}" for one in result.heard]
    return "\n".join([tr("The call was as the test says. Heard:"), *heard])
