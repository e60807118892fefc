"""`dial` to a SIPp telephone: two-way sound, busy, no answer, and callers who give up."""

import asyncio

import pytest

from peer_kit.flows import BUSY, FAILED, NOBODY, PHONE_HOST, PHONE_PORT, TALKED
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import Site

pytestmark = pytest.mark.peers
CALLER_SAYS, PHONE_SAYS = 600.0, 1700.0


def phone(scenario: Scenario, rtp: int = 9) -> Sipp:
    """The telephone that flows dial."""
    return Sipp(scenario, host=PHONE_HOST, port=PHONE_PORT, rtp=rtp)


def takes_the_call(**answer: object) -> Scenario:
    """A telephone that rings and answers."""
    body = offer(**answer)  # type: ignore[arg-type]
    return (
        Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing").pause(200)
        .reply("200 OK", body=body).expect_request("ACK")
    )  # fmt: skip


@pytest.mark.parametrize("formats", ["0", "8"], ids=["PCMU", "PCMA"])
async def test_both_hear_each_other_until_the_phone_hangs_up(site: Site, formats: str) -> None:
    """The caller speaks PCMU; a telephone with PCMA is understood as well."""
    answers = takes_the_call(formats=formats).pause(2500).bye_back()
    calls = Scenario().call(offer(formats="0")).hung_up()
    async with (
        RtpPeer(Manner(int(formats)), PHONE_HOST) as far,
        RtpPeer() as near,
        phone(answers, far.port) as callee,
        Sipp(calls, site.port, service="2001", rtp=near.port) as caller,
    ):
        await site.traced(caller.caller, "bridged")
        await far.connected()
        await asyncio.gather(near.speak(CALLER_SAYS, 1.5), far.speak(PHONE_SAYS, 1.5))
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    assert far.heard().seconds(CALLER_SAYS) > 1.2, far.heard().summary()
    assert near.heard().seconds(PHONE_SAYS) > 1.2, near.heard().summary()
    assert near.heard().seconds(TALKED) > 0.3, "the flow goes on when the telephone has hung up"
    assert {packet.payload_type for packet in far.received} == {int(formats)}


async def test_keys_reach_the_phone(site: Site) -> None:
    """The caller's telephone-event is 101, the telephone's 96."""
    answers = takes_the_call(event_type=96).pause(2000).bye_back()
    async with (
        RtpPeer(Manner(event_type=96), PHONE_HOST) as far,
        RtpPeer() as near,
        phone(answers, far.port) as callee,
        Sipp(Scenario().call().hung_up(), site.port, service="2001", rtp=near.port) as caller,
    ):
        await site.traced(caller.caller, "bridged")
        await near.speak(CALLER_SAYS, 0.2)
        await near.press("42#")
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    assert far.keys() == "42#"


@pytest.mark.parametrize(
    ("refusal", "tone"),
    [("486 Busy Here", BUSY), ("603 Decline", BUSY), ("480 Away", NOBODY), ("404 Who", FAILED)],
)
async def test_a_phone_that_does_not_take_the_call(site: Site, refusal: str, tone: float) -> None:
    scenario = Scenario().expect_request("INVITE").reply(refusal).expect_request("ACK")
    async with (
        RtpPeer() as near,
        phone(scenario) as callee,
        Sipp(Scenario().call().hung_up(), site.port, service="2002", rtp=near.port) as caller,
    ):
        await near.hears(tone, 0.3)
        await asyncio.gather(caller.succeeds(), callee.succeeds())


async def test_what_the_phone_plays_before_it_answers_is_heard(site: Site) -> None:
    """An announcement of the network takes the place of our ring-back tone."""
    announces = (
        Scenario().expect_request("INVITE").reply("183 Session Progress", body=offer())
        .pause(2500).reply("486 Busy Here").expect_request("ACK")
    )  # fmt: skip
    async with (
        RtpPeer(host=PHONE_HOST) as far,
        RtpPeer() as near,
        phone(announces, far.port) as callee,
        Sipp(Scenario().call().hung_up(), site.port, service="2002", rtp=near.port) as caller,
    ):
        await far.connected()
        await far.speak(PHONE_SAYS, 1.0)
        await near.hears(PHONE_SAYS, 0.8)
        await near.hears(BUSY, 0.3)
        await asyncio.gather(caller.succeeds(), callee.succeeds())


async def test_a_phone_that_hangs_up_as_it_answers(site: Site) -> None:
    answers = takes_the_call().bye_back()
    async with (
        RtpPeer() as near,
        phone(answers) as callee,
        Sipp(Scenario().call().hung_up(), site.port, service="2001", rtp=near.port) as caller,
    ):
        await near.hears(TALKED, 0.3)
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    await site.idle()


def cancelled() -> Scenario:
    """A telephone that rings until it is cancelled."""
    return (
        Scenario().expect_request("INVITE").reply("180 Ringing")
        .expect_request("CANCEL").reply("200 OK").reply_to_invite("487 Request Terminated")
        .expect_request("ACK")
    )  # fmt: skip


async def test_nobody_answers(site: Site) -> None:
    async with (
        RtpPeer() as near,
        phone(cancelled()) as callee,
        Sipp(Scenario().call().hung_up(), site.port, service="2003", rtp=near.port) as caller,
    ):
        await near.hears(NOBODY, 0.3)
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    ringing = near.heard().seconds(422) + near.heard().seconds(461)  # 440 and 480 Hz in 20 ms
    assert ringing > 0.5, "the ring-back tone"


async def test_the_caller_hangs_up_while_it_rings(site: Site) -> None:
    calls = Scenario().call().pause(800).bye()
    async with (
        phone(cancelled()) as callee,
        Sipp(calls, site.port, service="2004") as caller,
    ):
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    await site.idle()


async def test_the_caller_hangs_up_while_talking(site: Site) -> None:
    answers = takes_the_call().hung_up()
    calls = Scenario().call().pause(1000).bye()
    async with phone(answers) as callee, Sipp(calls, site.port, service="2005") as caller:
        await asyncio.gather(caller.succeeds(), callee.succeeds())
    await site.idle()


@pytest.mark.parametrize(("number", "tone"), [("2006", NOBODY), ("29999", FAILED)])
async def test_a_dead_phone_and_a_number_that_may_not_be_dialled(
    site: Site, number: str, tone: float
) -> None:
    """Nobody listens at the telephone's port; ``dial_allow`` holds four digits only."""
    calls = Scenario().call().hung_up()
    async with RtpPeer() as near, Sipp(calls, site.port, service=number, rtp=near.port) as caller:
        await near.hears(tone, 0.3)
        await caller.succeeds()
    await site.idle()
