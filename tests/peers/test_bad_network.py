"""200 calls through a network that loses, doubles and reorders signalling: none is stuck."""

import asyncio
from collections.abc import Iterator

import pytest

from peer_kit.flows import LISTEN, RING, TONES
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving
from udp_proxy import UdpProxy, Weather

pytestmark = [pytest.mark.peers, pytest.mark.slow]
BAD = Weather(loss=0.1, double=0.1, late=0.1, delay=0.005)
CALLS = 120
"""At the same time, at most."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with as many ports as calls: a port that is not given back will be missed."""
    folder = tmp_path_factory.mktemp("weather")
    flows = {"104": RING.format(seconds=1), "105": LISTEN}
    port = make_site(folder, flows, tones=TONES, calls=CALLS, media_ports=2 * CALLS)
    with serving(folder, port) as running:
        yield running


async def test_no_call_is_stuck_in_bad_weather(site: Site) -> None:
    """Half of the calls are ended by the callers, half by the flow."""
    by_caller = Scenario().call().pause(800).bye().wait_for_repetitions()
    by_flow = Scenario().call().hung_up().wait_for_repetitions()
    options = ("-r", "10", "-l", "100", "-default_behaviors", "all,-abortunexp")

    async def hundred(scenario: Scenario, service: str, seed: int) -> None:
        call = Sipp(scenario, service=service, calls=100, options=options)
        proxy = UdpProxy((call.host, call.port), ("127.0.0.1", site.port), BAD, seed)
        call.through("{}:{}".format(*proxy.front), "{}:{}".format(*proxy.back))
        async with proxy, call:
            await call.succeeds()
        assert proxy.counts["lost"] > 30 and proxy.counts["doubled"] > 30, proxy.counts

    await asyncio.gather(hundred(by_caller, "105", 1), hundred(by_flow, "104", 2))
    await site.idle()
    served = site.status()["calls_served"]
    assert served == 200, "a repeated INVITE became a second call"

    once_more = Scenario().call().pause(1500).bye()
    everybody = Sipp(
        once_more, site.port, service="105", calls=CALLS, options=("-r", "150", "-l", str(CALLS))
    )
    async with everybody:
        await everybody.succeeds()
    await site.idle()
