"""The call that a window follows or replays: where it is, and what moves it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from designer.core.calls import CallTrail
from designer.core.timeline import Timeline, timeline
from designer.look.i18n import tr

if TYPE_CHECKING:
    from designer.core.simulation import Conversation, Titles
    from designer.core.watched import Label, WatchedCall
    from designer.server.connection import Followed, Server

SPEEDS: Final = (1, 4, 16)
_TICK: Final = 40
"""Milliseconds between two moments of a replay that plays."""
_SECOND: Final = 1000

Mode = Literal["", "live", "past"]


class CallModel(QObject):
    """At most one call of a window; panels and pages follow `changed`."""

    changed = Signal()
    """Another call, another moment of it, or something new happened."""
    ticked = Signal()
    """Time has passed, and nothing else."""

    def __init__(self, label: Label, title: Titles) -> None:
        super().__init__()
        self._label, self._title = label, title
        self.mode: Mode = ""
        self.call: WatchedCall | None = None
        self.trail = CallTrail()
        """The way of the whole call, of a replay."""
        self.line = Timeline()
        self.at = 0.0
        """The moment of a replay, in seconds after the call came."""
        self.playing = False
        self.speed = SPEEDS[0]
        self.comparing = True
        """Whether a replay is laid beside the draft."""
        self.dropped = 0
        """How many of its first events nobody has any more."""
        self.source = ""
        """Where a replay comes from: a server's name, or a file's."""
        self.forgotten = False
        """The server knows the live call no more."""
        self._followed: Followed | None = None
        self._heard = 0.0
        self._watch = QElapsedTimer()
        self._play = QTimer(self, interval=_TICK)
        self._play.timeout.connect(self._on)
        self._clock = QTimer(self, interval=_SECOND)
        self._clock.timeout.connect(self.ticked)

    # --- which call -----------------------------------------------------------------------------

    def follow(self, server: Server, call: str) -> None:
        """Follow a call in progress."""
        from designer.core.watched import WatchedCall
        from designer.server.connection import Followed

        self._drop()
        self.mode, self.source = "live", server.address.name
        self.call = WatchedCall(call, self._label, self._title, tr)
        self._followed = Followed(server, call)
        self._followed.restarted.connect(self._restart)
        self._followed.happened.connect(self._happened)
        self._clock.start()
        self.changed.emit()

    def replay(
        self, call: str, events: Sequence[Mapping[str, Any]], source: str, dropped: int = 0
    ) -> None:
        """Replay a call that is over, from its beginning."""
        from designer.core.watched import WatchedCall

        self._drop()
        self.mode, self.source, self.dropped = "past", source, dropped
        self.call = WatchedCall(call, self._label, self._title, tr)
        self.call.restart(events)
        self.trail = self.call.whole_trail()
        self.line = timeline(events)
        first = self.line.steps[0] if self.line.steps else 0.0
        self.go(first)

    def end(self) -> None:
        """Watch no call."""
        if self.mode:
            self._drop()
            self.changed.emit()

    def now(self) -> float:
        """The moment that is shown, in seconds since the epoch."""
        if self.mode == "live" and self._followed is not None:
            if self.call is not None and self.call.trail.hung_up is not None:
                return self.call.trail.hung_up
            if self._followed.server.state == "up":
                self._heard = self._followed.server.now()
            return self._heard  # what happens while the server is away nobody knows
        return (self.call.start if self.call is not None else 0.0) + self.at

    @property
    def conversation(self) -> Conversation | None:
        """What was heard and pressed so far."""
        return None if self.call is None else self.call.conversation

    def title_of(self, flow: str, node: str) -> str:
        """The title of a flow's node."""
        return self._title(flow, node)

    @property
    def is_over(self) -> bool:
        """Whether the live call has ended."""
        return self.call is not None and self.call.trail.hung_up is not None

    def _drop(self) -> None:
        self.mode, self.call, self.source = "", None, ""
        self.trail, self.line, self.at = CallTrail(), Timeline(), 0.0
        self.dropped, self.forgotten = 0, False
        self._clock.stop()
        self.pause()
        followed, self._followed = self._followed, None
        if followed is not None:
            followed.close()

    # --- live -----------------------------------------------------------------------------------

    def _restart(self, events: object) -> None:
        assert self.call is not None
        self.forgotten = events is None
        if isinstance(events, list):
            self.call.restart(events)
            self.call.go(len(events))
        self.changed.emit()

    def _happened(self, event: dict[str, Any]) -> None:
        assert self.call is not None
        self.call.add(event)
        self.changed.emit()

    # --- replay ---------------------------------------------------------------------------------

    def go(self, seconds: float) -> None:
        """Show the call *seconds* after it came."""
        if self.call is None or self.mode != "past":
            return
        self.at = min(max(0.0, seconds), self.line.length)
        before = self.call.shown
        self.call.go(self.call.count_at(self.at))
        if self.call.shown != before or not self.playing:
            self.changed.emit()
        else:
            self.ticked.emit()

    def step(self, by: int) -> None:
        """Go to the next node, or to the one before."""
        self.pause()
        self.go(self.line.step_after(self.at) if by > 0 else self.line.step_before(self.at))

    def play(self) -> None:
        """Let time pass; from the beginning when it was at its end."""
        if self.call is None or self.mode != "past":
            return
        if self.at >= self.line.length:
            self.go(0.0)
        self.playing = True
        self._watch.start()
        self._play.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stop there."""
        if self.playing:
            self.playing = False
            self._play.stop()
            self.changed.emit()

    def set_speed(self, speed: int) -> None:
        """How many seconds of the call pass in one."""
        self.speed = speed
        self.changed.emit()

    def compare(self, comparing: bool) -> None:
        """Lay it beside the draft, or beside what the server runs."""
        if comparing != self.comparing:
            self.comparing = comparing
            self.changed.emit()

    def _on(self) -> None:
        passed = self._watch.restart() / 1000
        self.go(self.at + passed * self.speed)
        if self.at >= self.line.length:
            self.pause()
