"""The media process over loopback UDP: conferences, taps, music, sounds over what is heard.

Everybody speaks a tone of his own; what a far end receives is taken apart by frequency, which
tells whom it hears and how loud.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import soundfile

from media_kit import Heard, call
from rtp_peer import RtpPeer, clip_files, free_ports, level_of
from telephony.core import rtp
from telephony.core.g711 import Samples
from telephony.core.tones import tone
from telephony.line import Clip
from telephony.media.client import Plane
from telephony.media.client_leg import ClientLeg
from telephony.settings import Media

pytestmark = pytest.mark.peers

SPOKEN = -16.0
"""dBm0 of each tone: about 19 dB below a full-scale sine."""
LEVEL = SPOKEN - 3.14
QUIET = -50.0
HEARD = 1.0
"""dB by which the level of a tone may be off."""


def hertz(number: int) -> float:
    """The voice of party *number*: whole periods in 20 ms, no harmonic of another."""
    return (450.0, 650.0, 850.0, 1150.0, 1550.0)[number]


class Party:
    """A far end that speaks its tone, and its leg."""

    def __init__(self, number: int, peer: RtpPeer, leg: ClientLeg) -> None:
        self.number, self.peer, self.leg = number, peer, leg

    def speak(self) -> None:
        self.peer.talk(tone((hertz(self.number),), 1.0, SPOKEN), repeat=True)

    def hears(self, others: Sequence[Party], seconds: float = 0.3) -> dict[int, float]:
        """How loud each of *others* was in the last *seconds*, those that were heard.

        By tenths of a second, for a machine that stood still leaves a gap: who is heard in most
        of them counts, as loud as in the loudest.
        """
        sound = self.recent(seconds)
        tenths = [sound[at : at + 800] for at in range(0, len(sound) - 799, 800)]
        found = {}
        for other in others:
            levels = [level_of(tenth, hertz(other.number)) for tenth in tenths]
            if levels and median(levels) > QUIET:
                found[other.number] = max(levels)
        return found

    def recent(self, seconds: float = 0.2) -> Samples:
        return self.peer.sound()[-int(8000 * seconds) :]


@asynccontextmanager
async def parties(
    plane: Plane, count: int, *, laws: str = "UUUUU", ptimes: Sequence[int] = (20,) * 5
) -> AsyncIterator[list[Party]]:
    async with AsyncExitStack() as stack:
        found = []
        for number in range(count):
            peer = RtpPeer(f"PCM{laws[number]}", ptime=ptimes[number])
            await stack.enter_async_context(peer)
            party = Party(number, peer, call(plane, peer, ptime=ptimes[number]))
            party.speak()
            found.append(party)
        yield found


async def settle(*those: Party, seconds: float = 0.5) -> None:
    """Let a change take effect, and what was heard before be forgotten."""
    await asyncio.sleep(0.15)
    for party in those:
        party.peer.clear()
    await asyncio.sleep(seconds)


async def listen(everyone: list[Party]) -> list[set[int]]:
    """Who hears whom, once it has settled; whoever is heard is heard at the level he speaks."""
    await settle(*everyone)
    result = []
    for party in everyone:
        levels = party.hears(everyone)
        for level in levels.values():
            assert level == pytest.approx(LEVEL, abs=HEARD)
        result.append(set(levels))
    return result


def sound(folder: Path, name: str, frequency: float, seconds: float, level: float) -> Clip:
    stem = str(folder / name)
    clip_files(stem, tone((frequency,), seconds, level))
    return Clip(stem, seconds, name)


# --- who hears whom -----------------------------------------------------------------------------


async def test_a_conference_of_five(plane: Plane) -> None:
    async with parties(plane, 5, laws="UAUAA", ptimes=(20, 10, 30, 60, 20)) as everyone:
        for party in everyone:
            party.leg.join("room")
        assert await listen(everyone) == [{0, 1, 2, 3, 4} - {n} for n in range(5)]
        for party, size in zip(everyone, (160, 80, 240, 480, 160), strict=True):
            packets = party.peer.heard()
            assert {len(one.payload) for one in packets} == {size}
            assert len({one.packet.ssrc for one in packets}) == 1
            steps = {b.packet.sequence - a.packet.sequence for a, b in pairwise(packets)}
            assert steps <= {1, 1 - 2**16}
            kinds = {one.packet.payload_type for one in packets}
            assert kinds == {8 if party.peer.law == "PCMA" else 0}
        everyone[4].leg.part()
        everyone[3].leg.close()
        assert (await listen(everyone))[:3] == [{1, 2}, {0, 2}, {0, 1}]
        everyone[2].leg.close()
        assert (await listen(everyone))[:2] == [{1}, {0}]


async def test_a_tap_in_its_three_modes(plane: Plane) -> None:
    async with parties(plane, 3, laws="UAU") as everyone:
        agent, customer, supervisor = (party.leg for party in everyone)
        agent.bridge(customer)
        supervisor.tap(agent, "monitor")
        assert await listen(everyone) == [{1}, {0}, {0, 1}]
        supervisor.tap(agent, "whisper")
        assert await listen(everyone) == [{1, 2}, {0}, {0, 1}]
        supervisor.tap(agent, "barge")
        assert await listen(everyone) == [{1, 2}, {0, 2}, {0, 1}]
        supervisor.part()
        assert await listen(everyone) == [{1}, {0}, set()]


async def test_a_supervisor_speaks_to_an_agent_without_a_customer(plane: Plane) -> None:
    async with parties(plane, 2) as everyone:
        everyone[1].leg.tap(everyone[0].leg, "barge")
        assert await listen(everyone) == [{1}, {0}]


async def test_a_monitor_is_not_noticed(plane: Plane) -> None:
    """The monitored legs' packets: one for each of the other side's, the same bytes, no gap."""
    async with parties(plane, 3) as everyone:
        agent, customer, supervisor = everyone
        sent: list[bytes] = []
        real = customer.peer.send_sound

        def note(payload: bytes) -> None:
            sent.append(payload)
            real(payload)

        customer.peer.send_sound = note  # type: ignore[method-assign]
        agent.leg.bridge(customer.leg)
        await settle(*everyone, seconds=0.1)
        sent.clear()
        agent.peer.clear()
        for mode in ("monitor", None, "monitor", None):
            if mode == "monitor":
                supervisor.leg.tap(agent.leg, "monitor")
            else:
                supervisor.leg.part()
            await asyncio.sleep(0.25)
            if mode == "monitor":
                assert set(supervisor.hears(everyone, 0.1)) == {0, 1}
        packets = [one.packet for one in agent.peer.heard()]
        heard = [one.payload for one in agent.peer.heard()]
        assert len(heard) > 40
        start = next(at for at in range(3) if sent[at : at + 3] == heard[:3])
        assert heard == sent[start : start + len(heard)]
        assert {packet.ssrc for packet in packets} == {packets[0].ssrc}
        assert not any(packet.marker for packet in packets)
        for one, later in pairwise(packets):
            assert (later.sequence - one.sequence) % 2**16 == 1
            assert rtp.ahead32(later.timestamp, one.timestamp) == 160


async def test_two_monitors_of_an_agent_alone(plane: Plane) -> None:
    """Each hears one voice only: packets are passed on to both as they came."""
    async with parties(plane, 3, laws="UAU") as everyone:
        for supervisor in everyone[1:]:
            supervisor.leg.tap(everyone[0].leg, "monitor")
        assert await listen(everyone) == [set(), {0}, {0}]


async def test_two_processes(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(80), processes=2), max_calls=20)
    async with parties(plane, 4) as everyone:
        assert len({party.leg.owner for party in everyone}) == 2
        ports = sum(len(process.legs) for process in plane._processes)
        for party in everyone[:3]:
            party.leg.join("room")
        everyone[3].leg.tap(everyone[0].leg, "barge")
        assert await listen(everyone) == [{0, 1, 2, 3} - {n} for n in range(4)]
        keys = Heard(everyone[1].leg)
        await everyone[1].peer.press("7")
        await everyone[1].peer.until(lambda: keys.pressed == "7")
        for party in everyone:
            party.leg.part()
        await RtpPeer.until(lambda: sum(len(process.legs) for process in plane._processes) == ports)
        everyone[0].leg.bridge(everyone[1].leg)
        assert (await listen(everyone))[:2] == [{1}, {0}]
        for party in everyone:
            party.leg.close()
        await RtpPeer.until(lambda: not any(process.legs for process in plane._processes))
    await plane.stop()


# --- music and sounds over what is heard ---------------------------------------------------------


async def test_an_announcement_over_music(plane: Plane, tmp_path: Path) -> None:
    music = sound(tmp_path, "music", 450, 2.0, SPOKEN)
    words = sound(tmp_path, "words", 1150, 0.6, SPOKEN)
    async with RtpPeer("PCMA") as peer:
        leg = call(plane, peer)
        leg.music([music])
        await asyncio.sleep(0.3)
        playing = asyncio.ensure_future(leg.play([words], interruptible=False, over=True))
        await asyncio.sleep(0.4)
        during = peer.sound()[-1600:]
        assert (await playing).by == "end"
        await asyncio.sleep(0.4)
        after = peer.sound()[-1600:]
        assert level_of(during, 450) == pytest.approx(LEVEL - 12, abs=1)
        assert level_of(during, 1150) == pytest.approx(LEVEL, abs=1)
        assert level_of(after, 450) == pytest.approx(LEVEL, abs=0.5)
        assert level_of(after, 1150) < QUIET
        packets = [one.packet for one in peer.heard()]
        assert not any(packet.marker for packet in packets[1:])
        assert {rtp.ahead32(b.timestamp, a.timestamp) for a, b in pairwise(packets)} == {160}
        leg.music([])
        await asyncio.sleep(0.1)
        peer.clear()
        await asyncio.sleep(0.2)
        assert level_of(peer.sound(), 450) < QUIET


async def test_music_goes_on_where_it_was(plane: Plane, tmp_path: Path) -> None:
    """Of two tones in turn the first is over when a sound covers it, and does not come again."""
    stem = str(tmp_path / "music")
    clip_files(stem, np.concatenate((tone((450,), 0.5, SPOKEN), tone((850,), 5.0, SPOKEN))))
    words = sound(tmp_path, "words", 1150, 0.3, SPOKEN)
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        leg.music([Clip(stem, 5.5)])
        await asyncio.sleep(0.8)
        peer.clear()
        assert (await leg.play([words], interruptible=False)).by == "end"
        heard = peer.sound()
        assert level_of(heard[:1600], 1150) == pytest.approx(LEVEL, abs=2)
        assert level_of(heard[:1600], 850) < LEVEL - 10
        await asyncio.sleep(0.3)
        assert level_of(peer.sound()[-1200:], 850) == pytest.approx(LEVEL, abs=1)
        assert level_of(peer.sound(), 450) < QUIET


async def test_a_sound_over_a_bridge(plane: Plane, tmp_path: Path) -> None:
    """Mixed for the one it is played to while it lasts, relayed before and after."""
    words = sound(tmp_path, "words", 1150, 0.7, SPOKEN)
    async with parties(plane, 2, laws="UA") as everyone:
        one, other = everyone
        one.leg.bridge(other.leg)
        await settle(*everyone, seconds=0.2)
        playing = asyncio.ensure_future(one.leg.play([words], interruptible=True, over=True))
        await asyncio.sleep(0.5)
        heard = one.recent(0.2)
        assert level_of(heard, hertz(1)) == pytest.approx(LEVEL, abs=HEARD)
        assert level_of(heard, 1150) == pytest.approx(LEVEL, abs=HEARD)
        assert level_of(other.recent(0.2), 1150) < QUIET
        assert (await playing).by == "end"
        await settle(*everyone, seconds=0.3)
        assert set(one.hears(everyone)) == {1} and level_of(one.recent(), 1150) < QUIET
        playing = asyncio.ensure_future(one.leg.play([words], interruptible=True, over=True))
        await asyncio.sleep(0.2)
        one.peer.hush()
        await one.peer.press("5")
        assert (await playing).by == "key"
        await settle(*everyone, seconds=0.3)
        assert set(one.hears(everyone)) == {1} and level_of(one.recent(), 1150) < QUIET


async def test_a_signal_over_everything(plane: Plane) -> None:
    async with parties(plane, 3) as everyone:
        for party in everyone[:2]:
            party.leg.join("room")
        await settle(*everyone, seconds=0.2)
        for party in everyone:
            party.leg.signal("beep")
        await asyncio.sleep(0.5)
        for party, others in zip(everyone, ({1}, {0}, set()), strict=True):
            beep = max(
                level_of(party.recent(0.5)[at : at + 800], 1000) for at in range(0, 3200, 400)
            )
            assert beep == pytest.approx(-13 - 3.14, abs=2)
            assert set(party.hears(everyone, 0.1)) == others


async def test_a_prompt_covers_a_conference(plane: Plane, tmp_path: Path) -> None:
    words = sound(tmp_path, "words", 1550, 0.5, SPOKEN)
    async with parties(plane, 3) as everyone:
        for party in everyone:
            party.leg.join("room")
        await settle(*everyone, seconds=0.2)
        playing = asyncio.ensure_future(everyone[0].leg.play([words], interruptible=False))
        await asyncio.sleep(0.4)
        assert not everyone[0].hears(everyone)
        assert level_of(everyone[0].recent(), 1550) == pytest.approx(LEVEL, abs=HEARD)
        assert (await playing).by == "end"
        assert await listen(everyone) == [{1, 2}, {0, 2}, {0, 1}]


# --- the rest goes on ----------------------------------------------------------------------------


async def test_members_are_recorded_and_their_keys_are_told(plane: Plane, tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    async with parties(plane, 3, laws="UAU") as everyone:
        keys = Heard(everyone[0].leg)
        for party in everyone:
            party.leg.join("room")
        everyone[0].leg.record_both(str(path))
        await asyncio.sleep(0.8)
        everyone[0].peer.hush()
        await everyone[0].peer.press("12#")
        assert keys.pressed == "12#"
        assert not everyone[1].peer.keys() and not everyone[2].peer.keys()
        everyone[0].leg.close()
        await everyone[1].peer.until(lambda: path.stat().st_size > 8000)
        await asyncio.sleep(0.2)
        both, _ = soundfile.read(path, dtype="int16")
        said, heard = both[2400:4800, 0], both[2400:4800, 1]
        assert level_of(said, hertz(0)) == pytest.approx(LEVEL, abs=HEARD)
        assert level_of(said, hertz(1)) < QUIET
        for number in (1, 2):
            assert level_of(heard, hertz(number)) == pytest.approx(LEVEL, abs=HEARD)
        assert level_of(heard, hertz(0)) < QUIET


async def test_joining_and_leaving_200_times_leaves_nothing_behind(plane: Plane) -> None:
    async with parties(plane, 4) as everyone:
        pid = plane.pids[0]

        def figures() -> tuple[int, int]:
            status = Path(f"/proc/{pid}/status").read_text()
            size = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            return int(size.split()[1]), len(list(Path(f"/proc/{pid}/fd").iterdir()))

        async def rounds(count: int) -> None:
            for turn in range(count):
                for party in everyone[:3]:
                    party.leg.join(turn % 3)
                everyone[3].leg.tap(everyone[0].leg, ("monitor", "whisper", "barge")[turn % 3])
                if turn % 5 == 0:
                    await asyncio.sleep(0.03)
                for party in everyone:
                    party.leg.part()

        await rounds(50)
        memory, descriptors = figures()
        await rounds(200)
        await asyncio.sleep(0.1)
        assert figures()[0] < memory + 500 and figures()[1] == descriptors
        assert await listen(everyone) == [set()] * 4
        everyone[0].leg.bridge(everyone[1].leg)
        assert await listen(everyone) == [{1}, {0}, set(), set()]
