"""What crosses the loopback interface, by tcpdump (which needs root)."""

from __future__ import annotations

import asyncio
import os
import shutil
import struct
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
import pytest

from peer_kit.rtp_peer import LAWS
from peer_kit.sound import Heard
from telephony.core.g711 import decode

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("tcpdump") is None,
    reason="capturing packets, and SIPp's play_pcap_audio, need root and tcpdump",
)
Address = tuple[str, int]


class Datagram(NamedTuple):
    """One captured UDP packet; *at* is like ``time.time()``."""

    at: float
    source: Address
    target: Address
    data: bytes


class Capture:
    """Runs tcpdump with a filter; an asynchronous context manager, read when it is over."""

    def __init__(self, folder: Path, wanted: str) -> None:
        self._path, self._wanted = folder / "capture.pcap", wanted

    async def __aenter__(self) -> Capture:
        self._process = await asyncio.create_subprocess_exec(
            *(
                "tcpdump",
                "-i",
                "lo",
                "--immediate-mode",
                "-U",
                "-n",
                "-Z",
                "root",
                "-w",
                str(self._path),
            ),
            *("-B", "8192", self._wanted),
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stderr
        said = b""
        while b"listening on" not in said:
            line = await asyncio.wait_for(self._process.stderr.readline(), 20)
            assert line, f"tcpdump: {said.decode()}"
            said += line
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.sleep(0.3)  # the last packets are on their way to the file
        self._process.terminate()
        await self._process.communicate()

    def datagrams(self) -> list[Datagram]:
        """What was captured."""
        data = self._path.read_bytes()
        at, found = 24, []
        while at + 16 <= len(data):
            seconds, micros, size, _ = struct.unpack_from("<IIII", data, at)
            frame = data[at + 16 : at + 16 + size]
            at += 16 + size
            ip = frame[14:]
            udp = ip[4 * (ip[0] & 15) :]
            source, target = struct.unpack_from("!HH", udp)
            found.append(
                Datagram(
                    seconds + micros / 1e6,
                    (_dotted(ip[12:16]), source),
                    (_dotted(ip[16:20]), target),
                    udp[8 : struct.unpack_from("!H", udp, 4)[0]],
                )
            )
        return found

    def heard_at(self, target: Address) -> Heard:
        """The G.711 sound that went to *target*."""
        packets = {}
        for datagram in self.datagrams():
            if datagram.target == target and datagram.data[1] & 127 in LAWS:
                packets[struct.unpack_from("!I", datagram.data, 4)[0]] = datagram.data
        parts = [decode(data[12:], LAWS[data[1] & 127]) for _, data in sorted(packets.items())]
        return Heard.of(np.concatenate(parts) if parts else np.zeros(0, np.int16))


def _dotted(octets: bytes) -> str:
    return ".".join(str(octet) for octet in octets)
