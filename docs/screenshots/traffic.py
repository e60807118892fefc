"""A week of simulated calls to the gas hotline, as the trace that a server would have written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from designer.site import Site
from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.program import Program
from flow_runtime.driver import run_call
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from flow_runtime.trace_lines import encoded
from telephony.line import Call
from telephony.simulated import Callee, FarEnd, SimulatedLine

_CALLERS: Final = ("13800000001", "13800000002", "13800000003", "5550100", "5550199", "13900001234")
_OUTCOMES: Final[tuple[Literal["answered", "busy", "no_answer"], ...]] = (
    "answered", "answered", "answered", "busy", "no_answer",
)  # fmt: skip
_STORIES: Final = (
    (32, ("1",)), (6, ("1", "100003")), (5, ("1", "999999")), (18, ("2", "4711#", "2")),
    (8, ("2", "47110815", "1")), (7, ("2", "4711#", "3")), (12, ("0",)), (5, ("7", "1")), (7, ()),
)  # fmt: skip
"""What callers press in turn, with how many of a hundred do so; then they listen, and hang up."""


def make_trace(file: Path, program: Program, site: Site, first: datetime, calls: int) -> None:
    """Write the events of so many *calls* in the seven days after *first* to *file*."""
    chance = Random(1889)
    days = sorted(chance.betavariate(2, 2) * 12 + 24 * chance.randrange(7) for _ in range(calls))
    with file.open("wb") as lines:
        for number, hours in enumerate(days):

            def tell(event: Mapping[str, Any]) -> None:
                lines.write(encoded(event) + b"\n")

            at = first + timedelta(hours=8 + hours)
            made = _OneCall(program, site, chance, f"{number:04}", tell)
            run_virtual(lambda loop, made=made: made.make(loop, file.parent), at)  # type: ignore[misc]


class _OneCall:
    """One caller with a story."""

    def __init__(
        self, program: Program, site: Site, chance: Random, prefix: str, tell: Any
    ) -> None:
        self._program, self._site, self._chance, self._tell = program, site, chance, tell
        self._prefix = prefix
        weights, stories = zip(*_STORIES, strict=True)
        self._keys = list(chance.choices(stories, weights)[0])
        self._patience = chance.choice((9.0, 20.0, 40.0, 60.0, 120.0))
        self._far: FarEnd | None = None
        self._loop: VirtualLoop | None = None
        self._thinks = False

    async def make(self, loop: VirtualLoop, folder: Path) -> None:
        """Let the call come and be served to its end."""
        self._loop = loop
        line = SimulatedLine(loop.now, prefix=self._prefix)
        line.callees["*"] = Callee(outcome=self._chance.choice(_OUTCOMES))
        data = self._site.open_data()
        outside = self._site.open_outside(folder)
        services = Services(
            line, TextSpeaker(), data, loop, folder, self._tell,
            web=outside.web, mail=outside.mail, sms=outside.sms, pins=outside.pins,
        )  # fmt: skip
        served: list[asyncio.Task[Any]] = []

        def arrives(call: Call) -> None:
            served.append(loop.create_task(run_call(call, self._program, services)))

        await line.start(arrives)
        self._far = line.call(self._chance.choice(_CALLERS), "100")
        loop.call_later(self._patience, self._hang_up)
        loop.before_jump = self._idle
        await asyncio.wait(served)
        loop.before_jump = None
        await line.stop()
        await data.close()
        await outside.close()

    def _idle(self, skipped: float | None) -> bool:
        """Nothing happens: the caller presses the next keys after a moment of thought."""
        far, loop = self._far, self._loop
        if far is None or loop is None or far.over.is_set() or far.call.sounding or self._thinks:
            return False
        if far.call.recording:
            self._thinks, seconds = True, self._chance.uniform(0.5, 12)
            far.speak(seconds, "(a message)")
            self._keys = ["#"]
            loop.call_later(seconds, self._press)
        elif self._keys:
            self._thinks = True
            loop.call_later(self._chance.uniform(0.4, 3.5), self._press)
        else:
            return False
        return True

    def _press(self) -> None:
        self._thinks = False
        if self._far is not None and not self._far.over.is_set():
            self._far.press(self._keys.pop(0))

    def _hang_up(self) -> None:
        if self._far is not None and not self._far.over.is_set():
            self._far.hang_up()
