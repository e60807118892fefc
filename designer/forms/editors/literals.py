"""Numbers, durations, truth values and enumerations, as plain fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit

from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.choosing import Chooser, Tick
from designer.forms.labels import unit_word
from designer.forms.values import (
    duration_text,
    duration_value,
    number_text,
    number_value,
    text_expression,
    truth,
    truth_value,
    words_of,
)
from designer.look.i18n import tr
from flow_runtime.core.expr.tree import Expr, HalfTyped

_WIDTH = 112


class UnitEditor(Editor):
    """A count with its unit inside the field, at the right."""

    beside = True

    def __init__(self, unit: str, placeholder: str = "") -> None:
        super().__init__()
        self._unit = unit
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setMinimumWidth(34)
        self.unit = QLabel(unit_word(unit))
        self.unit.setProperty("role", "unit")
        self.box = QFrame()
        self.box.setProperty("role", "box")
        self.box.setFixedSize(_WIDTH, 28)
        inside = QHBoxLayout(self.box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.line, 1)
        inside.addWidget(self.unit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box)
        self.setFixedWidth(_WIDTH)
        self.setFocusProxy(self.line)
        self.follow_focus(self.line)
        self.line.textEdited.connect(self._tell)
        self.entered.connect(lambda: set_property(self.box, "lit", True))
        self.left.connect(lambda: set_property(self.box, "lit", False))

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.box, "wrong", wrong)

    def _tell(self, text: str) -> None:
        self.edited.emit(self.value_of(text) if text.strip() else None)

    def value_of(self, text: str) -> Expr:
        """What *text* stands for."""
        raise NotImplementedError

    def _put(self, text: str) -> None:
        if self.line.text() != text:
            self.line.setText(text)


class NumberEditor(UnitEditor):
    """A number."""

    def can_show(self, value: Expr | None) -> bool:
        """Numbers, and what was typed here and is none."""
        return value is None or isinstance(value, HalfTyped) or number_text(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        if isinstance(value, HalfTyped):
            self._put(value.raw)
        else:
            self._put("" if value is None else number_text(value) or "")

    def value_of(self, text: str) -> Expr:
        """See `UnitEditor`."""
        return number_value(text)


class DurationEditor(UnitEditor):
    """A count of seconds, or of what unit is written: ``2m`` turns the unit into minutes."""

    def __init__(self, unit: str, placeholder: str = "") -> None:
        super().__init__(unit, placeholder)
        self.left.connect(self._tidy)

    def can_show(self, value: Expr | None) -> bool:
        """Durations of one unit, and what was typed here and is none."""
        return value is None or isinstance(value, HalfTyped) or duration_text(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        if isinstance(value, HalfTyped):
            self._put(value.raw)
            return
        parts = None if value is None else duration_text(value)
        if parts is None:
            self._put("")
            return
        shown = duration_value(self.line.text(), self._unit) if self.line.text() else None
        self._show_unit(parts[1])
        if shown != value:
            self._put(parts[0])

    def _show_unit(self, unit: str) -> None:
        self._unit = unit
        self.unit.setText(unit_word(unit))

    def _tell(self, text: str) -> None:
        parts = duration_text(self.value_of(text))
        if parts is not None:
            self._show_unit(parts[1])
        super()._tell(text)

    def _tidy(self) -> None:
        """The unit stands at the right: it need not stay in the field."""
        parts = duration_text(self.value_of(self.line.text()))
        if parts is not None:
            self._put(parts[0])

    def value_of(self, text: str) -> Expr:
        """See `UnitEditor`."""
        return duration_value(text, self._unit)


class YesNoEditor(Editor):
    """A box to tick."""

    def __init__(self, default: bool | None) -> None:
        super().__init__()
        self._default = default
        self.box = Tick(tr("yes"))
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 2, 0, 2)
        row.addWidget(self.box)
        row.addStretch(1)
        self.setFocusProxy(self.box)
        self.follow_focus(self.box)
        self.box.toggled.connect(self._tell)

    def can_show(self, value: Expr | None) -> bool:
        """``true`` and ``false``."""
        return value is None or truth(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        yes = self._default if value is None else truth(value)
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(yes))
        self.box.setText(tr("yes") if yes else tr("no"))

    def _tell(self, yes: bool) -> None:
        self.box.setText(tr("yes") if yes else tr("no"))
        self.edited.emit(None if yes == self._default else truth_value(yes))


class ChoiceEditor(Editor):
    """One of a few texts."""

    def __init__(self, choices: Sequence[str], default: str | None, required: bool) -> None:
        super().__init__()
        self._choices, self._default = list(choices), default
        self.combo: QComboBox = Chooser()
        if not required and default is None:
            self.combo.addItem(tr("not set"), None)
        for choice in choices:
            self.combo.addItem(tr(choice), choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        self.setFocusProxy(self.combo)
        self.follow_focus(self.combo)
        self.combo.activated.connect(self._tell)

    def can_show(self, value: Expr | None) -> bool:
        """The choices themselves."""
        return value is None or words_of(value) in self._choices

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        words = self._default if value is None else words_of(value)
        self.combo.setCurrentIndex(self.combo.findData(words))

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.combo, "wrong", wrong)

    def _tell(self, index: int) -> None:
        words = self.combo.itemData(index, Qt.ItemDataRole.UserRole)
        left_out = words is None or words == self._default
        self.edited.emit(None if left_out else text_expression(words))
