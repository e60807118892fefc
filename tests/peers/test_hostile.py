"""Datagrams of the hostile kind at the SIP port: the server lives, says little, keeps nothing."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.flows import FLOWS, MORE, ONE, PROMPT, SIP, TONES
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving
from peer_kit.wire import Wire

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose log and memory are measured."""
    folder = tmp_path_factory.mktemp("hostile")
    port = make_site(folder, FLOWS, tones=TONES, sip=SIP, more=MORE)
    with serving(folder, port) as running:
        yield running


def memory(pid: int) -> int:
    """Private memory of a process in kB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    figures = dict(line.split(":", 1) for line in rollup[1:])
    return sum(int(figures[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))


def evil(wire: Wire, dice: random.Random) -> bytes:
    """One datagram of a kind chosen by chance."""
    invite = wire.request("INVITE", body="v=0\r\n").encode()
    match dice.randrange(9):
        case 0:
            return dice.randbytes(dice.randrange(1, 1400))
        case 1:
            return invite[: dice.randrange(len(invite))]
        case 2:
            return wire.request("INVITE", "X-Long: " + "a" * 60_000).encode()
        case 3:
            return wire.request("OPTIONS", "Via: " + "x, " * 15_000).encode()
        case 4:
            return wire.request(
                "INVITE", body="v=0\r\n", length=dice.choice([-1, 7000, 10**30])
            ).encode()
        case 5:
            at = dice.randrange(len(invite))
            return invite[:at] + dice.randbytes(3) + invite[at + 3 :]
        case 6:
            return invite.replace(b"CSeq: ", b"CSeq: 99999999999999999999")
        case 7:
            return invite.replace(b"\r\n", dice.choice([b"\n", b"\r", b"\0"]))
        case _:
            return b"SIP/2.0 200 OK\r\n" + invite.split(b"\r\n", 1)[1]


async def flood(target: Site, host: str, count: int, seed: int) -> None:
    """Send evil from *host*, not faster than the server takes it."""
    dice = random.Random(seed)
    async with Wire(target.port, host) as wire, Wire(target.port) as judge:
        for number in range(count):
            wire.send(evil(wire, dice))
            if number % 100 == 99:
                assert await judge.alive(), f"after {number} datagrams, seed {seed}"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9"], ids=["a known peer", "a stranger"])
async def test_evil_datagrams(target: Site, host: str) -> None:
    await flood(target, host, 400, 1)
    lines, before = target.log().count("\n"), memory(target.pid)
    await flood(target, host, 4000, 2)
    await target.idle(60)
    assert target.log().count("\n") - lines < 300, "a line a source and while, not one a packet"
    assert "Traceback" not in target.log()
    assert target.status()["line"]["refusals"].get("fault", 0) == 0
    assert memory(target.pid) - before < 20_000, "kB more than before"
    async with RtpPeer() as rtp, Sipp(Scenario().call().hung_up(), target.port, rtp=rtp.port) as c:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await c.succeeds()


async def test_calls_go_on_while_strangers_rage(target: Site) -> None:
    async def call() -> None:
        async with (
            RtpPeer() as rtp,
            Sipp(Scenario().call().hung_up(), target.port, rtp=rtp.port) as calling,
        ):
            await rtp.hears(PROMPT, 0.5)
            await rtp.press("2")
            await calling.succeeds()

    await asyncio.gather(flood(target, "127.0.0.9", 2000, 3), call(), call(), call())


async def test_scanners_get_no_answer_at_all(target: Site) -> None:
    async with Wire(target.port) as wire:
        for agent in ("friendly-scanner", "sipvicious", "SIPCli/v1.8"):
            for method in ("OPTIONS", "REGISTER", "INVITE"):
                wire.send(wire.request(method, f"User-Agent: {agent}"))
        assert await wire.receive(1.0) is None


async def test_a_stranger_cannot_make_us_flood_a_third_party(target: Site) -> None:
    """Refusals are rate-limited: many forged requests bring few answers."""
    async with Wire(target.port, "127.0.0.9") as wire:
        for _ in range(500):
            wire.send(wire.request("INVITE"))
        answers = 0
        while await wire.receive(1.0) is not None:
            answers += 1
    assert 1 <= answers < 50
