"""Every canvas shows pictures and marks, and tells what hand and keys do."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from designer.canvas.engines import ENGINES, Engine, make_canvas
from designer.canvas.keys import Keys, flow_order, spoken
from designer.canvas.nodegraph import NodeGraphCanvas
from designer.canvas.protocol import ABILITIES, NODE_TYPE, Ability
from designer.canvas.scene_canvas import SceneCanvas
from designer.canvas.silent import Silent
from designer.core.picture import (
    Badge,
    Card,
    CardMark,
    Connector,
    Marks,
    Picture,
    Pill,
    Point,
    PortKey,
    PortMark,
    PortRow,
    Rect,
    Sheet,
)
from designer.look.i18n import choose_language
from designer.look.style import apply_style
from designer.look.theme import theme
from flow_runtime.core.model import PortValue

LEFT = Qt.MouseButton.LeftButton
AnyCanvas = SceneCanvas | NodeGraphCanvas


class Notes(Silent):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []

    def selection_changed(self, nodes: Collection[str], sheets: Collection[int]) -> None:
        self.said.append(("selected", tuple(nodes), tuple(sheets)))

    def moved(self, nodes: Collection[str], sheets: Collection[int], dx: int, dy: int) -> None:
        self.said.append(("moved", tuple(sorted(nodes)), tuple(sheets), dx, dy))

    def resized(self, sheet: int, rect: Rect) -> None:
        self.said.append(("resized", sheet, rect))

    def connected(self, source: PortKey, target: str) -> None:
        self.said.append(("connected", source, target))

    def connected_to_nothing(self, source: PortKey, x: float, y: float) -> None:
        self.said.append(("to nothing", source))

    def disconnected(self, source: PortKey) -> None:
        self.said.append(("disconnected", source))

    def add_wanted(self, x: float, y: float) -> None:
        self.said.append(("add", round(x), round(y)))

    def opened(self, node: str) -> None:
        self.said.append(("opened", node))

    def renamed(self, node: str | None, sheet: int | None, text: str) -> None:
        self.said.append(("renamed", node, sheet, text))

    def breakpoint_toggled(self, node: str) -> None:
        self.said.append(("breakpoint", node))

    def dropped(self, node_type: str, x: float, y: float) -> None:
        self.said.append(("dropped", node_type, round(x), round(y)))

    def deletion_wanted(self) -> None:
        self.said.append(("delete",))


def card(name: str, x: float, y: float, *ports: PortRow) -> Card:
    height = 54 + 22 * len(ports) + 6 if ports and ports[0].row is not None else 54
    return Card(
        name, "menu", name.title(), "does it", "Ask", "menu", Rect(x, y, 160, height), ports
    )


PICTURE = Picture(
    cards=(
        card("menu", 0, 0, PortRow(1, "1", key=True, connected=True, row=0),
             PortRow("failed", "failed", "missing", row=1)),
        card("tell", 320, 0, PortRow("next", "next", row=None)),
        card("other", 320, 200, PortRow("next", "next", row=None)),
    ),
    connectors=(
        Connector(("menu", 1), "tell", (Point(160, 65), Point(240, 65), Point(240, 20),
                                        Point(320, 20)), "Billing", Point(200, 65)),
    ),
    pills=(Pill("start", "Start", "menu", Rect(-26, -42, 70, 24)),),
    sheets=(Sheet(0, "note", "Ask finance.", Rect(0, 240, 140, 80)),),
)  # fmt: skip


@pytest.fixture(params=ENGINES)
def canvas(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot) -> Iterator[AnyCanvas]:
    choose_language("en")
    theme().choose("light")
    apply_style(qapp)
    engine: Engine = request.param
    made = make_canvas(engine)
    assert isinstance(made, AnyCanvas)
    qtbot.addWidget(made.view)
    made.view.resize(900, 700)
    made.show_picture(PICTURE)
    made.view.show()
    made.zoom(1.0)
    if isinstance(made, NodeGraphCanvas):
        made.view.look_at(QPointF(240, 150), 1.0)
    else:
        made.view.centerOn(240, 150)
    made.view.setFocus()
    yield made


def needs(canvas: AnyCanvas, ability: Ability) -> None:
    """Leave a test out for a view that declares that it cannot do this."""
    if ability not in canvas.abilities:
        pytest.skip(f"declared: it lacks {ability}")


def keyboard(canvas: AnyCanvas) -> Keys:
    return canvas.keys if isinstance(canvas, NodeGraphCanvas) else canvas.view.keys


@pytest.fixture
def notes(canvas: AnyCanvas) -> Notes:
    listener = Notes()
    canvas.listen(listener)
    return listener


def at(canvas: AnyCanvas, x: float, y: float) -> QPoint:
    return canvas.view.mapFromScene(QPointF(x, y))


def drag(canvas: AnyCanvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    port = canvas.view.viewport()
    first, last = at(canvas, *start), at(canvas, *end)
    QTest.mousePress(port, LEFT, Qt.KeyboardModifier.NoModifier, first)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(port, first + (last - first) * part)
    QTest.mouseRelease(port, LEFT, Qt.KeyboardModifier.NoModifier, last)


def click(canvas: AnyCanvas, x: float, y: float, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(canvas.view.viewport(), LEFT, modifier, at(canvas, x, y))


# --- mouse ----------------------------------------------------------------------------------------


def test_a_click_selects_shift_adds_and_an_empty_place_selects_nothing(
    canvas: AnyCanvas, notes: Notes
) -> None:
    click(canvas, 80, 30)
    click(canvas, 400, 30, shift=True)
    assert canvas.selection()[0] == ("menu", "tell")
    click(canvas, 80, 30, shift=True)
    click(canvas, 240, 400)
    assert [said[1] for said in notes.said] == [("menu",), ("menu", "tell"), ("tell",), ()]


def test_a_card_is_dragged_along_the_grid(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (400, 30), (447, 91))
    assert notes.said[-1] == ("moved", ("tell",), (), 40, 60)


def test_a_click_with_a_trembling_hand_moves_nothing(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (400, 30), (402, 31))
    assert [said[0] for said in notes.said] == ["selected"]


def test_a_port_is_drawn_to_a_card_and_to_an_empty_place(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (160, 87), (380, 225))
    drag(canvas, (160, 87), (240, 330))
    assert notes.said == [
        ("connected", ("menu", "failed"), "other"),
        ("to nothing", ("menu", "failed")),
    ]


def test_a_connector_is_plugged_elsewhere_or_taken_off(canvas: AnyCanvas, notes: Notes) -> None:
    click(canvas, 240, 40)
    assert canvas.chosen == ("menu", 1)
    drag(canvas, (240, 40), (380, 225))
    click(canvas, 240, 40)
    drag(canvas, (240, 40), (240, 330))
    told = [said for said in notes.said if said[0] != "selected"]
    assert told == [("connected", ("menu", 1), "other"), ("disconnected", ("menu", 1))]


def test_a_rubber_band_selects_what_it_touches(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (270, -30), (500, 300))
    assert canvas.selection()[0] == ("tell", "other")


def test_a_note_is_moved(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (60, 280), (80, 300))
    assert notes.said[-1] == ("moved", (), (0,), 20, 20)


def test_a_frame_moves_with_its_cards_and_can_be_selected_alone(
    canvas: AnyCanvas, notes: Notes
) -> None:
    frame = Sheet(0, "frame", "Billing", Rect(280, -60, 260, 160))
    canvas.show_picture(replace(PICTURE, sheets=(frame,)))
    drag(canvas, (500, -45), (520, -25))
    kind, nodes, sheets, dx, dy = notes.said[-1]
    assert (kind, sheets, dx, dy) == ("moved", (0,), 20, 20) and nodes == ("tell",)
    needs(canvas, "frames-alone")
    assert canvas.selection() == ((), (0,))


def test_a_connector_is_deleted_by_key(canvas: AnyCanvas, notes: Notes) -> None:
    click(canvas, 240, 40)
    keys(canvas, Qt.Key.Key_Delete)
    assert notes.said[-1] == ("disconnected", ("menu", 1))


def test_a_node_type_is_dropped_where_the_pointer_is(canvas: AnyCanvas, notes: Notes) -> None:
    data = QMimeData()
    data.setData(NODE_TYPE, QByteArray(b"say"))
    spot, port = at(canvas, 200, 340), canvas.view.viewport()
    none = Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDropEvent):
        place = spot if kind is QDragEnterEvent else QPointF(spot)
        event = kind(place, Qt.DropAction.CopyAction, data, LEFT, none)
        QApplication.sendEvent(port, event)
        assert event.isAccepted()
    assert notes.said[-1] == ("dropped", "say", 200, 340)


def test_a_note_gets_another_size_by_its_corner(canvas: AnyCanvas, notes: Notes) -> None:
    drag(canvas, (139, 319), (199, 359))
    assert notes.said[-1] == ("resized", 0, Rect(0, 240, 200, 120))


def test_escape_gives_a_drag_up(canvas: AnyCanvas, notes: Notes) -> None:
    needs(canvas, "cancel")
    port = canvas.view.viewport()
    QTest.mousePress(port, LEFT, Qt.KeyboardModifier.NoModifier, at(canvas, 400, 30))
    QTest.mouseMove(port, at(canvas, 480, 90))
    QTest.keyClick(canvas.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(port, LEFT, Qt.KeyboardModifier.NoModifier, at(canvas, 480, 90))
    assert not [said for said in notes.said if said[0] == "moved"]
    assert canvas.cards["tell"].pos() == QPointF(320, 0)


def test_double_clicks_open_cards_and_ask_for_nodes(canvas: AnyCanvas, notes: Notes) -> None:
    port = canvas.view.viewport()
    QTest.mouseDClick(port, LEFT, Qt.KeyboardModifier.NoModifier, at(canvas, 400, 30))
    QTest.mouseDClick(port, LEFT, Qt.KeyboardModifier.NoModifier, at(canvas, 240, 400))
    assert ("opened", "tell") in notes.said and ("add", 240, 400) in notes.said


def test_nothing_is_changed_while_it_is_read_only(canvas: AnyCanvas, notes: Notes) -> None:
    canvas.set_read_only(True)
    drag(canvas, (400, 30), (480, 90))
    drag(canvas, (160, 87), (380, 225))
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_C, Qt.Key.Key_Slash):
        QTest.keyClick(canvas.view, key)
    assert {said[0] for said in notes.said} <= {"selected"}


# --- keys -----------------------------------------------------------------------------------------


def keys(canvas: AnyCanvas, *pressed: Qt.Key) -> None:
    for key in pressed:
        QTest.keyClick(canvas.view, key)


def test_tab_goes_in_flow_order_and_arrows_follow_connectors(
    canvas: AnyCanvas, notes: Notes
) -> None:
    assert flow_order(PICTURE) == ["menu", "tell", "other"]
    keys(canvas, Qt.Key.Key_Tab)
    assert keyboard(canvas).node == "menu"
    keys(canvas, Qt.Key.Key_Down)
    assert keyboard(canvas).port == 1
    keys(canvas, Qt.Key.Key_Right)
    assert keyboard(canvas).node == "tell"
    keys(canvas, Qt.Key.Key_Left)
    assert keyboard(canvas).node == "menu"
    keys(canvas, Qt.Key.Key_Backtab)
    assert keyboard(canvas).node == "other"


def test_keys_open_connect_move_delete_and_stop(canvas: AnyCanvas, notes: Notes) -> None:
    keys(canvas, Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_C, Qt.Key.Key_F9, Qt.Key.Key_Delete)
    QTest.keyClick(canvas.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert notes.said[1:] == [
        ("opened", "menu"),
        ("to nothing", ("menu", "failed")),
        ("breakpoint", "menu"),
        ("delete",),
        ("moved", ("menu",), (), 20, 0),
    ]


def test_a_title_is_edited_in_place(canvas: AnyCanvas, notes: Notes) -> None:
    keys(canvas, Qt.Key.Key_Tab, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert editor is not None and editor is not canvas.view
    QTest.keyClicks(editor, "Main")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert notes.said[-1] == ("renamed", "menu", None, "Main")


def test_a_screen_reader_hears_the_focused_card(canvas: AnyCanvas) -> None:
    keys(canvas, Qt.Key.Key_Tab)
    said = canvas.view.accessibleDescription()
    assert said == "Menu. does it. 1 leads to Tell; failed: not connected"
    port: PortValue = "failed"
    assert spoken(PICTURE.cards[0], port, PICTURE) == "failed: not connected"


# --- what is painted ------------------------------------------------------------------------------


def painted(canvas: AnyCanvas, area: QRectF, scale: float = 1.0) -> QImage:
    """The part *area* of the scene, as it is painted."""
    size = area.size() * scale
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme().colour("canvas"))
    painter = QPainter(image)
    canvas.scene.render(painter, QRectF(0, 0, size.width(), size.height()), area)
    painter.end()
    return image


def colours(image: QImage) -> Counter[str]:
    """How many pixels there are of each colour."""
    return Counter(
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    )


AROUND = QRectF(-20, -40, 220, 190)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(
    ("mark", "token"),
    [
        (CardMark(badge=Badge("error", "source is unknown")), "error_bg"),
        (CardMark(badge=Badge("warning", "may be none")), "warning_bg"),
        (CardMark(coverage=(1, 2)), "ok"),
        (CardMark(flag="caller is here"), "accent"),
        (CardMark(number=3), "error"),
        (CardMark(breakpoint=True), "error"),
        (CardMark(change="added", badge=Badge("added", "added")), "ok_bg"),
        (CardMark(change="removed", badge=Badge("removed", "removed")), "error_bg"),
        (CardMark(badge=Badge("drop", "6.2 % hang up")), "drop_bg"),
    ],
)
def test_a_mark_is_seen_in_its_colour_and_goes(
    canvas: AnyCanvas, name: Any, mark: CardMark, token: str
) -> None:
    theme().choose(name)
    before = painted(canvas, AROUND)
    canvas.show_marks(Marks({"menu": mark}))
    after = painted(canvas, AROUND)
    colour = theme().colour(token).name()
    assert colours(after)[colour] > colours(before)[colour]
    canvas.show_marks(Marks())
    assert painted(canvas, AROUND) == before


def test_a_path_is_red_and_what_is_not_covered_is_faint(canvas: AnyCanvas) -> None:
    wire = QRectF(225, 28, 30, 30)
    assert theme().colour("edge").name() in colours(painted(canvas, wire))
    canvas.show_marks(Marks({}, {("menu", 1): PortMark(path="counter-example")}))
    assert theme().colour("error").name() in colours(painted(canvas, wire))
    canvas.show_marks(Marks({}, {("menu", 1): PortMark(covered=True)}, dim=True))
    assert theme().colour("ok").name() in colours(painted(canvas, wire))


def test_a_heat_map_writes_its_counts_on_the_connectors(canvas: AnyCanvas) -> None:
    wire = QRectF(155, 0, 170, 90)
    hot = PortMark(heat=5, count=321, share=1.0)
    canvas.show_marks(Marks({}, {("menu", 1): hot}))
    first = painted(canvas, wire)
    canvas.show_marks(Marks({}, {("menu", 1): replace(hot, count=987_654)}))
    assert painted(canvas, wire) != first
    moved = tuple(replace(one, points=tuple(Point(p.x, p.y + 20) for p in one.points))
                  for one in PICTURE.connectors)  # fmt: skip
    canvas.show_picture(replace(PICTURE, connectors=moved))
    canvas.show_marks(Marks())
    assert painted(canvas, wire) != first


def test_cards_and_connectors_that_stay_are_the_same_items(canvas: AnyCanvas) -> None:
    items = dict(canvas.cards)
    canvas.show_picture(Picture(PICTURE.cards[:2], PICTURE.connectors))
    assert canvas.cards == {name: items[name] for name in ("menu", "tell")}
    assert canvas.sheets == {}
    canvas.show_picture(PICTURE)
    assert set(canvas.cards) == {"menu", "tell", "other"}


def test_far_away_a_card_is_a_coloured_block_without_text(canvas: AnyCanvas) -> None:
    near, far = painted(canvas, AROUND, 1.0), painted(canvas, AROUND, 0.2)
    text = theme().colour("text").name()
    assert text in colours(near) and text not in colours(far)


def test_zoom_keeps_the_point_under_the_pointer_and_has_bounds(canvas: AnyCanvas) -> None:
    spot = QPointF(300, 200)
    before = canvas.view.mapToScene(spot.toPoint())
    canvas.view.set_zoom(1.7, spot)
    after = canvas.view.mapToScene(spot.toPoint())
    assert abs(before.x() - after.x()) < 2 and abs(before.y() - after.y()) < 2
    canvas.zoom(100)
    assert canvas.zoom_factor() == 3.0
    canvas.zoom(0.001)
    assert canvas.zoom_factor() == 0.1


def test_a_view_declares_what_it_lacks() -> None:
    assert SceneCanvas().abilities == ABILITIES
    assert not NodeGraphCanvas().abilities


def test_a_card_that_changes_keeps_its_connectors(canvas: AnyCanvas) -> None:
    menu = PICTURE.cards[0]
    more = replace(menu, ports=(*menu.ports, PortRow(2, "2", key=True, row=2)))
    canvas.show_picture(replace(PICTURE, cards=(more, *PICTURE.cards[1:])))
    wire = QRectF(225, 28, 30, 30)
    assert theme().colour("edge").name() in colours(painted(canvas, wire))
    canvas.show_picture(Picture(PICTURE.cards[:1]))
    assert theme().colour("edge").name() not in colours(painted(canvas, wire))


def test_fit_shows_everything(canvas: AnyCanvas) -> None:
    canvas.zoom(3.0)
    canvas.fit()
    seen = canvas.visible()
    for one in PICTURE.cards:
        assert seen.x <= one.rect.x and seen.right >= one.rect.right
        assert seen.y <= one.rect.y and seen.bottom >= one.rect.bottom


def test_fit_shows_everything_of_a_flow_that_goes_on_and_on(canvas: AnyCanvas) -> None:
    first = PICTURE.cards[0]
    rest = [
        replace(first, name=f"n{n}", rect=replace(first.rect, x=260.0 * n)) for n in range(1, 250)
    ]
    canvas.show_picture(Picture((first, *rest)))
    canvas.fit()
    seen = canvas.visible()
    assert seen.x <= first.rect.x and seen.right >= rest[-1].rect.right
    canvas.zoom(0.01)
    assert canvas.zoom_factor() == pytest.approx(0.1)
