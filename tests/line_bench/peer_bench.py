"""What the benches of the network backends share: a far end on UDP, real time, many at once."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from line_bench.bench import Bench, Ears, Leg, Outcomes, Part, Scenario
from rtp_peer import clip_files
from sip_peer import SOON, Address, PeerCall, SipPeer
from telephony.core.tones import tone
from telephony.line import Call, Clip

AT_ONCE = 10
"""Scenarios that run side by side, each on a line of its own."""


class PeerFar:
    """The far end of one leg: a call of a `SipPeer`."""

    def __init__(self, call: PeerCall) -> None:
        self.call = call

    @property
    def rejected(self) -> int | None:
        return self.call.rejected

    @property
    def on_hold(self) -> bool:
        return self.call.on_hold

    async def answered(self) -> None:
        await asyncio.wait_for(self.call.answered.wait(), SOON)

    async def ended(self) -> None:
        await asyncio.wait_for(self.call.over.wait(), SOON)

    async def press(self, keys: str) -> None:
        await self.call.sound.press(keys)

    async def speak(self, hertz: float, seconds: float) -> None:
        self.call.sound.say(tone((hertz,), seconds))

    def heard(self, hertz: float) -> float:
        return self.call.sound.seconds_of(hertz)

    def keys_heard(self) -> str:
        return self.call.sound.keys()

    async def hang_up(self) -> None:
        await self.call.hang_up()

    async def answer(self) -> None:
        await self.call.answer()

    async def decline(self) -> None:
        await self.call.decline(486)


class PeerBench(Bench):
    """A line on the loopback interface and a peer that calls it."""

    peer: SipPeer

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._arrived: dict[str, asyncio.Future[Call]] = {}

    @abstractmethod
    async def open(self) -> None:
        """Start the line and its telephones."""

    @abstractmethod
    async def close(self) -> None:
        """Stop them; fails when the line broke the rules of its protocol."""

    @abstractmethod
    def address(self) -> Address:
        """Where the line takes calls."""

    def arrive(self, call: Call) -> None:
        """The line's ``on_call``."""
        call.listener = Ears()
        self._expected(call.facts.headers["call-id"]).set_result(call)

    def _expected(self, call_id: str) -> asyncio.Future[Call]:
        loop = asyncio.get_running_loop()
        return self._arrived.setdefault(call_id, loop.create_future())

    async def call_in(self, caller: str = "2001", called: str = "100") -> Leg:
        far = await self.peer.call(called, self.address(), caller)
        call = await asyncio.wait_for(self._expected(far.call_id), SOON)
        assert isinstance(call.listener, Ears)
        return Leg(call, call.listener, PeerFar(far))

    def tone(self, hertz: float, seconds: float) -> Clip:
        stem = f"{self.folder}/tone-{hertz:g}-{seconds:g}"
        clip_files(stem, tone((hertz,), seconds))
        return Clip(stem, seconds, f"tone {hertz:g}")


class PeerBackend(ABC):
    """Plays scenarios in real time, several side by side on lines of their own."""

    together = True

    @abstractmethod
    def benches(self) -> AbstractAsyncContextManager[Callable[[Path], PeerBench]]:
        """What makes a bench, given its folder; what benches share lives as long as this."""

    def run(self, parts: Mapping[str, Part]) -> Outcomes:
        return asyncio.run(self._all(parts))

    async def _all(self, parts: Mapping[str, Part]) -> Outcomes:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(scenario: Scenario, folder: Path) -> BaseException | None:
            async with places:
                return await _outcome(make(folder), scenario)

        async with self.benches() as make:
            outcomes = await asyncio.gather(*(one(*part) for part in parts.values()))
        return dict(zip(parts, outcomes, strict=True))


async def _outcome(bench: PeerBench, scenario: Scenario) -> BaseException | None:
    try:
        await bench.open()
        try:
            await scenario(bench)
        finally:
            await bench.close()
    except (Exception, pytest.fail.Exception) as failure:
        return failure
    return None
