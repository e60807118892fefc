"""The simulator's panel: go on, step and stop; time, variables, made-up data, coverage."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.forms.editors.choosing import Chooser, Tick
from designer.look.i18n import language, tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.panels.simulator.agents import Agents
from designer.panels.simulator.answers import Answers
from designer.panels.simulator.bar import Bar
from designer.panels.simulator.clock_field import ClockField
from designer.panels.simulator.played import Played
from designer.panels.simulator.saving import save_as_test
from designer.panels.simulator.sheet import simulator_sheet
from designer.panels.simulator.simulation import Simulation
from designer.panels.simulator.strip import Strip
from designer.panels.simulator.variables import Variables

_TEN: Final = 10.0


class SimulatorPanel(QWidget):
    """See the module. The window calls `run`, `step`, `stop` and `hang_up`."""

    problems_wanted = Signal()

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.simulation = simulation
        self.go, self.step_button = QPushButton(), QPushButton(tr("Step") + " F10")
        self.stop_button = QPushButton()
        self.clock = ClockField(simulation)
        self.ten, self.skip = QPushButton(tr("+10 s")), QPushButton()
        self.zone, self.speed = QLabel(), Chooser()
        self.note = Strip(flat=True)
        self.variables, self.answers = Variables(simulation), Answers(simulation)
        self.agents = Agents(simulation)
        self.played = Played(self.answers, self.answers.plus, self.agents)
        self.nodes, self.ports = Bar(tr("Nodes")), Bar(tr("Ports"))
        self.cover = Tick(tr("Show on the canvas"))
        self.save = QPushButton(tr("Save as test…"))
        self._lay_out()
        self._listen()
        self._dress()
        self.follow()

    # --- laying out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._control(), 0)
        row.addWidget(_column(_title(tr("Variables")), self.variables), 7)
        row.addWidget(_column(self.played.heads, self.played, self.answers.plus), 4)
        row.addWidget(self._coverage(), 0)
        column.addLayout(row, 1)

    def _control(self) -> QWidget:
        frame, column = _frame()
        frame.setFixedWidth(286)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self.go.setProperty("primary", True)
        self.step_button.setToolTip(tr("Go on to the next node") + "  F10")
        self.stop_button.setProperty("square", True)
        self.stop_button.setToolTip(tr("End the simulation at once") + "  Shift+F5")
        self.stop_button.setAccessibleName(tr("Stop"))
        for button in (self.go, self.step_button, self.stop_button):
            button.setIconSize(QSize(14, 14))
            buttons.addWidget(button)
        buttons.addStretch(1)
        times = QHBoxLayout()
        times.setSpacing(6)
        self.skip.setProperty("square", True)
        self.skip.setToolTip(tr("Let time pass until something happens"))
        self.skip.setAccessibleName(tr("Let time pass until something happens"))
        self.ten.setToolTip(tr("Let ten seconds pass at once"))
        times.addWidget(self.clock, 1)
        times.addWidget(self.ten)
        times.addWidget(self.skip)
        label = QLabel(tr("Simulated time"))
        label.setProperty("role", "label")
        self.zone.setProperty("role", "help")
        self.speed.addItem(tr("Speed 1×, waits can be skipped"), False)
        self.speed.addItem(tr("Fast, time waits for you"), True)
        self.speed.setAccessibleName(tr("Speed"))
        column.addLayout(buttons)
        column.addSpacing(2)
        column.addWidget(label)
        column.addLayout(times)
        column.addWidget(self.zone)
        column.addWidget(self.speed)
        column.addStretch(1)
        return frame

    def _coverage(self) -> QWidget:
        frame, column = _frame(last=True)
        frame.setFixedWidth(176)
        title = QLabel(tr("Coverage"))
        title.setProperty("role", "label")
        self.cover.setChecked(self.simulation.covering)
        column.addWidget(title)
        for bar in (self.nodes, self.ports):
            column.addWidget(bar)
        column.addWidget(self.cover)
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return frame

    def _listen(self) -> None:
        simulation = self.simulation
        simulation.changed.connect(self.follow)
        self.go.clicked.connect(lambda: self.run())
        self.step_button.clicked.connect(lambda: self.step())
        self.stop_button.clicked.connect(lambda: self.stop())
        self.ten.clicked.connect(self._pass_ten)
        self.skip.clicked.connect(lambda: simulation.skip())
        self.speed.activated.connect(lambda at: simulation.be_fast(self.speed.itemData(at)))
        self.cover.toggled.connect(simulation.cover)
        self.save.clicked.connect(lambda: save_as_test(simulation, self))
        theme().changed.connect(self._dress)

    # --- what the window asks -------------------------------------------------------------------

    def run(self) -> None:
        """Begin a call, or let it go on."""
        self.simulation.run()

    def step(self) -> None:
        """Go on to the next node."""
        self.simulation.step()

    def stop(self) -> None:
        """End the call."""
        self.simulation.stop()

    def hang_up(self) -> None:
        """The caller hangs up."""
        self.simulation.hang_up()

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show how the call is."""
        simulation = self.simulation
        running, held = simulation.running, simulation.held
        words = tr("Continue") if running else tr("Call {number}", number=simulation.called)
        self.go.setText(f"{words} F5")
        self.go.setEnabled(held or not running)
        self.stop_button.setEnabled(running)
        self.skip.setEnabled(running and not held)
        self.clock.follow()
        self.zone.setText(self._words_of_zone())
        at = self.speed.findData(simulation.fast)
        if at != self.speed.currentIndex():
            self.speed.setCurrentIndex(at)
        share = simulation.share
        self.nodes.show_share(share.nodes, share.of_nodes)
        self.ports.show_share(share.ports, share.of_ports)
        call = simulation.call
        self.save.setEnabled(not running and call is not None and call.ended is not None)
        self.save.setToolTip(
            tr("Keep this call: it is made again whenever the tests run")
            if self.save.isEnabled()
            else tr("A call can be saved when it is over")
        )
        if simulation.trouble:
            offers = [(tr("Show the problems"), self.problems_wanted.emit)]
            self.note.tell(simulation.trouble + " " + tr("No call can be made."), "error", offers)
        else:
            self.note.tell("")
        self.variables.follow()
        self.answers.follow()
        self.agents.follow()
        self.played.follow()

    def _words_of_zone(self) -> str:
        """The zone, the day of the week, and what the first calendar says."""
        simulation = self.simulation
        around, now = simulation.session.around, simulation.state.now
        parts = [str(getattr(around.zone, "key", around.zone)), QLocale(language()).dayName(
            now.isoweekday()
        )]  # fmt: skip
        for calendar in list(around.calendars.values())[:1]:
            parts.append({"open": tr("open"), "closed": tr("closed"), "holiday": tr("holiday")}[
                calendar.state(now)
            ])  # fmt: skip
        return " · ".join(parts)

    def _pass_ten(self) -> None:
        if self.simulation.running:
            self.simulation.pass_time(_TEN)
        else:
            self.clock.put_off(_TEN)

    # --- Qt -------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Its flow is closed."""
        self.simulation.close()
        super().closeEvent(event)

    def _dress(self) -> None:
        self.setStyleSheet(simulator_sheet())
        self.go.setIcon(icon("ui-play-solid", "on_accent", 14))
        self.step_button.setIcon(icon("ui-step", "text", 14))
        self.stop_button.setIcon(icon("ui-stop", "text", 14))
        self.skip.setIcon(icon("ui-skip", "text", 14))
        self.save.setIcon(icon("ui-tests", "text", 14))
        self.answers.dress()
        self.variables.dress()


def _frame(last: bool = False) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", "column")
    frame.setProperty("last", last)
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 8, 12, 6)
    column.setSpacing(4)
    return frame, column


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "label")
    return label


def _column(title: QWidget, inside: QWidget, plus: QWidget | None = None) -> QFrame:
    frame, column = _frame()
    row = QHBoxLayout()
    row.addWidget(title)
    row.addStretch(1)
    if plus is not None:
        row.addWidget(plus)
    column.addLayout(row)
    column.addWidget(inside, 1)
    return frame
