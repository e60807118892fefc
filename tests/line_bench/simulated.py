"""The bench of the simulated line, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flow_runtime.clock import VirtualLoop, run_virtual
from line_bench.bench import Bench, Ears, Leg, Outcomes, Part, Scenario
from telephony.line import Call, Clip
from telephony.simulated import Callee, FarEnd, SimulatedLine


class SimulatedFar:
    def __init__(self, end: FarEnd) -> None:
        self.end = end

    @property
    def rejected(self) -> int | None:
        return self.end.rejected

    @property
    def on_hold(self) -> bool:
        return self.end.on_hold

    async def answered(self) -> None:
        await asyncio.wait_for(self.end.answered.wait(), 5)

    async def ended(self) -> None:
        await asyncio.wait_for(self.end.over.wait(), 5)

    async def press(self, keys: str) -> None:
        for key in keys:
            self.end.press(key)
            await asyncio.sleep(0.1)

    async def speak(self, hertz: float, seconds: float) -> None:
        self.end.speak(seconds, f"tone {hertz:g}", hertz)

    def heard(self, hertz: float) -> float:
        return sum(h.seconds for h in self.end.heard if h.text == f"tone {hertz:g}")

    def keys_heard(self) -> str:
        return self.end.keys_heard

    async def hang_up(self) -> None:
        self.end.hang_up()

    async def answer(self) -> None:
        self.end.answer()

    async def decline(self) -> None:
        self.end.decline("busy")


class SimulatedBench(Bench):
    line: SimulatedLine

    def __init__(self, folder: Path, loop: VirtualLoop) -> None:
        super().__init__(folder)
        self.line = SimulatedLine(loop.now)
        self._phone = self.line.callees[self.free_number] = Callee(outcome=None)
        self._arrived: list[Call] = []

    def arrive(self, call: Call) -> None:
        call.listener = Ears()
        self._arrived.append(call)

    async def call_in(self, caller: str = "2001", called: str = "100") -> Leg:
        end = self.line.call(caller, called)
        call = self._arrived.pop()
        assert isinstance(call.listener, Ears)
        return Leg(call, call.listener, SimulatedFar(end))

    async def phone_rings(self) -> SimulatedFar:
        return SimulatedFar(await asyncio.wait_for(self._phone.rings.get(), 5))

    def tone(self, hertz: float, seconds: float) -> Clip:
        return Clip("tone", seconds, f"tone {hertz:g}")


class SimulatedBackend:
    name = "simulated"
    can = SimulatedLine.can
    marks: tuple[Any, ...] = ()
    together = False

    def run(self, parts: Mapping[str, Part]) -> Outcomes:
        return {name: self._outcome(*part) for name, part in parts.items()}

    def _outcome(self, scenario: Scenario, folder: Path) -> BaseException | None:
        async def main(loop: VirtualLoop) -> None:
            bench = SimulatedBench(folder, loop)
            await bench.line.start(bench.arrive)
            try:
                await scenario(bench)
            finally:
                await bench.line.stop()

        try:
            run_virtual(main, datetime(2026, 11, 23, 10, tzinfo=UTC))
        except (Exception, pytest.fail.Exception) as failure:
            return failure
        return None
