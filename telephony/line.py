"""The line: what a call can do, whatever carries it. Every backend implements these two classes.

A `Line` brings incoming calls and dials out; a dialled leg is a `Call` too. A call's events come
to its *listener*, on the event loop's thread. Durations are seconds. Cancelling the task that
awaits `play`, `record` or `dial` stops the sound, closes the recording whole, gives up the dialled
call. After the call has ended every method except `hangup` raises `CallEnded`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from telephony.core.hearing import TapMode
from telephony.dialogs import Dialogs

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
    """A dialled call was not answered. *detail* is for the log (a SIP status, a refusal).

    *code* is the final SIP status of the far end, such as 486 or 603; 408 also when it said
    nothing at all. It is 0 when it was not asked, or had not answered when we gave up.
    """

    fault = "peer"

    def __init__(
        self, outcome: Literal["busy", "no_answer", "failed"], detail: str, code: int = 0
    ) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome, self.detail, self.code = outcome, detail, code


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
    phone: str = ""
    """The telephone that registered from where the call comes; "" for all other calls."""
    source: tuple[str, int] = ("", 0)
    """Where the call comes from: address and port, "" where a backend has no such thing."""


class CallListener(Protocol):
    """Who is told what happens on a call. The methods return at once."""

    def key(self, key: str, source: KeySource) -> None:
        """A key (0-9, ``*``, ``#``, A-D) was pressed and let go."""

    def hung_up(self, by: Ender, cause: str) -> None:
        """The call is over. Said exactly once, also when we ended it."""

    def media_lost(self, reason: str) -> None:
        """No sound comes any more although the call stands."""


@dataclass(frozen=True)
class RingOptions:
    """What a telephone that is rung is told beside the number that calls.

    *auto_answer*: it shall take the call by itself, if it is set to do such a thing (headers
    Alert-Info, Call-Info and Answer-Mode, RFC 5373). *headers* are further ones by name, such as
    ``X-Customer``; those that SIP itself needs are refused.
    """

    caller_id: str = ""
    caller_name: str = ""
    auto_answer: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


GiveUp = Literal["", "elsewhere"]
"""Why a telephone stops ringing: another took the call (it then shows no missed call), or not."""


class Ringing(ABC):
    """A telephone that is rung at all its places at once; the first that answers has the call."""

    rang: asyncio.Event
    """Set when the far end says that it rings (180)."""

    @abstractmethod
    async def answered(self) -> Call:
        """The answered leg, its listener not set yet. Raises `DialFailed`.

        Cancelling the task that waits gives up.
        """

    @abstractmethod
    def give_up(self, why: GiveUp = "") -> None:
        """Stop the ringing; `answered` raises. Does nothing when it is over.

        With ``elsewhere`` the CANCEL says "Call completed elsewhere" (RFC 3326). A telephone that
        answers all the same is hung up.
        """

    @abstractmethod
    async def cleared(self) -> None:
        """Return when no place rings any more and each has given its last word."""


class Conference(ABC):
    """Calls that all hear each other. A call that ends, or is connected otherwise, leaves it."""

    @property
    @abstractmethod
    def members(self) -> Sequence[Call]:
        """Who is in it, in the order in which they came."""

    @abstractmethod
    async def join(self, call: Call) -> None:
        """Let *call* take part; it leaves its bridge, tap or other conference."""

    @abstractmethod
    async def leave(self, call: Call) -> None:
        """Let *call* take part no more; it stays up. Does nothing when it is no member."""

    @abstractmethod
    async def announce(self, clips: Sequence[Clip]) -> None:
        """Let all members hear a sound over the others; returns when all have heard it."""


class Call(ABC):
    """One leg."""

    facts: CallFacts
    listener: CallListener | None = None
    answered: bool = False
    ended: bool = False
    codec: str = ""
    """``PCMU`` or ``PCMA`` once it is known."""
    held: bool = False
    """Whether the far end has put us on hold, by its own key: it hears nothing from us."""
    on_held: Callable[[bool], None] | None = None
    """Told when `held` changes; returns at once. Not told of the call's end."""

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
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool = True,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """Send sound; a second `play` stops the first. With *repeat*, until stopped.

        When *interruptible*, the first packet of a key stops the sound; the key itself comes to
        the listener before `play` returns. The sound covers what else is heard, or with *over*
        is heard over it: over other calls, and over music, which is 12 dB lower meanwhile.
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

    async def music(self, clips: Sequence[Clip]) -> None:
        """Send *clips* without end, below everything else; none: no music any more.

        A sound that covers it holds it up: it goes on where it was.
        """
        raise self._cannot("music", "play music")

    async def tap(self, other: Call, mode: TapMode) -> None:
        """Let this far end, a supervisor, hear *other*, an agent, and all that one hears.

        ``monitor``: unnoticed. ``whisper``: the agent hears the supervisor too. ``barge``: all
        in the call do. It follows the agent from one call to the next; another mode may be asked
        for at any time. This call leaves its bridge or conference.
        """
        raise self._cannot("tap", "tap a call")

    async def untap(self) -> None:
        """End the tap; does nothing when there is none."""
        raise self._cannot("tap", "tap a call")

    def _cannot(self, feature: str, words: str) -> Unsupported:
        return Unsupported(self.facts.backend, words, f"use a line whose `can` has {feature!r}")


class Line(ABC):
    """A backend."""

    name: str
    can: frozenset[str]
    """What it can do, of: answer, sound, keys, barge-in, record, hangup, dial, ring, bridge, hold,
    send-keys, music, conference, tap."""
    dialogs: Dialogs | None = None
    """How answered legs are hung up after a crash; None where calls end with the process."""

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
        answers (an announcement, its own ring-back), in place of what plays there; not in a
        conference.
        Raises `DialFailed`; a destination outside the allow-list fails as ``failed`` with a
        detail that says so.
        """

    def refusal(self, to: str) -> str:
        """Why `dial` would not even try *to*; empty for a number that may be dialled."""
        return ""

    def ring(
        self, phone: str, options: RingOptions, *, timeout: float, near: Call | None = None
    ) -> Ringing:
        """Ring *phone*: the name of a telephone that registers here, or a ``sip:`` address.

        For agents' telephones, which the configuration names: neither the allow-list nor the
        routes of `dial` apply. *near* is the call it will be connected with; it hears nothing of
        this one before. Raises `LineError` for headers that may not be set.
        """
        raise Unsupported(self.name, "ring a telephone", "use a line whose `can` has 'ring'")

    def reachable(self, phone: str) -> bool:
        """Whether *phone*, as for `ring`, can be rung now: registered, or at a fixed address."""
        return False

    def watch_phones(self, told: Callable[[str, bool], None]) -> None:
        """Tell *told* the name of each telephone that can be rung from now on, or no more.

        Those that can be now are told first.
        """
        raise Unsupported(self.name, "ring a telephone", "use a line whose `can` has 'ring'")

    def conference(self, *, beeps: bool = False) -> Conference:
        """A new conference, empty. With *beeps* all hear when somebody comes or goes."""
        raise Unsupported(self.name, "hold a conference", "use a line whose `can` has 'conference'")

    def status(self) -> Mapping[str, Any]:
        """Figures for ``cordboard status``: calls, registrations, refusals with reasons."""
        return {}
