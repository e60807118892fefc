"""The line: what a call can do, whatever carries it. Every backend implements these two classes.

A `Line` brings incoming calls and dials out; a dialled leg is a `Call` too. A call's events come
to its *listener*, on the event loop's thread. Durations are seconds. Cancelling the task that
awaits `play`, `record` or `dial` stops the sound, closes the recording whole, gives up the dialled
call. After the call has ended every method except `hangup` raises `CallEnded`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

KeySource = Literal["rfc4733", "info", "inband", "typed"]
Ender = Literal["caller", "us", "network"]
"""Who ended a call: the far end, this program, or a failure between."""


class LineError(Exception):
    """Something a line was asked for failed. *fault* says whose fault it was."""

    fault: Literal["ours", "peer", "network"] = "ours"


class CallEnded(LineError):
    """The call is over. *cause* is a short word or a SIP reason."""

    fault = "peer"

    def __init__(self, cause: str = "normal") -> None:
        super().__init__(f"the call has ended ({cause})")
        self.cause = cause


class MediaFailed(LineError):
    """Sound could not be sent or kept. *name* is a word such as ``disk-full``, ``no-sound``."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class Unsupported(LineError):
    """The backend cannot do this at all, and says so by name."""

    def __init__(self, backend: str, feature: str, advice: str) -> None:
        super().__init__(f"the {backend} line cannot {feature}; {advice}")
        self.backend, self.feature = backend, feature


class DialFailed(LineError):
    """A dialled call was not answered. *detail* is for the log (a SIP status, a refusal)."""

    fault = "peer"

    def __init__(self, outcome: Literal["busy", "no_answer", "failed"], detail: str) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome, self.detail = outcome, detail


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of prepared sound.

    *stem* is the path of its G.711 files without their ending (``stem.ulaw``, ``stem.alaw``:
    raw 8 kHz samples); None is silence. *seconds* is its length, *text* its transcript.
    """

    stem: str | None
    seconds: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class PlayEnd:
    """How a sound ended: played to its end, cut by a key, or stopped by us after *seconds*."""

    by: Literal["end", "key", "stopped"]
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordDone:
    """A recording that was closed. *path* is a WAV file, *spoke* False when all was silence."""

    path: str
    seconds: float
    by: Literal["silence", "key", "full", "hangup", "stopped"]
    spoke: bool = True


@dataclass(frozen=True)
class CallFacts:
    """What is known of a call from its first message on."""

    id: str
    """Our own short id: the one in logs and traces."""
    caller: str
    called: str
    started: datetime
    trunk: str = ""
    direction: Literal["in", "out"] = "in"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header names in lower case, first values."""
    channel: str = "voice"
    backend: str = ""


class CallListener(Protocol):
    """Who is told what happens on a call. The methods return at once."""

    def key(self, key: str, source: KeySource) -> None:
        """A key (0-9, ``*``, ``#``, A-D) was pressed and let go."""

    def hung_up(self, by: Ender, cause: str) -> None:
        """The call is over. Said exactly once, also when we ended it."""

    def media_lost(self, reason: str) -> None:
        """No sound comes any more although the call stands."""


class Call(ABC):
    """One leg."""

    facts: CallFacts
    listener: CallListener | None = None
    answered: bool = False
    ended: bool = False
    codec: str = ""
    """``PCMU`` or ``PCMA`` once it is known."""

    @property
    def quality(self) -> Mapping[str, float]:
        """Packets received and lost, jitter in ms, as far as the backend knows."""
        return {}

    @abstractmethod
    async def ring(self) -> None:
        """Let the caller hear that it rings."""

    @abstractmethod
    async def answer(self) -> None:
        """Take the call; returns when sound can flow. Does nothing when already answered."""

    @abstractmethod
    async def reject(self, code: int, reason: str = "") -> None:
        """Refuse an unanswered call with a SIP status."""

    @abstractmethod
    async def hangup(self, reason: str = "normal") -> None:
        """End the call whatever its state. Does nothing when it has ended."""

    @abstractmethod
    async def play(
        self, clips: Sequence[Clip], *, interruptible: bool = True, repeat: bool = False
    ) -> PlayEnd:
        """Send sound; a second `play` stops the first. With *repeat*, until stopped.

        When *interruptible*, the first packet of a key stops the sound; the key itself comes to
        the listener before `play` returns.
        """

    @abstractmethod
    async def stop(self) -> None:
        """Stop the sound that is playing, if any."""

    @abstractmethod
    async def record(
        self, path: str, *, most: float, silence: float, end_keys: str = "#"
    ) -> RecordDone:
        """Write what the far end says to *path* (WAV) until one of the ends comes.

        The far end's hang-up closes the file and returns ``by="hangup"``; `MediaFailed` with
        ``disk-full`` when it cannot be written. An end key is not passed to the listener.
        """

    @abstractmethod
    async def record_both(self, path: str) -> None:
        """Start writing both directions to *path* (two channels) until told to stop.

        The end of the call closes the file too. A second recording ends the first.
        """

    @abstractmethod
    async def stop_record_both(self) -> None:
        """Close the file of `record_both`; does nothing when none is being written."""

    @abstractmethod
    def pause_record_both(self, on: bool) -> None:
        """While on, the recording of both directions holds silence, one begun later too."""

    @abstractmethod
    def secret(self, on: bool) -> None:
        """While on, recordings of this leg hold silence instead of sound and keys."""

    @abstractmethod
    async def send_keys(self, keys: str) -> None:
        """Press keys towards the far end; returns when the last was let go."""

    @abstractmethod
    async def hold(self) -> None:
        """Put the far end on hold."""

    @abstractmethod
    async def unhold(self) -> None:
        """Take the far end back."""

    @abstractmethod
    async def bridge(self, other: Call) -> None:
        """Connect both far ends with each other; returns when sound flows."""

    @abstractmethod
    async def unbridge(self) -> None:
        """Separate the legs again; both stay up."""


class Line(ABC):
    """A backend."""

    name: str
    can: frozenset[str]
    """What it can do, of: answer, sound, keys, barge-in, record, hangup, dial, bridge, hold,
    send-keys."""

    @abstractmethod
    async def start(self, on_call: Callable[[Call], None]) -> None:
        """Open sockets, register, and hand every admitted incoming call to *on_call*.

        *on_call* sets the listener before it returns and answers, rings or rejects later.
        """

    @abstractmethod
    async def stop(self, drain: float = 0.0) -> None:
        """Take no new calls, wait up to *drain* seconds for the running ones, end the rest."""

    @abstractmethod
    async def dial(
        self, to: str, *, caller_id: str | None, timeout: float, near: Call | None = None
    ) -> Call:
        """Call *to* and return the answered leg.

        *near* is the call it will be connected with: it may hear what the far end sends before it
        answers (an announcement, its own ring-back), in place of what plays there.
        Raises `DialFailed`; a destination outside the allow-list fails as ``failed`` with a
        detail that says so.
        """

    def status(self) -> Mapping[str, Any]:
        """Figures for ``cordboard status``: calls, registrations, refusals with reasons."""
        return {}
