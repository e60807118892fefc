"""One open flow: its canvas and its text side by side, its file, and what is told about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from designer.canvas.protocol import Canvas
from designer.core.compare import Comparison, united
from designer.core.marks import compare_marks, path_marks, ports_of, problem_marks
from designer.core.picture import NO_MARKS, Picture
from designer.core.scene import make_picture
from designer.look.fonts import measure
from designer.look.i18n import told, tr
from designer.panels.text.editor import FlowText
from designer.session import Session
from designer.window.banner import Banner
from designer.window.drawer import Drawer
from designer.window.drawing import Drawing
from designer.window.empty import EmptyHint
from designer.window.flow_file import FlowFile
from flow_runtime.core.problems import Problem

_READABLE: Final = 0.75
"""The zoom below which a flow is not shown whole at first."""


class Page(QWidget):
    """What a document tab shows."""

    title_changed = Signal()
    seen_changed = Signal()
    """Zoom, or where the saved state is."""
    running_changed = Signal()

    def __init__(
        self, session: Session, keep: str, file: FlowFile | None, drawer: Drawer, canvas: Canvas
    ) -> None:
        super().__init__()
        self.session, self.keep, self.file, self.drawer = session, keep, file, drawer
        self.saved_at: datetime | None = None
        self.kept_at: datetime | None = None
        self.keep_trouble = ""
        self.running = False
        """Whether a simulated call is under way."""
        self.canvas = canvas
        self.drawing = Drawing(session, canvas)
        self.drawing.zoom_changed.connect(self.seen_changed)
        self.banner, self.refusal, self.watch = Banner(self), Banner(self), Banner(self)
        self.empty = EmptyHint(self.canvas.widget)
        self.text: FlowText | None = None
        self._texts: list[FlowText] = []
        self._forms: list[Callable[[], None]] = []
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.canvas.widget)
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.watch)
        column.addWidget(self.banner)
        column.addWidget(self.refusal)
        column.addWidget(self._split, 1)
        self._fitted = False
        self._both: Picture | None = None
        """The picture of a comparison, while there is one."""
        self._listen()
        self._show_flow()
        self._show_problems()
        if session.document.broken:
            self.show_text(True)

    def _listen(self) -> None:
        session = self.session
        session.changed.connect(self._show_flow)
        session.site_changed.connect(self._show_flow)
        session.problems_changed.connect(self._show_problems)
        session.marks_changed.connect(self._show_marks)
        session.selection_changed.connect(self._show_selection)
        session.revealed.connect(self._reveal)
        session.refused.connect(self.refuse)
        session.path_changed.connect(self.title_changed)
        session.read_only_changed.connect(self._show_flow)

    # --- what it is -----------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The file, None for a flow that was never saved."""
        return None if self.file is None else self.file.path

    @property
    def name(self) -> str:
        """What the tab says."""
        if self.path is not None:
            return self.path.stem
        flow = self.session.flow
        return flow.name if flow is not None else tr("new flow")

    @property
    def dirty(self) -> bool:
        """Whether something is not saved."""
        self.take_typing()
        return self.session.document.dirty

    def take_typing(self) -> None:
        """Take what is being typed into the text right now."""
        for text in self._texts:
            text.take_now()

    def take_all(self) -> None:
        """Take what is being typed anywhere: the flow is about to be saved, checked or called."""
        self.take_typing()
        for commit in self._forms:
            commit()
        field, canvas = QApplication.focusWidget(), self.canvas.widget
        if isinstance(field, QLineEdit | QPlainTextEdit) and canvas.isAncestorOf(field):
            canvas.setFocus()  # a title or note that is typed over in place ends by that

    def make_text(self) -> FlowText:
        """An editor of the text, whose typing is taken with the page's."""
        text = FlowText(self.session)
        self._texts.append(text)
        return text

    def take_form(self, commit: Callable[[], None]) -> None:
        """Call *commit* too when all that is being typed is wanted."""
        self._forms.append(commit)

    def run(self, running: bool) -> None:
        """A simulated call has begun, or is over."""
        if running != self.running:
            self.running = running
            self.running_changed.emit()

    # --- text beside the canvas -----------------------------------------------------------------

    @property
    def text_shown(self) -> bool:
        """Whether the text stands beside the canvas."""
        return self.text is not None and not self.text.isHidden()

    def show_text(self, shown: bool) -> FlowText | None:
        """Show or hide the text; it is made when it is wanted first."""
        if shown and self.text is None:
            self.text = self.make_text()
            self._split.addWidget(self.text)
            self._split.setStretchFactor(0, 3)
            self._split.setStretchFactor(1, 2)
            self._split.setSizes([600, 400])
        if self.text is not None:
            self.text.setVisible(shown)
        return self.text

    def show_line(self, line: int) -> None:
        """Show the text at *line*."""
        text = self.show_text(True)
        assert text is not None
        text.go_to_line(line)
        text.setFocus()

    def show_words(self, words: str) -> None:
        """Show the text where *words* stand."""
        text = self.show_text(True)
        assert text is not None
        text.moveCursor(QTextCursor.MoveOperation.Start)
        text.find(words)
        text.setFocus()

    # --- keys and places ------------------------------------------------------------------------

    def press(self, key: Qt.Key, text: str = "") -> None:
        """Do what *key* does on the canvas: menus and canvas are one."""
        self.canvas.widget.setFocus()
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(self.canvas.widget, event)

    def pointer(self) -> QPointF | None:
        """Where the pointer is in the picture, None when it is elsewhere."""
        widget = self.canvas.widget
        at = widget.mapFromGlobal(QCursor.pos())
        return self.scene_at(at) if widget.rect().contains(at) and widget.isVisible() else None

    def scene_at(self, at: QPoint) -> QPointF:
        """A point of the canvas widget in the picture's measure."""
        seen, factor = self.canvas.visible(), self.canvas.zoom_factor()
        return QPointF(seen.x + at.x() / factor, seen.y + at.y() / factor)

    def global_at(self, x: float, y: float) -> QPoint:
        """A point of the picture on the screen."""
        seen, factor = self.canvas.visible(), self.canvas.zoom_factor()
        at = QPoint(round((x - seen.x) * factor), round((y - seen.y) * factor))
        return self.canvas.widget.mapToGlobal(at)

    def rename(self, node: str | None = None) -> None:
        """Type over the title of *node*, else of the focused card, in place."""
        if node is not None:
            self.session.reveal(node)
        elif self.session.selected:
            self.canvas.focus_node(self.session.selected[0])
        self.press(Qt.Key.Key_F2)

    def connect_from(self, node: str, port: object) -> None:
        """Ask where a port shall lead."""
        self.session.reveal(node, port if isinstance(port, str | int) else None)
        self.press(Qt.Key.Key_C, "c")

    def offer_nodes(self) -> None:
        """Offer nodes, as ``/`` on the canvas does."""
        self.press(Qt.Key.Key_Slash, "/")

    def start_here(self) -> None:
        """Let calls begin at the selected node."""
        if self.session.selected:
            self.drawing.make_start(self.session.selected[0])

    # --- problems -------------------------------------------------------------------------------

    def choose_problem(self, problem: object) -> None:
        """Show a problem's path on the canvas; for None no path."""
        path = problem.path if isinstance(problem, Problem) else ()
        self.session.set_marks(
            "path", path_marks(path, ports_of(self.session.picture)) if path else NO_MARKS
        )

    def show_comparison(self, comparison: object) -> None:
        """Show two flows as one, with what is different marked; None: the flow alone again."""
        self._both, marks = None, NO_MARKS
        if isinstance(comparison, Comparison):
            both = united(comparison)
            self._both = make_picture(both.flow, self.session.around, tr, measure)
            marks = compare_marks(comparison, both, tr)
        self.session.set_marks("compare", marks)
        self._show_flow()

    def refuse(self, reason: object) -> None:
        """An edit could not be made: say why, and lead to the text."""
        if self.session.read_only:
            self.refusal.tell(told(str(reason)), [(tr("Close"), self.refusal.hide)])
            return
        self.refusal.tell(
            told(str(reason)),
            [
                (tr("Show in text"), lambda: self.show_line(self._broken_line())),
                (tr("Close"), self.refusal.hide),
            ],
        )

    def _broken_line(self) -> int:
        misread = self.session.document.misread
        return misread[0].place.line if misread else 1

    # --- following the session ------------------------------------------------------------------

    def _show_flow(self) -> None:
        self.canvas.show_picture(self._both or self.session.picture)
        broken = self.session.document.broken
        closed = bool(self.session.read_only) or self._both is not None
        self.canvas.set_read_only(broken or closed)
        if broken:
            first = self.session.document.misread[0]
            words = (
                tr(
                    "Line {line} of the text cannot be read: {what}. The canvas shows the flow as "
                    "it was before; mend the text, then draw on.",
                    line=first.place.line,
                    what=told(first.text),
                )
                if self.session.picture.cards
                else tr(
                    "Line {line} of the text cannot be read: {what}. Mend the text, then draw on.",
                    line=first.place.line,
                    what=told(first.text),
                )
            )
            self.refuse(words)
        else:
            self.refusal.hide()
        self.empty.setVisible(not self.session.picture.cards and not broken)
        self.drawing.show_breakpoints()
        self.title_changed.emit()

    def _show_problems(self) -> None:
        found = self.session.problems
        short = {one.code: tr(one.code.replace("-", " ")) for one in found}
        said = [replace(one, text=told(one.text)) for one in found]
        self.session.set_marks("problems", problem_marks(said, short, self.session.flow))

    def _show_marks(self) -> None:
        self.canvas.show_marks(self.session.marks)

    def _show_selection(self) -> None:
        chosen = (self.session.selected, self.session.selected_sheets)
        now = self.canvas.selection()
        if (tuple(now[0]), tuple(now[1])) != chosen:
            self.canvas.select(*chosen)

    def _reveal(self, node: str, port: object) -> None:
        self.canvas.focus_node(node, port if isinstance(port, str | int) else None)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """The first time all of the flow is brought into view."""
        if not self._fitted:
            self._fitted = True
            QTimer.singleShot(0, self._show_beginning)

    def _show_beginning(self) -> None:
        """All of the flow, or where it begins, if all of it would be too small to read."""
        self.canvas.fit()
        picture = self.session.picture
        start = picture.card(picture.pills[0].target) if picture.pills else None
        if start is None or self.canvas.zoom_factor() >= _READABLE:
            return
        room = self.canvas.widget.size() / _READABLE
        self.canvas.fit(
            [
                card.name
                for card in picture.cards
                if 0 <= card.rect.right - start.rect.x < room.width() - 100
                and abs(card.rect.y - start.rect.y) < room.height() / 2 - 100
            ]
        )
