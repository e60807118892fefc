"""Hands and eyes of somebody at the designer's window: events of mouse and keyboard, nothing else.

Keys go where Qt says that the keyboard is. Without a desktop nobody makes the window active again
when a list or a dialog has closed: these hands do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import (
    QInputMethodEvent,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from designer.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
W = TypeVar("W", bound=QWidget)


class Hands:
    """One person at one window."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)

    def sees(self, place: QWidget, kind: type[W], words: str) -> W:
        """The visible widget of *kind* in *place* that says *words*, or is called so."""
        found = [
            one
            for one in place.findChildren(kind)
            if one.isVisible() and words in (one.accessibleName(), words_of(one))
        ]
        assert found, f"nothing is called {words!r}"
        return found[0]

    # --- mouse and keyboard ---------------------------------------------------------------------

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click on the middle of *widget*, or at *at* in it."""
        assert widget.isVisible() and widget.isEnabled(), f"{words_of(widget)} cannot be clicked"
        self.close_offers(widget)
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center() if at is None else at)
        QApplication.processEvents()

    def close_offers(self, widget: QWidget) -> None:
        """A list that is open goes when one clicks elsewhere: the desktop sees to it."""
        offers = QApplication.activePopupWidget()
        if offers is not None and widget.window() is not offers:
            offers.close()
        self._come_back()

    def _come_back(self) -> None:
        """When a list or a dialog has closed, the desktop makes our window the active one."""
        busy = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if busy is None and not self.window.isActiveWindow():
            self.window.activateWindow()
            self.qtbot.waitUntil(self.window.isActiveWindow)

    def press(self, keys: str) -> None:
        """Press a key, such as ``Ctrl+S``, wherever the keyboard is."""
        stroke = QKeySequence(keys)[0]
        QTest.keyClick(self._keyboard(), stroke.key(), stroke.keyboardModifiers())
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """Type *text* wherever the keyboard is; a new line is Enter.

        What is on no key, such as Chinese, comes from an input method.
        """
        for piece in re.findall(r"\n|[ -~]+|[^\n -~]+", text):
            if piece == "\n":
                self.press("Return")
            elif piece.isascii():
                QTest.keyClicks(self._keyboard(), piece)
            else:
                composed = QInputMethodEvent()
                composed.setCommitString(piece)
                QApplication.sendEvent(self._keyboard(), composed)
        QApplication.processEvents()

    def choose(self, words: str) -> None:
        """Type *words* into the list that has popped up, and take the first row."""
        self.type(words)
        self.press("Return")

    def choose_in_menu(self, words: str) -> None:
        """Click on a line of the menu that has popped up."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), "no menu is open"
        action = next(one for one in menu.actions() if one.text() == words)
        assert action.isEnabled()
        self.click(menu, menu.actionGeometry(action).center())

    def name_file(self, name: str) -> None:
        """Let the next dialog for files be answered with *name*, typed."""
        line: list[QLineEdit] = []

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                if not line:
                    QTimer.singleShot(20, answer)
                return
            if not line:
                line.append(dialog.findChildren(QLineEdit)[0])
                line[0].setFocus()
                QTest.keyClick(line[0], Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
                QTest.keyClicks(line[0], name)
            save = next(
                (one for one in dialog.findChildren(QPushButton) if one.text() == "&Save"), None
            )
            QTimer.singleShot(20, answer)  # until the dialog has looked at the folder, and is gone
            if save is not None:
                self.click(save)

        QTimer.singleShot(0, answer)

    def _keyboard(self) -> QWidget:
        """The widget that keys go to."""
        popped = QApplication.activePopupWidget()
        if popped is not None:
            return popped.focusWidget() or popped
        self._come_back()
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the keyboard"
        return target

    # --- tabs, lists and fields -----------------------------------------------------------------

    def open_tab(self, bar: QTabBar, words: str) -> None:
        """Click on a tab."""
        at = next(n for n in range(bar.count()) if bar.tabText(n) == words)
        self.click(bar, bar.tabRect(at).center())

    def choose_row(self, rows: QListWidget, words: str) -> None:
        """Click on the row of a list in which *words* stand."""
        names = [
            str(rows.item(n).data(Qt.ItemDataRole.AccessibleTextRole)) for n in range(rows.count())
        ]
        at = next(n for n, name in enumerate(names) if words in name)
        spot = rows.visualItemRect(rows.item(at)).topLeft() + QPoint(60, 16)
        self.click(rows.viewport(), spot)

    def type_over(self, field: QLineEdit, text: str) -> None:
        """Click into a field, mark what is in it, and type over it."""
        self.click(field)
        self.press("Ctrl+A")
        self.type(text)

    def choose_in_box(self, box: QComboBox, words: str) -> None:
        """Open a combo box, go to a row by the arrow keys, and take it."""
        self.click(box)
        rows = box.view()
        QTest.keyClick(rows, Qt.Key.Key_Home)
        for _ in range(box.count()):
            if rows.currentIndex().data() == words:
                break
            QTest.keyClick(rows, Qt.Key.Key_Down)
        QTest.keyClick(rows, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert box.currentText() == words

    def wait_for(self, reached: Callable[[], bool]) -> None:
        """Look on until it is so."""
        self.qtbot.waitUntil(reached, timeout=20_000)


def words_of(widget: QWidget) -> str:
    if isinstance(widget, QAbstractButton | QLabel):
        return widget.text()
    return widget.accessibleName()
