"""Line conformance: conferences, supervisors who listen, music."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench, Leg
from line_bench.scenario import scenario
from telephony.core.hearing import TapMode
from telephony.line import CallEnded

NEAR = 0.3
VOICES = (440.0, 1000.0, 1500.0)


async def three(bench: Bench) -> list[Leg]:
    return [await bench.answered_call() for _ in VOICES]


async def who_hears(*legs: Leg) -> list[list[int]]:
    """Each speaks for half a second in turn: for each leg, the numbers of those it heard."""
    heard: list[list[int]] = [[] for _ in legs]
    for number, hertz in zip(range(len(legs)), VOICES, strict=False):
        before = [leg.far.heard(hertz) for leg in legs]
        await legs[number].far.speak(hertz, 0.5)
        await asyncio.sleep(0.9)
        for at, leg in enumerate(legs):
            seconds = leg.far.heard(hertz) - before[at]
            if seconds > 0.05:
                assert seconds == pytest.approx(0.5, abs=NEAR)
                heard[at].append(number)
    return heard


# --- conferences ----------------------------------------------------------------------------------


@scenario("conference")
async def test_each_hears_all_others(bench: Bench) -> None:
    """In a conference each hears all others, and not himself"""
    legs = await three(bench)
    conference = bench.line.conference()
    for leg in legs:
        await conference.join(leg.call)
    assert list(conference.members) == [leg.call for leg in legs]
    assert await who_hears(*legs) == [[1, 2], [0, 2], [0, 1]]


@scenario("conference", "hangup")
async def test_members_come_and_go(bench: Bench) -> None:
    """Who leaves or hangs up is no member any more; the others go on"""
    legs = await three(bench)
    conference = bench.line.conference(beeps=True)
    for leg in legs:
        await conference.join(leg.call)
        await conference.join(leg.call)
    await conference.leave(legs[1].call)
    await conference.leave(legs[1].call)
    assert list(conference.members) == [legs[0].call, legs[2].call]
    assert await who_hears(*legs) == [[2], [], [0]]
    await legs[2].far.hang_up()
    await legs[2].ears.over()
    assert list(conference.members) == [legs[0].call]
    await conference.join(legs[1].call)
    assert await who_hears(*legs[:2]) == [[1], [0]]
    with pytest.raises(CallEnded):
        await conference.join(legs[2].call)


@scenario("conference", "keys", "sound")
async def test_members_press_keys_and_hear_announcements(bench: Bench) -> None:
    """An announcement is heard by all members; their keys are told"""
    legs = await three(bench)
    conference = bench.line.conference()
    for leg in legs:
        await conference.join(leg.call)
    await conference.announce([bench.tone(700, 0.6)])
    await legs[1].far.press("5")
    await legs[1].ears.hears_keys("5")
    for leg in legs:
        assert leg.far.heard(700) == pytest.approx(0.6, abs=NEAR)
    assert not legs[0].ears.keys and not legs[2].ears.keys


@scenario("conference", "bridge")
async def test_a_bridge_takes_members_out(bench: Bench) -> None:
    """A member that is bridged leaves the conference; a bridged call that joins, its bridge"""
    legs = await three(bench)
    conference = bench.line.conference()
    await legs[0].call.bridge(legs[1].call)
    for leg in legs:
        await conference.join(leg.call)
    assert await who_hears(*legs) == [[1, 2], [0, 2], [0, 1]]
    await legs[0].call.bridge(legs[1].call)
    assert list(conference.members) == [legs[2].call]
    assert await who_hears(*legs) == [[1], [0], []]


# --- supervisors ----------------------------------------------------------------------------------


async def tapped(bench: Bench, mode: TapMode) -> list[Leg]:
    """An agent and a customer who are connected, and a supervisor."""
    agent, customer, supervisor = legs = await three(bench)
    await agent.call.bridge(customer.call)
    await supervisor.call.tap(agent.call, mode)
    return legs


@scenario("tap", "bridge")
async def test_monitor(bench: Bench) -> None:
    """Monitor: the supervisor hears both, nobody hears him"""
    legs = await tapped(bench, "monitor")
    assert await who_hears(*legs) == [[1], [0], [0, 1]]


@scenario("tap", "bridge")
async def test_whisper(bench: Bench) -> None:
    """Whisper: the agent hears the supervisor, the customer does not"""
    legs = await tapped(bench, "whisper")
    assert await who_hears(*legs) == [[1, 2], [0], [0, 1]]


@scenario("tap", "bridge")
async def test_barge(bench: Bench) -> None:
    """Barge: all hear all"""
    legs = await tapped(bench, "barge")
    assert await who_hears(*legs) == [[1, 2], [0, 2], [0, 1]]


@scenario("tap", "bridge")
async def test_a_tap_ends(bench: Bench) -> None:
    """After untap the supervisor is alone and the others talk on; untap again does nothing"""
    legs = await tapped(bench, "barge")
    await legs[2].call.untap()
    assert await who_hears(*legs) == [[1], [0], []]
    await legs[0].call.untap()
    assert await who_hears(*legs[:2]) == [[1], [0]]


@scenario("tap", "bridge")
async def test_a_tap_follows_the_agent(bench: Bench) -> None:
    """A tap changes its mode, and outlives the agent's calls"""
    legs = await tapped(bench, "monitor")
    await legs[0].call.unbridge()
    await legs[2].call.tap(legs[0].call, "barge")
    assert await who_hears(*legs) == [[2], [], [0]]
    await legs[0].call.bridge(legs[1].call)
    assert await who_hears(*legs) == [[1, 2], [0, 2], [0, 1]]


@scenario("tap", "bridge", "hangup")
async def test_the_end_of_a_tapped_call(bench: Bench) -> None:
    """When the agent hangs up the supervisor's call stays up and hears nobody"""
    legs = await tapped(bench, "whisper")
    await legs[0].far.hang_up()
    await legs[0].ears.over()
    assert not legs[1].call.ended and not legs[2].call.ended
    assert await who_hears(*legs[1:]) == [[], []]
    with pytest.raises(CallEnded):
        await legs[2].call.tap(legs[0].call, "monitor")


# --- music ----------------------------------------------------------------------------------------


@scenario("music")
async def test_music_is_heard_until_it_is_stopped(bench: Bench) -> None:
    """Music is heard again and again until it is stopped"""
    leg = await bench.answered_call()
    await leg.call.music([bench.tone(440, 0.4)])
    await asyncio.sleep(1.2)
    await leg.call.music([])
    await asyncio.sleep(0.3)
    assert leg.far.heard(440) == pytest.approx(1.2, abs=NEAR)


@scenario("music", "sound")
async def test_a_sound_over_music(bench: Bench) -> None:
    """A sound over music is heard well; the music goes on after it"""
    leg = await bench.answered_call()
    await leg.call.music([bench.tone(440, 10)])
    await asyncio.sleep(0.5)
    end = await leg.call.play([bench.tone(1000, 0.6)], over=True)
    assert end.by == "end" and end.seconds == pytest.approx(0.6, abs=NEAR)
    await asyncio.sleep(0.5)
    await leg.call.music([])
    await asyncio.sleep(0.3)
    assert leg.far.heard(1000) == pytest.approx(0.6, abs=NEAR)
    assert 1.0 - NEAR <= leg.far.heard(440) <= 1.6 + NEAR


@scenario("music", "sound")
async def test_a_sound_in_place_of_music(bench: Bench) -> None:
    """A sound that covers music holds it up; after it the music goes on"""
    leg = await bench.answered_call()
    await leg.call.music([bench.tone(440, 10)])
    await asyncio.sleep(0.5)
    await leg.call.play([bench.tone(1000, 0.6)])
    await asyncio.sleep(0.5)
    await leg.call.music([])
    await asyncio.sleep(0.3)
    assert leg.far.heard(1000) == pytest.approx(0.6, abs=NEAR)
    assert leg.far.heard(440) == pytest.approx(1.0, abs=NEAR)


@scenario("music", "tap", "hangup")
async def test_after_the_end_there_is_no_music_and_no_tap(bench: Bench) -> None:
    """After the end music, tap and untap raise CallEnded"""
    leg, other = await bench.answered_call(), await bench.answered_call()
    await leg.far.hang_up()
    await leg.ears.over()
    with pytest.raises(CallEnded):
        await leg.call.music([bench.tone(440, 1)])
    with pytest.raises(CallEnded):
        await leg.call.tap(other.call, "monitor")
    with pytest.raises(CallEnded):
        await leg.call.untap()
