"""The person at the other end of a simulated call: speaks, presses keys, hears, hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from telephony.line import Clip, Ender, GiveUp, RingOptions
from telephony.simulated.wav import Stretch

if TYPE_CHECKING:
    from telephony.simulated.call import SimulatedCall

_CODES = {"busy": 486, "no_answer": 408, "failed": 480}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the far end heard: *at* is the loop's time when it began."""

    at: float
    seconds: float
    text: str
    kind: Literal["sound", "speech", "keys", "music", "signal"] = "sound"
    """A sound we played, words or keys of another far end, music, a beep of a conference."""
    by: str = ""
    """Of words and keys: the number of the far end they came from."""


class FarEnd:
    """A caller, or a telephone that was dialled. All methods act at the loop's present time."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.call: SimulatedCall
        self.heard: list[Heard] = []
        """Everything heard so far, in order; a sound is entered when it stops."""
        self.ringing = False
        self.shown = RingOptions()
        """What a telephone that was rung is told about the call."""
        self.given_up: GiveUp | None = None
        """Why it stopped to ring when we gave up."""
        self.on_hold = False
        self.code = 0
        """The SIP status with which it refused a call that was dialled to it."""
        self.rejected: int | None = None
        """The SIP status with which we refused the call."""
        self.ended_by: Ender | None = None
        self.cause = ""
        self.answered = asyncio.Event()
        self.over = asyncio.Event()
        self.on_sound: Callable[[str], None] | None = None
        """Told the transcript of each sound when it begins."""
        self.on_secret: Callable[[], None] | None = None
        """Told when the keys that it presses begin and cease to be a secret."""
        self.spoken: list[Stretch] = []

    # --- what the person does ------------------------------------------------------------------

    def press(self, keys: str) -> None:
        """Press *keys* one right after the other; without effect before the call is answered."""
        for key in keys:
            self.call.key_pressed(key)

    def speak(self, seconds: float, text: str = "(speech)", tone: float = 440.0) -> None:
        """Begin to speak for *seconds*; a recording of it holds a tone of *tone* Hz."""
        now = asyncio.get_running_loop().time()
        self.spoken.append(Stretch(now, now + seconds, tone))
        self.call.speech_began(seconds, text)

    def hang_up(self) -> None:
        """Hang up, or give up before the call is answered."""
        self.call.end("caller", "normal" if self.call.answered else "cancelled")

    def hold(self, on: bool = True) -> None:
        """Press the hold key, or take the call back."""
        self.call.hold_pressed(on)

    def fail(self, cause: str = "no-media") -> None:
        """Let the network between break."""
        self.call.end("network", cause)

    def answer(self) -> None:
        """Take a call that was dialled to this telephone."""
        self.call.decide(None)

    def decline(
        self, outcome: Literal["busy", "no_answer", "failed"] = "busy", code: int = 0
    ) -> None:
        """Refuse a call that was dialled to this telephone; with a SIP status if need be."""
        self.code = code or _CODES[outcome]
        self.call.decide(outcome)

    # --- what reaches the person ---------------------------------------------------------------

    @property
    def speaking_until(self) -> float:
        """The loop's time at which what was begun to be said ends; 0 when nothing was."""
        return max((s.end for s in self.spoken), default=0.0)

    @property
    def transcript(self) -> str:
        """All that was heard as one text."""
        return " ".join(h.text for h in self.heard if h.text)

    @property
    def hears(self) -> list[str]:
        """The numbers of the far ends it hears now, in the order in which they came."""
        return [call.far.number for call in self.call.hearing.heard_by(self.call)]

    @property
    def keys_heard(self) -> str:
        """The keys that were pressed towards this end."""
        return "".join(h.text for h in self.heard if h.kind == "keys")

    def sound_began(self, clips: Sequence[Clip]) -> None:
        """A sound is sent from now on."""
        if self.on_sound is not None:
            text = " ".join(c.text for c in clips if c.text)
            if text:
                self.on_sound(text)

    def sound_stopped(self, clips: Sequence[Clip], at: float, seconds: float, loop: bool) -> None:
        """Enter the *seconds* that were heard of *clips*, which began *at*."""
        if loop:
            self.heard.append(Heard(at, seconds, " ".join(c.text for c in clips if c.text)))
            return
        left = seconds
        for clip in clips:
            if clip.seconds and left <= 0:
                return
            length = min(clip.seconds, left)
            if clip.text or clip.stem is not None:
                self.heard.append(Heard(at, length, clip.text))
            at, left = at + length, left - length
