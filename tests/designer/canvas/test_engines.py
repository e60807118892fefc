"""The view is chosen by menu or command line, and a flow can be drawn with the second one too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.app import Program
from designer.canvas.nodegraph import NodeGraphCanvas
from designer.canvas.protocol import NODE_TYPE
from designer.canvas.scene_canvas import SceneCanvas
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import LEFT, NONE, press, settle


def second(program: Program) -> NodeGraphCanvas:
    page = program.windows[0].page
    assert page is not None and isinstance(page.canvas, NodeGraphCanvas)
    return page.canvas


def spot(canvas: NodeGraphCanvas, x: float, y: float) -> QPoint:
    return canvas.view.mapFromScene(QPointF(x, y))


def drop(canvas: NodeGraphCanvas, word: str, x: float, y: float) -> None:
    data = QMimeData()
    data.setData(NODE_TYPE, QByteArray(word.encode()))
    at, port = spot(canvas, x, y), canvas.view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(at, Qt.DropAction.CopyAction, data, LEFT, NONE))
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(port, event)
    QApplication.processEvents()


def drag(canvas: NodeGraphCanvas, start: QPointF, end: QPointF) -> None:
    port = canvas.view.viewport()
    first, last = canvas.view.mapFromScene(start), canvas.view.mapFromScene(end)
    QTest.mousePress(port, LEFT, NONE, first)
    for step in (1, 2, 3):
        QTest.mouseMove(port, first + (last - first) * step / 3)
    QTest.mouseRelease(port, LEFT, NONE, last)
    QApplication.processEvents()


def test_the_menu_chooses_the_view_and_open_flows_stay(program: Program, page: Page) -> None:
    page.session.select(["fault"] if page.session.picture.card("fault") else [])
    text = page.session.document.text
    assert isinstance(page.canvas, SceneCanvas)
    program.windows[0].actions_["canvas_nodegraph"].trigger()
    QApplication.processEvents()
    canvas = second(program)
    again = program.windows[0].page
    assert again is not None and again.session.document.text == text
    assert set(canvas.cards) == {card.name for card in again.session.picture.cards}
    assert program.settings.canvas == "nodegraph"
    program.windows[0].actions_["canvas_scene"].trigger()
    QApplication.processEvents()
    assert program.windows[0].page is not None
    assert isinstance(program.windows[0].page.canvas, SceneCanvas)


def test_a_flow_is_drawn_with_the_second_view(program: Program, window: MainWindow) -> None:
    program.choose_canvas("nodegraph")
    window = program.windows[0]
    page = window.files.new()
    settle(page)
    page.canvas.zoom(1.0)
    canvas = second(program)
    drop(canvas, "say", 100, 100)
    assert page.session.selected == ("say",)
    drop(canvas, "hangup", 400, 300)
    flow = page.session.flow
    assert flow is not None and [node.name for node in flow.nodes] == ["say", "hangup"]

    QTest.mouseClick(canvas.view.viewport(), LEFT, NONE, canvas.view.mapFromScene(
        canvas.cards["say"].body().center()))  # fmt: skip
    press(canvas.widget, Qt.Key.Key_F2)
    field = canvas.view.viewport().findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "Welcome")
    press(field, Qt.Key.Key_Return)
    assert set(canvas.cards) == {"welcome", "hangup"}

    edges = [(node.name, edge.port) for node in flow.nodes for edge in node.edges]
    for node, port in edges:
        page.drawing.disconnected((node, port))
    way = canvas.cards["welcome"].card.ports[0].name
    drag(canvas, canvas.cards["welcome"].port_spot(way), canvas.cards["hangup"].body().center())
    flow = page.session.flow
    assert flow is not None
    assert [(n.name, e.port, e.target) for n in flow.nodes for e in n.edges] == [
        ("welcome", way, "hangup")
    ]
    assert set(canvas.pipes) == {("welcome", way)}

    before = canvas.cards["hangup"].pos()
    drag(canvas, canvas.cards["hangup"].body().center(),
         canvas.cards["hangup"].body().center() + QPointF(41, 22))  # fmt: skip
    assert canvas.cards["hangup"].pos() == before + QPointF(40, 20)

    press(canvas.widget, Qt.Key.Key_Delete)
    assert set(canvas.cards) == {"welcome"} and not canvas.pipes
    page.session.undo()
    assert set(canvas.cards) == {"welcome", "hangup"} and len(canvas.pipes) == 1


def test_without_nodegraphqt_the_designer_starts_with_its_own_view(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['NodeGraphQt'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n == 'NodeGraphQt' else real(n, *a)\n"
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from designer.canvas.engines import is_there, make_canvas\n"
        "print(is_there('nodegraph'), type(make_canvas('nodegraph')).__name__)\n"
        "from cordboard.__main__ import main\n"
        "print(main(['design', '--canvas', 'nodegraph']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60,
        env={"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.stdout.split() == ["False", "SceneCanvas", "2"]
    assert "NodeGraphQt is not installed" in done.stderr
