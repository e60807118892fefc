"""A prompt in the form: a tab for each language, its text, and how it is heard."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTabBar,
    QToolButton,
    QVBoxLayout,
)

from designer.forms.context import FormContext
from designer.forms.editors.expression import ExpressionText
from designer.forms.message import Message
from designer.forms.speaking import speak, spoken_words
from designer.forms.tasks import Task
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.prompts.desk import PromptDesk
from flow_runtime.core.expr.assist import Scope

if TYPE_CHECKING:
    from designer.prompts.audio import Clip

_PAUSE_MS = 700
"""So long after the last key the table is written."""
LONGEST_MS = 5000
"""So long somebody may type without a pause before it is written all the same."""
_NAMES = {"en": "English", "zh": "中文", "de": "Deutsch", "fr": "Français", "es": "Español"}


def language_name(tag: str) -> str:
    """A language by its own name, as far as we know it."""
    return _NAMES.get(tag) or _NAMES.get(tag.split("-")[0], tag)


class PromptCard(QFrame):
    """Writes the prompt tables; its undo is its own, for the tables are no part of the flow."""

    gaps_changed = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, context: FormContext, scope: Callable[[], Scope]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.context = context
        self.desk = PromptDesk(context.session)
        self.key = ""
        self._language = ""
        self._saved = ""
        self._lengths: dict[tuple[str, str], float] = {}
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr("Languages"))
        self.tabs.setIconSize(QSize(13, 13))
        self.tabs.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.how = QLabel()
        self.how.setProperty("role", "help")
        self.text = ExpressionText(prose=True, least=2, own_undo=True)
        self.text.scope = scope
        self.text.setPlaceholderText(tr("What is said in this language"))
        self.text.setAccessibleName(tr("Text of the prompt"))
        self.message = Message()
        self.message.setContentsMargins(10, 0, 10, 4)
        self.listen = self._action("ui-play-solid", tr("Listen"))
        self.record = self._action("record", tr("Record"))
        self.load = self._action("ui-upload", tr("Import…"))
        self.cancel = self._action("ui-close", tr("Cancel"))
        self.cancel.hide()
        self._lay_out()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.save)
        self.tabs.currentChanged.connect(self._change_language)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._longest.timeout.connect(self.save)
        self.text.typed.connect(self._wait)
        self.text.left.connect(self._leave)
        self.text.entered.connect(self.entered)
        self.listen.clicked.connect(self._listen)
        self.record.clicked.connect(lambda: self._edit_sound(None))
        self.load.clicked.connect(self._import)
        self.cancel.clicked.connect(self._cancel)
        self._task: Task | None = None

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(6, 0, 10, 0)
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.how)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(6, 3, 6, 3)
        bottom.setSpacing(2)
        for button in (self.listen, self.record, self.load, self.cancel):
            bottom.addWidget(button)
        bottom.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(_rule())
        column.addWidget(self.text)
        column.addWidget(self.text.offers)
        column.addWidget(self.message)
        column.addWidget(_rule())
        column.addLayout(bottom)

    def _action(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name, "muted", 14))
        button.setIconSize(QSize(13, 13))
        button.setText(words)
        button.setAccessibleName(words)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    # --- showing --------------------------------------------------------------------------------

    def show_prompt(self, key: str) -> None:
        """Show the prompt *key*."""
        if key != self.key:
            self.save()
            self.key = key
            self._lengths.clear()
        self.refresh()

    def refresh(self) -> None:
        """The tables may have changed."""
        languages = self.desk.languages
        if self._language not in languages:
            self._language = languages[0]
        gaps = self.desk.gaps(self.key)
        with QSignalBlocker(self.tabs):
            while self.tabs.count() > len(languages):
                self.tabs.removeTab(self.tabs.count() - 1)
            for number, language in enumerate(languages):
                if number == self.tabs.count():
                    self.tabs.addTab("")
                self.tabs.setTabText(number, language_name(language))
                self.tabs.setTabData(number, language)
                missing = language in gaps
                glyph = (
                    icon("ui-problem-warning", "warning", 13) if missing else icon("", "text", 1)
                )
                self.tabs.setTabIcon(number, glyph if missing else type(glyph)())
                self.tabs.setTabToolTip(
                    number, tr("Nothing is said in it yet") if missing else language
                )
            self.tabs.setCurrentIndex(languages.index(self._language))
        raw = self.desk.raw(self.key, self._language) or ""
        if raw != self._saved or not self._pause.isActive():
            self._saved = raw
            if self.text.toPlainText() != raw and not self._pause.isActive():
                self.text.show_text(raw)
        self._show_how()
        self.gaps_changed.emit(len(gaps))

    def _show_how(self) -> None:
        recording = self.desk.recording(self.key, self._language)
        seconds = self._lengths.get((self.key, self._language))
        if recording is not None:
            seconds = _seconds(recording.read_bytes())
        words = tr("recording") if recording is not None else tr("text-to-speech")
        if seconds:
            words = f"{words} · {seconds:.1f} s"
        if recording is None and not self.text.toPlainText():
            words = tr("nothing is said")
        self.how.setText(words)

    def _change_language(self, number: int) -> None:
        self.save()
        self._language = self.tabs.tabData(number)
        self._saved = self.desk.raw(self.key, self._language) or ""
        self.text.show_text(self._saved)
        self._pause.stop()
        self._longest.stop()
        self.message.say("help", "")
        self._show_how()

    # --- writing --------------------------------------------------------------------------------

    def _wait(self) -> None:
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def save(self) -> None:
        """Write what was typed, if anything was."""
        self._pause.stop()
        self._longest.stop()
        text = self.text.toPlainText()
        if self.key and text != self._saved:
            before, self._saved = self._saved, text
            trouble = self.desk.write(self.key, self._language, text)
            if trouble:
                self._saved = before
            self.message.say("error" if trouble else "help", trouble)

    def _leave(self) -> None:
        self.save()
        self.left.emit()

    # --- sound ----------------------------------------------------------------------------------

    def _listen(self) -> None:
        if self.context.player.playing:
            self.context.player.stop()
            return
        recording = self.desk.recording(self.key, self._language)
        if recording is not None:
            self._play(recording.read_bytes())
            return
        words = spoken_words(self.text.toPlainText())
        task = speak(self.context, words, self._language, self._play, self._say_trouble)
        self._wait_for(task, tr("The voice is speaking it…"))

    def _play(self, wav: bytes) -> None:
        seconds = _seconds(wav)
        if seconds:
            self._lengths[(self.key, self._language)] = seconds
            self._show_how()
        self.message.say("error", self.context.player.play(wav))

    def _wait_for(self, task: Task | None, words: str) -> None:
        """Say *words*, and let *task* be cancelled, until it has ended."""
        if task is None:
            return
        self._task = task
        task.ended.connect(self._work_ended)
        self.message.say("help", words)
        for button in (self.listen, self.record, self.load):
            button.setEnabled(False)
        self.cancel.show()

    def _work_ended(self) -> None:
        self._task = None
        self.cancel.hide()
        for button in (self.listen, self.record, self.load):
            button.setEnabled(True)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.message.say("help", tr("Cancelled."))

    def _say_trouble(self, words: str) -> None:
        self.message.say("error", words)

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Import a recording"), "", tr("Sound (*.wav *.mp3 *.flac *.ogg)")
        )
        if path:
            self.import_file(path)

    def import_file(self, path: str) -> None:
        """Take a sound file as the recording, after it was trimmed and levelled."""
        from designer.prompts.audio import read_clip

        file = Path(path)
        task = self.context.tasks.start(
            lambda: read_clip(file), self._read, lambda error: self._say_trouble(str(error))
        )
        self._wait_for(task, tr("Reading {name}…", name=file.name))

    def _read(self, clip: Clip) -> None:
        self.message.say("help", "")
        self._edit_sound(clip)

    def _edit_sound(self, clip: Clip | None) -> None:
        from designer.prompts.sound_dialog import SoundDialog

        key, language = self.key, self._language
        title = f"{key} · {language_name(language)}"
        dialog = SoundDialog(self, title, clip, self.context.player)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._keep(key, language, dialog.sound))
        dialog.open()

    def _keep(self, key: str, language: str, sound: Clip | None) -> None:
        if sound is None:
            return
        task = self.context.tasks.start(
            sound.wav,
            lambda wav: self._kept(self.desk.keep_recording(key, language, wav)),
            lambda error: self._say_trouble(str(error)),
        )
        self._wait_for(task, tr("Writing the recording…"))

    def _kept(self, trouble: str) -> None:
        self.message.say("error" if trouble else "help", trouble)
        self.refresh()


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "rule")
    return rule


def _seconds(wav: bytes) -> float:
    """How long a WAV file lasts, 0 when it cannot be told."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
