"""The call that is followed or replayed: what was heard and pressed, and its variables."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from designer.core.calls import clock_time
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.panels.simulator.bubbles import Bubbles
from designer.panels.simulator.variables import VariableList
from designer.panels.watch.call_model import CallModel
from designer.panels.watch.sheet import watch_sheet


class CallPanel(QWidget):
    """See the module."""

    def __init__(self, model: CallModel) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setMinimumWidth(280)
        self._model = model
        self.title, self.under = QLabel(), QLabel()
        self.end = QPushButton(tr("End watching"))
        self.bubbles, self.variables = Bubbles(model), VariableList()
        self._stack = QStackedWidget()
        self._lay_out()
        self.end.clicked.connect(model.end)
        model.changed.connect(self.follow)
        model.ticked.connect(self._head)
        theme().changed.connect(self._dress)
        self._dress()
        self.follow()

    def _lay_out(self) -> None:
        self.title.setProperty("role", "title")
        self.under.setProperty("role", "help")
        self.under.setWordWrap(True)
        self.end.setProperty("small", True)
        head = QFrame()
        head.setObjectName("phone-head")
        row = QHBoxLayout(head)
        row.setContentsMargins(14, 10, 10, 10)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.under)
        row.addLayout(texts, 1)
        row.addWidget(self.end, 0, Qt.AlignmentFlag.AlignTop)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(14, 8, 8, 8)
        column.setSpacing(4)
        label = QLabel(tr("Variables"))
        label.setProperty("role", "label")
        column.addWidget(label)
        column.addWidget(self.variables, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.bubbles)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(head)
        inside.addWidget(split, 1)
        nothing = QLabel(
            tr("No call is watched. Choose one from the list of calls below, or open a trace file.")
        )
        nothing.setProperty("role", "help")
        nothing.setWordWrap(True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setContentsMargins(20, 20, 20, 20)
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def follow(self) -> None:
        """Show the call as it is."""
        call = self._model.call
        self._stack.setCurrentIndex(0 if call is None else 1)
        self._head()
        self.bubbles.follow()
        if call is not None:
            self.variables.show_them(tuple(call.variables.values()), call.changed)

    def _head(self) -> None:
        call = self._model.call
        if call is None:
            return
        self.title.setText(f"{call.caller or '?'} → {call.called or '?'}")
        parts = [self._state()]
        if call.place is not None:
            parts.append(self._model.title_of(*call.place))
        if self._model.dropped:
            parts.append(tr("its first {n} events are no longer kept", n=self._model.dropped))
        self.under.setText(" · ".join(parts))

    def _state(self) -> str:
        model, call = self._model, self._model.call
        assert call is not None
        if model.forgotten:
            return tr("no longer known to the server")
        passed = clock_time(model.now() - call.start if call.start else 0.0)
        if model.mode == "past":
            return tr("replay at {time}", time=passed)
        if model.is_over:
            return tr("ended after {time}", time=passed)
        return tr("in progress for {time}", time=passed)

    def _dress(self) -> None:
        self.setStyleSheet(watch_sheet())
        self.bubbles.clear()
        self.variables.dress()
