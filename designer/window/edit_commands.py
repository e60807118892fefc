"""What the Edit and Flow menus do to the flow in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from designer.core import clipboard
from designer.core.clipboard import Chosen, Pasted
from designer.core.document import Refused
from designer.core.find import Hit, Wanted, find, nodes_like
from designer.core.picture import PortKey
from designer.look.i18n import group_name, tr
from designer.look.theme import theme
from designer.window.chooser import Choice, Chooser
from designer.window.opening import order
from designer.window.page import Page
from flow_runtime.core.model import Flow

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class EditCommands:
    """The commands of one window that change the flow in front."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    # --- history --------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last edit back."""
        page = self._window.page
        if page is not None:
            page.take_typing()
            page.session.undo()

    def redo(self) -> None:
        """Make it again."""
        page = self._window.page
        if page is not None:
            page.take_typing()
            page.session.redo()

    # --- clipboard ------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put what is selected on the clipboard, as text."""
        page, flow = self._drawn()
        if page is not None and flow is not None and _has_selection(page):
            around = page.session.around
            text = clipboard.copy(flow, _chosen(page), around.nodes, around.prompts, order)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Put what is selected on the clipboard and take it out."""
        page, flow = self._drawn()
        if page is not None and flow is not None and _has_selection(page):
            around = page.session.around
            text, rest = clipboard.cut(flow, _chosen(page), around.nodes, around.prompts, order)
            QGuiApplication.clipboard().setText(text)
            page.session.edit(tr("cut"), rest)

    def paste(self) -> None:
        """Put what is on the clipboard at the pointer, else a little beside where it was."""
        page, flow = self._drawn()
        if page is None or flow is None:
            return
        at = page.pointer()
        spot = None if at is None else (round(at.x()), round(at.y()))
        text = QGuiApplication.clipboard().text()
        try:
            pasted = clipboard.paste(flow, text, page.session.around.nodes, spot)
        except Refused as reason:
            page.session.refused.emit(str(reason))
            return
        self._put(page, tr("paste"), pasted)

    def duplicate(self) -> None:
        """Make what is selected once more."""
        page, flow = self._drawn()
        if page is not None and flow is not None and _has_selection(page):
            doubled = clipboard.duplicate(flow, _chosen(page), page.session.around.nodes)
            self._put(page, tr("duplicate"), doubled)

    def _put(self, page: Page, name: str, pasted: Pasted) -> None:
        if page.session.edit(name, pasted.flow):
            page.session.select(pasted.nodes, pasted.sheets)

    # --- selection ------------------------------------------------------------------------------

    def select_all(self) -> None:
        """Select everything; in the text, all of the text."""
        focused = QApplication.focusWidget()
        page, flow = self._drawn()
        if isinstance(focused, QPlainTextEdit):
            focused.selectAll()
        elif page is not None and flow is not None:
            names = [card.name for card in page.session.picture.cards]
            page.session.select(names, range(len(flow.layout.remarks)))

    def with_drawing(self, do: Callable[[Page], object]) -> Callable[[], None]:
        """A command that needs a flow in front."""

        def run() -> None:
            page = self._window.page
            if page is not None:
                page.take_typing()
                do(page)

        return run

    # --- adding and finding ---------------------------------------------------------------------

    def quick_add(self, page: Page, x: float, y: float, source: PortKey | None) -> Chooser:
        """Offer node types to put at (x, y), and cards to connect *source* with."""
        drawing = page.drawing
        library = page.session.around.nodes
        adding = [
            Choice(
                tr(cls.title),
                lambda word=cls.type: drawing.add(word, x, y - 20, source),  # type: ignore[misc]
                group_name(cls.group),
                cls.icon,
                theme().tokens.group(cls.group),
                f"{cls.type} {cls.title}",
            )
            for cls in library.values()
        ]
        cards = [] if source is None else self._targets(page, source)
        hint = tr("Add a node…") if source is None else tr("Add a node, or the name of a card…")

        def offered(typed: str) -> list[Choice]:
            ranked = [
                (rank, part, number, choice)
                for part, choices in enumerate((adding, cards))
                for number, choice in enumerate(choices)
                if (rank := choice.rank(typed)) is not None
            ]
            return [choice for *_, choice in sorted(ranked, key=lambda one: one[:3])]

        chooser = Chooser(self._window, hint, offered)
        chooser.open_at(page.global_at(x, y), 280)
        return chooser

    def _targets(self, page: Page, source: PortKey) -> list[Choice]:
        return [
            Choice(
                card.title,
                lambda name=card.name: page.drawing.connected(source, name),  # type: ignore[misc]
                tr("connect"),
                card.icon,
                theme().tokens.group(card.group),
                card.name,
            )
            for card in page.session.picture.cards
        ]

    def find(self) -> Chooser | None:
        """Look for words in the flow in front."""
        page = self._window.page
        if page is None:
            return None

        def offered(typed: str) -> list[Choice]:
            flow = page.session.flow
            if flow is None or not typed:
                return []
            nodes = [_node_choice(page, name) for name in nodes_like(flow, typed)]
            hits = find(flow, Wanted(typed))
            return nodes + [_hit_choice(page, hit) for hit in hits if hit.kind != "name"]

        chooser = Chooser(self._window, tr("Find in the flow…"), offered)
        width = 520
        corner = page.mapToGlobal(QPoint((page.width() - width) // 2, 12))
        chooser.open_at(corner, width)
        return chooser

    def copy_text(self) -> None:
        """Put the whole text of the flow on the clipboard."""
        page = self._window.page
        if page is not None:
            page.take_typing()
            QGuiApplication.clipboard().setText(page.session.document.text)

    def _drawn(self) -> tuple[Page | None, Flow | None]:
        page = self._window.page
        if page is not None:
            page.take_typing()
        return page, None if page is None else page.session.flow


def _has_selection(page: Page) -> bool:
    return bool(page.session.selected or page.session.selected_sheets)


def _chosen(page: Page) -> Chosen:
    cards = {card.name: card.rect for card in page.session.picture.cards}
    return Chosen(
        {n: (round(cards[n].x), round(cards[n].y)) for n in page.session.selected if n in cards},
        page.session.selected_sheets,
    )


def _node_choice(page: Page, name: str) -> Choice:
    card = page.session.picture.card(name)
    if card is None:
        return Choice(name, lambda: page.session.reveal(name))
    token = theme().tokens.group(card.group)
    return Choice(card.title, lambda: page.session.reveal(name), name, card.icon, token)


def _hit_choice(page: Page, hit: Hit) -> Choice:
    words = {
        "flow": tr("the flow"),
        "variable": tr("variable"),
        "title": tr("title"),
        "type": tr("type"),
        "parameter": tr("parameter"),
        "port": tr("port"),
        "label": tr("label"),
        "note": tr("note"),
        "frame": tr("frame"),
        "comment": tr("comment"),
    }
    what = words.get(hit.kind, hit.kind)
    detail = f"{hit.node} · {what}" if hit.node else what
    text = " ".join(hit.text.split())

    def go() -> None:
        if hit.node is not None:
            page.session.reveal(hit.node, hit.port)
        elif hit.sheet is not None:
            page.session.select((), (hit.sheet,))
        else:
            QTimer.singleShot(0, lambda: page.show_words(hit.text))

    return Choice(text if len(text) <= 60 else text[:59] + "…", go, detail, "ui-search")
