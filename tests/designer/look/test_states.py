"""What a control looks like: enabled and disabled, with the focus and without, in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QTextEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from colour_kit import contrast
from designer.forms.editors.choosing import Chooser, Tick
from designer.look.style import apply_style, palette
from designer.look.theme import Choice, theme


def button(role: str = "") -> QPushButton:
    made = QPushButton("Press")
    if role:
        made.setProperty(role, "true")
    return made


def filled(box: QComboBox) -> QComboBox:
    box.addItems(["one", "two"])
    return box


def ticked(box: QCheckBox | QRadioButton) -> QCheckBox | QRadioButton:
    box.setText("Tick")
    box.setChecked(True)
    return box


def tool() -> QToolButton:
    made = QToolButton()
    made.setText("Tool")
    return made


def tabs() -> QTabBar:
    made = QTabBar()
    made.addTab("One")
    made.addTab("Two")
    return made


def tree() -> QTreeWidget:
    made = QTreeWidget()
    made.addTopLevelItem(QTreeWidgetItem(["row"]))
    return made


def rows() -> QListWidget:
    made = QListWidget()
    made.addItem("row")
    return made


def table() -> QTableWidget:
    made = QTableWidget(2, 2)
    made.setItem(0, 0, QTableWidgetItem("cell"))
    return made


def slider() -> QSlider:
    return QSlider(Qt.Orientation.Horizontal)


CONTROLS: dict[str, Callable[[], QWidget]] = {
    "line": lambda: QLineEdit("text"), "plain text": lambda: QPlainTextEdit("text"),
    "text": lambda: QTextEdit("text"), "spin": QSpinBox, "double spin": QDoubleSpinBox,
    "time": QDateTimeEdit, "combo": lambda: filled(QComboBox()),
    "chooser": lambda: filled(Chooser()), "button": button,
    "primary": lambda: button("primary"), "danger": lambda: button("danger"),
    "flat": lambda: button("flat"), "tool": tool, "check": lambda: ticked(QCheckBox()),
    "tick": lambda: ticked(Tick("")), "radio": lambda: ticked(QRadioButton()), "tabs": tabs,
    "list": rows, "tree": tree, "table": table, "slider": slider,
}  # fmt: skip


@pytest.fixture(params=["light", "dark"])
def dressed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Choice]:
    apply_style(qapp)
    theme().choose(request.param)
    yield request.param
    theme().choose("light")


def pixels(shown: QWidget, control: QWidget) -> QImage:
    QApplication.processEvents()
    corner = control.mapTo(shown, QPoint(0, 0))
    return shown.grab().toImage().copy(corner.x(), corner.y(), control.width(), control.height())


@pytest.fixture
def stage(qtbot: QtBot, dressed: Choice) -> Callable[[str], tuple[QWidget, QWidget, QWidget]]:
    def put(name: str) -> tuple[QWidget, QWidget, QWidget]:
        shown, control, other = QWidget(), CONTROLS[name](), QLineEdit()
        qtbot.addWidget(shown)
        column = QVBoxLayout(shown)
        column.addWidget(other)
        column.addWidget(control)
        shown.show()
        shown.activateWindow()
        qtbot.waitActive(shown)
        other.setFocus()
        return shown, control, other

    return put


@pytest.mark.parametrize("name", CONTROLS)
def test_the_focus_can_be_seen(
    name: str, stage: Callable[[str], tuple[QWidget, QWidget, QWidget]]
) -> None:
    shown, control, _ = stage(name)
    if isinstance(control, QLineEdit | QSpinBox | QDoubleSpinBox | QPlainTextEdit | QTextEdit):
        QApplication.setCursorFlashTime(0)
    before = pixels(shown, control)
    control.setFocus()
    assert control.hasFocus()
    changed = differing(before, pixels(shown, control))
    assert changed >= 2 * min(control.width(), control.height()), changed


@pytest.mark.parametrize("name", CONTROLS)
def test_what_cannot_be_used_looks_so(
    name: str, stage: Callable[[str], tuple[QWidget, QWidget, QWidget]]
) -> None:
    shown, control, _ = stage(name)
    before = pixels(shown, control)
    control.setEnabled(False)
    assert differing(before, pixels(shown, control)) > 10


@pytest.mark.parametrize("name", ["combo", "check"])
def test_lists_have_an_arrow_and_boxes_a_tick(
    name: str, stage: Callable[[str], tuple[QWidget, QWidget, QWidget]]
) -> None:
    """The icon is painted, not only a place for it: it has at least two colours more."""
    shown, control, _ = stage(name)
    image = pixels(shown, control)
    left, right = (image.width() - 30, image.width() - 6) if name == "combo" else (2, 12)
    middle = image.height() // 2
    seen = {image.pixel(x, y) for x in range(left, right) for y in range(middle - 4, middle + 5)}
    assert len(seen) >= 3


def differing(one: QImage, other: QImage) -> int:
    assert one.size() == other.size()
    return sum(
        one.pixel(x, y) != other.pixel(x, y)
        for x in range(one.width())
        for y in range(one.height())
    )


R = QPalette.ColorRole
READ_ON = [
    (R.WindowText, R.Window), (R.Text, R.Base), (R.Text, R.AlternateBase),
    (R.ButtonText, R.Button), (R.HighlightedText, R.Highlight), (R.ToolTipText, R.ToolTipBase),
    (R.PlaceholderText, R.Base), (R.Link, R.Window), (R.LinkVisited, R.Base),
    (R.BrightText, R.Base),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_the_palette_can_be_read(dressed: Choice, text: R, ground: R) -> None:
    made = palette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        pair = made.color(group, text).name(), made.color(group, ground).name()
        assert contrast(*pair) >= 4.5, pair


@pytest.mark.parametrize(("text", "ground"), READ_ON[:4])
def test_what_is_disabled_is_paler_but_not_gone(dressed: Choice, text: R, ground: R) -> None:
    made, off = palette(), QPalette.ColorGroup.Disabled
    shown = contrast(made.color(off, text).name(), made.color(off, ground).name())
    usual = contrast(made.color(text).name(), made.color(ground).name())
    assert 1.8 <= shown < usual
