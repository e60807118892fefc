"""``bench ivr`` and ``bench setup``: SIPp calls a server of our own; CPU, memory and RTP gaps."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from cordboard.bench import caller_pcap, procfs
from cordboard.bench.site import Site, free_port, running

HOLD = 30.0
"""Seconds a call of `ivr` lasts."""
RAMP = 8.0
WINDOW = 10.0
_RTP = ["-mi", "127.0.0.1", "-mp", "6100"]


class CannotMeasure(Exception):
    """Something is missing here; the message says what to install or how to run."""


def need_sipp(rtp: bool) -> None:
    """Raise `CannotMeasure` when SIPp, or the right to send RTP with it, is missing."""
    if not shutil.which("sipp"):
        raise CannotMeasure("SIPp is missing: apt-get install sip-tester")
    if rtp and os.geteuid() != 0:
        raise CannotMeasure("SIPp sends RTP as root only: run this benchmark as root")


def ivr(calls: int) -> dict[str, object]:
    """*calls* callers with two-way RTP hear a menu, press a key, hear the next prompt.

    CPU per call-second is of the whole process tree, in a window of ten seconds in which all
    calls are up. Memory per call is what its processes grew by since a warm-up of ten calls; the
    speech workers, which come and go by the minute whatever the calls do, are left out of that
    and are part of `server_mb`. Gaps between RTP packets are of three further seconds.
    """
    need_sipp(rtp=True)
    with running(calls + 10) as site:
        caller_pcap.write(site.folder / "caller.pcap", HOLD, [(3.0, "1")])
        _finish(_sipp(site, "uac_ivr.xml", "100", 10, 10, 5.0, _RTP), site.folder)
        empty = {pid: procfs.pss_kb({pid}) for pid in procfs.tree(site.pid)}
        sipp = _sipp(
            site,
            "uac_ivr.xml",
            "100",
            calls,
            calls / RAMP,
            HOLD,
            ["-mi", "127.0.0.1", "-mp", "6100"],
        )
        time.sleep(RAMP + 3)
        pids, machine, started = procfs.tree(site.pid), procfs.Machine.now(), time.monotonic()
        ours, theirs = procfs.cpu_seconds(pids), procfs.cpu_seconds({sipp.pid})
        time.sleep(WINDOW)
        after, elapsed = procfs.Machine.now(), time.monotonic() - started
        spent = procfs.cpu_seconds(pids) - ours
        sipp_spent = procfs.cpu_seconds({sipp.pid}) - theirs
        memory = procfs.pss_kb(procfs.tree(site.pid))
        grown = sum(_growth(site.pid, empty))
        gaps = _gaps(site.folder)
        done = _finish(sipp, site.folder)
    return {
        "calls": calls,
        **done,
        "ms_cpu_per_call_second": round(1000 * spent / (calls * elapsed), 3),
        "server_cpu_percent": round(100 * spent / elapsed, 1),
        "sipp_cpu_percent": round(100 * sipp_spent / elapsed, 1),
        "steal_percent": round(
            100 * (after.steal - machine.steal) / (after.total - machine.total), 2
        ),
        "kb_per_call": round(grown / calls, 1),
        "server_mb": round(memory / 1024, 1),
        **gaps,
    }


def _growth(root: int, empty: dict[int, int]) -> Iterator[int]:
    """By how many kB each process of the tree grew that is no speech worker."""
    for pid in procfs.tree(root) & empty.keys():
        if b"speech.worker" not in procfs.command_line(pid):
            yield procfs.pss_kb({pid}) - empty[pid]


def setup(rate: int, seconds: float) -> dict[str, object]:
    """*rate* calls a second for *seconds*: INVITE, 200, ACK, 200 ms, BYE."""
    need_sipp(rtp=False)
    total = int(rate * seconds)
    with running(max(200, rate * 2)) as site:
        pids = procfs.tree(site.pid)
        before = procfs.cpu_seconds(pids)
        sipp = _sipp(site, "uac_short.xml", "102", total, rate, 0.2, [])
        done = _finish(sipp, site.folder)
        spent = procfs.cpu_seconds(pids) - before
    return {
        "rate": rate,
        "total": total,
        **done,
        "ms_cpu_per_setup": round(1000 * spent / total, 3),
    }


def _sipp(
    site: Site, scenario: str, number: str, calls: int, rate: float, hold: float, extra: list[str]
) -> subprocess.Popen[bytes]:
    with as_file(files("cordboard.bench") / "scenarios" / scenario) as path:
        text = Path(path).read_text()
    (site.folder / scenario).write_text(text)
    command = [
        "sipp", f"127.0.0.1:{site.port}", "-sf", scenario, "-s", number, "-i", "127.0.0.1",
        "-p", str(free_port()), "-r", str(max(1, round(rate))), "-l", str(max(calls, 1)),
        "-m", str(calls), "-d", str(int(hold * 1000)), "-nostdin", "-timeout", "170",
        "-recv_timeout", "10000", *extra,
    ]  # fmt: skip
    with (site.folder / "sipp.out").open("wb") as out:
        return subprocess.Popen(command, cwd=site.folder, stdout=out, stderr=subprocess.STDOUT)


def _finish(sipp: subprocess.Popen[bytes], folder: Path) -> dict[str, object]:
    sipp.wait(180)
    text = (folder / "sipp.out").read_text(errors="replace")

    def last(name: str) -> int | None:
        found = re.findall(name + r"\s+\|[^|]*\|\s+(\d+)", text)
        return int(found[-1]) if found else None

    again = re.findall(r"INVITE ---------->\s+(?:B-RTD\d+\s+)?\d+\s+(\d+)", text)
    return {
        "successful": last("Successful call"),
        "failed": last("Failed call"),
        "retransmitted": int(again[-1]) if again else None,
    }


def _gaps(folder: Path) -> dict[str, object]:
    """Gaps between the RTP packets of each stream to a caller, in ms, over three seconds."""
    if not shutil.which("tcpdump"):
        return {"gap_p99_ms": None, "note": "apt-get install tcpdump to measure gaps"}
    capture = folder / "rtp.pcap"
    wanted = "udp and dst portrange 6100-7199"
    subprocess.run(
        ["timeout", "3", "tcpdump", "-i", "lo", "-B", "32768", "-s", "60", "-Z", "root",
         "-w", str(capture), wanted],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    arrivals: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    data, at = capture.read_bytes(), 24
    while at + 16 <= len(data):
        second, micro, kept, _ = struct.unpack_from("<IIII", data, at)
        frame, at = data[at + 16 : at + 16 + kept], at + 16 + kept
        if len(frame) >= 46 and frame[42] & 0xC0 == 0x80 and frame[43] & 127 in (0, 8):
            ports: tuple[int, int] = struct.unpack_from("!HH", frame, 34)
            arrivals[ports].append(second + micro / 1e6)
    gaps = sorted(b - a for s in arrivals.values() for a, b in zip(s, s[1:], strict=False))
    if not gaps:
        return {"streams": 0, "gap_p99_ms": None}

    def quantile(share: float) -> float:
        return round(1000 * gaps[min(len(gaps) - 1, int(share * len(gaps)))], 2)

    return {
        "streams": len(arrivals),
        "gap_p50_ms": quantile(0.5),
        "gap_p99_ms": quantile(0.99),
        "gap_max_ms": quantile(1.0),
    }
