"""The time of a simulated call: set before it comes, running while it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtWidgets import QLineEdit, QWidget

from designer.look.i18n import tr
from designer.panels.simulator.simulation import Simulation

_SPELT: Final = "%Y-%m-%d %H:%M:%S"


class ClockField(QLineEdit):
    """Shows the time as ``2026-11-23 10:00:41``; an empty field means now."""

    def __init__(self, simulation: Simulation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._simulation = simulation
        self.setProperty("code", True)
        self.setAccessibleName(tr("Simulated time"))
        self.setPlaceholderText(tr("now"))
        self.setToolTip(tr("When the call comes: 2026-11-23 10:00:41; empty means now"))
        self.editingFinished.connect(self._take)

    def follow(self) -> None:
        """Show the time of the call."""
        running = self._simulation.running
        self.setReadOnly(running)
        if running:
            self.setText(f"{self._simulation.state.now:{_SPELT}}")
        elif not self.hasFocus():
            at = self._simulation.at
            self.setText("" if at is None else f"{self._simulation.start:{_SPELT}}")
            self._show_wrong(False)

    def put_off(self, seconds: float) -> None:
        """Let the next call come later."""
        self._simulation.at = self._simulation.start + timedelta(seconds=seconds)
        self._simulation.changed.emit()

    def _take(self) -> None:
        if self.isReadOnly():
            return
        text = self.text().strip()
        zone = self._simulation.session.around.zone
        try:
            at = datetime.fromisoformat(text) if text else None
        except ValueError:
            self._show_wrong(True)
            return
        self._show_wrong(False)
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        self._simulation.at = at
        self._simulation.changed.emit()

    def _show_wrong(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().polish(self)
