"""What data sources and dialled telephones answer in a simulated call."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.core.simulation import sources_of
from designer.forms.editors.choosing import Chooser
from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.panels.simulator.answer_dialog import AnswerDialog
from designer.panels.simulator.call_state import Outcome
from designer.panels.simulator.simulation import Simulation
from flow_runtime.call_tests.model import Changed, DataAnswer, Fails, Rows
from flow_runtime.call_tests.values import shown

_PLACE: Final = Qt.ItemDataRole.UserRole


class Answers(QWidget):
    """Each source with its answers in turn; without any it is the real one."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation
        self._seen: object = None
        self.list = _List(self)
        self.plus = QToolButton()
        self.plus.setProperty("role", "plus")
        self.plus.setIconSize(QSize(14, 14))
        self.plus.setToolTip(tr("Make up an answer of a data source"))
        self.plus.setAccessibleName(tr("Make up an answer of a data source"))
        self.plus.clicked.connect(lambda: self.add())
        self.telephones = Chooser()
        self.telephones.setAccessibleName(tr("Dialled telephones"))
        answers: tuple[tuple[str, Outcome], ...] = (
            (tr("ask me"), None),
            (tr("answer"), "answered"),
            (tr("are busy"), "busy"),
            (tr("do not answer"), "no_answer"),
        )
        for words, outcome in answers:
            self.telephones.addItem(words, outcome)
        self.telephones.activated.connect(
            lambda at: simulation.plan_callee(self.telephones.itemData(at))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list, 1)
        label = QLabel(tr("Dialled telephones"))
        label.setProperty("role", "help")
        column.addWidget(label)
        column.addWidget(self.telephones)

    # --- following ------------------------------------------------------------------------------

    def columns(self) -> dict[str, tuple[str, ...]]:
        """The sources that the flow asks, with the columns of their queries."""
        session = self._simulation.session
        flow = session.flow
        return {} if flow is None else sources_of(flow, session.around.nodes)

    def follow(self) -> None:
        """Show what is planned, and what was given already."""
        simulation = self._simulation
        flow, given = simulation.session.flow, simulation.state.given
        seen = (flow, simulation.plan, None if given is None else dict(given))
        if seen == self._seen:
            return
        self._seen = seen
        self.list.clear()
        plan = simulation.plan
        for source in dict.fromkeys([*self.columns(), *plan]):
            answers = plan.get(source, ())
            if not answers:
                self._row(source, tr("the real source"), "muted", None)
            for number, answer in enumerate(answers):
                words = answer_words(answer)
                words = tr("then: {what}", what=words) if number else words
                used = given is not None and number < given.get(source, 0)
                self._row(source, f"✓ {words}" if used else words, "text", number)
        if not self.list.topLevelItemCount():
            self._row(tr("This flow asks no data source."), "", "muted", None)

    def dress(self) -> None:
        """The colours of the theme have changed."""
        self.plus.setIcon(icon("ui-plus", "muted", 14))
        self._seen = None
        self.follow()

    def _row(self, source: str, words: str, token: str, number: int | None) -> None:
        item = QTreeWidgetItem([source, words])
        item.setData(0, _PLACE, (source, number))
        if words:
            item.setIcon(0, icon("db_lookup", "data", 16))
        else:
            item.setFirstColumnSpanned(True)
        item.setFont(1, font("code" if number is not None else "label"))
        for column in (0, 1):
            item.setForeground(column, QBrush(theme().colour(token if column else "text")))
        item.setToolTip(1, words)
        self.list.addTopLevelItem(item)
        if not words:
            item.setFirstColumnSpanned(True)

    # --- editing --------------------------------------------------------------------------------

    def add(self, source: str = "") -> None:
        """Ask for another answer."""
        self._ask(source, None)

    def edit(self, source: str, number: int | None) -> None:
        """Change an answer; of the real source make one up."""
        self._ask(source, number)

    def _ask(self, source: str, number: int | None) -> None:
        """Open the dialog and come back: the list may be made anew while it is open."""
        given = None if number is None else self._simulation.plan[source][number]
        dialog = AnswerDialog(self.columns(), source, given, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._take(*dialog.answer(), source, number))
        dialog.open()

    def _take(self, name: str, answer: DataAnswer, source: str, number: int | None) -> None:
        if number is not None and name != source:
            self.remove(source, number)
        self.put(name, number if name == source else None, answer)

    def put(self, source: str, number: int | None, answer: DataAnswer) -> None:
        """Take an answer as the next one of *source*, or in place of another."""
        plan = dict(self._simulation.plan)
        answers = list(plan.get(source, ()))
        if number is None:
            answers.append(answer)
        else:
            answers[number] = answer
        plan[source] = tuple(answers)
        self._simulation.plan_data(plan)

    def remove(self, source: str, number: int) -> None:
        """Forget an answer."""
        plan = dict(self._simulation.plan)
        answers = list(plan.get(source, ()))
        del answers[number]
        plan[source] = tuple(answers)
        self._simulation.plan_data(plan)

    def be_real(self, source: str) -> None:
        """Forget all answers of a source."""
        plan = dict(self._simulation.plan)
        plan.pop(source, None)
        self._simulation.plan_data(plan)


class _List(QTreeWidget):
    """The answers; double click or Enter edits, Del forgets."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self._answers = answers
        self.setObjectName("answers")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Made-up data"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.itemDoubleClicked.connect(lambda item: self._edit(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Enter edits, Del forgets."""
        item = self.currentItem()
        place = None if item is None else item.data(0, _PLACE)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._edit(item)
        elif event.key() == Qt.Key.Key_Delete and place is not None and place[1] is not None:
            self._answers.remove(*place)
        else:
            super().keyPressEvent(event)

    def _edit(self, item: QTreeWidgetItem) -> None:
        if item.text(1):
            self._answers.edit(*item.data(0, _PLACE))

    def _show_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if item is None or not item.text(1):
            menu.addAction(tr("Make up an answer…"), lambda: self._answers.add())
        else:
            source, number = item.data(0, _PLACE)
            menu.addAction(tr("Make up an answer…"), lambda: self._answers.add(source))
            if number is not None:
                menu.addAction(tr("Change…"), lambda: self._answers.edit(source, number))
                menu.addAction(tr("Forget"), lambda: self._answers.remove(source, number))
                menu.addAction(tr("Use the real source"), lambda: self._answers.be_real(source))
        menu.popup(self.viewport().mapToGlobal(at))


def answer_words(answer: DataAnswer) -> str:
    """An answer in a line."""
    match answer:
        case Rows(()):
            return tr("nothing found")
        case Rows((row,)):
            return shown(row)
        case Rows(rows):
            return tr("{n} rows: {first}, …", n=len(rows), first=shown(rows[0]))
        case Changed(count):
            return tr("{n} rows changed", n=count)
        case Fails(name, _):
            return tr("fails: {name}", name=name)
