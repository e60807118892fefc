"""One field: its label, the editor of its value, one line of help or of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.record import RecordEditor
from designer.forms.editors.sound import SoundEditor
from designer.forms.message import Badge, Message
from designer.look.i18n import told, tr
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.problems import Problem

MakeEditor = Callable[[], Editor]


class Field(QWidget):
    """Keeps the editor and the flow in step, whichever of them changes."""

    def __init__(
        self,
        context: FormContext,
        cell: Cell,
        plain: Editor | None,
        *,
        help: str = "",
        required: bool = False,
        optional: bool = False,
        toggles: bool = True,
        mode: str = "Abc",
    ) -> None:
        super().__init__()
        self.context, self.cell, self.plain = context, cell, plain
        self._code: ExpressionEditor | None = None
        self._value: Expr | None = None
        self._shown = False
        self._problems: Sequence[Problem] = ()
        self._help, self._needed = help, ""
        self._mixed: QLabel | None = None
        self._gaps: Badge | None = None
        self.message = Message()
        self._toggle = ModeToggle(mode) if toggles and plain is not None else None
        self._head = self._make_head(required, optional)
        self._body = QHBoxLayout()
        self._body.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._head)
        column.addLayout(self._body)
        self._column = column
        self._editor = self._use(plain if plain is not None else self._expression())
        self.refresh()

    # --- parts ----------------------------------------------------------------------------------

    def _make_head(self, required: bool, optional: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.label = QLabel(self.cell.label)
        self.label.setProperty("role", "label")
        self.label.setMinimumHeight(18)
        row.addWidget(self.label)
        if required:
            star = QLabel("*")
            star.setProperty("role", "required")
            star.setToolTip(tr("Required"))
            row.addWidget(star)
        if optional:
            faint = QLabel(tr("optional"))
            faint.setProperty("role", "help")
            row.addWidget(faint)
        row.addStretch(1)
        self.badges = QHBoxLayout()
        self.badges.setSpacing(4)
        row.addLayout(self.badges)
        if self._toggle is not None:
            row.addWidget(self._toggle)
            self._toggle.chosen.connect(self._choose_mode)
            self._toggle.hide()
        return row

    def _expression(self) -> ExpressionEditor:
        if self._code is None:
            self._code = ExpressionEditor(self.cell.scope, self.cell.wanted)
        return self._code

    def _use(self, editor: Editor) -> Editor:
        if editor.parent() is None or editor.property("field") is None:
            editor.setProperty("field", True)
            editor.edited.connect(self._edited)
            editor.entered.connect(self._entered)
            editor.left.connect(self._left)
            editor.advised.connect(self._advised)
            star = self.label.text()
            editor.name_it(star)
            self._body.insertWidget(0, editor, int(not editor.beside))
            if isinstance(editor, SoundEditor):
                editor.gaps_changed.connect(self._show_gaps)
        for other in (self.plain, self._code):
            if other is not None and other is not editor:
                other.hide()
        editor.show()
        (self._body if editor.beside else self._column).addWidget(self.message, int(editor.beside))
        self.label.setBuddy(editor.focusProxy() or editor)
        return editor

    # --- in step with the flow ------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the flow says now."""
        value = self.context.read(self.cell)
        if self._shown and value == self._value:
            return
        by_code = self._editor is self._code and self._value is not None and value is not None
        plain = self.plain
        if plain is None or by_code or not plain.can_show(value):
            editor: Editor = self._expression()
        else:
            editor = plain
        self._editor = self._use(editor)
        self._value, self._shown = value, True
        self._editor.show_value(value)
        self._show_mode()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """What is wrong with the value."""
        if problems != self._problems:
            self._problems = problems
            self._show_message()

    def show_mixed(self, mixed: bool) -> None:
        """The selected nodes differ in it."""
        if mixed and self._mixed is None:
            self._mixed = QLabel(tr("mixed"))
            self._mixed.setProperty("role", "chip")
            self.badges.addWidget(self._mixed)
        if self._mixed is not None:
            self._mixed.setVisible(mixed)
        for line in self._editor.findChildren(QLineEdit):
            if mixed:
                line.setPlaceholderText(tr("mixed"))
        for text in self._editor.findChildren(QPlainTextEdit):
            if mixed:
                text.setPlaceholderText(tr("mixed"))

    def _show_gaps(self, count: int) -> None:
        """In so many languages nothing would be heard."""
        if count and self._gaps is None:
            self._gaps = Badge()
            self.badges.addWidget(self._gaps)
        if self._gaps is not None:
            self._gaps.setVisible(bool(count))
            self._gaps.say(
                tr("1 language missing") if count == 1 else tr("{n} languages missing", n=count)
            )

    def refresh_rows(self) -> None:
        """Another field may ask for other rows here, as a statement does for its values."""
        if isinstance(self._editor, RecordEditor):
            self._editor.refresh_rows()

    def refresh_names(self) -> None:
        """Names and types around have changed."""
        self._editor.refresh()

    def _edited(self, value: Any) -> None:
        before, self._value = self._value, value
        if not self.context.put(self.cell, value):
            self._value = before

    # --- modes ----------------------------------------------------------------------------------

    def _choose_mode(self, expression: bool) -> None:
        if expression == (self._editor is self._code):
            return
        if not expression and self.plain is not None and not self.plain.can_show(self._value):
            self._edited(None)
        editor = self._expression() if expression or self.plain is None else self.plain
        self._editor = self._use(editor)
        self._editor.show_value(self._value)
        self._show_mode()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_mode(self) -> None:
        if self._toggle is not None:
            self._toggle.show_mode(self._editor is self._code)
            self._toggle.setVisible(
                self._editor is self._code or self.underMouse() or self._has_focus()
            )

    def _has_focus(self) -> bool:
        focus = self.focusWidget()
        return focus is not None and focus.hasFocus()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """The pointer shows the toggle."""
        self._show_mode()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """And hides it again."""
        self._show_mode()

    def _entered(self) -> None:
        self.context.session.document.end_merging()
        self._show_mode()
        self._show_message()

    def _left(self) -> None:
        self._needed = ""
        self._show_mode()
        self._show_message()

    # --- what is said below ---------------------------------------------------------------------

    def _advised(self, needed: str) -> None:
        self._needed = needed
        self._show_message()

    def _show_message(self) -> None:
        said = self._problems
        if self._needed:
            said = [p for p in said if p.code not in ("half-typed", "bad-strategy")]
        worst = min(said, key=lambda p: p.severity != "error", default=None)
        self._editor.show_wrong(worst is not None and worst.severity == "error")
        if worst is not None:
            self.message.say(worst.severity, told(worst.text))
        elif self._needed:
            self.message.say("needed", tr("Still needed: {what}", what=self._needed))
        else:
            self.message.say("help", self._help)

    def showEvent(self, event: QEvent) -> None:  # noqa: N802
        """The help is there from the first."""
        self._show_message()


class ModeToggle(QWidget):
    """``1 2 3 | ƒ expression``."""

    chosen = Signal(bool)
    """Whether an expression is wanted."""

    def __init__(self, plain: str) -> None:
        super().__init__()
        self.plain = self._button(plain, "left", tr("A value"))
        self.expression = self._button("ƒ " + tr("expression"), "right", tr("An expression"))
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, button in enumerate((self.plain, self.expression)):
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(lambda number: self.chosen.emit(number == 1))

    def _button(self, text: str, end: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setCheckable(True)
        button.setProperty("role", "mode")
        button.setProperty("end", end)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_mode(self, expression: bool) -> None:
        """Which of the two is in use."""
        (self.expression if expression else self.plain).setChecked(True)
