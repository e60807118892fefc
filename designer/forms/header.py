"""The head of the form: icon, title, type and name, help, and a menu of what else there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.forms.body import let_wrap
from designer.forms.commit_line import CommitLine
from designer.look.fonts import width
from designer.look.i18n import tr
from designer.look.icons import icon, pixmap

_AROUND: Final = 20
"""Margins and borders beside type and name."""


class Header(QWidget):
    """Title and name are edited where they stand."""

    def __init__(
        self,
        glyph: tuple[str, str],
        kind: str,
        rename: Callable[[str], str] | None,
        entitle: Callable[[str], str] | None,
        help: str = "",
    ) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(pixmap(*glyph, 24))
        picture.setFixedSize(24, 24)
        self._fixed = QLabel()
        self._fixed.setProperty("role", "panel")
        let_wrap(self._fixed)
        self.title = CommitLine(entitle or (lambda _: ""), "title", parts=True)
        self.title.setAccessibleName(tr("Title"))
        self.title.setPlaceholderText(tr("Title"))
        self.name = CommitLine(rename or (lambda _: ""), "name")
        self.name.setProperty("code", True)
        self.name.setAccessibleName(tr("Name"))
        self.name.setFixedHeight(20)
        (self.title if entitle is None else self._fixed).hide()
        self._below = below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        below.setSpacing(2)
        below.setContentsMargins(4, 0, 0, 0)
        self._kind = QLabel(kind if rename is None else tr("{kind} · name", kind=kind))
        self._kind.setProperty("role", "help")
        below.addWidget(self._kind)
        if rename is None:
            let_wrap(self._kind)
            self.name.hide()
        below.addWidget(self.name, 1)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.title)
        middle.addWidget(self._fixed)
        middle.addLayout(below)
        self.help = _button("ui-help", tr("What this node does"))
        self.help.setCheckable(True)
        if not help:
            self.help.hide()
        self.more = _button("ui-more", tr("More"))
        self.menu = QMenu(self.more)
        self.more.clicked.connect(self._open_menu)
        row = QHBoxLayout()
        row.setContentsMargins(14, 10, 8, 9)
        row.setSpacing(9)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(middle, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.help)
        buttons.addWidget(self.more)
        row.addLayout(buttons)
        self.about = QLabel(help)
        self.about.setProperty("role", "help")
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.about.setContentsMargins(14, 0, 14, 10)
        self.about.hide()
        self.help.toggled.connect(self.about.setVisible)
        rule = QFrame()
        rule.setProperty("role", "rule")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.about)
        column.addWidget(rule)

    def show_names(self, title: str, name: str) -> None:
        """What the flow says they are."""
        self.title.show_text(title)
        self._fixed.setText(title)
        self.name.show_text(name)
        self._break()

    def _break(self) -> None:
        """A name that has no room behind the type stands below it."""
        wanted = self._kind.sizeHint().width() + width(self.name.text(), "code") + _AROUND
        narrow = wanted > self.title.width() and not self.name.isHidden()
        direction = QBoxLayout.Direction
        self._below.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self._below.setSpacing(0 if narrow else 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Another width, another place for the name."""
        super().resizeEvent(event)
        self._break()

    def _open_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))


def _button(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, "muted", 18))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button
