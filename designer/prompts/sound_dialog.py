"""A small dialog to record or take a sound: trim it, set its level, listen, keep it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from designer.forms.playing import Player
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.prompts.audio import Clip, Samples
from designer.prompts.recorder import Recorder

_LOUDEST = 24
_STEP = 0.05


class Wave(QWidget):
    """The sound as a picture, with two edges to drag; arrows move the edge that has the keys."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(360, 90)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Sound: arrows move its beginning, with Shift its end"))
        self.clip: Clip | None = None
        self.start = self.end = 0.0
        self._outline: Samples | None = None
        """The clip as it was painted last: of minutes of sound it takes long to find."""
        self._holding = ""

    def show_clip(self, clip: Clip) -> None:
        """Show *clip*, its silent ends cut off."""
        self.clip, self._outline = clip, None
        self.start, self.end = clip.speech_bounds()
        self.moved.emit()
        self.update()

    def set_bounds(self, start: float, end: float) -> None:
        """What to keep, in seconds."""
        if self.clip is None:
            return
        self.start = min(max(start, 0.0), max(end - _STEP, 0.0))
        self.end = max(min(end, self.clip.seconds), self.start + _STEP)
        self.moved.emit()
        self.update()

    def _x(self, moment: float) -> float:
        length = self.clip.seconds if self.clip is not None else 0
        return moment / length * self.width() if length else 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Kept parts in accent, the rest grey."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme().colour
        painter.setPen(QPen(colour("accent" if self.hasFocus() else "input"), 1))
        painter.setBrush(colour("canvas"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if self.clip is None:
            return
        middle, high = self.height() / 2, self.height() / 2 - 8
        left, right = self._x(self.start), self._x(self.end)
        if self._outline is None or len(self._outline) != self.width():
            self._outline = self.clip.outline(self.width())
        for x, loud in enumerate(self._outline):
            painter.setPen(colour("accent" if left <= x <= right else "card_line"))
            half = max(float(loud) * high, 0.5)
            painter.drawLine(x, round(middle - half), x, round(middle + half))
        painter.setPen(QPen(colour("text"), 2))
        for edge in (left, right):
            at = min(max(round(edge), 1), self.width() - 2)
            painter.drawLine(at, 2, at, self.height() - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the nearer edge."""
        x = event.position().x()
        nearer = abs(x - self._x(self.start)) <= abs(x - self._x(self.end))
        self._holding = "start" if nearer else "end"
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Drag it."""
        if self.clip is None or not self._holding:
            return
        moment = event.position().x() / max(self.width(), 1) * self.clip.seconds
        if self._holding == "start":
            self.set_bounds(moment, self.end)
        else:
            self.set_bounds(self.start, moment)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go."""
        self._holding = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Arrows move the beginning, with Shift the end."""
        by = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.set_bounds(self.start, self.end + by)
        else:
            self.set_bounds(self.start + by, self.end)


class SoundDialog(QDialog):
    """`sound` is what is kept, None while there is nothing."""

    def __init__(self, parent: QWidget, title: str, clip: Clip | None, player: Player) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._player = player
        self.recorder: Recorder | None = None
        self.wave = Wave()
        self.wave.moved.connect(self._show_length)
        self.length = QLabel()
        self.length.setProperty("role", "help")
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setProperty("role", "error")
        self.message.hide()
        self.loud = QSlider(Qt.Orientation.Horizontal)
        self.loud.setRange(-_LOUDEST, _LOUDEST)
        self.loud.setAccessibleName(tr("Level in decibels"))
        self.loud.valueChanged.connect(self._show_length)
        self.full = QPushButton(tr("Normal level"))
        self.full.setToolTip(tr("As loud as can be without being cut off"))
        self.full.clicked.connect(self.normalise)
        self.record = QPushButton(icon("record", "text", 16), tr("Record"))
        self.record.clicked.connect(self._record)
        self.listen = QPushButton(icon("ui-play-solid", "text", 16), tr("Listen"))
        self.listen.clicked.connect(self._listen)
        self.meter = QProgressBar()
        self.meter.setRange(0, 100)
        self.meter.setTextVisible(False)
        self.meter.hide()
        buttons = QDialogButtonBox()
        self.keep = buttons.addButton(tr("Keep"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._quiet)
        row = QHBoxLayout()
        row.addWidget(self.record)
        row.addWidget(self.listen)
        row.addWidget(self.meter, 1)
        row.addStretch(1)
        row.addWidget(self.length)
        level = QHBoxLayout()
        level.addWidget(QLabel(tr("Level")))
        level.addWidget(self.loud, 1)
        level.addWidget(self.full)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self.wave)
        column.addLayout(row)
        column.addLayout(level)
        column.addWidget(self.message)
        column.addWidget(buttons)
        if clip is not None:
            self.wave.show_clip(clip)
        self._show_length()

    @property
    def sound(self) -> Clip | None:
        """The sound, trimmed and levelled."""
        clip = self.wave.clip
        if clip is None or not clip.seconds:
            return None
        return clip.trimmed(self.wave.start, self.wave.end).louder(self.loud.value())

    def normalise(self) -> None:
        """Set the level so that the loudest moment is just below the limit."""
        from math import floor, log10

        clip = self.wave.clip
        kept = None if clip is None else clip.trimmed(self.wave.start, self.wave.end)
        if kept is not None and kept.peak > 0:
            self.loud.setValue(floor(20 * log10(0.9 / kept.peak)))

    def _show_length(self) -> None:
        wave = self.wave
        there = wave.clip is not None and bool(wave.clip.seconds)
        self.keep.setEnabled(there)
        self.listen.setEnabled(there)
        if there:
            self.length.setText(
                tr(
                    "{seconds} s · {level} dB",
                    seconds=f"{wave.end - wave.start:.1f}",
                    level=f"{self.loud.value():+d}",
                )
            )

    def _say(self, words: str) -> None:
        self.message.setText(words)
        self.message.setVisible(bool(words))

    def _listen(self) -> None:
        sound = self.sound
        if sound is not None:
            self._say(self._player.play(sound.wav()))

    def _record(self) -> None:
        if self.recorder is not None:
            recorder, self.recorder = self.recorder, None
            self.meter.hide()
            self.record.setText(tr("Record"))
            self.wave.show_clip(recorder.stop())
            return
        recorder = Recorder()
        trouble = recorder.start()
        self._say(trouble)
        if not trouble:
            self.recorder = recorder
            recorder.level.connect(lambda loud: self.meter.setValue(round(loud * 100)))
            self.meter.show()
            self.record.setText(tr("Stop"))

    def _quiet(self) -> None:
        self._player.stop()
        if self.recorder is not None:
            self.recorder.stop()
            self.recorder = None
