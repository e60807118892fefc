"""What a window without an open flow shows: begin, open, recent flows, templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import tr
from designer.site import Template


class StartPage(QScrollArea):
    """One column in the middle."""

    new_wanted = Signal()
    open_wanted = Signal()
    path_wanted = Signal(Path)
    template_wanted = Signal(object)

    def __init__(self, recent: Sequence[Path], templates: Sequence[Template]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        inner = QWidget()
        outer = QHBoxLayout(inner)
        column = QVBoxLayout()
        column.setSpacing(6)
        outer.addStretch(1)
        outer.addLayout(column, 3)
        outer.addStretch(1)
        column.addStretch(1)
        column.addWidget(_label(tr("Draw how a telephone line behaves"), "panel"))
        self._new = _button(tr("New flow"), self.new_wanted.emit, primary=True)
        row = QHBoxLayout()
        row.addWidget(self._new)
        row.addWidget(_button(tr("Open…"), self.open_wanted.emit))
        row.addStretch(1)
        column.addLayout(row)
        if recent:
            column.addSpacing(14)
            column.addWidget(_label(tr("Recent"), "label"))
        for path in recent[:6]:
            words = f"{path.stem}  —  {path.parent}"
            column.addWidget(_flat(words, partial(self.path_wanted.emit, path)))
        column.addSpacing(14)
        column.addWidget(_label(tr("Templates"), "label"))
        rows = QGridLayout()
        rows.setHorizontalSpacing(12)
        rows.setColumnStretch(1, 1)
        for number, one in enumerate(templates):
            title = tr(one.title)
            words = title[:1].upper() + title[1:]
            button = _flat(words, partial(self.template_wanted.emit, one))
            button.setToolTip(tr(one.about))
            rows.addWidget(button, number, 0, Qt.AlignmentFlag.AlignLeft)
            rows.addWidget(_label(tr(one.about), "help"), number, 1)
        column.addLayout(rows)
        column.addStretch(2)
        self.setWidget(inner)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """The keyboard begins where most people do."""
        super().showEvent(event)
        self._new.setFocus()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _button(text: str, act: Callable[[], object], primary: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("primary", primary)
    button.clicked.connect(lambda: act())
    return button


def _flat(text: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("flat", True)
    button.clicked.connect(lambda: act())
    return button
