"""What tests of the designer do like a person: press, drag, drop, answer questions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from designer.canvas.protocol import NODE_TYPE
from designer.canvas.scene_canvas import SceneCanvas
from designer.window.chooser import Chooser
from designer.window.page import Page
from flow_runtime.core.model import PortValue

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def settle(page: Page) -> None:
    """Let what waits happen, and the check too."""
    for _ in range(3):
        QApplication.processEvents()
    page.session.check_now()
    QApplication.processEvents()


def answer(words: str, then: Callable[[], None] | None = None) -> list[str]:
    """Press the button *words* of the next message box; its text is put into the list."""
    said: list[str] = []

    def press(tries: int = 500) -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            if tries:
                QTimer.singleShot(10, lambda: press(tries - 1))
            return
        said.append(box.text())
        for button in box.buttons():
            if isinstance(button, QPushButton) and button.text() == words:
                button.click()
                break
        else:
            said.append(f"no button {words}")
            box.reject()
        if then is not None:
            then()

    QTimer.singleShot(0, press)
    return said


def canvas_of(page: Page) -> SceneCanvas:
    """The canvas of a page as the view it is."""
    assert isinstance(page.canvas, SceneCanvas)
    return page.canvas


def point_of(page: Page, x: float, y: float) -> QPoint:
    """A place of the picture in the viewport."""
    return canvas_of(page).view.mapFromScene(QPointF(x, y))


def port_point(page: Page, node: str, port: PortValue) -> QPoint:
    """Where a port's circle is in the viewport."""
    canvas = canvas_of(page)
    return canvas.view.mapFromScene(canvas.cards[node].port_spot(port))


def card_point(page: Page, node: str) -> QPoint:
    """A place on a card's header in the viewport."""
    card = page.session.picture.card(node)
    assert card is not None
    return point_of(page, card.rect.x + 60, card.rect.y + 10)


def drag(page: Page, start: QPoint, end: QPoint) -> None:
    """Press at *start*, move, let go at *end*."""
    port = canvas_of(page).view.viewport()
    QTest.mousePress(port, LEFT, NONE, start)
    for step in (1, 2, 3):
        QTest.mouseMove(port, start + (end - start) * step / 3)
        QApplication.processEvents()
    QTest.mouseRelease(port, LEFT, NONE, end)
    QApplication.processEvents()


def drop_type(page: Page, node_type: str, x: float, y: float) -> bool:
    """Drop a node type of the palette at (x, y) of the picture, as Qt would tell it."""
    port = canvas_of(page).view.viewport()
    data = QMimeData()
    data.setData(NODE_TYPE, QByteArray(node_type.encode()))
    at = point_of(page, x, y)
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(port, enter)
    drop = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(port, drop)
    QApplication.processEvents()
    return enter.isAccepted() and drop.isAccepted()


def popup() -> Chooser:
    """The list that is open."""
    for _ in range(5):
        QApplication.processEvents()
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Chooser)]
    shown = [one for one in found if one.isVisible()]
    assert len(shown) == 1, f"{len(shown)} lists are open"
    return shown[0]


def choose(words: str) -> None:
    """Type *words* into the open list and take the first row."""
    chooser = popup()
    QTest.keyClicks(chooser.field, words)
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    QApplication.processEvents()


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key."""
    QTest.keyClick(widget, key, modifier)
    QApplication.processEvents()
