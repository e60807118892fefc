"""The media process over loopback UDP: relay, ports, RTCP, several processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest
import soundfile

from media_kit import Heard, call
from rtp_peer import RtpPeer, clip_files, free_ports, loud_parts, pitch
from telephony.core import g711, rtcp
from telephony.core.inband import ToneKeys
from telephony.core.rtp import Reception
from telephony.core.tones import tone
from telephony.line import Clip, MediaFailed
from telephony.media import client
from telephony.media.client import Plane
from telephony.settings import Media

pytestmark = pytest.mark.peers


def heard_pitch(peer: RtpPeer) -> float:
    """The frequency of the loud part of what *peer* heard, 0 when all was quiet."""
    sound = peer.sound()
    parts = loud_parts(sound)
    return pitch(sound[parts[0][0] : parts[-1][1]]) if parts else 0.0


# --- relay --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("law_a", "law_b"), [("PCMU", "PCMU"), ("PCMU", "PCMA"), ("PCMA", "PCMU")])
@pytest.mark.parametrize("ptime", [10, 20, 60])
async def test_two_legs_hear_each_other(plane: Plane, law_a: str, law_b: str, ptime: int) -> None:
    async with RtpPeer(law_a, ptime=ptime) as a, RtpPeer(law_b, event_type=96) as b:
        one, other = call(plane, a), call(plane, b)
        await a.until(lambda: len(a.heard()) > 3 and len(b.heard()) > 3)
        one.bridge(other)
        a.talk(tone((500,), 0.5), repeat=True)
        b.talk(tone((900,), 0.5), repeat=True)
        await asyncio.sleep(0.6)
        for peer, frequency in ((a, 900), (b, 500)):
            assert heard_pitch(peer) == pytest.approx(frequency, abs=8)
            packets = [one.packet for one in peer.heard()]
            assert len({packet.ssrc for packet in packets}) == 1
            sequences = [packet.sequence for packet in packets]
            assert [(n - sequences[0]) % 2**16 for n in sequences] == list(range(len(sequences)))
            times = [(packet.timestamp - packets[0].timestamp) % 2**32 for packet in packets]
            assert times == sorted(set(times))
            kinds = {packet.payload_type for packet in packets}
            assert kinds == {8 if peer.law == "PCMA" else 0}
        assert {len(one.payload) for one in b.heard()[-5:]} == {ptime * 8}
        a.hush(), b.hush()
        one.part()
        await asyncio.sleep(0.1)
        a.clear()
        await a.until(lambda: len(a.heard()) > 5)
        b.talk(tone((900,), 0.5))
        await asyncio.sleep(0.2)
        assert heard_pitch(a) == 0


async def test_keys_pass_a_bridge_and_are_told(plane: Plane) -> None:
    async with RtpPeer() as a, RtpPeer(event_type=96) as b:
        one, other = call(plane, a), call(plane, b)
        keys = Heard(one)
        one.bridge(other)
        await a.talk(tone((500,), 0.2))
        await a.press("12")
        await b.until(lambda: b.keys() == "12")
        assert keys.pressed == "12"


async def test_keys_by_info_pass_a_bridge(plane: Plane) -> None:
    async with RtpPeer() as a, RtpPeer() as b:
        one, other = call(plane, a), call(plane, b)
        one.bridge(other)
        assert not one.key("7")
        await b.until(lambda: b.keys() == "7")
        one.part()
        assert not one.key("8")
        await asyncio.sleep(0.3)
        assert b.keys() == "7" and not a.keys()


async def test_keys_become_tones_for_a_side_that_knows_no_events(plane: Plane) -> None:
    async with RtpPeer() as a, RtpPeer(event_type=None) as b:
        one, other = call(plane, a), call(plane, b)
        one.bridge(other)
        await a.press("5")
        await b.until(lambda: loud_parts(b.sound()))
        await asyncio.sleep(0.2)
        (part,) = loud_parts(b.sound())
        detector = ToneKeys()
        assert detector.feed(g711.encode(b.sound()), "PCMU") == "5"
        assert part[1] - part[0] < 1600


async def test_a_prompt_covers_the_other_side(plane: Plane, tmp_path: Path) -> None:
    stem = str(tmp_path / "prompt")
    clip_files(stem, tone((440,), 0.4))
    async with RtpPeer() as a, RtpPeer() as b:
        one, other = call(plane, a), call(plane, b)
        one.bridge(other)
        b.talk(tone((900,), 0.5), repeat=True)
        await asyncio.sleep(0.2)
        a.clear()
        assert (await one.play([Clip(stem, 0.4)], interruptible=False)).by == "end"
        assert heard_pitch(a) == pytest.approx(440, abs=5)
        await asyncio.sleep(0.1)
        a.clear()
        await asyncio.sleep(0.2)
        assert heard_pitch(a) == pytest.approx(900, abs=8)


async def test_a_sound_may_give_way_once_the_other_side_is_heard(
    plane: Plane, tmp_path: Path
) -> None:
    stem = str(tmp_path / "ring-back")
    clip_files(stem, tone((440,), 0.5))
    async with RtpPeer() as a, RtpPeer() as b:
        one, other = call(plane, a), call(plane, b)
        playing = asyncio.ensure_future(
            one.play([Clip(stem, 0.5)], interruptible=False, repeat=True)
        )
        one.bridge(other, once_heard=True)
        await a.until(lambda: len(a.heard()) > 20)
        assert heard_pitch(a) == pytest.approx(440, abs=5) and not playing.done()
        b.talk(tone((900,), 0.5), repeat=True)
        assert (await playing).by == "stopped"
        before = [one.packet for one in a.heard()]
        a.clear()
        await asyncio.sleep(0.3)
        assert heard_pitch(a) == pytest.approx(900, abs=8)
        after = a.heard()[0].packet
        assert (after.sequence - before[-1].sequence) % 65536 == 1
        assert 0 < (after.timestamp - before[-1].timestamp) % 2**32 <= 1600
        one.bridge(other)
        assert (await one.play([Clip(stem, 0.5)], interruptible=False)).by == "end"


async def test_the_partner_of_a_closed_leg_stays(plane: Plane) -> None:
    async with RtpPeer() as a, RtpPeer() as b:
        one, other = call(plane, a), call(plane, b)
        one.bridge(other)
        await asyncio.sleep(0.1)
        other.close()
        a.clear()
        await a.until(lambda: len(a.heard()) > 5)
        b.clear()
        await asyncio.sleep(0.1)
        assert not b.heard()
        one.part()


async def test_a_bridge_is_recorded(plane: Plane, tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    async with RtpPeer() as a, RtpPeer("PCMA") as b:
        one, other = call(plane, a), call(plane, b)
        one.bridge(other)
        one.record_both(str(path))
        await asyncio.gather(a.talk(tone((500,), 0.6)), b.talk(tone((900,), 0.6)))
        await asyncio.sleep(0.1)
        one.close()
        await a.until(lambda: path.stat().st_size > 8000)
        both, _ = soundfile.read(path, dtype="int16")
        for channel, frequency in ((0, 500), (1, 900)):
            (part,) = loud_parts(both[:, channel])
            assert pitch(both[slice(*part), channel]) == pytest.approx(frequency, abs=5)


async def test_two_processes(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(60), processes=2), max_calls=10)
    assert len(set(plane.pids)) == 2
    async with RtpPeer() as a, RtpPeer("PCMA") as b:
        one, other = call(plane, a), call(plane, b)
        assert one.owner is not other.owner
        near = plane.lease(near=one)
        assert near is not None and near.owner is one.owner
        near.close()
        one.bridge(other)
        keys = Heard(other)
        a.talk(tone((500,), 0.5), repeat=True)
        b.talk(tone((900,), 0.5), repeat=True)
        await asyncio.sleep(0.5)
        assert heard_pitch(a) == pytest.approx(900, abs=8)
        assert heard_pitch(b) == pytest.approx(500, abs=8)
        b.hush()
        await b.press("9")
        await a.until(lambda: a.keys() == "9" and keys.pressed == "9")
        one.close()
    await plane.stop()


async def test_ipv6(plane: Plane) -> None:
    async with RtpPeer(host="::1") as a, RtpPeer("PCMA") as b:
        one, other = call(plane, a), call(plane, b)
        keys = Heard(one)
        one.bridge(other)
        a.talk(tone((500,), 0.5), repeat=True)
        b.talk(tone((900,), 0.5), repeat=True)
        await asyncio.sleep(0.5)
        assert heard_pitch(a) == pytest.approx(900, abs=8)
        assert heard_pitch(b) == pytest.approx(500, abs=8)
        a.hush()
        await a.press("3")
        await b.until(lambda: b.keys() == "3" and keys.pressed == "3")


# --- ports --------------------------------------------------------------------------------------


async def test_ports_are_reused_first_in_first_out() -> None:
    first, _ = free_ports()
    plane = Plane()
    await plane.start(Media(ports=(first, first + 7)), max_calls=10)
    legs = []
    while (leg := plane.lease()) is not None:
        legs.append(leg)
    ports = [leg.port for leg in legs]
    assert 1 <= len(ports) <= 4 and all(port % 2 == 0 for port in ports)
    for leg in legs:
        leg.close()
        leg.close()
    await RtpPeer.until(lambda: not plane._processes[0].legs)
    again = [leg for _ in ports if (leg := plane.lease()) is not None]
    assert [leg.port for leg in again] == ports
    async with RtpPeer() as peer:
        again[0].connect(peer.remote())
        await peer.until(lambda: len(peer.heard()) > 3)
    await plane.stop()


async def test_more_ports_are_bound_as_they_are_used() -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(400)), max_calls=70)
    legs = []
    async with RtpPeer() as peer:
        while len(legs) < 100:
            await peer.until(lambda: (leg := plane.lease()) is not None and not legs.append(leg))
    assert len({leg.port for leg in legs}) == 100
    await plane.stop()


async def test_no_free_port_is_said() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        first, _ = free_ports()
        taken.bind(("", first))
        with pytest.raises(MediaFailed, match="media_ports") as failed:
            await Plane().start(Media(ports=(first, first + 1)), max_calls=10)
        assert failed.value.name == "no-ports"


async def test_too_few_descriptors_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.resource, "getrlimit", lambda _: (256, 256))
    with pytest.raises(MediaFailed, match="max_calls = 1000.*limit is 256") as failed:
        await Plane().start(Media(ports=free_ports()), max_calls=1000)
    assert failed.value.name == "descriptors"


# --- reports ------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_reports_tell_the_truth(plane: Plane) -> None:
    async with RtpPeer() as peer:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reports:
            reports.bind(("127.0.0.1", 0))
            reports.settimeout(8)
            leg = call(plane, peer, rtcp_port=reports.getsockname()[1])
            await peer.until(peer.heard)
            for number in range(100):
                if number % 10 != 3:
                    peer.send_sound(b"\xff" * 160)
                else:
                    peer.sequence += 1
                    peer.timestamp += 160
                await asyncio.sleep(0.005)
            data = await asyncio.to_thread(reports.recv, 2000)
            report = rtcp.parse(data, peer.ssrc)
            assert report is not None and report.about_us and report.sender
            assert report.lost == 10
            ours = peer.heard()[0].packet.ssrc
            mine = Reception(ours, 0)
            sent = rtcp.Sent(peer.ssrc, 1000.0, 0, 90, 90 * 160)
            reports.sendto(
                rtcp.compound(sent, mine, "peer", (report.sender, 0.0)),
                ("127.0.0.1", leg.port + 1),
            )
            await peer.until(lambda: "round_trip" in leg.quality(), 6)
            quality = leg.quality()
            assert (quality["packets"], quality["lost"]) == (90, 10)
            assert quality["sent"] > 50 and quality["jitter"] > 0 and quality["peer_lost"] == 0
            leg.close()
            assert data[1] == 200  # SR
            bye = await asyncio.to_thread(reports.recv, 2000)
            while bye[-7] != 203:
                bye = await asyncio.to_thread(reports.recv, 2000)


async def test_a_dead_process_is_replaced_again_and_again(plane: Plane) -> None:
    told: list[str] = []
    plane.on_restart(told.append)
    async with RtpPeer() as peer:
        for count in (1, 2):
            os.kill(plane.pids[0], signal.SIGKILL)
            await peer.until(lambda count=count: len(told) == count)
        call(plane, peer)
        await peer.until(lambda: len(peer.heard()) > 3)
