"""What happens between signalling and a media process when one of them stalls or dies."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from rtp_peer import RtpPeer, free_ports
from telephony.core import rtp
from telephony.core.load import WINDOW
from telephony.core.tones import tone
from telephony.line import KeySource
from telephony.media import protocol
from telephony.media.client import Plane
from telephony.media.process import QUALITY, WATCH, MediaProcess
from telephony.settings import Media

pytestmark = pytest.mark.peers

SIGNALLING = """
import asyncio, sys
from telephony.media.client import Plane
from telephony.media.plane import Remote
from telephony.settings import Media

async def main():
    plane = Plane()
    await plane.start(Media(ports=({first}, {last})), max_calls=4)
    leg = plane.lease()
    leg.connect(Remote("127.0.0.1", {peer}, "PCMU", 0, 101, "127.0.0.1"))
    leg.record_both({path!r})
    print(plane.pids[0], leg.port, flush=True)
    await leg.record({path!r} + ".2", most=60, silence=0, end_keys="")

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def burst(far: socket.socket, port: int) -> None:
    """Press 1200 keys, more than the socket pair holds, while the event loop stands still."""
    for number in range(1200):
        event = struct.pack("!BBH", number % 10, 0x8A, 400)
        far.sendto(rtp.pack(101, number, number * 20000, 7, event), ("127.0.0.1", port))
        if number % 20 == 0:
            time.sleep(0.005)


async def test_media_ends_with_signalling_and_its_recordings_are_whole(tmp_path: Path) -> None:
    path = str(tmp_path / "both.wav")
    first, last = free_ports()
    async with RtpPeer() as peer:
        script = SIGNALLING.format(first=first, last=last, peer=peer.port, path=path)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdout is not None
        pid, port = map(int, (await process.stdout.readline()).split())
        peer.aim(port)
        await peer.talk(tone((440,), 1.0))
        process.kill()
        await process.wait()
        await peer.until(lambda: not alive(pid))
        for name in (path, path + ".2"):
            samples, _ = soundfile.read(name)
            assert len(samples) > 0.95 * 8000


async def test_a_stalled_process_closes_admission_and_catches_up() -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=4)
    async with RtpPeer() as peer:
        leg = plane.lease()
        assert leg is not None
        leg.connect(peer.remote())
        os.kill(plane.pids[0], signal.SIGSTOP)
        for _ in range(2000):
            leg.secret(True)
        leg.send_keys("1")
        assert plane.lease() is None
        os.kill(plane.pids[0], signal.SIGCONT)
        await peer.until(lambda: peer.keys() == "1")
        assert plane.lease() is not None
    await plane.stop()


async def test_keys_wait_for_a_stalled_signalling() -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=4)
    keys: list[str] = []

    class Listener:
        def key(self, key: str, source: KeySource) -> None:
            keys.append(key)

        def lost(self, reason: str) -> None:
            keys.append(reason)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        leg = plane.lease()
        assert leg is not None
        leg.listener = Listener()
        async with RtpPeer() as peer:
            leg.connect(peer.remote(port=far.getsockname()[1]))
        await asyncio.sleep(0.1)
        burst(far, leg.port)
        await RtpPeer.until(lambda: len(keys) >= 1200)
    assert "".join(keys) == "0123456789" * 120
    await plane.stop()


async def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=4)
    (process,) = plane._processes
    pid = process.pid
    os.kill(pid, signal.SIGSTOP)
    assert process._link is not None
    await process._link.stop(patience=0.1)
    assert not alive(pid)
    await plane.stop()


def test_a_process_that_is_busy_says_so_and_when_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    first, last = free_ports()
    start = protocol.Start(first, last, step=2, stock=0, silence="send", missed_after=60.0)
    used = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: used[0])
    with ours, theirs:
        ours.setblocking(False)
        process = MediaProcess(theirs, start)
        now = time.monotonic()
        told = []
        for share in (0.5, 0.95, 0.95, 0.95, 0.2):
            used[0] += share * 2 * WINDOW
            now += 2 * WINDOW
            for _ in range(WATCH * QUALITY):
                process._chores(now)
            try:
                told.append((share, protocol.decode_event(ours.recv(protocol.LARGEST))))
            except BlockingIOError:
                told.append((share, None))
        process._files.close()
    assert told == [
        (0.5, None),
        (0.95, None),
        (0.95, protocol.Busy(True)),
        (0.95, None),
        (0.2, protocol.Busy(False)),
    ]


async def test_a_busy_process_gets_no_new_calls() -> None:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=4)
    (process,) = plane._processes
    process._on_event(protocol.Busy(True))
    assert plane.lease() is None
    process._on_event(protocol.Busy(False))
    assert plane.lease() is not None
    await plane.stop()
