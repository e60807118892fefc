"""The media process over loopback UDP: whose packets are heard, and whose are not."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
from pathlib import Path

import numpy as np
import pytest

from media_kit import Heard, call
from rtp_peer import RtpPeer, free_ports
from telephony.core import rtcp
from telephony.core.tones import silence, tone
from telephony.line import Clip
from telephony.media.client import Plane
from telephony.settings import Media

pytestmark = pytest.mark.peers


async def test_reports_sent_to_the_port_of_sound_break_no_key(plane: Plane) -> None:
    async with RtpPeer() as peer:
        keys = Heard(call(plane, peer))
        report = rtcp.compound(rtcp.Sent(peer.ssrc, 1e9, 0, 5, 800), None, "a@b")
        for key in "34":
            stamp = peer.timestamp
            for step in range(1, 7):
                end = 0x80 if step == 6 else 0
                event = struct.pack("!BBH", int(key), end | 10, 160 * min(step, 5))
                peer.send(event, 101, stamp)
                peer.send_datagram(report)
                await asyncio.sleep(0.01)
            peer.timestamp += 2000
        await peer.until(lambda: len(keys.keys) >= 2)
        await asyncio.sleep(0.1)
        assert keys.pressed == "34"


async def test_a_telephone_behind_nat_is_heard_after_it_moved(plane: Plane) -> None:
    """Its descriptions name a private address; hold by 0.0.0.0 loses it no more than a move."""
    private = {"host": "192.0.2.7", "port": 4000, "signalling_host": "127.0.0.1"}
    async with RtpPeer() as before, RtpPeer() as after:
        leg = call(plane, before, **private)
        keys = Heard(leg)
        await before.press("1")
        await before.until(lambda: keys.pressed == "1" and before.heard())
        await asyncio.sleep(2.1)  # the window after the answer is over
        leg.connect(before.remote(**{**private, "host": "0.0.0.0", "send": False}))  # noqa: S104
        leg.connect(before.remote(**private))
        before.clear()
        await before.press("2")
        await before.until(lambda: keys.pressed == "12" and before.heard())
        leg.connect(after.remote(**{**private, "port": 4002}))
        after.aim(leg.port)
        await before.press("6")  # too late: it has moved
        await after.press("3")
        await after.until(lambda: keys.pressed == "123" and after.heard())


async def test_what_strangers_sent_before_the_lock_is_not_heard(plane: Plane) -> None:
    async with RtpPeer() as peer, RtpPeer(host="127.0.0.2") as stranger:
        leg = call(plane, peer)
        keys = Heard(leg)
        stranger.aim(leg.port)
        await peer.until(peer.heard)
        os.kill(plane.pids[0], signal.SIGSTOP)  # so that all of it waits in the socket
        stranger.ssrc = peer.ssrc
        peer.send(struct.pack("!BBH", 5, 0x80 | 10, 800), 101, 100_000)
        for n in range(20):
            stranger.send(struct.pack("!BBH", 6, 0x80 | 10, 800), 101, 200_000 + 2000 * n)
        os.kill(plane.pids[0], signal.SIGCONT)
        await peer.until(lambda: keys.pressed)
        await asyncio.sleep(0.2)
        assert keys.pressed == "5"


async def test_a_far_end_that_falls_silent_is_missed(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(), missed_after=0.3), max_calls=10)
    async with RtpPeer() as peer, RtpPeer() as mute:
        told, never = Heard(call(plane, peer)), Heard(call(plane, mute))
        await peer.talk(tone((500,), 0.2))
        await peer.until(lambda: len(told.silences) == 2)
        assert 0.3 <= told.silences[0] < told.silences[1]
        assert not never.silences, "it never said anything"
    await plane.stop()


async def test_a_far_end_that_holds_us_may_be_silent(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports(), missed_after=0.3), max_calls=10)
    async with RtpPeer() as held, RtpPeer() as gone:
        legs = [call(plane, peer) for peer in (held, gone)]
        listening, missing = [Heard(leg) for leg in legs]
        for peer in (held, gone):
            await peer.talk(tone((500,), 0.2))
        legs[0].connect(held.remote(send=False))
        await gone.until(lambda: len(missing.silences) == 3)
        assert not listening.silences
    await plane.stop()


async def test_a_stranger_is_not_heard(plane: Plane) -> None:
    async with RtpPeer() as peer, RtpPeer(host="127.0.0.2") as stranger:
        leg = call(plane, peer)
        keys = Heard(leg)
        stranger.aim(leg.port)
        await stranger.press("6")
        await stranger.press("6")
        await peer.press("5")
        await stranger.press("6")
        await peer.until(lambda: keys.pressed)
        await asyncio.sleep(0.1)
        assert keys.pressed == "5"
        assert not stranger.arrivals


async def test_another_port_of_the_host_counts_soon_after_the_answer(plane: Plane) -> None:
    async with RtpPeer() as peer, RtpPeer() as real:
        leg = call(plane, peer)  # behind a NAT: the SDP's port is not the one that sends
        keys = Heard(leg)
        real.aim(leg.port)
        await real.press("5")
        await real.until(lambda: keys.pressed == "5")
        await real.until(lambda: len(real.heard()) > 3)
        await peer.press("6")  # too late: the source is locked
        await asyncio.sleep(0.1)
        assert keys.pressed == "5"


async def test_a_source_moves_with_its_ssrc_after_a_second(plane: Plane) -> None:
    async with RtpPeer(ssrc=77) as peer, RtpPeer(host="127.0.0.3", ssrc=77) as moved:
        leg = call(plane, peer)
        keys = Heard(leg)
        await peer.talk(silence(0.3))
        await asyncio.sleep(1.6)
        moved.aim(leg.port)
        moved.timestamp = peer.timestamp + 20000
        await moved.press("5")
        await moved.until(lambda: keys.pressed == "5")
        await moved.until(lambda: len(moved.heard()) > 3)


async def test_a_reinvite_moves_the_source(plane: Plane) -> None:
    async with RtpPeer() as peer, RtpPeer(host="127.0.0.3") as moved:
        leg = call(plane, peer)
        keys = Heard(leg)
        await peer.talk(silence(0.1))
        leg.connect(moved.remote())
        moved.aim(leg.port)
        await moved.press("5")
        await moved.until(lambda: keys.pressed == "5")
        await moved.until(lambda: len(moved.heard()) > 3)


async def test_a_refusing_host_ends_nothing(plane: Plane) -> None:
    async with RtpPeer() as gone:
        remote = gone.remote()
    leg = plane.lease()
    assert leg is not None
    leg.connect(remote)
    end = await leg.play([Clip(None, 0.3)], interruptible=True)
    assert end.by == "end"
    async with RtpPeer(port=remote.port) as back:
        await back.until(lambda: len(back.heard()) > 3)


async def test_garbage_is_ignored(plane: Plane) -> None:
    async with RtpPeer() as peer:
        leg = call(plane, peer)
        keys = Heard(leg)
        await peer.talk(silence(0.05))
        assert peer._transport is not None
        generator = np.random.default_rng(5)
        for size in range(0, 60):
            peer._transport.sendto(generator.bytes(size), ("127.0.0.1", leg.port))
            peer._transport.sendto(b"\x80\x65" + generator.bytes(size), ("127.0.0.1", leg.port + 1))
        peer.send(b"", 101, 5)
        peer.send(b"\xff" * 1400, 0, 5)
        peer.send(b"\xff" * 20, 33, 5)
        await peer.press("5")
        await peer.until(lambda: keys.pressed.endswith("5"))
