"""Load on one media process: N legs with sound both ways, prompts and keys, from another process.

    python benchmarks/media_load.py --legs 400 --seconds 15 [--bridge]

Prints CPU per call-second of the media process and of signalling's share, gaps between packets,
the time from a key's first end packet to the next prompt's first packet, and memory a leg. The
generator runs in a process of its own and is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import select
import socket
import statistics
import struct
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from telephony.core import rtp
from telephony.line import Clip, KeySource
from telephony.media.client import Plane
from telephony.media.client_leg import ClientLeg
from telephony.media.plane import Remote
from telephony.settings import Media

KEY_EVERY = 4.0
PROMPT_SECONDS = 3.0


class Caller:
    """One far end: sends silence at its own time, presses a key now and then."""

    def __init__(self, target: int) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.connect(("127.0.0.1", target))
        self.port: int = self.sock.getsockname()[1]
        self.packet = bytearray(rtp.pack(0, 0, 0, self.port, b"\xff" * 160))
        self.sequence = self.timestamp = 0
        self.last = 0.0
        self.waiting = 0.0
        self.playing = 0
        self.key_step = -1

    def step(self) -> None:
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp += 160
        if self.key_step >= 0:
            self.press()
            return
        struct.pack_into("!HI", self.packet, 2, self.sequence, self.timestamp)
        self.send(self.packet)

    def press(self) -> None:
        step = self.key_step
        ended = 0x80 if step >= 4 else 0
        event = struct.pack("!BBH", 5, 10 | ended, 160 * min(step + 1, 5))
        stamp = self.timestamp - 160 * step
        if step == 4:
            self.waiting = time.monotonic()
        self.send(rtp.pack(101, self.sequence, stamp, self.port, event))
        self.key_step = step + 1 if step < 6 else -1

    def send(self, packet: bytes | bytearray) -> None:
        try:
            self.sock.send(packet)
        except OSError:
            pass


def generate(pipe: Connection) -> None:
    """The generator process: paces all callers and measures what comes back."""
    targets, seconds = pipe.recv()
    callers = [Caller(target) for target in targets]
    pipe.send([caller.port for caller in callers])
    poll = select.epoll()
    by_descriptor = {caller.sock.fileno(): caller for caller in callers}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    pipe.recv()
    gaps: list[float] = []
    delays: list[float] = []
    tick, start = 0, time.monotonic()
    slots = [callers[n::20] for n in range(20)]
    keys = {
        int((n / len(callers) * KEY_EVERY + 2) * 1000): caller for n, caller in enumerate(callers)
    }
    period = int(KEY_EVERY * 1000)
    buffer = bytearray(2048)
    while (now := time.monotonic()) < start + seconds:
        while tick <= (now - start) * 1000:
            if tick >= 2000 and (caller := keys.get(2000 + (tick - 2000) % period)):
                caller.key_step = 0
            for caller in slots[tick % 20]:
                caller.step()
            tick += 1
        for descriptor, _ in poll.poll(0.001, 256):
            caller = by_descriptor[descriptor]
            try:
                size = caller.sock.recv_into(buffer)
            except OSError:
                continue
            now = time.monotonic()
            if caller.last and size == 172 and now > start + 1:
                gaps.append(now - caller.last)
            caller.last = now
            if buffer[12] != caller.playing and buffer[12] != 0xFF:
                if caller.waiting:
                    delays.append(now - caller.waiting)
                    caller.waiting = 0.0
                caller.playing = buffer[12]
    pipe.send((gaps, delays))


class Menu:
    """Plays one prompt after the other, the next one at each key."""

    def __init__(self, leg: ClientLeg, clips: list[Clip]) -> None:
        self.leg, self.clips = leg, clips
        self.count = 0
        self.task: asyncio.Task[object] | None = None
        leg.listener = self

    def key(self, key: str, source: KeySource) -> None:
        self.count += 1
        if self.task is not None:
            self.begin()

    def begin(self) -> None:
        clip = self.clips[self.count % 2]
        self.task = asyncio.ensure_future(self.leg.play([clip], interruptible=True))

    def silent(self, seconds: float) -> None:
        """It is the generator that would be at fault."""

    def lost(self, reason: str) -> None:
        raise SystemExit(reason)


def cpu(pid: int) -> float:
    """Seconds of CPU a process has used, all threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def prompts(folder: str) -> list[Clip]:
    """Two prompts that can be told apart by their first byte."""
    clips = []
    for index in (1, 2):
        stem = f"{folder}/{index}"
        Path(stem + ".ulaw").write_bytes(bytes((index,)) * int(PROMPT_SECONDS * 8000))
        clips.append(Clip(stem, PROMPT_SECONDS))
    return clips


async def run(count: int, seconds: float, bridge: bool) -> dict[str, float]:
    pipe, theirs = multiprocessing.get_context("spawn").Pipe()
    generator = multiprocessing.get_context("spawn").Process(target=generate, args=(theirs,))
    generator.start()
    with tempfile.TemporaryDirectory() as folder:
        clips = prompts(folder)
        plane = Plane()
        await plane.start(Media(ports=(20000, 29999)), count)
        plane.prefetch([clip.stem for clip in clips if clip.stem])
        await asyncio.sleep(0.3)
        idle = pss(plane.pids[0]) + pss(os.getpid())
        legs = []
        while len(legs) < count:
            leg = plane.lease()
            if leg is None:
                await asyncio.sleep(0.01)
                continue
            legs.append(leg)
        pipe.send(([leg.port for leg in legs], seconds))
        ports = await asyncio.to_thread(pipe.recv)
        menus = []
        for leg, port in zip(legs, ports, strict=True):
            leg.connect(Remote("127.0.0.1", port, "PCMU", 0, 101, "127.0.0.1"))
            leg.answered()
            menus.append(Menu(leg, clips))
            await asyncio.sleep(0)
        for menu in menus if not bridge else ():
            menu.begin()
            await asyncio.sleep(1.0 / count)
        for one, other in zip(legs[::2], legs[1::2], strict=True) if bridge else ():
            one.bridge(other)
        pipe.send("go")
        await asyncio.sleep(2)
        before, own = cpu(plane.pids[0]), time.process_time()
        measured = seconds - 3
        await asyncio.sleep(measured)
        used, own = cpu(plane.pids[0]) - before, time.process_time() - own
        memory = pss(plane.pids[0]) + pss(os.getpid()) - idle
        gaps, delays = await asyncio.to_thread(pipe.recv)
        await plane.stop()
    generator.join()
    return {
        "legs": count,
        "media_ms_per_call_second": round(used / measured / count * 1000, 3),
        "signalling_ms_per_call_second": round(own / measured / count * 1000, 3),
        "core_percent": round(used / measured * 100, 1),
        "packets": len(gaps),
        "expected": int((seconds - 1) * 50 * count),
        "gap_p50_ms": round(share(gaps, 0.5) * 1000, 2),
        "gap_p99_ms": round(share(gaps, 0.99) * 1000, 2),
        "gap_p999_ms": round(share(gaps, 0.999) * 1000, 2),
        "gap_max_ms": round(max(gaps, default=0) * 1000, 2),
        "keys": len(delays),
        "key_to_prompt_median_ms": round(statistics.median(delays or [0]) * 1000, 2),
        "key_to_prompt_p95_ms": round(share(delays, 0.95) * 1000, 2),
        "pss_kb_per_leg": round(memory / count, 1),
        "pss_idle_mb": round(idle / 1024, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--legs", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--bridge", action="store_true", help="relay pairs of legs, no prompts")
    options = parser.parse_args()
    figures = asyncio.run(run(options.legs, options.seconds, options.bridge))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
