"""The agents of a simulated call: who takes calls, and what each of them is doing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from designer.forms.editors.base import set_property
from designer.forms.editors.choosing import Tick
from designer.look.i18n import tr
from designer.panels.simulator.simulation import Simulation
from flow_runtime.call_tests.rehearsal import Seat

_BUSY: Final = frozenset({"offered", "ringing", "talking"})
_WIDEST: Final = 320
"""Pixels that the list takes from its neighbours at most."""


class Agents(QScrollArea):
    """A row for each agent; a tick says that calls come to the agent."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation
        self.ticks: dict[str, Tick] = {}
        self.states: dict[str, QLabel] = {}
        self.setAccessibleName(tr("Agents who take calls"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def wanted(self) -> bool:
        """Whether there are any."""
        return bool(self._simulation.seats)

    def follow(self) -> None:
        """Show how they are."""
        seats = self._simulation.seats
        if list(self.ticks) != [seat.name for seat in seats]:
            self._build([seat.name for seat in seats])
        for seat in seats:
            self._show(seat)
        inside = self.widget()
        if inside is not None:  # it does not scroll sideways: no state may be cut off
            bar = self.verticalScrollBar().sizeHint().width()
            self.setMinimumWidth(min(inside.minimumSizeHint().width() + bar, _WIDEST))

    def _build(self, names: list[str]) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        rows = QGridLayout()
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(4)
        rows.setColumnStretch(0, 1)
        self.ticks, self.states = {}, {}
        for at, name in enumerate(names):
            tick, state = Tick(), QLabel()
            tick.setToolTip(tr("Whether calls of queues come to this agent"))
            tick.toggled.connect(lambda on, name=name: self._simulation.let_work(name, on))
            rows.addWidget(tick, at, 0)
            rows.addWidget(state, at, 1, Qt.AlignmentFlag.AlignRight)
            self.ticks[name], self.states[name] = tick, state
        column.addLayout(rows)
        column.addStretch(1)
        self.setWidget(inside)

    def _show(self, seat: Seat) -> None:
        tick, state = self.ticks[seat.name], self.states[seat.name]
        tick.setText(seat.name if seat.title in ("", seat.name) else f"{seat.name} {seat.title}")
        with QSignalBlocker(tick):
            tick.setChecked(seat.takes_calls)
        state.setText(tr(seat.state))
        set_property(state, "role", "live" if seat.state in _BUSY else "help")
