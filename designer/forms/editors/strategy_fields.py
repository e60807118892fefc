"""The parameters of a routing strategy that was chosen by name, each with its help."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from contact_center.core.strategy.choose import field_values
from contact_center.core.strategy.names import NAMED, Field, Named
from contact_center.core.strategy.strategy import StrategyError
from designer.forms.editors.base import set_property
from designer.forms.editors.choosing import Chooser
from designer.forms.editors.strategy_words import in_words
from designer.forms.message import Message
from designer.look.i18n import tr


class StrategyFields(QWidget):
    """See the module; *skills* are the levels that agents may have."""

    edited = Signal(dict)
    """The values of all fields; what is not allowed is among them as it was typed."""
    entered = Signal()
    left = Signal()

    def __init__(self, skills: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._skills = skills
        self._named: Named | None = None
        self._values: dict[str, Any] = {}
        self._inside: QWidget | None = None
        self.inputs: dict[str, QLineEdit | Chooser] = {}
        self._messages: dict[str, Message] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 0, 0, 0)
        self._column.setSpacing(0)

    def show_fields(self, named: Named, values: Mapping[str, Any]) -> None:
        """Show those of *named* with their *values*."""
        self._values = dict(values)
        if named is not self._named:
            self._named = named
            self._build(named)
        for field in named.fields:
            self._show_value(field, self._values[field.name])
            self._judge(field)

    # --- parts ----------------------------------------------------------------------------------

    def _build(self, named: Named) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self.inputs, self._messages = {}, {}
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for field in named.fields:
            label = QLabel(in_words(field.title))
            label.setProperty("role", "label")
            made = self._input(field)
            made.setAccessibleName(in_words(field.title))
            made.installEventFilter(self)
            label.setBuddy(made)
            self.inputs[field.name], self._messages[field.name] = made, Message()
            if column.count():
                column.addSpacing(4)
            for part in (label, made, self._messages[field.name]):
                column.addWidget(part)
        self._column.addWidget(self._inside)

    def _input(self, field: Field) -> QLineEdit | Chooser:
        if field.kind in ("duration", "level"):
            line = QLineEdit()
            line.setPlaceholderText(str(field.default))
            line.textEdited.connect(lambda text: self._typed(field, text))
            return line
        box = Chooser()
        if field.kind == "strategy":
            for named in NAMED.values():
                if all(inner.kind != "strategy" for inner in named.fields):
                    box.addItem(in_words(named.title), named.name)
            box.activated.connect(lambda at: self._take(field, box.itemData(at)))
            return box
        box.setEditable(True)
        box.setInsertPolicy(Chooser.InsertPolicy.NoInsert)
        box.addItems(list(self._skills()))
        inside = box.lineEdit()
        assert inside is not None
        inside.setPlaceholderText(tr("the level in this queue"))
        inside.textEdited.connect(lambda text: self._take(field, text.strip()))
        box.activated.connect(lambda _: self._take(field, box.currentText().strip()))
        return box

    def _show_value(self, field: Field, value: Any) -> None:
        made = self.inputs[field.name]
        with QSignalBlocker(made):
            if isinstance(made, QLineEdit):
                if made.text().strip() != str(value):
                    made.setText("" if value == field.default else str(value))
            elif field.kind == "strategy":
                made.setCurrentIndex(made.findData(value))
            elif made.currentText().strip() != value:
                made.setEditText(value)

    # --- editing --------------------------------------------------------------------------------

    def _typed(self, field: Field, text: str) -> None:
        text = text.strip()
        if not text:
            self._take(field, field.default)
        else:
            self._take(field, int(text) if field.kind == "level" and text.isdecimal() else text)

    def _take(self, field: Field, value: Any) -> None:
        self._values[field.name] = value
        self._judge(field)
        self.edited.emit(dict(self._values))

    def _judge(self, field: Field) -> None:
        """The help of a field, or what is expected there."""
        assert self._named is not None
        message = self._messages[field.name]
        try:
            field_values(self._named, {field.name: self._values[field.name]})
        except StrategyError:
            message.say("error", _expected(field))
            wrong = True
        else:
            message.say("help", in_words(field.help))
            wrong = False
        set_property(self.inputs[field.name], "wrong", wrong)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The keyboard comes and goes."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        elif event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)


def _expected(field: Field) -> str:
    match field.kind:
        case "duration":
            return tr("A time with its unit is expected: 15s, 2m, 1h or 7d.")
        case "level":
            return tr("A whole number from {low} to {high} is expected.",
                      low=field.low, high=field.high)  # fmt: skip
    return tr("The name of a skill is expected, without quotes and brackets.")
