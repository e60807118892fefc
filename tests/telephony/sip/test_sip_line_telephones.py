"""The SIP line with real media against telephones of different manners, which judge its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from line_bench.bench import Leg
from line_bench.sip import SipBackend, SipBench
from sip_peer import PeerCall
from sip_peer_messages import Manners
from telephony.core.g711_tables import Law
from telephony.line import DialFailed

pytestmark = pytest.mark.peers


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SipBench]:
    async with SipBackend().benches() as make:
        bench = make(tmp_path)
        assert isinstance(bench, SipBench)
        await bench.open()
        yield bench
        await bench.close()


async def talking(bench: SipBench, manners: Manners) -> tuple[Leg, PeerCall]:
    """An answered call from a telephone of these *manners*."""
    bench.peer.manners = manners
    leg = await bench.answered_call()
    return leg, leg.far.call  # type: ignore[attr-defined]


async def test_a_key_by_each_way(bench: SipBench) -> None:
    leg, far = await talking(bench, Manners())
    await far.sound.press("1")
    await far.send_info("2")
    await far.send_info("3", "application/dtmf")
    await leg.ears.hears_keys("123")


async def test_tones_are_keys_of_a_telephone_without_telephone_event(bench: SipBench) -> None:
    leg, far = await talking(bench, Manners(event_type=None))
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    await asyncio.sleep(0.5)
    await far.sound.press_tones("5#")
    assert (await asyncio.wait_for(playing, 5)).by == "key"
    await leg.ears.hears_keys("5#")


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
@pytest.mark.parametrize("ptime", [10, 20, 30, 60])
async def test_each_law_and_packet_length(bench: SipBench, law: Law, ptime: int) -> None:
    leg, far = await talking(bench, Manners(codecs=(law,), event_type=96, ptime=ptime))
    assert leg.call.codec == law
    await leg.call.play([bench.tone(440, 0.6)])
    await far.sound.until(lambda: far.sound.seconds_of(440) == pytest.approx(0.6, abs=0.1))
    lengths = {len(arrival.payload) for arrival in far.sound.heard()}
    assert lengths == {8 * ptime}
    await far.sound.press("9")
    await leg.ears.hears_keys("9")


async def test_a_telephone_that_holds_us_is_left_in_silence(bench: SipBench) -> None:
    leg, far = await talking(bench, Manners())
    await far.hold()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 0.5)]))
    await asyncio.sleep(0.7)
    assert far.sound.seconds_of(440) < 0.05
    playing.cancel()
    await far.hold(False)
    await leg.call.play([bench.tone(1000, 0.5)])
    await far.sound.until(lambda: far.sound.seconds_of(1000) > 0.4)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(486, "busy"), (603, "busy"), (480, "no_answer"), (404, "failed"), (503, "failed")],
)
async def test_what_a_dialled_telephone_says(bench: SipBench, status: int, outcome: str) -> None:
    dialling = asyncio.create_task(bench.line.dial(bench.free_number, caller_id=None, timeout=5))
    far = await bench.phone_rings()
    await far.call.decline(status)
    with pytest.raises(DialFailed) as failure:
        await dialling
    assert failure.value.outcome == outcome
