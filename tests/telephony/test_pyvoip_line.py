"""The pyvoip backend beyond line conformance: its limits, its PBX, strangers, and its threads."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from line_bench.pyvoip import PASSWORD, USER, PyvoipBackend, PyvoipBench
from sip_peer import SOON, SipPeer
from sip_peer_call import PeerCall
from sip_peer_messages import Manners, describe
from telephony.core import g711
from telephony.core.g711_tables import SILENCE
from telephony.core.tones import tone
from telephony.line import CallEnded, LineError, MediaFailed, Unsupported
from telephony.pyvoip.line import LIMITS, PyvoipLine
from telephony.settings import Pyvoip

pytestmark = [mark for mark in PyvoipBackend.marks if mark.name != "slow"]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[PyvoipBench]:
    bench = PyvoipBench(tmp_path)
    await bench.open()
    yield bench
    await bench.close()


async def rung(bench: PyvoipBench, manners: Manners | None = None) -> PeerCall:
    """A call of which nobody knows yet whether it is taken."""
    return await bench.peer.call(USER, bench.address(), manners=manners)


async def until(reached: Callable[[], bool]) -> None:
    """Wait until *reached* holds."""
    async with asyncio.timeout(SOON):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# --- starting -------------------------------------------------------------------------------------


async def test_its_limits_are_said_when_it_starts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = PyvoipBench(tmp_path)
    with caplog.at_level(logging.WARNING, "telephony.pyvoip"):
        await bench.open()
    await bench.close()
    for limit in LIMITS:
        assert limit in caplog.text


async def test_a_wrong_password_is_told_from_a_silent_pbx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.pyvoip.phone.ANSWER_TIME", 0.2)
    pbx = await SipPeer.open()
    pbx.passwords[USER] = PASSWORD
    with pytest.raises(LineError, match="refuses the registration of '100'.*password"):
        await PyvoipLine(Pyvoip("127.0.0.1", pbx.port, USER, "cattle")).start(lambda call: None)
    pbx.deaf = True
    with pytest.raises(LineError, match=r"does not answer a REGISTER; check \[pyvoip\]"):
        await PyvoipLine(Pyvoip("127.0.0.1", pbx.port, USER, PASSWORD)).start(lambda call: None)
    await pbx.close()


async def test_a_server_without_an_address_is_named() -> None:
    with pytest.raises(LineError, match=r"\[pyvoip\]\.server 'pbx\.invalid' cannot be reached"):
        await PyvoipLine(Pyvoip("pbx.invalid", 5060, USER, PASSWORD)).start(lambda call: None)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyVoIP.VoIP", None)
    monkeypatch.delitem(sys.modules, "telephony.pyvoip.phone", raising=False)
    with pytest.raises(LineError, match=r"pip install 'cordboard\[pyvoip\]'"):
        PyvoipLine(Pyvoip("127.0.0.1", 5060, USER, PASSWORD))


async def test_no_thread_is_left_and_none_keeps_the_program(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    bench = PyvoipBench(tmp_path)
    await bench.open()
    leg = await bench.answered_call()
    started = set(threading.enumerate()) - before
    assert started and all(thread.daemon for thread in started)
    await leg.call.hangup()
    await bench.close()
    await until(lambda: set(threading.enumerate()) <= before)


# --- what it takes and refuses --------------------------------------------------------------------


async def test_more_calls_than_it_carries_are_busy(
    bench: PyvoipBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("telephony.pyvoip.phone.MOST_CALLS", 2)
    one, _ = await bench.answered_call(), await bench.call_in()
    third = await rung(bench)
    await asyncio.wait_for(third.over.wait(), SOON)
    assert third.rejected == 486
    assert "refused as busy: pyVoIP carries 2 at most" in caplog.text
    await until(lambda: bench.line.status()["refusals"] == {"full": 1})
    await one.call.hangup()
    await bench.answered_call()


async def test_an_offer_without_mu_law_is_not_acceptable(bench: PyvoipBench) -> None:
    call = await rung(bench, Manners(codecs=("PCMA",)))
    await asyncio.wait_for(call.over.wait(), SOON)
    assert (call.rejected, call.statuses) == (488, [488])


async def test_a_caller_who_prefers_a_law_gets_mu_law(bench: PyvoipBench) -> None:
    bench.peer.manners = Manners(codecs=("PCMA", "PCMU"))
    leg = await bench.answered_call()
    sound = leg.far.call.sound  # type: ignore[attr-defined]
    await leg.call.play([bench.tone(440, 0.5)])
    await until(lambda: sound.seconds_of(440) > 0.3)
    assert {arrival.packet.payload_type for arrival in sound.heard()} == {0}
    assert sound.law == "PCMU"


async def test_g711_reaches_the_caller_bit_by_bit(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    sound = leg.far.call.sound  # type: ignore[attr-defined]
    await leg.call.play([bench.tone(440, 0.5)])
    sent = g711.encode(tone((440,), 0.5))
    await until(lambda: sent in b"".join(arrival.payload for arrival in sound.heard()))
    quiet = set(b"".join(arrival.payload for arrival in sound.heard()).replace(sent, b""))
    assert quiet <= {SILENCE["PCMU"]}


async def test_refusals_carry_their_status(bench: PyvoipBench) -> None:
    leg = await bench.call_in()
    with pytest.raises(LineError, match="200 is no refusal"):
        await leg.call.reject(200)
    await leg.call.reject(404)
    await leg.far.ended()
    assert leg.far.rejected == 404


async def test_a_stranger_is_not_answered(bench: PyvoipBench) -> None:
    stranger = await SipPeer.open("127.0.0.2")
    call = await stranger.call(USER, bench.address())
    await until(lambda: bench.line.status()["refusals"].get("stranger") == 1)
    await bench.answered_call()
    assert call.statuses == []
    await stranger.close()


async def test_options_are_answered_so_that_the_pbx_holds_us_for_alive(bench: PyvoipBench) -> None:
    call = PeerCall(bench.peer, "qualify@pbx", bench.address(), Manners())
    call.target, call.local = f"sip:{USER}@127.0.0.1", "<sip:pbx@127.0.0.1>;tag=1"
    call.remote = f"<sip:{USER}@127.0.0.1>"
    assert (await call.request("OPTIONS")).status == 200


async def test_garbage_is_counted_and_survived(bench: PyvoipBench) -> None:
    transport = bench.peer._transport
    assert transport is not None
    for garbage in (b"INVITE", b"\xff" * 400, b"SIP/2.0 200 OK\r\n\r\n", b"\r\n\r\n"):
        transport.sendto(garbage, bench.address())
    await until(lambda: bench.line.status()["refusals"].get("malformed") == 3)
    await bench.answered_call()


async def test_while_it_drains_new_calls_get_503(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    stopping = asyncio.create_task(bench.line.stop(drain=5.0))
    await asyncio.sleep(0)
    late = await rung(bench)
    await asyncio.wait_for(late.over.wait(), SOON)
    assert late.rejected == 503
    await leg.far.hang_up()
    await asyncio.wait_for(stopping, SOON)


# --- in a call ------------------------------------------------------------------------------------


async def test_a_key_by_info_counts_once_with_its_event(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    far: PeerCall = leg.far.call  # type: ignore[attr-defined]
    await far.send_info("5")
    await leg.ears.hears_keys("5")
    await asyncio.gather(far.send_info("7"), far.sound.press("7"))
    await leg.ears.hears_keys("57")


async def test_a_caller_without_telephone_event_has_no_keys_by_sound(bench: PyvoipBench) -> None:
    bench.peer.manners = Manners(event_type=None)
    leg = await bench.answered_call()
    far: PeerCall = leg.far.call  # type: ignore[attr-defined]
    await far.sound.press_tones("1")
    await far.send_info("2")
    await leg.ears.hears_keys("2")


async def test_the_sound_moves_with_a_reinvite(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    far: PeerCall = leg.far.call  # type: ignore[attr-defined]
    elsewhere = PeerCall(bench.peer, "", bench.address(), Manners()).sound
    await elsewhere.open()
    response = await far.request("INVITE", describe(Manners(), "127.0.0.1", elsewhere.port))
    assert response.status == 200
    await leg.call.play([bench.tone(440, 0.5)])
    await until(lambda: elsewhere.seconds_of(440) > 0.3)
    assert not leg.call.ended and far.sound.seconds_of(440) < 0.1
    await elsewhere.close()


async def test_a_missing_clip_is_named(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    clip = bench.tone(440, 0.5)
    for ending in (".ulaw", ".alaw"):
        os.remove(f"{clip.stem}{ending}")
    with pytest.raises(MediaFailed, match="tone-440-0.5: No such file") as failure:
        await leg.call.play([clip])
    assert failure.value.name == "no-sound"
    await until(lambda: leg.call.quality.get("packets", 0) > 0)


async def test_there_is_no_sound_before_the_answer(bench: PyvoipBench) -> None:
    leg = await bench.call_in()
    with pytest.raises(LineError, match="before the call is answered"):
        await leg.call.play([bench.tone(440, 0.5)])
    await leg.call.answer()
    with pytest.raises(LineError, match="hung up, not rejected"):
        await leg.call.reject(486)


async def test_what_it_cannot_do_names_what_can(bench: PyvoipBench) -> None:
    leg = await bench.answered_call()
    for refused in (
        bench.line.dial("1", caller_id=None, timeout=1),
        leg.call.unhold(),
        leg.call.unbridge(),
    ):
        with pytest.raises(Unsupported, match=r"the pyvoip line cannot .*\[trunks\]"):
            await refused


# --- a PBX that goes away -------------------------------------------------------------------------


async def test_it_registers_again_when_the_pbx_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("telephony.pyvoip.phone.ANSWER_TIME", 0.2)
    monkeypatch.setattr("telephony.pyvoip.phone.EXPIRES", 6)
    monkeypatch.setattr("telephony.pyvoip.line.WATCH", 0.05)
    monkeypatch.setattr("telephony.pyvoip.line.PAUSES", (0.2,))
    bench = PyvoipBench(tmp_path)
    await bench.open()
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    bench.peer.deaf = True
    await leg.ears.over()
    assert leg.ears.endings == [("network", "registration lost")]
    with pytest.raises(CallEnded):
        await playing
    await until(lambda: "does not answer a REGISTER" in caplog.text)
    bench.peer.registered.clear()
    bench.peer.deaf = False
    await asyncio.wait_for(bench.peer.registered.wait(), SOON)
    await until(lambda: bench.line.status()["registration"] == "registered")
    await bench.answered_call()
    await bench.close()


async def test_stopping_gives_back_what_it_opened(tmp_path: Path) -> None:
    opened = len(os.listdir("/proc/self/fd"))
    bench = PyvoipBench(tmp_path)
    await bench.open()
    leg = await bench.answered_call()
    running = asyncio.create_task(leg.call.record(str(tmp_path / "a.wav"), most=9, silence=9))
    await asyncio.sleep(0.3)
    await bench.close()
    assert (await running).by == "stopped"
    await until(lambda: len(os.listdir("/proc/self/fd")) <= opened)
