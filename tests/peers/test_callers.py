"""SIPp calls, an RTP peer listens and presses: what is heard is measured by its pitch."""

import pytest

from peer_kit.flows import ONE, PROMPT
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site

pytestmark = pytest.mark.peers


async def test_the_prompt_is_heard_and_a_key_by_rfc4733_leads_on(site: Site) -> None:
    scenario = Scenario().call().hung_up()
    async with RtpPeer() as rtp, Sipp(scenario, site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 1.4)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()
    heard = rtp.heard()
    assert heard.order(PROMPT, ONE) == [PROMPT, ONE]
    key = await site.traced(call.caller, "key")
    assert (key["key"], key["source"]) == ("1", "rfc4733")
