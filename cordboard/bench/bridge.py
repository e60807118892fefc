"""``bench bridge``: what bridged calls and members of conferences cost the media process."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

from cordboard.bench import procfs
from cordboard.bench.rtp_callers import generate
from telephony.media.client import Plane
from telephony.media.client_leg import ClientLeg
from telephony.media.plane import Remote
from telephony.settings import Media

CONFERENCES, MEMBERS = 10, 5
WARM_UP = 2.0
WINDOW = 8.0
"""Seconds in which processor time is measured, in each of two rounds."""
_BARE = 10_000


def bridge(calls: int) -> Mapping[str, Any]:
    """What *calls* bridged calls cost; then `CONFERENCES` of `MEMBERS` beside them.

    A bridged call is two legs. CPU is of signalling and the media process together; the far ends
    run in a process of their own that is not counted. What a member costs is the difference of
    both rounds. Gaps between RTP packets are of the second round, in which everything runs.
    `ms_cpu_of_bare_sockets` is what receiving and sending the 100 packets of a call-second would
    cost alone, at this moment: machines that are shared are slower.
    `packets_skipped` could not be sent because the process was more than 59 ms late.
    """
    return asyncio.run(_measure(calls))


async def _measure(calls: int) -> Mapping[str, Any]:
    spawn = multiprocessing.get_context("spawn")
    pipe, theirs = spawn.Pipe()
    callers = spawn.Process(target=generate, args=(theirs,))
    callers.start()
    plane = Plane()
    count = 2 * calls + CONFERENCES * MEMBERS
    try:
        await plane.start(Media(ports=(20000, 29999), processes=1), count)
        legs = await _legs(plane, count)
        pipe.send([leg.port for leg in legs])
        ports = await asyncio.to_thread(pipe.recv)
        parties, members = legs[: 2 * calls], legs[2 * calls :]
        _connect(parties, ports)
        for one, other in zip(parties[::2], parties[1::2], strict=True):
            one.bridge(other)
        bridged, _ = await _round(plane, pipe, len(parties))
        _connect(members, ports[len(parties) :])
        for number, leg in enumerate(members):
            leg.join(number // MEMBERS)
        both, gaps = await _round(plane, pipe, count)
        skipped = sum(leg.quality().get("skipped", 0.0) for leg in legs)
    finally:
        await plane.stop()
        pipe.send(None)
        callers.join(5)
    return {
        "ms_cpu_per_bridged_call_second": round(1000 * bridged["ours"] / calls, 3),
        "ms_cpu_per_member_second": round(
            1000 * (both["ours"] - bridged["ours"]) / len(members), 3
        ),
        "ms_cpu_of_bare_sockets": round(100_000 * _bare(), 3),
        "calls": calls,
        "conferences": f"{CONFERENCES} of {MEMBERS}",
        "media_cpu_percent": round(100 * both["ours"], 1),
        "machine_cpu_percent": round(100 * both["machine"], 1),
        "streams": count,
        "packets": len(gaps),
        "packets_expected": round(count * (WINDOW + 1) * 50),
        "packets_skipped": int(skipped),
        "gap_p50_ms": _quantile(gaps, 0.5),
        "gap_p99_ms": _quantile(gaps, 0.99),
        "gap_p999_ms": _quantile(gaps, 0.999),
        "gap_max_ms": _quantile(gaps, 1.0),
    }


async def _legs(plane: Plane, count: int) -> list[ClientLeg]:
    legs: list[ClientLeg] = []
    while len(legs) < count:
        leg = plane.lease()
        if leg is None:
            await asyncio.sleep(0.01)  # the process is binding more ports
        else:
            legs.append(leg)
    return legs


def _connect(legs: Sequence[ClientLeg], ports: Sequence[int]) -> None:
    for leg, port in zip(legs, ports, strict=False):
        leg.connect(Remote("127.0.0.1", port, "PCMU", 0, 101, "127.0.0.1"))
        leg.answered()


async def _round(
    plane: Plane, pipe: Connection, count: int
) -> tuple[Mapping[str, float], list[float]]:
    """Processor seconds a second, of ours and of all processors; gaps between packets."""
    pipe.send((WARM_UP, WINDOW + 1, count))
    await asyncio.sleep(WARM_UP)
    pids = {os.getpid(), *plane.pids}
    ours, machine = procfs.cpu_seconds(pids), procfs.Machine.now()
    await asyncio.sleep(WINDOW)
    spent, after = procfs.cpu_seconds(pids) - ours, procfs.Machine.now()
    cores = os.cpu_count() or 1
    elapsed = (after.total - machine.total) / cores
    gaps: list[float] = await asyncio.to_thread(pipe.recv)
    return {"ours": spent / elapsed, "machine": (after.busy - machine.busy) / elapsed}, gaps


def _bare() -> float:
    """Seconds of processor time to receive and to send one packet, and nothing else, now."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    try:
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
            sock.settimeout(1.0)
        here, there = sockets
        here.connect(there.getsockname())
        there.connect(here.getsockname())
        packet, buffer, spent = bytes(172), bytearray(2048), 0.0
        for _ in range(_BARE):
            here.send(packet)
            began = time.thread_time()
            there.recv_into(buffer)
            there.send(packet)
            spent += time.thread_time() - began
            here.recv_into(buffer)
        return spent / _BARE
    finally:
        for sock in sockets:
            sock.close()


def _quantile(gaps: Sequence[float], share: float) -> float:
    """In ms."""
    ordered = sorted(gaps)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
