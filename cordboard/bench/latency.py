"""``bench latency``: from the last packet of a key to the first packet of the next prompt."""

from __future__ import annotations

import contextlib
import re
import socket
import statistics
import struct
import time
from collections.abc import Iterator

import numpy as np

from cordboard.bench.site import Site, running
from telephony.core.g711 import decode

_LISTEN = 1.0
"""Seconds to listen after a key: the next prompt begins long before."""


def latency(calls: int) -> dict[str, object]:
    """Place *calls* calls one after the other; each presses 1 while the menu is being said.

    The caller's own clock is used on both ends, so the figure holds the way through the kernel
    twice. The next prompt is told from the menu by its pitch.
    """
    found = []
    with running(10) as site:
        for number in range(calls):
            with _call(site, number) as (rtp, to):
                found.append(_press(rtp, to))
    values = sorted(v for v in found if v is not None)
    if not values:
        return {"calls": calls, "answered": 0}
    return {
        "calls": calls,
        "answered": len(values),
        "median_ms": round(statistics.median(values), 3),
        "p95_ms": round(values[min(len(values) - 1, int(0.95 * len(values)))], 3),
        "max_ms": round(values[-1], 3),
    }


@contextlib.contextmanager
def _call(site: Site, number: int) -> Iterator[tuple[socket.socket, tuple[str, int]]]:
    """One call by plain SIP text: yields the RTP socket and where the server's RTP is."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp,
    ):
        for one in (sip, rtp):
            one.bind(("127.0.0.1", 0))
            one.settimeout(5.0)
        here, media = "{}:{}".format(*sip.getsockname()), rtp.getsockname()[1]
        server = ("127.0.0.1", site.port)
        body = (
            "v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {media} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        )

        def send(method: str, sequence: int, to_tag: str, text: str = "") -> None:
            kind = "Content-Type: application/sdp\r\n" if text else ""
            request = (
                f"{method} sip:100@127.0.0.1:{site.port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bKb{number}{method}\r\n"
                f"From: <sip:bench@{here}>;tag=b{number}\r\n"
                f"To: <sip:100@127.0.0.1:{site.port}>{to_tag}\r\n"
                f"Call-ID: bench-{number}-{media}\r\nCSeq: {sequence} {method}\r\n"
                f"Contact: <sip:bench@{here}>\r\nMax-Forwards: 70\r\n{kind}"
                f"Content-Length: {len(text)}\r\n\r\n{text}"
            )
            sip.sendto(request.encode(), server)

        send("INVITE", 1, "", body)
        while True:
            reply = sip.recv(8192).decode()
            if reply.startswith("SIP/2.0 200"):
                break
        tag = re.search(r"^To:.*?(;tag=\S+)", reply, re.M | re.I)
        port = re.search(r"^m=audio (\d+)", reply, re.M)
        assert tag and port, reply
        send("ACK", 1, tag[1])
        try:
            yield rtp, ("127.0.0.1", int(port[1]))
        finally:
            send("BYE", 2, tag[1])


def _press(rtp: socket.socket, to: tuple[str, int]) -> float | None:
    """Press 1 after half a second of the menu; milliseconds until the next prompt, or None."""
    sequence = 0

    def packet(kind: int, stamp: int, payload: bytes) -> None:
        nonlocal sequence
        rtp.sendto(struct.pack("!BBHII", 0x80, kind, sequence, stamp, 7) + payload, to)
        sequence += 1

    silence = b"\xff" * 160
    for i in range(25):
        packet(0, i * 160, silence)
        time.sleep(0.02)
    for part in range(1, 6):
        packet(101, 4000, struct.pack("!BBH", 1, 10, part * 160))
        time.sleep(0.02)
    rtp.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while rtp.recv(2048):
            pass  # what came before the key ended
    rtp.settimeout(_LISTEN)
    for _ in range(3):
        packet(101, 4000, struct.pack("!BBH", 1, 0x8A, 800))
    pressed = time.perf_counter()
    while time.perf_counter() - pressed < _LISTEN:
        with contextlib.suppress(TimeoutError):
            data = rtp.recv(2048)
            arrived = time.perf_counter()
            if _pitch(data[12:]) > 700:
                return 1000 * (arrived - pressed)
    return None


def _pitch(payload: bytes) -> float:
    """The strongest frequency of a G.711 frame in Hz, 0 for silence."""
    samples = decode(payload).astype(float)
    if len(samples) < 80 or np.abs(samples).max() < 200:
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1024))
    return float(np.argmax(spectrum) * 8000 / 1024)
