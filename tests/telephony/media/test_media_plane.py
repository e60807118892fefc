"""The media process over loopback UDP: sound out, and keys both ways."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from media_kit import Heard, call
from rtp_peer import RtpPeer, clip_files, free_ports, level, loud_parts, pitch
from telephony.core.tones import key_tone, silence, tone
from telephony.line import Clip, MediaFailed, PlayEnd
from telephony.media.client import Plane
from telephony.settings import Media

pytestmark = pytest.mark.peers


# --- sound out ----------------------------------------------------------------------------------


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
async def test_a_clip_is_heard_as_it_is(plane: Plane, clip: Clip, law: str) -> None:
    async with RtpPeer(law) as peer:
        leg = call(plane, peer)
        end = await leg.play([clip, Clip(None, 0.1), clip], interruptible=True)
        assert end == PlayEnd("end", 1.3)
        heard = peer.sound()
        parts = loud_parts(heard)
        assert len(parts) == 2
        assert parts[1][0] - parts[0][0] == pytest.approx(0.7 * 8000, abs=160)
        for first, last in parts:
            assert pitch(heard[first:last]) == pytest.approx(440, abs=3)
            assert level(heard[first:last]) == pytest.approx(-16.1, abs=0.7)


async def test_the_stream_is_continuous(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        await asyncio.sleep(0.1)
        for _ in range(3):
            await leg.play([clip], interruptible=True)
        await asyncio.sleep(0.1)
        packets = [one.packet for one in peer.heard()]
        steps = [(b.timestamp - a.timestamp) % 2**32 for a, b in pairwise(packets)]
        assert {step % 160 for step in steps} == {0}  # more than 160: the machine stood still
        assert steps.count(160) > 0.9 * len(steps)
        assert {(b.sequence - a.sequence) % 2**16 for a, b in pairwise(packets)} == {1}
        assert len({packet.ssrc for packet in packets}) == 1
        assert [packet.marker for packet in packets].count(True) == 1


async def test_silence_can_be_left_out(clip: Clip) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(), silence="none"), max_calls=2)
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        await leg.play([clip], interruptible=True)
        await asyncio.sleep(0.3)
        await leg.play([clip], interruptible=True)
        packets = [one.packet for one in peer.heard()]
        assert len(packets) == 60
        assert [packet.marker for packet in packets] == [True, *[False] * 29] * 2
        pause = packets[30].timestamp - packets[29].timestamp
        assert 160 + 0.25 * 8000 < pause % 2**32 < 160 + 0.6 * 8000
    await plane.stop()


async def test_a_second_sound_stops_the_first_and_repeats_until_stopped(
    plane: Plane, clip: Clip
) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        first = asyncio.create_task(leg.play([clip], interruptible=True))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(
            leg.play([plane.tones["busy"]], interruptible=False, repeat=True)
        )
        end = await first
        assert end.by == "stopped" and 0 < end.seconds < 0.6
        await asyncio.sleep(1.6)
        leg.stop()
        end = await second
        assert end.by == "stopped" and end.seconds > 1.4
        assert len(loud_parts(peer.sound())) >= 3


async def test_a_cancelled_play_is_silent(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        task = asyncio.create_task(leg.play([clip], interruptible=True))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)
        peer.clear()
        await peer.until(lambda: len(peer.heard()) >= 5)
        assert level(peer.sound()) < -60


async def test_a_missing_clip_is_named(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        with pytest.raises(MediaFailed, match="nowhere.*render the prompts") as failed:
            await leg.play([Clip(str(tmp_path / "nowhere"), 1.0)], interruptible=True)
        assert failed.value.name == "no-sound"


async def test_one_law_is_made_of_the_other(plane: Plane, tmp_path: Path) -> None:
    stem = str(tmp_path / "half")
    clip_files(stem, tone((440,), 0.3), laws=["PCMU"])
    plane.prefetch([stem, str(tmp_path / "nowhere")])
    async with RtpPeer("PCMA") as peer:
        leg = call(plane, peer)
        await leg.play([Clip(stem, 0.3)], interruptible=True)
        (part,) = loud_parts(peer.sound())
        assert pitch(peer.sound()[slice(*part)]) == pytest.approx(440, abs=4)


async def test_ptime_of_the_peer_is_kept(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer, ptime=30)
        await leg.play([clip], interruptible=True)
        assert {len(one.payload) for one in peer.heard()} == {240}


async def test_hold_sends_nothing_and_goes_on_afterwards(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        await peer.until(lambda: len(peer.heard()) > 3)
        leg.connect(peer.remote(send=False, receive=False))
        await asyncio.sleep(0.1)
        count = len(peer.heard())
        assert (await leg.play([clip], interruptible=True)).by == "end"
        assert len(peer.heard()) == count
        leg.connect(peer.remote())
        await peer.until(lambda: len(peer.heard()) > count + 3)
        sequences = [one.packet.sequence for one in peer.heard()]
        assert {(b - a) % 2**16 for a, b in pairwise(sequences)} == {1}


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("event_type", [96, 101])
@pytest.mark.parametrize("marker", [True, False])
async def test_keys_come_once_each(plane: Plane, event_type: int, marker: bool) -> None:
    async with RtpPeer(event_type=event_type) as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        await peer.press("1159*#", marker=marker)
        await peer.until(lambda: len(heard.keys) >= 6)
        await asyncio.sleep(0.1)
        assert heard.pressed == "1159*#"
        assert {source for _, source in heard.keys} == {"rfc4733"}


async def test_a_key_without_its_end_and_a_flash(plane: Plane) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        await peer.press("7", ends=0)
        await peer.press("0", event=16)
        await peer.press("8")
        await peer.until(lambda: len(heard.keys) >= 2)
        assert heard.pressed == "78"


async def test_a_key_cuts_the_sound_at_its_first_packet(plane: Plane, tmp_path: Path) -> None:
    stem = str(tmp_path / "long")
    clip_files(stem, tone((440,), 5.0))
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        task = asyncio.create_task(leg.play([Clip(stem, 5.0)], interruptible=True))
        await asyncio.sleep(0.3)
        await peer.press("5", length=15)
        end = await task
        assert end.by == "key" and heard.pressed == "5"
        sound = peer.sound()
        (part,) = loud_parts(sound)
        # The key was held for 300 ms, all of which was silent already.
        assert len(sound) - part[1] > 0.2 * 8000
        assert end.seconds == pytest.approx((part[1] - part[0]) / 8000, abs=0.02)


async def test_a_sound_that_may_not_be_interrupted_is_heard_out(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        task = asyncio.create_task(leg.play([clip], interruptible=False))
        await asyncio.sleep(0.05)
        await peer.press("5")
        assert await task == PlayEnd("end", 0.6)
        assert heard.pressed == "5"


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
async def test_tones_are_keys_where_there_are_no_events(plane: Plane, law: str, clip: Clip) -> None:
    async with RtpPeer(law, event_type=None) as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        await asyncio.sleep(0.3)  # the detector is loaded by the first call that needs it
        task = asyncio.create_task(
            leg.play([clip, Clip(None, 5.0)], interruptible=True, repeat=True)
        )
        sound = [piece for key in "1470#" for piece in (key_tone(key, 0.06), silence(0.08))]
        await peer.talk(np.concatenate([silence(0.1), *sound, silence(0.2)]))
        await peer.until(lambda: len(heard.keys) >= 5)
        assert heard.keys == [(key, "inband") for key in "1470#"]
        assert (await task).by == "key"


async def test_info_keys_stop_sounds_and_are_not_heard_twice(plane: Plane, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        task = asyncio.create_task(leg.play([clip], interruptible=True, repeat=True))
        await asyncio.sleep(0.1)
        assert leg.key("4") is False
        assert (await task).by == "key"
        await peer.press("4", length=1)  # the same key by RTP
        await peer.press("5", length=1)
        await peer.until(lambda: heard.keys)
        assert heard.pressed == "5"
        assert leg.key("5") is True  # and the other way round
        assert leg.key("5") is False


async def test_keys_are_sent_as_events(plane: Plane, clip: Clip) -> None:
    async with RtpPeer(event_type=96) as peer:
        leg = call(plane, peer)
        await peer.until(lambda: len(peer.heard()) > 2)
        leg.send_keys("12#")
        await peer.until(lambda: len(peer.keys()) == 3)
        assert peer.keys() == "12#"
        events = [one for one in peer.arrivals if one.packet.payload_type == 96]
        assert [one.packet.marker for one in events].count(True) == 3
        await asyncio.sleep(0.2)
        assert level(peer.sound()) < -60


async def test_keys_are_sent_as_tones_where_there_are_no_events(plane: Plane) -> None:
    async with RtpPeer(event_type=None) as peer, RtpPeer(event_type=None) as listener:
        leg, other = call(plane, peer), call(plane, listener)
        heard = Heard(other)
        await asyncio.sleep(0.3)
        leg.send_keys("42")
        await peer.until(lambda: len(loud_parts(peer.sound())) == 2)
        await asyncio.sleep(0.1)
        await listener.talk(peer.sound())
        await listener.until(lambda: len(heard.keys) == 2)
        assert heard.pressed == "42"
