"""The bench a line is tested on: a far end that calls in, presses keys, makes and measures tones.

A backend joins the conformance suite with one `Backend` in `line_bench.backends`. Its bench is
made of real parts: for a backend on the network the far end is a peer of its own on UDP. Tests
give 0.3 s of tolerance to everything timed, so benches that run in real time fit.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import soundfile

from sip_peer_media import tone_frames
from telephony.line import Call, Clip, Ender, KeySource, Line


class Far(Protocol):
    """The person at the far end of one leg."""

    @property
    def rejected(self) -> int | None:
        """The SIP status with which our side refused the call."""

    @property
    def on_hold(self) -> bool:
        """Whether our side has put it on hold."""

    async def answered(self) -> None:
        """Return when our side has answered (TimeoutError after a few seconds)."""

    async def ended(self) -> None:
        """Return when the call is over at this end too (TimeoutError after a few seconds)."""

    async def press(self, keys: str) -> None:
        """Press keys one after the other; returns when the last was let go."""

    async def speak(self, hertz: float, seconds: float) -> None:
        """Begin to send a tone; returns at once, or as soon as the first packet is sent."""

    def heard(self, hertz: float) -> float:
        """How many seconds of a tone of *hertz* have arrived so far, sound in progress or not
        counted as the bench likes: tests ask only when a sound is over."""

    def keys_heard(self) -> str:
        """The keys our side has pressed towards this end."""

    async def hang_up(self) -> None:
        """Hang up, or give up (CANCEL) before the call is answered."""

    async def answer(self) -> None:
        """Take the call (of a telephone that was dialled and rings)."""

    async def decline(self) -> None:
        """Refuse it as busy (486)."""


@dataclass
class Ears:
    """A call's listener that keeps what it is told."""

    keys: list[str] = field(default_factory=list)
    endings: list[tuple[Ender, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def key(self, key: str, source: KeySource) -> None:
        self.keys.append(key)
        self._news.set()

    def hung_up(self, by: Ender, cause: str) -> None:
        self.endings.append((by, cause))
        self._news.set()

    def media_lost(self, reason: str) -> None:
        self.lost.append(reason)

    @property
    def pressed(self) -> str:
        return "".join(self.keys)

    async def over(self) -> None:
        """Return when the end was told (TimeoutError after a few seconds)."""
        await self._until(lambda: bool(self.endings))

    async def hears_keys(self, keys: str) -> None:
        """Return when as many keys were told, and a little later, for there may be too many."""
        await self._until(lambda: len(self.keys) >= len(keys))
        await asyncio.sleep(0.3)
        assert self.pressed == keys

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not reached():
                self._news.clear()
                await self._news.wait()

    @property
    def enders(self) -> list[Ender]:
        return [by for by, _ in self.endings]


@dataclass
class Leg:
    """One call as a test sees it: our side, its listener, and the far end."""

    call: Call
    ears: Ears
    far: Far


class Bench(ABC):
    """One started line and telephones around it."""

    line: Line
    free_number = "1001"
    """A number whose telephone `phone` provides and which the line may dial."""
    dead_number = "1999"
    """A number that the line may dial and that fails at once (404)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    async def call_in(self, caller: str = "2001", called: str = "100") -> Leg:
        """Somebody calls; returns when the line has handed the call over, unanswered.

        The listener of the call is an `Ears`, set before the line's ``on_call`` returns.
        """

    @abstractmethod
    async def phone_rings(self) -> Far:
        """Wait until the telephone of `free_number` rings, and pick up neither way yet."""

    @abstractmethod
    def tone(self, hertz: float, seconds: float) -> Clip:
        """A clip that plays a tone."""

    async def answered_call(self) -> Leg:
        """A call that came in and was answered."""
        leg = await self.call_in()
        await leg.call.answer()
        await leg.far.answered()
        return leg

    async def dialled_call(self) -> Leg:
        """A telephone that we dialled and that has answered."""
        dialling = asyncio.create_task(
            self.line.dial(self.free_number, caller_id="100", timeout=5.0)
        )
        far = await self.phone_rings()
        await far.answer()
        call = await dialling
        ears = Ears()
        call.listener = ears
        return Leg(call, ears, far)


Scenario = Callable[[Bench], Coroutine[Any, Any, None]]
Part = tuple[Scenario, Path]
"""A scenario and a folder for its files."""
Outcomes = dict[str, BaseException | None]
"""How each part ended: None, or what it raised."""


class Backend(Protocol):
    """How to play scenarios, each on a fresh bench of one backend."""

    name: str
    can: frozenset[str]
    """As `Line.can` of its line."""
    marks: tuple[Any, ...]
    """pytest marks: ``peers`` for what talks over UDP, ``skipif`` for an extra not installed."""
    together: bool
    """Whether many scenarios are to be played side by side, because they take real time."""

    def run(self, parts: Mapping[str, Part]) -> Outcomes:
        """For each part start a line and a bench, run the scenario, stop everything."""


def tone_seconds(path: str | Path, hertz: float, channel: int = 0) -> float:
    """How many seconds of a sound file hold a tone of *hertz*, by 20 ms frames."""
    samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    return tone_frames(samples[:, channel], hertz, rate) / 50


def file_seconds(path: str | Path) -> float:
    """The length of a sound file; raises when it is not whole."""
    info = soundfile.info(str(path))
    return float(info.frames / info.samplerate)
