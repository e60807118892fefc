"""The replay of a call: play, step, its time-line, and where it would part from the draft."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QTransform
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from designer.core.calls import clock_time
from designer.forms.editors.choosing import Tick
from designer.look.i18n import tr
from designer.look.icons import icon, pixmap
from designer.look.theme import theme
from designer.panels.watch.call_model import SPEEDS, CallModel
from designer.panels.watch.sheet import watch_sheet
from designer.panels.watch.strip import TimeStrip


class Comparing(Protocol):
    """What is known of the drafts beside a replay."""

    lacking: str
    """The flow that the call is in and no page can show."""

    def compares(self) -> bool:
        """Whether some draft lies beside the replay."""

    def partings(self) -> list[str]:
        """Where the call would part from the drafts, in sentences."""

    def group(self, flow: str, node: str) -> str:
        """The group of a flow's node, which colours it."""


class ReplayPanel(QWidget):
    """See the module."""

    def __init__(self, model: CallModel, comparing: Comparing) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._model, self._comparing = model, comparing
        self.play, self.back, self.forth = QPushButton(), QPushButton(), QPushButton()
        self.speed, self.time, self.who, self.when = QPushButton(), QLabel(), QLabel(), QLabel()
        self.compare, self.verdict = Tick(tr("Compare with the draft")), QLabel()
        self.strip = TimeStrip(model.title_of, comparing.group)
        self._stack = QStackedWidget()
        self._lay_out()
        self._listen()
        self._dress()
        self.follow()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 14, 4)
        row.setSpacing(6)
        for button, words in (
            (self.play, tr("Play the call")),
            (self.back, tr("To the node before")),
            (self.forth, tr("To the next node")),
        ):
            button.setProperty("square", True)
            button.setIconSize(QSize(14, 14))
            button.setToolTip(words)
            button.setAccessibleName(words)
            row.addWidget(button)
        self.play.setProperty("primary", True)
        self.speed.setToolTip(tr("How fast it plays"))
        self.speed.setAccessibleName(tr("How fast it plays"))
        row.addWidget(self.speed)
        for label, role in ((self.time, "time"), (self.who, "title"), (self.when, "help")):
            label.setProperty("role", role)
            row.addSpacing(6)
            row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.compare)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.verdict)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.strip, 1)
        nothing = QLabel(tr("Choose a call that has ended from the list of calls to replay it."))
        nothing.setProperty("role", "help")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setWordWrap(True)
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _listen(self) -> None:
        model = self._model
        self.play.clicked.connect(lambda: model.pause() if model.playing else model.play())
        self.back.clicked.connect(lambda: model.step(-1))
        self.forth.clicked.connect(lambda: model.step(1))
        self.speed.clicked.connect(self._faster)
        self.compare.toggled.connect(model.compare)
        self.strip.wanted.connect(model.go)
        self.strip.stepped.connect(model.step)
        model.changed.connect(self.follow)
        model.ticked.connect(self._moment)
        theme().changed.connect(self._dress)

    def _faster(self) -> None:
        at = SPEEDS.index(self._model.speed)
        self._model.set_speed(SPEEDS[(at + 1) % len(SPEEDS)])

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show the replay as it is."""
        model, call = self._model, self._model.call
        past = model.mode == "past" and call is not None
        self._stack.setCurrentIndex(1 if past else 0)
        if not past or call is None:
            return
        if self.strip.line is not model.line:
            self.strip.show_line(model.line)
        self.speed.setText(f"{model.speed}×")
        self.who.setText(f"{call.caller or '?'} → {call.called or '?'}")
        began = datetime.fromtimestamp(call.start).astimezone()
        self.when.setText(f"{began:%Y-%m-%d %H:%M:%S} · {model.source}")
        words = tr("Pause") if model.playing else tr("Play the call")
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)
        glyph = "ui-pause" if model.playing else "ui-play-solid"
        self.play.setIcon(icon(glyph, "on_accent", 14))
        self.compare.setChecked(model.comparing)
        self._moment()
        self._judge()

    def _moment(self) -> None:
        model = self._model
        self.time.setText(f"{clock_time(model.at)} / {clock_time(model.line.length)}")
        self.strip.show_moment(model.at)

    def _judge(self) -> None:
        """Whether the draft would have done the same."""
        told, role = "", "help"
        tip = ""
        if self._comparing.lacking:
            told = tr("The flow {flow} is not open: open its file to see the call in it.",
                      flow=self._comparing.lacking)  # fmt: skip
            role = "warning"
        elif self._model.comparing and self._comparing.compares():
            partings = self._comparing.partings()
            told, role, tip = tr("same path"), "same", ""
            if partings:
                told, role = f"{tr('would part here')}: {partings[0]}", "parts"
                tip = "\n".join(partings)
        elif self._model.comparing:
            told = tr("no draft of this flow is open")
        self.verdict.setText(told)
        self.verdict.setToolTip(tip)
        if self.verdict.property("role") != role:
            self.verdict.setProperty("role", role)
            self.verdict.style().polish(self.verdict)

    def _dress(self) -> None:
        self.setStyleSheet(watch_sheet())
        mirrored = pixmap("ui-step", "text", 14).transformed(QTransform().scale(-1, 1))
        self.back.setIcon(QIcon(mirrored))
        self.forth.setIcon(icon("ui-step", "text", 14))
