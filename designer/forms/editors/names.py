"""Pickers: the name of something of the site (a calendar, a flow, a queue), or a variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QToolButton

from designer.core.edits import read_value, written_value
from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.choosing import Chooser
from designer.forms.values import name_of, text_expression, words_of
from designer.look.i18n import tr
from designer.look.icons import icon
from flow_runtime.core.expr.tree import Expr, HalfTyped, Name

Names = Callable[[], Sequence[str]]
Titles = Callable[[], Mapping[str, str]]
"""What names stand for, to be shown beside them in the list and found by typing."""


def _untitled() -> Mapping[str, str]:
    return {}


class PickEditor(Editor):
    """A field that can be typed into, with a list of what there is."""

    def __init__(
        self,
        names: Names,
        placeholder: str = "",
        code: bool = False,
        titles: Titles = _untitled,
    ) -> None:
        super().__init__()
        self._names, self._titles = names, titles
        self._rows: dict[str, str] = {}
        """What a row of the list says: its name."""
        self.combo = Chooser()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(Chooser.InsertPolicy.NoInsert)
        line = self.combo.lineEdit()
        assert line is not None
        self.line = line
        self.line.setPlaceholderText(placeholder)
        self.line.setProperty("code", code)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)
        self.row.addWidget(self.combo)
        self.setFocusProxy(self.combo)
        self.follow_focus(self.combo)
        completer = self.combo.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            # Behind Qt's own, which put the whole row into the field.
            completer.activated.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.refresh()
        self.line.textEdited.connect(self._tell)
        self.combo.activated.connect(lambda _: self._take(self.combo.currentText()))

    def refresh(self) -> None:
        """See `Editor`."""
        titles = self._titles()
        rows = {
            name if titles.get(name, name) == name else f"{name} · {titles[name]}": name
            for name in self._names()
        }
        if rows != self._rows or not self._rows:
            self._rows = rows
            text = self.line.text()
            with QSignalBlocker(self.combo):
                self.combo.clear()
                self.combo.addItems(list(rows))
            self.line.setText(text)

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.combo, "wrong", wrong)

    def name_it(self, name: str) -> None:
        """See `Editor`."""
        super().name_it(name)
        self.line.setAccessibleName(name)

    def _put(self, text: str) -> None:
        if self.line.text() != text:
            with QSignalBlocker(self.combo):
                self.combo.setEditText(text)

    def _take(self, row: str) -> None:
        """A row was chosen: its name goes into the field."""
        name = self._rows.get(row, row)
        if name != row:
            with QSignalBlocker(self.combo):
                self.combo.setEditText(name)
        self._tell(name)

    def _tell(self, text: str) -> None:
        self.edited.emit(self.value_of(text.strip()) if text.strip() else None)

    def value_of(self, text: str) -> Expr:
        """What *text* stands for."""
        raise NotImplementedError


class NameEditor(PickEditor):
    """A text that is a name of the site."""

    def can_show(self, value: Expr | None) -> bool:
        """Texts without slots."""
        return value is None or words_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._put(words_of(value) or "")

    def value_of(self, text: str) -> Expr:
        """See `PickEditor`."""
        return text_expression(text)


class FlowEditor(NameEditor):
    """The path of a flow, with a way to open it."""

    opened = Signal(str)

    def __init__(self, names: Names, placeholder: str = "") -> None:
        super().__init__(names, placeholder)
        self.open = QToolButton()
        self.open.setProperty("role", "square")
        self.open.setIcon(icon("jump_flow", "text", 16))
        self.open.setToolTip(tr("Open this flow"))
        self.open.setAccessibleName(tr("Open this flow"))
        self.open.clicked.connect(lambda: self.opened.emit(self.line.text().strip()))
        self.row.addWidget(self.open)

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        super().show_value(value)
        self.open.setEnabled(bool(words_of(value)))


class VariableEditor(PickEditor):
    """The name of a variable: one that there is, or a new one."""

    def __init__(self, names: Names, placeholder: str = "") -> None:
        super().__init__(names, placeholder or tr("no variable"), code=True)

    def can_show(self, value: Expr | None) -> bool:
        """Names, and what was typed here and is none: whatever it is can be mended here."""
        return value is None or isinstance(value, Name | HalfTyped)

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._put("" if value is None else name_of(value) or written_value(value))

    def value_of(self, text: str) -> Expr:
        """See `PickEditor`."""
        return read_value(text)
