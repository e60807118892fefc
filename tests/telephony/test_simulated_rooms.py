"""Who hears whom on the simulated line, its music, and its telephones that are rung."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from flow_runtime.clock import VirtualLoop, run_virtual
from line_bench.bench import Ears
from telephony.line import Call, Clip, DialFailed, LineError, RingOptions
from telephony.simulated import Callee, FarEnd, SimulatedCall, SimulatedLine

MUSIC, WORDS = Clip(None, 1.0, "music"), Clip(None, 2.0, "words")


def on_line(scenario: Callable[[SimulatedLine], Coroutine[Any, Any, None]]) -> None:
    async def main(loop: VirtualLoop) -> None:
        line = SimulatedLine(loop.now)
        await line.start(_listen)
        await scenario(line)
        await line.stop()

    run_virtual(main, datetime(2026, 11, 23, 10, tzinfo=UTC))


def _listen(call: Call) -> None:
    call.listener = Ears()


async def answered(line: SimulatedLine, number: str) -> tuple[SimulatedCall, FarEnd]:
    far = line.call(number, "100")
    await far.call.answer()
    return far.call, far


def test_who_hears_whom_is_recorded() -> None:
    async def scenario(line: SimulatedLine) -> None:
        agent, first = await answered(line, "agent")
        customer, second = await answered(line, "customer")
        supervisor, third = await answered(line, "supervisor")
        await agent.bridge(customer)
        await supervisor.tap(agent, "whisper")
        assert first.hears == ["customer", "supervisor"]
        assert second.hears == ["agent"] and third.hears == ["agent", "customer"]
        third.speak(1.0, "Offer a refund")
        second.speak(1.0, "Hello?")
        second.press("5")
        assert [(h.by, h.text) for h in first.heard] == [
            ("supervisor", "Offer a refund"),
            ("customer", "Hello?"),
        ]
        assert [(h.by, h.text) for h in third.heard] == [("customer", "Hello?")]
        assert second.heard == []
        second.hang_up()
        assert first.hears == ["supervisor"] and third.hears == ["agent"]

    on_line(scenario)


def test_beeps_tell_who_is_in_a_conference_that_somebody_comes_or_goes() -> None:
    async def scenario(line: SimulatedLine) -> None:
        one, first = await answered(line, "1")
        two, second = await answered(line, "2")
        conference = line.conference(beeps=True)
        await conference.join(one)
        await conference.join(two)
        second.hang_up()
        signals = [h.text for h in first.heard if h.kind == "signal"]
        assert signals == ["(join)", "(join)", "(leave)"]
        assert [h.text for h in second.heard] == ["(join)"]

    on_line(scenario)


def test_music_is_entered_as_it_was_heard() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line, "1")
        await call.music([MUSIC])
        await asyncio.sleep(3)
        await call.play([WORDS])
        await asyncio.sleep(1)
        await call.play([WORDS], over=True)
        await call.music([])
        heard = [(h.kind, h.at, h.seconds) for h in far.heard]
        assert sorted(heard, key=lambda one: one[1:]) == [
            ("music", 0.0, 3.0),
            ("sound", 3.0, 2.0),
            ("music", 5.0, 1.0),
            ("music", 6.0, 2.0),
            ("sound", 6.0, 2.0),
        ]
        await call.music([MUSIC])
        await asyncio.sleep(4)
        far.hang_up()
        assert far.heard[-1].kind == "music" and far.heard[-1].seconds == 4.0

    on_line(scenario)


def test_what_is_not_answered_takes_no_part() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, _ = await answered(line, "1")
        waiting = line.call("2", "100").call
        for attempt in (
            waiting.music([MUSIC]),
            waiting.tap(call, "monitor"),
            line.conference().join(waiting),
            call.bridge(waiting),
        ):
            with pytest.raises(LineError, match="before the call is answered"):
                await attempt

    on_line(scenario)


def test_a_telephone_that_is_rung_knows_what_it_is_told() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee(after=9.0)
        options = RingOptions("138", "Ms Chen", auto_answer=True, headers={"X-Queue": "gold"})
        ringing = line.ring("1001", options, timeout=5)
        call = await ringing.answered()
        assert ringing.rang.is_set() and call.facts.caller == "138"
        assert line.dialled[0].shown is options
        assert asyncio.get_running_loop().time() == 0.0
        await ringing.cleared()

    on_line(scenario)


def test_why_a_telephone_stops_to_ring() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee(outcome=None)
        ringing = line.ring("1001", RingOptions(), timeout=5)
        far = await line.callees["1001"].rings.get()
        ringing.give_up("elsewhere")
        await ringing.cleared()
        assert far.given_up == "elsewhere" and far.ended_by == "us" and not far.ringing
        ringing = line.ring("1001", RingOptions(), timeout=5)
        far = await line.callees["1001"].rings.get()
        far.answer()
        await ringing.cleared()
        ringing.give_up()
        assert far.ended_by == "us" and line.status()["calls"] == 0
        ringing = line.ring("1001", RingOptions(), timeout=5)
        ringing.give_up()
        with pytest.raises(DialFailed, match="gave up"):
            await ringing.answered()

    on_line(scenario)


def test_a_telephone_that_is_unplugged_cannot_be_rung() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = line.callees["1002"] = Callee(after=0.0)
        told: list[tuple[str, bool]] = []
        line.watch_phones(lambda phone, there: told.append((phone, there)))
        line.plug("1001", on=False)
        line.plug("1001", on=False)
        assert not line.reachable("1001") and line.reachable("1002")
        assert not line.reachable("1003")
        with pytest.raises(DialFailed, match="not registered"):
            await line.ring("1001", RingOptions(), timeout=1).answered()
        line.plug("1001", on=True)
        assert await line.ring("1001", RingOptions(), timeout=1).answered()
        assert told == [("1001", True), ("1002", True), ("1001", False), ("1001", True)]

    on_line(scenario)


@pytest.mark.parametrize(("code", "told"), [(0, 486), (603, 603)])
def test_a_telephone_declines_with_a_status(code: int, told: int) -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee(outcome=None)
        ringing = line.ring("1001", RingOptions(), timeout=5)
        far = await line.callees["1001"].rings.get()
        far.decline("busy", code)
        with pytest.raises(DialFailed) as failure:
            await ringing.answered()
        assert failure.value.code == told

    on_line(scenario)
