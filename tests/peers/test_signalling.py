"""What the RFC says of repeated, crossing, late and unknown messages, asked by SIPp."""

import asyncio

import pytest

from peer_kit.flows import FLOWS, ONE, PROMPT, TONES
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import OFFER, Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers


def calls_of(site: Site, caller: str) -> int:
    return sum(1 for event in site.events(caller) if event["event"] == "incoming")


async def test_cancel_while_it_rings(site: Site) -> None:
    scenario = Scenario().invite().ringing().cancel().expect(200).refused(487)
    async with Sipp(scenario, site.port, service="103") as call:
        await call.succeeds()
    assert (await site.traced(call.caller, "hangup"))["by"] == "caller"
    await site.idle()


async def test_a_repeated_invite_is_no_second_call(site: Site) -> None:
    """Repeated while it rings and after the 200: the last response comes again."""
    scenario = (
        Scenario()
        .invite().ringing()
        .invite(again=True).expect(180)
        .answered()
        .invite(again=True).answered()
        .ack().hung_up()
    )  # fmt: skip
    options = ("-nr",)  # SIPp itself would take the second response for a repetition
    async with (
        RtpPeer() as rtp,
        Sipp(scenario, site.port, service="104", rtp=rtp.port, options=options) as call,
    ):
        await rtp.hears(ONE, 0.5)
        messages = await call.succeeds()
    assert calls_of(site, call.caller) == 1
    answers = [
        m.text for m in messages if m.first == "SIP/2.0 200 OK" and "INV" in m.header("CSeq")
    ]
    assert len(answers) == 2 and answers[0] == answers[1]


async def test_a_late_ack(site: Site) -> None:
    scenario = Scenario().invite().answered().pause(2300).ack().hung_up()
    async with RtpPeer() as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 1.0)
        await call.until(True, "ACK")
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        messages = await call.succeeds()
    answers = [m for m in messages if m.first == "SIP/2.0 200 OK"]
    assert len(answers) >= 3, "the 200 is repeated until the ACK is there"
    assert calls_of(site, call.caller) == 1


async def test_a_cancel_that_crosses_the_200_changes_nothing(site: Site) -> None:
    scenario = Scenario().invite().answered().cancel().expect(200).ack().hung_up()
    async with RtpPeer() as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()
    assert calls_of(site, call.caller) == 1


async def test_two_reinvites_in_a_row(site: Site) -> None:
    scenario = (
        Scenario().call().pause(200)
        .reinvite(OFFER).expect(200).reinvite(OFFER).expect(200).ack().pause(300).bye()
    )  # fmt: skip
    async with RtpPeer() as rtp, Sipp(scenario, site.port, service="105", rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await call.succeeds()
    await site.idle()


async def test_a_call_to_a_number_without_a_flow(site: Site) -> None:
    async with Sipp(Scenario().invite().refused(404), site.port, service="999") as call:
        await call.succeeds()


async def test_options_are_answered(site: Site) -> None:
    scenario = Scenario().outside("OPTIONS").expect(200)
    async with Sipp(scenario, site.port) as call:
        answer = (await call.succeeds())[-1]
    for method in ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO"):
        assert method in answer.header("Allow")


async def test_an_unknown_method_and_an_unknown_extension(site: Site) -> None:
    unknown = Scenario().outside("PUBLISH").expect(405)
    required = Scenario().invite(OFFER, "Require: timetravel").refused(420)
    async with Sipp(unknown, site.port) as one, Sipp(required, site.port) as two:
        refusal = (await one.succeeds())[-1]
        messages = await two.succeeds()
    assert "INVITE" in refusal.header("Allow")
    refusal = next(m for m in messages if m.first.startswith("SIP/2.0 420"))
    assert refusal.header("Unsupported") == "timetravel"


async def test_an_unknown_peer_is_refused(site: Site) -> None:
    before = site.status()["line"]["refusals"].get("stranger", 0)
    async with Sipp(Scenario().invite().refused(403), site.port, host="127.0.0.2") as call:
        await call.succeeds()
    assert site.status()["line"]["refusals"]["stranger"] == before + 1
    assert not site.events(call.caller)


async def test_more_calls_than_allowed_get_503(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("small")
    port = make_site(folder, FLOWS, tones=TONES, calls=2)
    talk = Scenario().call().pause(1500).bye()
    refused = Scenario().invite().refused(503)
    with serving(folder, port) as small:
        async with (
            Sipp(talk, port, service="105") as one,
            Sipp(talk, port, service="105") as two,
        ):
            await small.until(lambda: small.calls() == 2, "two calls stand")
            async with Sipp(refused, port, service="105") as three:
                messages = await three.succeeds()
            await asyncio.gather(one.succeeds(), two.succeeds())
        await small.idle()
        async with Sipp(talk, port, service="105") as four:
            await four.succeeds()
    refusal = next(m for m in messages if m.first.startswith("SIP/2.0 503"))
    assert int(refusal.header("Retry-After")) > 0


@pytest.mark.slow
async def test_peers_that_vanish_leave_nothing_behind(site: Site) -> None:
    """One never acknowledges the 200, one is gone when it is hung up: 64*T1, and it is over."""
    never = Scenario().invite().answered().hung_up()
    gone = Scenario().invite().answered().ack()
    async with (
        Sipp(never, site.port, service="105") as one,
        Sipp(gone, site.port, service="104") as two,
    ):
        await two.succeeds()
        await one.succeeds()
    hangup = await site.traced(one.caller, "hangup")
    assert hangup["by"] == "network"
    await site.traced(two.caller, "hangup")
    await site.idle()
