"""A statement with colours, what it asks for, and a way to try it against its data source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.forms.body import note
from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.growing import GrowingText
from designer.forms.message import Message
from designer.forms.tasks import Task
from designer.forms.values import words_of, words_value
from designer.look.i18n import told, tr
from designer.look.theme import theme
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.sql import parameters

_PIECES: Final = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<text>'(?:[^']|'')*'?)
    | (?P<parameter>(?<![:\w]):\w+)
    | (?P<number>\b\d+(?:\.\d+)?\b)
    | (?P<keyword>\b(?:select|from|where|and|or|not|in|is|null|like|between|order|group|by|having|
        limit|offset|as|join|left|right|inner|outer|on|insert|into|values|update|set|delete|
        distinct|count|sum|min|max|avg|case|when|then|else|end|desc|asc|union|all|exists|
        returning|with|coalesce)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COLOURS: Final = {
    "comment": "faint", "text": "say", "parameter": "accent", "number": "logic", "keyword": "ask",
}  # fmt: skip
_SOON_MS: Final = 500
"""So long a query may take before its progress is shown."""
_MOST_ROWS: Final = 20
_LONGEST: Final = timedelta(seconds=10)


class SqlColours(QSyntaxHighlighter):
    """Colours a statement line by line."""

    def highlightBlock(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Colour one line."""
        for match in _PIECES.finditer(text):
            made = QTextCharFormat()
            made.setForeground(theme().colour(_COLOURS[str(match.lastgroup)]))
            if match.lastgroup == "parameter":
                made.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(match.start(), match.end() - match.start(), made)


class SqlEditor(Editor):
    """See the module."""

    def __init__(self, context: FormContext, cell: Cell) -> None:
        super().__init__()
        self.context, self.cell = context, cell
        self.text = GrowingText("code", 3, 12)
        self._colours = SqlColours(self.text.document())
        self._before: Expr | None = None
        self.trial = Trial(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addWidget(self.trial)
        self.setFocusProxy(self.text)
        self.follow_focus(self.text)
        self.text.typed.connect(self._tell)

    def can_show(self, value: Expr | None) -> bool:
        """Statements are one written text; only that can be bound safely."""
        return value is None or words_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._before = value
        self.text.show_text((words_of(value) or "").strip("\n"))
        self.trial.show_statement(self.statement)

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.text, "wrong", wrong)

    @property
    def statement(self) -> str:
        """What is written."""
        return self.text.toPlainText()

    def _tell(self) -> None:
        text = self.statement
        value: Expr | None = words_value(text, self._before) if text.strip() else None
        self._before = value
        self.trial.show_statement(text)
        self.edited.emit(value)

    @property
    def node(self) -> str:
        """The node whose statement it is."""
        return self.cell.key.partition(".")[0]


class Trial(QWidget):
    """Runs the statement with sample values and shows the rows, or what went wrong."""

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__()
        self._editor = editor
        self._task: Task | None = None
        self._open = False
        self.samples: dict[str, QLineEdit] = {}
        self._holders: list[QWidget] = []
        self._fields = QVBoxLayout()
        self._fields.setSpacing(3)
        self.asks = note("")
        self.run = QPushButton(tr("Try"))
        self.run.setToolTip(tr("Run the statement against the data source with these values"))
        self.cancel = QPushButton(tr("Cancel"))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr("The data source is being asked"))
        self.message = Message()
        self.table = QTableWidget()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setAccessibleName(tr("Rows found"))
        self.table.verticalHeader().hide()
        self.table.setFrameShape(QFrame.Shape.Box)
        row = QHBoxLayout()
        row.addWidget(self.run)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.asks)
        column.addLayout(self._fields)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(self.table)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._show_progress)
        self.run.clicked.connect(self.start)
        self.cancel.clicked.connect(self.stop)
        self.table.hide()
        self._show_progress(False)

    def show_statement(self, sql: str) -> None:
        """Ask for a sample of each value that the statement wants."""
        names = list(parameters(sql))
        if names != list(self.samples):
            old = {name: line.text() for name, line in self.samples.items()}
            for holder in self._holders:
                holder.hide()
                holder.deleteLater()
            self._holders.clear()
            self.samples = {name: self._sample(name, old.get(name, "")) for name in names}
        self.asks.setText(tr("To try it, give samples of its values:") if names else "")
        self.run.setEnabled(bool(sql.strip()))
        self._fold(not self._open or not names)

    def _fold(self, folded: bool) -> None:
        self.asks.setVisible(not folded)
        for holder in self._holders:
            holder.setVisible(not folded)

    def _sample(self, name: str, text: str) -> QLineEdit:
        holder = QWidget()
        label = QLabel(f":{name}")
        label.setProperty("code", True)
        label.setMinimumWidth(80)
        line = QLineEdit(text)
        line.setPlaceholderText(tr("sample value"))
        line.setAccessibleName(tr("Sample of {name}", name=name))
        label.setBuddy(line)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(line, 1)
        self._fields.addWidget(holder)
        self._holders.append(holder)
        return line

    # --- running --------------------------------------------------------------------------------

    def start(self) -> None:
        """Ask the data source, in another thread; first for samples, if some are needed."""
        if self.samples and not self._open:
            self._open = True
            self._fold(False)
            next(iter(self.samples.values())).setFocus()
            return
        editor, session = self._editor, self._editor.context.session
        bound = editor.context.insight.bound(editor.node)
        source = None if bound is None else bound.draft.constants.get("source")
        if not isinstance(source, str) or not source:
            self.message.say("error", tr("Choose a data source first: it is asked."))
            return
        sql, site = editor.statement.strip(), session.site
        bind = {name: sample(line.text()) for name, line in self.samples.items()}
        self.stop()
        self.message.say("help", "")
        self.table.hide()
        self._task = editor.context.tasks.start(
            lambda: site.try_query(source, sql, bind, _LONGEST, _MOST_ROWS),
            self._show_rows,
            self._show_failure,
        )
        self.run.setEnabled(False)
        self._soon.start()

    def stop(self) -> None:
        """Wait no longer."""
        if self._task is not None:
            self._task.cancel()
            self._end()
            self.message.say("help", tr("Cancelled."))

    def _end(self) -> None:
        self._task = None
        self._soon.stop()
        self._show_progress(False)
        self.run.setEnabled(True)

    def _show_progress(self, shown: bool = True) -> None:
        self.progress.setVisible(shown)
        self.cancel.setVisible(shown)

    def _show_failure(self, error: Exception) -> None:
        self._end()
        words = error.text if isinstance(error, NodeFailure) else str(error) or repr(error)
        self.message.say("error", told(words))

    def _show_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._end()
        if not rows:
            self.message.say("help", tr("No row fits: the call would leave by not_found."))
            return
        count = len(rows)
        self.message.say("help", tr("1 row") if count == 1 else tr("{n} rows", n=count))
        names = list(rows[0])
        self.table.setColumnCount(len(names))
        self.table.setHorizontalHeaderLabels(names)
        self.table.setRowCount(count)
        for at, row in enumerate(rows):
            for column, name in enumerate(names):
                value = row[name]
                words = "none" if value is None else str(value)
                self.table.setItem(at, column, QTableWidgetItem(words))
        self.table.resizeColumnsToContents()
        self.table.setFixedHeight(min(count, 5) * 30 + 32)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.show()


def sample(text: str) -> Any:
    """A sample value: a number where it is one and nothing would be lost, ``none``, else a text."""
    text = text.strip()
    if text in ("", "none"):
        return None
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]+)?", text):
        return Decimal(text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
