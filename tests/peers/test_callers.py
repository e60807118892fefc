"""SIPp calls, an RTP peer listens and presses: what is heard is measured by its pitch."""

import asyncio

import pytest

from peer_kit.flows import ONE, PROMPT, SHORT, TWO
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import OFFER, Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import Site
from peer_kit.sound import Heard

pytestmark = pytest.mark.peers


async def test_the_prompt_is_heard_and_a_key_leads_on(site: Site) -> None:
    scenario = Scenario().call().hung_up()
    async with RtpPeer() as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 1.4)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()
    assert rtp.heard().order(PROMPT, ONE, TWO) == [PROMPT, ONE]
    key = await site.traced(call.caller, "key")
    assert (key["key"], key["source"]) == ("1", "rfc4733")


@pytest.mark.parametrize("way", ["relay", "plain"])
async def test_a_key_by_info(site: Site, way: str) -> None:
    scenario = Scenario().call().pause(300)
    scenario = scenario.info_relay("2") if way == "relay" else scenario.info_plain("2")
    async with RtpPeer() as rtp, Sipp(scenario.hung_up(), site.port, rtp=rtp.port) as call:
        await rtp.hears(TWO, 0.5)
        await call.succeeds()
    key = await site.traced(call.caller, "key")
    assert (key["key"], key["source"]) == ("2", "info")


@pytest.mark.parametrize("formats", ["0", "8"])
async def test_a_key_as_a_tone_of_a_caller_without_telephone_events(
    site: Site, formats: str
) -> None:
    scenario = Scenario().call(offer(formats=formats, event_type=None)).hung_up()
    manner = Manner(payload_type=int(formats))
    async with RtpPeer(manner) as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.2)
        await rtp.be_silent(0.2)
        await rtp.press_tones("2")
        await rtp.hears(TWO, 0.5)
        await call.succeeds()
    keys = [event for event in site.events(call.caller) if event["event"] == "key"]
    assert [(key["key"], key["source"]) for key in keys] == [("2", "inband")]


async def test_a_key_cuts_a_long_prompt_short(site: Site) -> None:
    scenario = Scenario().call().hung_up()
    async with (
        RtpPeer() as rtp,
        Sipp(scenario, site.port, service="101", rtp=rtp.port) as call,
    ):
        await rtp.hears(PROMPT, 0.5)
        await rtp.press("2")
        await rtp.hears(TWO, 0.5)
        await call.succeeds()
    heard = rtp.heard()
    assert heard.order(PROMPT, TWO) == [PROMPT, TWO]
    assert heard.seconds(PROMPT) < 30, "the prompt would have taken a minute"


async def test_keys_typed_ahead_are_read_by_the_nodes_to_come(site: Site) -> None:
    scenario = Scenario().call().hung_up()
    async with (
        RtpPeer() as rtp,
        Sipp(scenario, site.port, service="102", rtp=rtp.port) as call,
    ):
        await rtp.hears(PROMPT, 0.2)
        await rtp.press("47115")
        await rtp.hears(TWO, 0.5)
        await call.succeeds()
    assert (await site.traced(call.caller, "variable"))["value"] == "4711"
    assert rtp.heard().order(SHORT, TWO)[-1] == TWO


async def test_a_caller_who_knows_only_pcma(site: Site) -> None:
    scenario = Scenario().call(offer(formats="8")).hung_up()
    async with RtpPeer(Manner(8)) as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()
    assert {packet.payload_type for packet in rtp.received} == {8}


async def test_an_answer_keeps_to_the_callers_number_for_telephone_event(site: Site) -> None:
    scenario = Scenario().call(offer(event_type=96)).hung_up()
    manner = Manner(event_type=96)
    async with RtpPeer(manner) as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        messages = await call.succeeds()
    answer = next(m for m in messages if m.first == "SIP/2.0 200 OK")
    assert "a=rtpmap:96 telephone-event/8000" in answer.text
    assert (await site.traced(call.caller, "key"))["source"] == "rfc4733"


async def _record_with(site: Site, ptime: int) -> tuple[set[int], Heard]:
    """Leave a message in packets of *ptime*: the sizes that came back, what was recorded."""
    scenario = Scenario().call(offer(ptime=ptime)).hung_up()
    async with (
        RtpPeer(Manner(ptime=ptime)) as rtp,
        Sipp(scenario, site.port, service="106", rtp=rtp.port) as call,
    ):
        await rtp.hears(SHORT, 0.3)
        await rtp.until(lambda: rtp.heard().seconds(SHORT) > 0.35, "the end of the prompt")
        await rtp.be_silent(0.6)  # the beep
        await rtp.speak(600, 1.5)
        await rtp.be_silent(1.5)
        await rtp.hears(ONE, 0.4)
        await call.succeeds()
    done = await site.traced(call.caller, "record")
    assert done["by"] == "silence"
    return {len(packet.payload) for packet in rtp.received}, Heard.in_file(done["path"])


async def test_peers_with_packets_of_10_30_and_60_ms(site: Site) -> None:
    async def with_packets_of(ptime: int) -> None:
        sizes, recorded = await _record_with(site, ptime)
        assert sizes == {8 * ptime}
        assert 1.3 <= recorded.seconds(600) <= 1.6, (ptime, recorded.summary())

    await asyncio.gather(*map(with_packets_of, (10, 30, 60)))


@pytest.mark.parametrize(
    ("hold", "answered"),
    [
        (offer(direction="sendonly", version=2), "recvonly"),
        (offer(host="0.0.0.0", version=2), None),
        (offer(direction="inactive", version=2), "inactive"),
    ],
    ids=["sendonly", "0.0.0.0", "inactive"],
)
async def test_hold_and_back(site: Site, hold: str, answered: str | None) -> None:
    back = offer(version=3)
    scenario = Scenario().call().pause(500).changed(hold).pause(1000).changed(back).pause(700)
    async with (
        RtpPeer() as rtp,
        Sipp(scenario.bye(), site.port, service="105", rtp=rtp.port) as call,
    ):
        messages = await call.succeeds()
    acks = [m.at for m in messages if m.sent and m.text.startswith("ACK")]
    asked = [m.at for m in messages if m.sent and m.text.startswith("INVITE")]
    answers = [m for m in messages if not m.sent and "INVITE" in m.header("CSeq")]
    while_held = [p for p in rtp.received if acks[1] + 0.3 < p.at < asked[2]]
    assert not while_held, "sound went to a caller who holds the call"
    assert rtp.heard(since=acks[2]).seconds(PROMPT) > 0.3, "the sound came back"
    if answered:
        assert f"a={answered}" in answers[-2].text
    assert "a=sendrecv" in answers[-1].text


async def test_a_late_offer_is_answered_in_the_ack(site: Site) -> None:
    scenario = Scenario().invite("").answered().ack(OFFER).hung_up()
    async with RtpPeer() as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        messages = await call.succeeds()
    offered = next(m for m in messages if m.first == "SIP/2.0 200 OK").text
    assert "m=audio" in offered and "telephone-event/8000" in offered


async def test_a_telephone_that_moves_is_followed(site: Site) -> None:
    """A re-INVITE names another port; what still comes from the old one does not hold it back."""
    async with RtpPeer() as before, RtpPeer() as after:
        moved = offer(version=2).replace("[rtp]", str(after.port))
        scenario = Scenario().call().pause(600).changed(moved).hung_up()
        async with Sipp(scenario, site.port, service="101", rtp=before.port) as call:
            await before.hears(PROMPT, 0.2)
            straggling = asyncio.create_task(before.be_silent(10))
            await after.hears(PROMPT, 0.3)
            await after.press("1")
            await after.hears(ONE, 0.5)
            straggling.cancel()
            await call.succeeds()
