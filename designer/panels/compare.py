"""How the flow differs from another text of it: a list of changes, and marks on the canvas."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.core.compare import Comparison, compare, said
from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.session import Session
from flow_runtime.core.model import Flow
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import decode, parse

_TOKENS = {"added": "ok", "removed": "error", "changed": "accent", "renamed": "accent"}
_SIGNS = {"added": "+", "removed": "−", "changed": "±", "renamed": "±"}


class Compare(QWidget):
    """Compares when asked, and again whenever the flow changes, until it is told to stop."""

    compared = Signal(object)
    """A `Comparison` to show on the canvas, or None: no more."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._base: Flow | None = None
        self._comparison: Comparison | None = None
        self.words = QLabel()
        self.words.setProperty("role", "help")
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Changes"))
        self.file = QPushButton(tr("With the file on disk"))
        self.other = QPushButton(tr("With another file…"))
        self.stop = QPushButton(tr("Done"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.file, self.other, self.stop):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 8, 4)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self.file.clicked.connect(self.with_file)
        self.other.clicked.connect(self._ask)
        self.stop.clicked.connect(self.end)
        self.list.currentRowChanged.connect(self._go)
        session.changed.connect(self._refresh)
        theme().changed.connect(self._refresh)
        self._refresh()

    def with_file(self) -> None:
        """Compare with what is in the flow's own file now."""
        if self._session.path is not None:
            self.with_path(self._session.path)

    def with_path(self, path: Path) -> None:
        """Compare with the flow in *path*."""
        try:
            text = decode(path.read_bytes())
        except OSError as error:
            self._say(tr("{path} cannot be read: {reason}.", path=path, reason=error.strerror))
            return
        flow = None if isinstance(text, Problem) else parse(text).flow
        if flow is None:
            self._say(tr("{path} is not a flow that can be read.", path=path))
            return
        self._base = flow
        self._refresh()

    def end(self) -> None:
        """Compare no more."""
        self._base = None
        self._refresh()

    def lines(self) -> list[str]:
        """The changes as a person reads them."""
        return [self.list.item(n).text() for n in range(self.list.count())]

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, tr("Compare with"), str(self._session.path or ""), tr("Flows") + " (*.flow)"
        )
        if name:
            self.with_path(Path(name))

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def _refresh(self) -> None:
        flow, base = self._session.flow, self._base
        self.file.setEnabled(self._session.path is not None)
        self.stop.setEnabled(base is not None)
        self.list.clear()
        before, self._comparison = self._comparison, None
        if base is None or flow is None:
            self._say(tr("Compare this flow with its file, or with another one."))
            if before is not None:
                self.compared.emit(None)
            return
        self._comparison = compare(base, flow, self._session.around.nodes)
        for change in self._comparison.changes:
            name = f"{change.node}: " if change.node and change.what != "node" else ""
            item = QListWidgetItem(f"{_SIGNS[change.kind]}  {name}{said(change, tr)}")
            item.setForeground(theme().colour(_TOKENS[change.kind]))
            item.setFont(font("body"))
            item.setData(Qt.ItemDataRole.UserRole, change.node)
            self.list.addItem(item)
        count = len(self._comparison.changes)
        said_count = tr("1 change") if count == 1 else tr("{n} changes", n=count)
        self._say(said_count if count else tr("No difference in meaning"))
        self.compared.emit(self._comparison)

    def _go(self, row: int) -> None:
        item = self.list.item(row)
        node = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if node is not None and self._session.picture.card(node) is not None:
            self._session.reveal(node)
