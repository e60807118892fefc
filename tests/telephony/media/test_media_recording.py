"""The media process over loopback UDP: recordings, whole whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media_kit import Heard, call
from rtp_peer import RtpPeer, free_ports, loud_parts, pitch
from telephony.core.tones import silence, tone
from telephony.line import Clip, MediaFailed, PlayEnd
from telephony.media.client import Plane
from telephony.settings import Media

pytestmark = pytest.mark.peers


def read(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == 8000
    return samples


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
async def test_a_recording_ends_by_silence(plane: Plane, tmp_path: Path, law: str) -> None:
    async with RtpPeer(law) as peer:
        leg = call(plane, peer)
        path = tmp_path / "new" / "message.wav"
        task = asyncio.create_task(leg.record(str(path), most=10, silence=0.6, end_keys="#"))
        await asyncio.sleep(0.05)
        peer.talk(np.concatenate([tone((440,), 1.0), silence(3.0)]))
        done = await task
        assert (done.by, done.spoke, done.path) == ("silence", True, str(path))
        samples = read(path)
        assert len(samples) / 8000 == pytest.approx(done.seconds, abs=0.001)
        (part,) = loud_parts(samples)
        assert pitch(samples[slice(*part)]) == pytest.approx(440, abs=3)
        assert part[1] - part[0] == pytest.approx(8000, abs=320)


async def test_a_recording_ends_by_its_key_which_nobody_hears(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        task = asyncio.create_task(
            leg.record(str(tmp_path / "a.wav"), most=10, silence=5, end_keys="#")
        )
        peer.talk(tone((440,), 2.0))
        await asyncio.sleep(0.3)
        await peer.press("3")
        await peer.press("#")
        done = await task
        assert done.by == "key" and done.seconds > 0.3
        assert heard.pressed == "3"
        assert leg.key("#") is True  # the same key by SIP INFO
        task = asyncio.create_task(
            leg.record(str(tmp_path / "b.wav"), most=10, silence=5, end_keys="*")
        )
        await asyncio.sleep(0.1)
        assert leg.key("*") is True
        assert (await task).by == "key"


async def test_a_recording_is_full_or_stopped(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        peer.talk(tone((440,), 0.5), repeat=True)
        done = await leg.record(str(tmp_path / "a.wav"), most=0.5, silence=0, end_keys="")
        assert (done.by, done.seconds) == ("full", 0.5)
        assert len(read(tmp_path / "a.wav")) == 4000
        task = asyncio.create_task(
            leg.record(str(tmp_path / "b.wav"), most=10, silence=0, end_keys="")
        )
        await asyncio.sleep(0.3)
        leg.close()
        done = await task
        assert done.by == "stopped"
        assert len(read(tmp_path / "b.wav")) == done.seconds * 8000 > 1600


async def test_nobody_spoke(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        done = await leg.record(str(tmp_path / "a.wav"), most=5, silence=0.4, end_keys="#")
        assert (done.by, done.spoke) == ("silence", False)


async def test_a_cancelled_recording_is_whole(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        path = tmp_path / "a.wav"
        peer.talk(tone((440,), 0.5), repeat=True)
        task = asyncio.create_task(leg.record(str(path), most=9, silence=5, end_keys="#"))
        await asyncio.sleep(0.7)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await peer.until(lambda: path.stat().st_size > 0.6 * 8000)
        assert pitch(read(path)) == pytest.approx(440, abs=3)


async def test_secrets_are_not_recorded(plane: Plane, tmp_path: Path) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        peer.talk(tone((440,), 0.5), repeat=True)
        leg.record_both(str(tmp_path / "both.wav"))
        task = asyncio.create_task(
            leg.record(str(tmp_path / "one.wav"), most=1.5, silence=0, end_keys="")
        )
        await asyncio.sleep(0.4)
        leg.secret(True)
        await asyncio.sleep(0.5)
        leg.secret(False)
        await task
        leg.close()
        await peer.until(lambda: plane.lease() is not None)
        await asyncio.sleep(0.2)
        for samples in (read(tmp_path / "one.wav"), read(tmp_path / "both.wav")[:, 0]):
            first, second = loud_parts(samples)
            assert second[0] - first[1] == pytest.approx(4000, abs=800)


async def test_both_directions_side_by_side(plane: Plane, tmp_path: Path, clip: Clip) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        path = tmp_path / "both.wav"
        leg.record_both(str(path))
        await peer.talk(tone((800,), 0.5))
        await leg.play([clip], interruptible=True)
        await asyncio.sleep(0.1)
        leg.close()
        await peer.until(lambda: len(read(path)) > 8000)
        both = read(path)
        (theirs,) = loud_parts(both[:, 0])
        (ours,) = loud_parts(both[:, 1])
        assert pitch(both[slice(*theirs), 0]) == pytest.approx(800, abs=4)
        assert pitch(both[slice(*ours), 1]) == pytest.approx(440, abs=4)
        assert theirs[1] <= ours[0] + 400


async def test_a_full_disk_is_named_and_hurts_no_one_else(
    plane: Plane, tmp_path: Path, clip: Clip
) -> None:
    async with RtpPeer() as peer, RtpPeer() as other:
        leg, second = call(plane, peer), call(plane, other)
        peer.talk(tone((440,), 0.5), repeat=True)
        playing = asyncio.create_task(second.play([clip], interruptible=True))
        with pytest.raises(MediaFailed, match="make room") as failed:
            await leg.record("/dev/full", most=10, silence=5, end_keys="#")
        assert failed.value.name == "disk-full"
        with pytest.raises(MediaFailed, match="recordings") as failed:
            await leg.record(str(tmp_path), most=10, silence=5, end_keys="#")
        assert failed.value.name == "no-file"
        assert await playing == PlayEnd("end", 0.6)
        done = await leg.record(str(tmp_path / "a.wav"), most=0.3, silence=5, end_keys="#")
        assert done.by == "full"


async def test_killed_while_recording(plane: Plane, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    told: list[str] = []
    plane.on_restart(told.append)
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        heard = Heard(leg)
        playing = asyncio.create_task(leg.play([Clip(None, 60)], interruptible=True))
        task = asyncio.create_task(leg.record(str(path), most=60, silence=0, end_keys=""))
        await peer.talk(tone((440,), 2.0))
        pid = plane.pids[0]
        os.kill(pid, signal.SIGKILL)
        for waiting in (task, playing):
            with pytest.raises(MediaFailed) as failed:
                await waiting
            assert failed.value.name == "media-lost"
        assert heard.reasons == ["the media process died"]
        samples = read(path)
        assert len(samples) > 1.0 * 8000
        assert pitch(samples) == pytest.approx(440, abs=3)
        assert leg.quality() == {} or leg.quality()["packets"] > 0
        assert (await leg.play([], interruptible=True)).by == "stopped"
        with pytest.raises(MediaFailed):
            await leg.record(str(path), most=1, silence=1, end_keys="")
        await peer.until(lambda: told)
        assert plane.pids[0] != pid
        leg = call(plane, peer)
        peer.clear()
        await peer.until(lambda: len(peer.heard()) > 3)


async def test_signals_to_the_group_do_not_end_it(plane: Plane) -> None:
    async with RtpPeer() as peer:
        call(plane, peer)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(plane.pids[0], number)
        await asyncio.sleep(0.1)
        peer.clear()
        await peer.until(lambda: len(peer.heard()) > 3)


async def test_stop_makes_recordings_whole(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=2)
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        leg.record_both(str(tmp_path / "both.wav"))
        await peer.talk(tone((440,), 0.7))
        await plane.stop()
    assert len(read(tmp_path / "both.wav")) > 0.6 * 8000
