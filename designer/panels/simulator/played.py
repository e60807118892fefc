"""What the person plays besides the caller: made-up data, and where there are some, the agents."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QWidget

from designer.forms.editors.base import set_property
from designer.look.i18n import tr
from designer.panels.simulator.agents import Agents
from designer.panels.simulator.answers import Answers


class Played(QStackedWidget):
    """One of both; *heads* says which. *plus* belongs to the data."""

    def __init__(self, answers: Answers, plus: QWidget, agents: Agents) -> None:
        super().__init__()
        self._agents, self._plus, self._wanted = agents, plus, False
        self.heads = QWidget()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self.heads)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: list[QToolButton] = []
        for number, (words, inside) in enumerate(
            ((tr("Made-up data"), answers), (tr("Agents"), agents))
        ):
            button = QToolButton()
            button.setText(words)
            button.setCheckable(True)
            button.setProperty("role", "head")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, number)
            self.buttons.append(button)
            row.addWidget(button)
            self.addWidget(inside)
        self._group.idClicked.connect(self.turn)
        self._head(False)
        self.turn(0)

    def follow(self) -> None:
        """The agents come first, as soon as there are some."""
        if self._agents.wanted != self._wanted:
            self._wanted = self._agents.wanted
            self._head(self._wanted)
            self.turn(int(self._wanted))

    def _head(self, both: bool) -> None:
        self.buttons[1].setVisible(both)
        set_property(self.buttons[0], "alone", not both)

    def turn(self, number: int) -> None:
        """Show the data (0) or the agents (1)."""
        self.setCurrentIndex(number)
        self.buttons[number].setChecked(True)
        self._plus.setVisible(number == 0)
