"""Asks what a data source shall answer: rows, nothing, a number of changed rows, or a failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.forms.editors.choosing import Chooser
from designer.look.i18n import tr
from designer.panels.simulator.sheet import simulator_sheet
from flow_runtime.call_tests.model import Changed, DataAnswer, Fails, Rows
from flow_runtime.call_tests.tree import Scalar, Table
from flow_runtime.call_tests.values import shown

FAILURES: Final = (
    "database-timeout", "database-error", "database-unreachable", "database-busy",
)  # fmt: skip
_MOST: Final = 1_000_000


class AnswerDialog(QDialog):
    """*columns* are those of each source's queries; *answer* is what is to be changed."""

    def __init__(
        self,
        columns: Mapping[str, tuple[str, ...]],
        source: str,
        answer: DataAnswer | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Made-up answer"))
        self.resize(520, 330)
        self.setStyleSheet(simulator_sheet())
        self._columns = columns
        self.source, self.kind = QComboBox(), Chooser()
        self.source.setEditable(True)
        self.source.addItems(list(columns))
        self.source.setCurrentText(source or next(iter(columns), ""))
        self.kind.addItems(
            [tr("rows"), tr("nothing found"), tr("a number of changed rows"), tr("a failure")]
        )
        self.rows = QTableWidget(0, 0)
        self.rows.setAccessibleName(tr("Rows found"))
        self.count, self.failure = QSpinBox(), QComboBox()
        self.count.setRange(0, _MOST)
        self.count.setValue(1)
        self.failure.setEditable(True)
        self.failure.addItems(list(FAILURES))
        self._pages = QStackedWidget()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._lay_out()
        self._fill(answer)
        self.kind.currentIndexChanged.connect(self._pages.setCurrentIndex)
        self.source.currentTextChanged.connect(self._offer_columns)
        self.source.currentTextChanged.connect(self._judge)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._judge()

    def answer(self) -> tuple[str, DataAnswer]:
        """The source, and what it shall answer."""
        source = self.source.currentText().strip()
        match self.kind.currentIndex():
            case 0:
                return source, Rows(tuple(self._row(at) for at in range(self.rows.rowCount())))
            case 1:
                return source, Rows(())
            case 2:
                return source, Changed(self.count.value())
        name = self.failure.currentText().strip() or FAILURES[0]
        return source, Fails(name, tr("the made-up data says so"))

    # --- laying out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Data source"), self.source)
        form.addRow(tr("answers with"), self.kind)
        self._pages.addWidget(self._table())
        self._pages.addWidget(_hint(tr("The query finds no row.")))
        self._pages.addWidget(_with(self.count, tr("So many rows were changed.")))
        self._pages.addWidget(_with(self.failure, tr("The query fails with this name.")))
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._pages, 1)
        column.addWidget(self.buttons)

    def _table(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows, 1)
        buttons = QHBoxLayout()
        for words, act in (
            (tr("Add row"), self.add_row),
            (tr("Remove row"), self._remove_row),
            (tr("Add column…"), self._ask_column),
        ):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(_hint(tr(
            "12.5 is a number, 2026-11-24 a date, true a yes; "
            "what is in quotes is a text: \"0123\". Empty cells are left out."
        )))  # fmt: skip
        return page

    def _fill(self, answer: DataAnswer | None) -> None:
        match answer:
            case Rows(()):
                self._show_page(1)
            case Rows(rows):
                for name in dict.fromkeys(key.text for row in rows for key, _ in row.pairs):
                    self.add_column(name)
                for row in rows:
                    self.add_row()
                    for key, value in row.pairs:
                        self._set(self.rows.rowCount() - 1, key.text, shown(value))
            case Changed(count):
                self.count.setValue(count)
                self._show_page(2)
            case Fails(name, _):
                self.failure.setCurrentText(name)
                self._show_page(3)
            case None:
                self._offer_columns()
                self.add_row()

    def _show_page(self, at: int) -> None:
        self.kind.setCurrentIndex(at)
        self._pages.setCurrentIndex(at)

    # --- the table ------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The columns."""
        heads = [self.rows.horizontalHeaderItem(at) for at in range(self.rows.columnCount())]
        return [head.text() for head in heads if head is not None]

    def add_column(self, name: str) -> None:
        """Another column, unless it is there."""
        if name and name not in self.names():
            at = self.rows.columnCount()
            self.rows.setColumnCount(at + 1)
            self.rows.setHorizontalHeaderItem(at, QTableWidgetItem(name))

    def add_row(self) -> None:
        """Another row."""
        self.rows.setRowCount(self.rows.rowCount() + 1)

    def _remove_row(self) -> None:
        at = self.rows.currentRow()
        self.rows.removeRow(at if at >= 0 else self.rows.rowCount() - 1)

    def _ask_column(self) -> None:
        name, taken = QInputDialog.getText(self, tr("Add column…"), tr("Name of the column"))
        if taken:
            self.add_column(name.strip())

    def _offer_columns(self) -> None:
        for name in self._columns.get(self.source.currentText().strip(), ()):
            self.add_column(name)

    def _judge(self) -> None:
        """An answer needs a source."""
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(self.source.currentText().strip()))

    def _set(self, row: int, name: str, text: str) -> None:
        self.rows.setItem(row, self.names().index(name), QTableWidgetItem(text))

    def _row(self, row: int) -> Table:
        pairs = []
        for at, name in enumerate(self.names()):
            item = self.rows.item(row, at)
            text = "" if item is None else item.text().strip()
            if text:
                pairs.append((Scalar(name), _value(text)))
        return Table(tuple(pairs))


def _value(text: str) -> Scalar:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return Scalar(text[1:-1], plain=False)
    return Scalar(text)


def _hint(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "help")
    label.setWordWrap(True)
    return label


def _with(field: QWidget, words: str) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(field)
    column.addWidget(_hint(words))
    column.addStretch(1)
    return page
