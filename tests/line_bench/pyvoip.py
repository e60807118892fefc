"""The bench of the pyvoip backend: a small PBX that it registers with and that sends it calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from line_bench.peer_bench import PeerBackend, PeerBench, PeerFar
from sip_peer import Address, SipPeer
from telephony.pyvoip.line import PyvoipLine
from telephony.settings import Pyvoip

USER, PASSWORD = "100", "kettle"
_missing = [name for name in ("pyVoIP", "audioop") if find_spec(name) is None]


class PyvoipBench(PeerBench):
    """The peer is the PBX: registrar, and whoever calls."""

    line: PyvoipLine

    async def open(self) -> None:
        self.peer = await SipPeer.open()
        self.peer.passwords[USER] = PASSWORD
        self.line = PyvoipLine(Pyvoip("127.0.0.1", self.peer.port, USER, PASSWORD))
        await self.line.start(self.arrive)

    async def close(self) -> None:
        await self.line.stop()
        await self.peer.close()
        assert USER not in self.peer.contacts, "the extension is still registered"
        assert not self.peer.complaints, self.peer.complaints

    def address(self) -> Address:
        return self.peer.contacts[USER]

    async def phone_rings(self) -> PeerFar:
        raise AssertionError("this line cannot dial")


class PyvoipBackend(PeerBackend):
    name = "pyvoip"
    can = PyvoipLine.can
    marks = (
        pytest.mark.peers,
        pytest.mark.slow,
        pytest.mark.skipif(
            bool(_missing),
            reason=f"{' and '.join(_missing)} not installed: pip install 'cordboard[pyvoip]'",
        ),
    )

    @asynccontextmanager
    async def benches(self) -> AsyncIterator[Callable[[Path], PeerBench]]:
        yield PyvoipBench
