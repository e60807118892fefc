"""Plays what a simulated caller hears, in the site's voices; the call's time waits for it."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, Signal

from designer.forms.playing import Player
from designer.forms.tasks import Task, Tasks
from designer.look.i18n import told, tr
from designer.panels.simulator.simulation import Simulation
from designer.site import Spoken


class Loudspeaker(QObject):
    """Speaks one text after the other."""

    silent = Signal(str)
    """Why nothing can be heard."""

    def __init__(self, simulation: Simulation, parent: QObject) -> None:
        super().__init__(parent)
        self._simulation = simulation
        self._player = Player(self)
        self._tasks = Tasks(self)
        self._task: Task | None = None
        self._queue: deque[tuple[str, str, int]] = deque()
        self._number = 0
        simulation.heard.connect(self._say)
        simulation.hushed.connect(self.hush)

    def hush(self) -> None:
        """Be quiet."""
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._player.playing:
            self._player.stop()
        self._played(self._number)

    def _say(self, text: str, language: str, number: int) -> None:
        self._queue.append((text, language, number))
        if self._task is None and not self._player.playing:
            self._next()

    def _next(self) -> None:
        if not self._queue:
            return
        text, language, self._number = self._queue.popleft()
        site = self._simulation.session.site
        self._task = self._tasks.start(
            lambda: site.speak(text, language), self._spoken, lambda error: self._fail(str(error))
        )

    def _spoken(self, spoken: Spoken) -> None:
        self._task = None
        number = self._number
        if spoken.trouble or not spoken.wav:
            self._fail(told(spoken.trouble) or tr("The voice gave no sound."))
            return
        trouble = self._player.play(spoken.wav, lambda: self._over(number))
        if trouble:
            self._fail(trouble)

    def _over(self, number: int) -> None:
        self._played(number)
        self._next()

    def _fail(self, why: str) -> None:
        """Say it once; the call goes on without a sound."""
        self._task = None
        self.silent.emit(why)
        self._simulation.be_aloud(False)

    def _played(self, number: int) -> None:
        if self._simulation.call is not None:
            self._simulation.call.pace.sound_played(number)
