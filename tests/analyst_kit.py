"""A business analyst at the designer, by mouse and keyboard: draws, fills forms, reads problems.

Nothing here changes a flow but by events that a mouse or a keyboard makes; what is read of the
session only tells where things stand on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTreeWidgetItem,
    QWidget,
)

from analyst_hands import LEFT, NONE, Hands, W
from designer.forms.editors.sound import SoundEditor
from designer.forms.panel import Properties
from designer.panels.palette import Palette
from designer.panels.problems import Problems
from designer.window.page import Page
from designer_kit import canvas_of, card_point, drag, point_of, popup, port_point, settle
from flow_runtime.core.model import PortValue


class Analyst(Hands):
    """Somebody who draws a flow in the window's front."""

    # --- eyes -----------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The flow in front."""
        assert self.window.page is not None
        return self.window.page

    @property
    def form(self) -> Properties:
        """The properties of what is selected."""
        panel = self.window.right.hosts["properties"].panel(self.page)
        assert isinstance(panel, Properties)
        panel.settle()
        return panel

    @property
    def palette(self) -> Palette:
        """The list of node types."""
        panel = self.window.left.hosts["nodes"].panel(self.page)
        assert isinstance(panel, Palette)
        self.wait_for(panel.isVisible)
        return panel

    @property
    def problems(self) -> Problems:
        """The list of problems."""
        panel = self.window.bottom.hosts["problems"].panel(self.page)
        assert isinstance(panel, Problems)
        return panel

    def told_problems(self) -> list[str]:
        """What the list of problems says, when the flow was checked as it is now."""
        settle(self.page)
        return self.problems.texts()

    # --- drawing --------------------------------------------------------------------------------

    def click_palette(self, title: str) -> None:
        """Double-click a node type."""
        tree, spot = self._in_palette(title)
        self.click(tree, spot.center())
        QTest.mouseDClick(tree, LEFT, NONE, spot.center())
        QApplication.processEvents()

    def drag_from_palette(self, title: str, x: float, y: float) -> None:
        """Drag a node type to (x, y) of the picture.

        Qt's own drag needs a real mouse (see `test_true_drag`): here the canvas is told what it
        would be told, with what the palette would give.
        """
        item = self._palette_item(title)
        data = self.palette.tree.mimeData([item])
        self._drop(data, point_of(self.page, x, y))

    def search_palette(self, words: str) -> None:
        """Type into the palette's field and press Enter."""
        self.click(self.palette.search)
        self.choose(words)

    def add(self, words: str) -> None:
        """Press ``/`` on the canvas and type a node type."""
        self.page.canvas.widget.setFocus()
        self.press("/")
        self.choose(words)

    def select(self, node: str) -> None:
        """Click on a card."""
        self._bring(node)
        self.click(self._paper, card_point(self.page, node))

    def click_empty_place(self) -> None:
        """Click where no card is: nothing is selected."""
        self.press_on_canvas("Ctrl+0")
        self.click(self._paper, QPoint(4, 4))

    def drag_port(self, node: str, port: PortValue, target: str) -> None:
        """Draw a connector from a port to a card."""
        self.close_offers(self._paper)
        self.press_on_canvas("Ctrl+0")
        drag(self.page, port_point(self.page, node, port), card_point(self.page, target))

    def drag_port_away(self, node: str, port: PortValue, words: str) -> None:
        """Draw a connector into an empty place, and choose what shall stand there."""
        self.close_offers(self._paper)
        self.press_on_canvas("Ctrl+0")
        drag(self.page, port_point(self.page, node, port), self._empty_spot(node))
        popup()
        self.choose(words)

    def connect_by_keyboard(self, port: PortValue, words: str) -> None:
        """From the selected card's *port*, by arrows, C and typing, to what *words* name."""
        node = self.page.session.selected[0]
        self.press_on_canvas("Escape")
        card = self.page.session.picture.card(node)
        assert card is not None
        for _ in range([row.name for row in card.ports].index(port) + 1):
            self.press_on_canvas("Down")
        self.press_on_canvas("C")
        self.choose(words)

    def press_on_canvas(self, keys: str) -> None:
        """Press a key while the canvas has the keyboard."""
        if not self.page.canvas.widget.hasFocus():
            self.page.canvas.widget.setFocus()
        self.press(keys)

    def _empty_spot(self, node: str) -> QPoint:
        """A place below all cards, a little to the right of *node*."""
        cards = self.page.session.picture.cards
        card = self.page.session.picture.card(node)
        assert card is not None
        below = max(one.rect.bottom for one in cards)
        return point_of(self.page, card.rect.right + 30, below + 30)

    @property
    def _paper(self) -> QWidget:
        return canvas_of(self.page).view.viewport()

    def _bring(self, node: str) -> None:
        """Show all of the flow if the card is out of sight."""
        card = self.page.session.picture.card(node)
        assert card is not None, f"there is no card {node}"
        seen = self.page.canvas.visible()
        inside = seen.x + 40 < card.rect.x and card.rect.right + 120 < seen.right
        if not inside or not (seen.y + 40 < card.rect.y and card.rect.bottom + 60 < seen.bottom):
            self.press_on_canvas("Ctrl+0")

    def _palette_item(self, title: str) -> QTreeWidgetItem:
        flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        found = [one for one in self.palette.tree.findItems(title, flags) if one.parent()]
        assert len(found) == 1, f"{len(found)} node types are called {title}"
        return found[0]

    def _in_palette(self, title: str) -> tuple[QWidget, QRect]:
        tree, item = self.palette.tree, self._palette_item(title)
        tree.scrollToItem(item)
        return tree.viewport(), tree.visualItemRect(item)

    def _drop(self, data: QMimeData, at: QPoint) -> None:
        copy, where = Qt.DropAction.CopyAction, QPointF(at)
        for event in (
            QDragEnterEvent(at, copy, data, LEFT, NONE),
            QDragMoveEvent(at, copy, data, LEFT, NONE),
            QDropEvent(where, copy, data, LEFT, NONE, QEvent.Type.Drop),
        ):
            QApplication.sendEvent(self._paper, event)
            assert event.isAccepted()
        QApplication.processEvents()

    # --- the form -------------------------------------------------------------------------------

    def field(self, words: str, kind: type[W] | None = None) -> QWidget:
        """The field of the form that is called so."""
        for one in (kind,) if kind is not None else (QPlainTextEdit, QLineEdit):
            found = [
                w
                for w in self.form.findChildren(one)
                if w.accessibleName() == words and w.isVisible()
            ]
            if found:
                self.form.area.ensureWidgetVisible(found[0])
                return found[0]
        names = sorted({w.accessibleName() for w in self.form.findChildren(QWidget)} - {""})
        raise AssertionError(f"no field is called {words!r}; there are {names}")

    def type_in_field(self, words: str, text: str) -> None:
        """Click into a field, mark what is in it, and type over it."""
        self._mark(words)
        self.type(text)

    def paste_in_field(self, words: str, text: str) -> None:
        """Put *text*, copied elsewhere, in place of what is in a field."""
        QApplication.clipboard().setText(text)
        self._mark(words)
        self.press("Ctrl+V")

    def _mark(self, words: str) -> None:
        field = self.field(words)
        inside = field.viewport() if isinstance(field, QPlainTextEdit) else field
        self.click(inside, QPoint(12, inside.height() // 2))
        self.press("Ctrl+A")

    def name_node(self, name: str, title: str = "") -> None:
        """Type title and name into the head of the form."""
        if title:
            self.type_in_field("Title", title + "\n")
        self.type_in_field("Name", name + "\n")

    def choose_prompt(self, words: str) -> None:
        """Open the list of prompts beside a sound field and take what fits."""
        self.click_in_form("Choose a prompt")
        self.choose(words)

    def new_prompt(self, key: str, texts: Mapping[str, str]) -> None:
        """Name a prompt that is not there yet, and type its text in each language."""
        self.choose_prompt(key)
        for language, text in texts.items():
            tabs = self.sees(self.form, QTabBar, "Languages")
            self.open_tab(tabs, language)
            self.type_in_field("Text of the prompt", text)

    def click_in_form(self, words: str) -> None:
        """Click a button of the form."""
        button = self.sees(self.form, QAbstractButton, words)
        self.form.area.ensureWidgetVisible(button)
        self.click(button)

    def lead(self, port: str, words: str) -> None:
        """Choose by its name where a port leads, in the form."""
        self.click_in_form(f"Choose where {port} leads")
        self.choose(words)

    def declare(self, name: str, kind: str, first: str = "") -> None:
        """Declare a variable in the form of the flow."""
        self.click_in_form("Add variable")
        new = self._focused_field().removeprefix("Name of ")
        self.type_in_field(f"Name of {new}", name + "\n")
        box = self.field(f"Type of {name}", QComboBox)
        assert isinstance(box, QComboBox)
        self.choose_in_box(box, kind)
        if first:
            self.type_in_field(f"First value of {name}", first)

    def draw_key(self, key: str, words: str) -> None:
        """Add a key to a menu, and words to it."""
        self.click_in_form("Add key")
        self.press("Ctrl+A")
        self.type(key + "\n")
        self.type_in_field(f"Words on {key}", words)

    def draw_value(self, value: str) -> None:
        """Add a value to a switch."""
        self.click_in_form("Add value")
        self.press("Ctrl+A")
        self.type(value + "\n")

    def assign(self, variable: str, value: str) -> None:
        """Add a line to a `set`."""
        self.click_in_form("Add line")
        self.press("Ctrl+A")
        self.type(variable + "\n")
        self.type_in_field(f"Value of {variable}", value)

    def untick(self, words: str) -> None:
        """Take the tick out of a box."""
        box = self.field(words, QCheckBox)
        assert isinstance(box, QCheckBox) and box.isChecked()
        self.click(box, QPoint(8, box.height() // 2))
        assert not box.isChecked()

    def lead_errors(self, words: str) -> None:
        """Unfold where an error leads, and choose."""
        self.click_in_form("Where an error leads")
        self.lead("an error", words)

    def choose_in_menu_of_row(self, row: str, words: str) -> None:
        """Open the menu of the sound in a row of the form, and take a line of it."""
        inside = self.field(row)
        while not isinstance(inside, SoundEditor):
            inside = inside.parentWidget()
        self.click(inside.more)
        self.choose_in_menu(words)

    def choose_in_menu_of(self, button: str, words: str) -> None:
        """Open the menu of a button of the form and take a line of it."""
        self.click_in_form(button)
        self.choose_in_menu(words)

    def _focused_field(self) -> str:
        """The name of the field that has the keyboard."""
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused.accessibleName()
