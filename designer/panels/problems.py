"""The list of problems: what is wrong, where, and the path by which a call gets there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import told, tr
from designer.look.icons import icon, pixmap
from designer.look.theme import theme
from designer.panels.flow_way import FlowWay
from designer.panels.text.lines import Lines
from designer.session import Session
from flow_runtime.core.problems import Problem, Step

_ROW: Final = 32
_BESIDE: Final = 380
"""About how much room node and place of a problem take."""
_NO_END: Final = 16777215
"""Qt's largest size."""
_MOST: Final = 300
_PACE: Final = 900
"""Milliseconds at each card while the path is walked."""


Saying = tuple[str, str, str, str | None, tuple[Step, ...], str]
"""What a row says but for the place."""


class Problems(QWidget):
    """All problems of one flow; the chosen one is open."""

    chosen = Signal(object)
    """A problem, or None: its path is wanted on the canvas."""
    line_wanted = Signal(int)
    """Show the text at this line."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._lines = Lines(session.document)
        self.setObjectName("panel")
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Problems"))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("role", "rows")
        self._nothing = QLabel()
        self._nothing.setProperty("role", "help")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self._stack)
        self._shown: list[Problem] = []
        self._saying_now: list[Saying] = []
        self._severities: tuple[str, ...] = ("error", "warning")
        self._walk = QTimer(self, interval=_PACE)
        self._walk.timeout.connect(self._step)
        self._way: list[str] = []
        self.list.currentRowChanged.connect(self._open)
        self.list.itemClicked.connect(lambda _: self._go())
        self.list.installEventFilter(self)
        session.problems_changed.connect(self.refresh)
        session.site_changed.connect(self.refresh)
        theme().changed.connect(self._dress)
        self.refresh()

    # --- what is shown --------------------------------------------------------------------------

    def shown(self) -> Sequence[Problem]:
        """The problems that have a row."""
        return self._shown

    def texts(self) -> list[str]:
        """The rows as a person reads them."""
        return [self._text(problem) for problem in self._shown]

    def show_severities(self, severities: Sequence[str]) -> None:
        """Show errors, warnings, or both."""
        self._severities = tuple(severities)
        self.refresh()

    def refresh(self) -> None:
        """Read the problems anew; rows that say the same stay, so does the choice among them."""
        row = self.list.currentRow()
        before = self._shown[row] if 0 <= row < len(self._shown) else None
        fitting = [p for p in self._session.problems if p.severity in self._severities]
        self.list.blockSignals(True)
        self._show_all(fitting[:_MOST])
        if len(fitting) > _MOST:
            text = tr("… and {n} more; mend these first", n=len(fitting) - _MOST)
            self.list.addItem(QListWidgetItem(text))
        now = datetime.now().astimezone()
        self._nothing.setText(tr("No problems. Checked {time}", time=f"{now:%H:%M}"))
        self._stack.setCurrentWidget(self.list if self._shown else self._nothing)
        same = next((n for n, p in enumerate(self._shown) if _same(p, before)), -1)
        self.list.setCurrentRow(same)
        self.list.blockSignals(False)
        if before is not None:
            self._open(same)

    def _show_all(self, problems: list[Problem]) -> None:
        """Take rows out and put rows in between those at both ends that say the same."""
        saying = [self._saying(problem) for problem in problems]
        head, tail = _same_ends(self._saying_now, saying)
        for number in reversed(range(head, self.list.count())):
            if not len(self._saying_now) - tail <= number < len(self._saying_now):
                self._take_out(number)
        for number in range(head, len(problems) - tail):
            self.list.insertItem(number, QListWidgetItem())
            self._show_row(number, problems[number], opened=False)
        self._shown, self._saying_now = problems, saying
        for number, problem in enumerate(problems):
            self._show_place(number, problem)

    def _saying(self, problem: Problem) -> Saying:
        """All that the row of *problem* says but its place."""
        card = self._session.picture.card(problem.subject or "")
        title = "" if card is None else card.title
        return problem.severity, problem.code, problem.text, problem.subject, problem.path, title

    def _take_out(self, number: int) -> None:
        widget = self.list.itemWidget(self.list.item(number))
        if widget is not None:
            widget.hide()  # it is deleted later, and would shine through until then
        self.list.takeItem(number)

    def _show_place(self, number: int, problem: Problem) -> None:
        """The same problem is in another line when lines above it come or go."""
        item = self.list.item(number)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, self._text(problem))
        place = self.list.itemWidget(item).findChild(QLabel, "place")
        if isinstance(place, QLabel):
            place.setText(self._place(problem))

    def _dress(self) -> None:
        """Colours of another theme: all rows anew."""
        row = self.list.currentRow()
        for number, problem in enumerate(self._shown):
            self._show_row(number, problem, opened=number == row)

    def choose(self, problem: Problem) -> None:
        """Open a problem and select its node."""
        if problem in self._shown:
            self.list.setCurrentRow(self._shown.index(problem))
            self._go()

    # --- rows -----------------------------------------------------------------------------------

    def _open(self, row: int) -> None:
        """The chosen row shows its path, the others are one line."""
        self._walk.stop()
        for number, problem in enumerate(self._shown):
            item = self.list.item(number)
            if (number == row) != bool(item.data(Qt.ItemDataRole.UserRole)):
                self._show_row(number, problem, opened=number == row)
        self.chosen.emit(self._shown[row] if 0 <= row < len(self._shown) else None)

    def _show_row(self, number: int, problem: Problem, opened: bool) -> None:
        item = self.list.item(number)
        item.setData(Qt.ItemDataRole.UserRole, opened)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, self._text(problem))
        old = self.list.itemWidget(item)
        if old is not None:
            old.hide()  # it is deleted later, and would shine through until then
        widget = self._row(problem, opened)
        wide = self.list.viewport().width()
        known = widget.hasHeightForWidth() and wide > _BESIDE
        height = widget.heightForWidth(wide) if known else widget.sizeHint().height()
        item.setSizeHint(QSize(100, height))
        self.list.setItemWidget(item, widget)

    def _row(self, problem: Problem, opened: bool) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(10, 0, 10, 8 if opened else 0)
        column.setSpacing(6)
        head = QWidget()
        head.setFixedHeight(_ROW)
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        glyph = QLabel()
        glyph.setPixmap(pixmap(f"ui-problem-{problem.severity}", problem.severity, 16))
        text = QLabel(told(problem.text))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setProperty("role", "title" if opened else "")
        line.addWidget(glyph)
        text.setMinimumWidth(40)
        long = opened and text.sizeHint().width() > self.width() - _BESIDE
        if long:
            head.setMinimumHeight(_ROW)
            head.setMaximumHeight(_NO_END)
            text.setWordWrap(True)
        line.addWidget(text, 1 if long else 0)
        self._add_node(line, problem)
        if not long:
            line.addStretch(1)
        place = QLabel(self._place(problem))
        place.setObjectName("place")
        place.setProperty("role", "help")
        line.addWidget(place)
        column.addWidget(head)
        if opened:
            if problem.path:
                column.addWidget(FlowWay(problem.path, self._session))
            column.addWidget(self._offers(problem))
        return row

    def _add_node(self, line: QHBoxLayout, problem: Problem) -> None:
        card = self._session.picture.card(problem.subject or "")
        if card is None:
            return
        inside = QLabel(tr("in"))
        inside.setProperty("role", "help")
        glyph, title = QLabel(), QLabel(card.title)
        glyph.setPixmap(pixmap(card.icon, theme().tokens.group(card.group), 16))
        for widget in (inside, glyph, title):
            line.addWidget(widget)

    def _offers(self, problem: Problem) -> QWidget:
        offers = QWidget()
        line = QHBoxLayout(offers)
        line.setContentsMargins(24, 0, 0, 0)
        line.setSpacing(8)

        def offer(words: str, drawn: str, act: Callable[[], object]) -> None:
            button = QPushButton(words)
            if drawn:
                button.setIcon(icon(drawn, "text", 16))
            button.clicked.connect(lambda: act())
            line.addWidget(button)

        if problem.path:
            offer(tr("Walk the path"), "ui-step", lambda: self.walk(problem))
            offer(tr("Save as test…"), "ui-tests", lambda: self._save(problem))
        offer(tr("Show in text"), "", self._show_line)
        line.addStretch(1)
        return offers

    def _show_line(self) -> None:
        """Show the text where the open problem is by now."""
        self.line_wanted.emit(self._lines.line_of(self._shown[self.list.currentRow()]))

    def _text(self, problem: Problem) -> str:
        return f"{told(problem.text)} · {self._place(problem)}"

    def _place(self, problem: Problem) -> str:
        path = self._session.path
        name = path.name if path is not None else tr("new flow")
        return f"{name}:{self._lines.line_of(problem)}"

    def _save(self, problem: Problem) -> None:
        """Keep the path as a call test, which shows whether a call still goes this way."""
        from designer.panels.path_dialog import path_dialog

        dialog = path_dialog(self._session, problem, self)
        if dialog is not None:
            # Not exec: what is saved is read anew meanwhile, and the row with the button that is
            # being clicked may go.
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    # --- walking --------------------------------------------------------------------------------

    def walk(self, problem: Problem) -> None:
        """Go along the path, card by card."""
        self._way = [step.node for step in problem.path]
        self._step()
        self._walk.start()

    def _step(self) -> None:
        if not self._way:
            self._walk.stop()
            return
        self._session.reveal(self._way.pop(0))

    def _go(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            subject = self._shown[row].subject
            if subject is not None and self._session.picture.card(subject) is not None:
                self._session.reveal(subject)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Enter goes to the node."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
                return True
        return False


def _same_ends(old: Sequence[Saying], new: Sequence[Saying]) -> tuple[int, int]:
    """How many rows at the beginning, and how many of the others at the end, say the same."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    most -= head
    tail = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    return head, tail


def _same(one: Problem, other: Problem | None) -> bool:
    """Whether it is the same problem, be it on another line by now."""
    return other is not None and (one.code, one.subject, one.text) == (
        other.code,
        other.subject,
        other.text,
    )
