"""The telephone of a simulated caller: what is heard and pressed, a field to speak, the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.core.calls import clock_time
from designer.forms.editors.choosing import Chooser
from designer.look.i18n import tr
from designer.look.icons import icon, pixmap
from designer.look.theme import theme
from designer.panels.simulator.bubbles import Bubbles
from designer.panels.simulator.call_state import Does
from designer.panels.simulator.keypad import Keypad
from designer.panels.simulator.loudspeaker import Loudspeaker
from designer.panels.simulator.sheet import simulator_sheet
from designer.panels.simulator.simulation import Simulation
from designer.panels.simulator.strip import Strip

_KEYS: Final = frozenset("0123456789*#")
_MOST_TELEPHONES: Final = 6
"""Of those that ring at once, so many have a button."""


class Phone(QWidget):
    """See the module."""

    problems_wanted = Signal()

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Phone"))
        self.setMinimumWidth(280)
        self.simulation = simulation
        self._was_running = False
        self._silence = ""
        self.title, self.under, self.glyph = QLabel(), QLabel(), QLabel()
        self.call_button, self.hang_up = QPushButton(tr("Call now")), QPushButton(tr("Hang up"))
        self.caller, self.called = QLineEdit(simulation.caller), QLineEdit(simulation.called)
        self.language = Chooser()
        self.note, self.ringing = Strip(), Strip()
        self.bubbles = Bubbles(simulation)
        self.empty = QLabel()
        self.words = QLineEdit()
        self.microphone, self.aloud = QPushButton(), QPushButton()
        self.keypad = Keypad()
        self.loudspeaker = Loudspeaker(simulation, self)
        self._setup, self._strips = QWidget(), QWidget()
        self._lay_out()
        self._listen()
        self._dress()
        self.follow()

    # --- laying out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        strips = QVBoxLayout(self._strips)
        strips.setContentsMargins(14, 8, 14, 4)
        strips.setSpacing(6)
        for strip in (self.note, self.ringing):
            strips.addWidget(strip)
        column.addWidget(self._strips)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "help")
        self.empty.setWordWrap(True)
        column.addWidget(self.empty, 1)
        column.addWidget(self.bubbles, 1)
        column.addWidget(self._foot())

    def _head(self) -> QWidget:
        head = QFrame()
        head.setObjectName("phone-head")
        column = QVBoxLayout(head)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.glyph.setFixedSize(32, 32)
        self.glyph.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.glyph.setProperty("role", "round")
        self.title.setProperty("role", "title")
        self.under.setProperty("role", "help")
        self.under.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addWidget(self.under)
        self.call_button.setProperty("primary", True)
        self.call_button.setToolTip(tr("Let the call come") + "  F5")
        self.hang_up.setProperty("danger", True)
        self.hang_up.setToolTip(tr("Hang up") + "  Ctrl+Shift+H")
        row.addWidget(self.glyph)
        row.addLayout(words, 1)
        row.addWidget(self.call_button)
        row.addWidget(self.hang_up)
        column.addLayout(row)
        column.addWidget(self._setup)
        self._lay_out_setup()
        return head

    def _lay_out_setup(self) -> None:
        grid = QGridLayout(self._setup)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        named = (
            (tr("Caller"), self.caller),
            (tr("Called"), self.called),
            (tr("Spoken"), self.language),
        )
        for at, (words, field) in enumerate(named):
            label = QLabel(words)
            label.setProperty("role", "label")
            label.setBuddy(field)
            field.setAccessibleName(words)
            grid.addWidget(label, 0, at)
            grid.addWidget(field, 1, at)
            field.setMinimumWidth(60)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 4)

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("phone-foot")
        column = QVBoxLayout(foot)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.words.setPlaceholderText(tr("Say something, or seconds…"))
        self.words.setAccessibleName(tr("What the caller says"))
        for button in (self.microphone, self.aloud):
            button.setProperty("square", True)
            button.setIconSize(QSize(16, 16))
        self.microphone.setEnabled(False)
        self.microphone.setToolTip(tr("No speech recogniser is installed here: type what is said"))
        self.microphone.setAccessibleName(tr("Speak into the microphone"))
        self.aloud.setCheckable(True)
        self.aloud.setToolTip(tr("Let me hear what the caller hears"))
        self.aloud.setAccessibleName(tr("Let me hear what the caller hears"))
        row.addWidget(self.words, 1)
        row.addWidget(self.microphone)
        row.addWidget(self.aloud)
        column.addLayout(row)
        column.addWidget(self.keypad)
        hint = QLabel(tr("Digits on the keyboard press keys; Ctrl+Shift+H hangs up."))
        hint.setProperty("role", "help")
        hint.setWordWrap(True)
        column.addWidget(hint)
        return foot

    def _listen(self) -> None:
        simulation = self.simulation
        simulation.changed.connect(self.follow)
        simulation.session.site_changed.connect(self._fill_languages)
        self.call_button.clicked.connect(lambda: self.begin())
        self.hang_up.clicked.connect(lambda: simulation.hang_up())
        self.caller.textEdited.connect(self._set_numbers)
        self.called.textEdited.connect(self._set_numbers)
        for field in (self.caller, self.called):
            field.returnPressed.connect(self.begin)
        self.language.activated.connect(self._set_language)
        self.keypad.pressed.connect(simulation.press)
        self.words.returnPressed.connect(self._speak)
        self.aloud.toggled.connect(self._be_aloud)
        self.loudspeaker.silent.connect(self._stay_silent)
        theme().changed.connect(self._dress)
        self._fill_languages()

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show how the call is."""
        simulation = self.simulation
        state, running = simulation.state, simulation.running
        self.title.setText(f"{simulation.caller or tr('anonymous')} → {simulation.called}")
        self.under.setText(self._words_under())
        self.glyph.setProperty("live", running)
        self.glyph.style().polish(self.glyph)
        self._setup.setVisible(not running)
        self.call_button.setVisible(not running)
        self.hang_up.setVisible(running)
        began = simulation.conversation is not None
        self.empty.setVisible(not began)
        self.bubbles.setVisible(began)
        self.empty.setText(tr("Press F5 to call {number}", number=simulation.called))
        if not self.called.hasFocus():
            self.called.setText(simulation.called)
        for widget in (self.words, self.keypad):
            widget.setEnabled(running and state.answered)
        if self.aloud.isChecked() != simulation.aloud:
            self.aloud.setChecked(simulation.aloud)
        self._show_note()
        self._show_other()
        self._strips.setHidden(self.note.isHidden() and self.ringing.isHidden())
        self.bubbles.follow()
        if running and not self._was_running:
            self.setFocus()
        self._was_running = running

    def _words_under(self) -> str:
        simulation = self.simulation
        state = simulation.state
        if not simulation.running:
            return simulation.ending() or tr("no call yet")
        time = clock_time(state.seconds)
        if simulation.held:
            words = tr("held before {node}", node=simulation.title_of(state.flow, state.node))
        elif state.recording:
            words = tr("recording {time}", time=time)
        elif not state.answered:
            words = tr("ringing {time}", time=time)
        else:
            words = tr("in the call {time}", time=time)
        flow = simulation.session.flow
        inside = [] if flow is None or state.flow in ("", flow.name) else [state.flow]
        spoken = [language_name(state.language)] if state.language else []
        waits = simulation.fast and state.answered and not (state.talking or simulation.held)
        return " · ".join([words, *spoken, *inside, *([tr("your turn")] if waits else [])])

    def _show_note(self) -> None:
        simulation = self.simulation
        failed = simulation.call is not None and simulation.call.failed
        if simulation.trouble:
            self.note.tell(
                simulation.trouble + " " + tr("No call can be made."),
                "error",
                [(tr("Show the problems"), self.problems_wanted.emit)],
            )
        elif simulation.ending() and failed:
            self.note.tell(simulation.ending(), "error")
        elif simulation.running and simulation.outdated:
            self.note.tell(
                tr("The flow was changed. This call goes on with the flow as it was."), "warning",
                [(tr("Call again"), self.begin)],
            )  # fmt: skip
        elif (
            simulation.ending()
            and simulation.call is not None
            and simulation.call.ended is not None
            and simulation.call.ended.failure is not None
        ):
            self.note.tell(simulation.ending(), "error")
        else:
            self.note.tell(self._silence, "warning")

    def _show_other(self) -> None:
        """The telephones that ring or talk."""
        state = self.simulation.state
        if not self.simulation.running or not state.others:
            self.ringing.tell("")
        elif not state.rings:
            name = state.others[0]
            self.ringing.tell(
                tr("You are talking with {number}", number=self._called(name)),
                "",
                [self._offer(tr("The other side hangs up"), name, "hangs_up")],
            )
        elif len(state.others) > 1:
            names = ", ".join(map(self._called, state.others))
            offers = [
                self._offer(tr("{number} picks up", number=name), name, "answers")
                for name in state.others[:_MOST_TELEPHONES]
            ]
            self.ringing.tell(tr("{numbers} are ringing", numbers=names), "", offers)
        else:
            name = state.others[0]
            offers = [
                self._offer(tr("Pick up"), name, "answers"),
                self._offer(tr("Busy"), name, "busy"),
                self._offer(tr("No answer"), name, "no_answer"),
            ]
            if any(seat.name == name for seat in state.seats):
                offers.append(self._offer(tr("Reject"), name, "rejects"))
            self.ringing.tell(tr("{number} is ringing", number=self._called(name)), "", offers)

    def _offer(self, words: str, number: str, does: Does) -> tuple[str, Callable[[], object]]:
        return words, lambda: self.simulation.other(number, does)

    def _called(self, number: str) -> str:
        """A telephone's number, with the name of the agent whose it is."""
        titles = {seat.name: seat.title for seat in self.simulation.state.seats}
        title = titles.get(number, "")
        return number if title in ("", number) else f"{number} {title}"

    # --- acting ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Let the call come."""
        self.simulation.begin()
        self.setFocus()

    def _set_numbers(self) -> None:
        self.simulation.caller = self.caller.text().strip()
        self.simulation.called = self.called.text().strip()
        self.follow()

    def _set_language(self, at: int) -> None:
        self.simulation.language = self.language.itemData(at) or ""

    def _fill_languages(self) -> None:
        names = self.simulation.session.around.languages
        self.language.clear()
        for name in names:
            self.language.addItem(language_name(name), name)
        at = self.language.findData(self.simulation.language)
        self.language.setCurrentIndex(max(at, 0))
        self.simulation.language = self.language.currentData() or ""

    def _speak(self) -> None:
        self.simulation.speak(self.words.text())
        self.words.clear()

    def _be_aloud(self, aloud: bool) -> None:
        self._silence = ""
        if aloud != self.simulation.aloud:
            self.simulation.be_aloud(aloud)

    def _stay_silent(self, why: str) -> None:
        self._silence = why

    # --- Qt -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Digits press keys."""
        name = event.text()
        if name in _KEYS and name and self.keypad.isEnabled():
            self.keypad.press(name)
            return
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click takes the keyboard."""
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Its flow is closed."""
        self.loudspeaker.hush()
        self.simulation.close()
        super().closeEvent(event)

    def _dress(self) -> None:
        self.setStyleSheet(simulator_sheet())
        self.glyph.setPixmap(pixmap("answer", "ok", 18))
        self.hang_up.setIcon(icon("hangup", "error", 16))
        self.call_button.setIcon(icon("ui-play-solid", "on_accent", 14))
        self.microphone.setIcon(icon("record", "text", 16))
        self.aloud.setIcon(icon("play", "text", 16))
        self.bubbles.clear()


def language_name(tag: str) -> str:
    """A language in its own words: ``zh`` is 中文."""
    locale = QLocale(tag)
    if locale.language() == QLocale.Language.C:
        return tag
    name = locale.nativeLanguageName()
    return {"zh": "中文", "en": "English"}.get(tag.partition("-")[0], name or tag)
