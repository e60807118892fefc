"""A routing strategy as text: colours, offers, marks at mistakes, and its plain reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QVBoxLayout, QWidget

from contact_center.core.strategy.expressions import Expressions, SkillKinds
from contact_center.core.strategy.parser import parse
from contact_center.core.strategy.problems import NOWHERE, Problem
from contact_center.core.strategy.reading import read_strategy
from contact_center.core.strategy.scan import Text
from contact_center.core.strategy.strategy import find_problems
from contact_center.core.strategy.terms import Words
from designer.core.strategy_text import PIECES, completions, scope_of
from designer.forms.body import note
from designer.forms.editors.completions import Completions
from designer.forms.editors.growing import GrowingText
from designer.look.i18n import language, tr
from designer.look.theme import theme
from flow_runtime.core.expr.assist import Scope

_COLOURS: Final = {
    "comment": "faint", "text": "say", "number": "logic", "keyword": "ask", "view": "agents",
}  # fmt: skip
_TAKING: Final = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_LINES: Final = 12


def in_words(words: Words) -> str:
    """*words* in the language of the interface."""
    return words.zh if language() == "zh_CN" else words.en


class StrategyWords(QWidget):
    """See the module. *skills* and *expressions* are asked for whenever the text is looked at."""

    typed = Signal(str)
    entered = Signal()
    left = Signal()
    advised = Signal(str)
    """What is still needed at the end of a text that is being typed; empty for nothing."""

    def __init__(
        self,
        skills: Callable[[], SkillKinds],
        scope: Callable[[], Scope],
        expressions: Callable[[], Expressions],
    ) -> None:
        super().__init__()
        self._skills, self._expressions = skills, expressions
        self.text = StrategyText(lambda: scope_of(scope(), skills()), skills)
        self.reading = note("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.text, self.text.offers, self.reading):
            column.addWidget(part)
        self.text.typed.connect(self._tell)
        self.text.entered.connect(self.entered)
        self.text.left.connect(self._leave)

    def show_text(self, text: str) -> None:
        """Show *text* without telling of it."""
        self.text.show_text(text)
        self.look()

    def look(self) -> None:
        """Mark what is wrong, which the field tells, and say in plain words what the text means."""
        text = self.text.toPlainText()
        skills = self._skills() or None
        problems = find_problems(text, self._expressions(), skills) if text.strip() else ()
        worst = min(problems, key=lambda p: p.severity != "error", default=None)
        unfinished = worst is not None and self.text.hasFocus() and _at_end(worst, text)
        self.text.colours.show_problems(() if unfinished else problems)
        self.advised.emit(tr("the rest of the statement") if unfinished else "")
        script = parse(text, self._expressions(), skills).script
        broken = worst is not None and worst.severity == "error"
        said = () if broken else read_strategy(script)
        self.reading.setText("" if broken else "\n".join(in_words(words) for words in said))
        self.reading.setVisible(bool(said))

    def _tell(self) -> None:
        self.look()
        self.typed.emit(self.text.toPlainText())

    def _leave(self) -> None:
        self.text.close_offers()
        self.look()
        self.left.emit()


class StrategyText(GrowingText):
    """The text field itself."""

    def __init__(self, scope: Callable[[], Scope], skills: Callable[[], SkillKinds]) -> None:
        super().__init__("code", 3, _MOST_LINES)
        self._scope, self._skills = scope, skills
        self.colours = StrategyColours(self)
        self.offers = Completions()
        self.offers.chosen.connect(self.take)
        self._offering = False
        self.typed.connect(self._begin)
        self.cursorPositionChanged.connect(self._offer)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """While there are offers some keys are theirs."""
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._offering = True
            self._offer()
            return
        if plain and self.offers.isVisible():
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.offers.step(1 if key == Qt.Key.Key_Down else -1)
                return
            if key == Qt.Key.Key_Tab and self.offers.current is not None:
                self.take(self.offers.current)
                return
            if key == Qt.Key.Key_Escape:
                self.close_offers()
                return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc closes the offers before anything else."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride:
            if event.key() in (*_TAKING, Qt.Key.Key_Escape) and self.offers.isVisible():
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Tab is the offers' while there are some."""
        if forward and self.offers.isVisible() and self.offers.current is not None:
            self.take(self.offers.current)
            return True
        return super().focusNextPrevChild(forward)

    def take(self, offer: Any) -> None:
        """Put *offer* where it belongs."""
        cursor = self.textCursor()
        cursor.setPosition(offer.start)
        cursor.setPosition(offer.end, cursor.MoveMode.KeepAnchor)
        cursor.insertText(offer.insert)
        cursor.setPosition(offer.start + offer.caret)
        self.setTextCursor(cursor)
        self._offering = offer.insert.endswith((" ", "."))
        self._offer()

    def close_offers(self) -> None:
        """Hide them until something is typed."""
        self._offering = False
        self.offers.hide()

    def _begin(self) -> None:
        self._offering = self.hasFocus()
        self._offer()

    def _offer(self) -> None:
        if not self._offering:
            self.offers.hide()
            return
        at = self.textCursor().position()
        rows = completions(self.toPlainText(), at, self._scope(), self._skills(), in_words)
        self.offers.offer(rows, None)


class StrategyColours(QSyntaxHighlighter):
    """Colours the text, and underlines what is wrong."""

    def __init__(self, text: GrowingText) -> None:
        super().__init__(text.document())
        self._text = text
        self._problems: tuple[Problem, ...] = ()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Underline these."""
        if problems != self._problems:
            self._problems = problems
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Colour one line."""
        for match in PIECES.finditer(text):
            made = QTextCharFormat()
            made.setForeground(theme().colour(_COLOURS[str(match.lastgroup)]))
            self.setFormat(match.start(), match.end() - match.start(), made)
        line = self.currentBlock().blockNumber() + 1
        for problem in self._problems:
            place = problem.place
            if place.line <= line <= place.end_line:
                first = place.column - 1 if place.line == line else 0
                last = place.end_column - 1 if place.end_line == line else len(text)
                self._underline(problem, first, max(last, first + 1))

    def _underline(self, problem: Problem, first: int, last: int) -> None:
        for at in range(first, last):
            made = self.format(at)
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(theme().colour(problem.severity))
            self.setFormat(at, 1, made)


def _at_end(problem: Problem, text: str) -> bool:
    """Whether something is missing at the end only, or the last word may become a known one."""
    end, place = Text(text).at(len(text.rstrip())), problem.place
    if place == NOWHERE:
        return False
    growing = problem.code.startswith("unknown-") and (place.end_line, place.end_column) >= end
    return growing or (place.line, place.column) >= end
