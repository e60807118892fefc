"""`cordboard serve` as one extension of a PBX, through the optional pyvoip backend."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from line_bench.pyvoip import PyvoipBackend
from peer_kit.flows import DIAL, FAILED, MENU, PROMPT, TONES, TWO
from peer_kit.site import SERVE, Site, make_site, serving
from sip_peer import SOON, PeerCall, SipPeer

pytestmark = list(PyvoipBackend.marks)
USER, PASSWORD = "200", "correct-horse"
PYVOIP = """\
[pyvoip]
server = "127.0.0.1:{port}"
user = "{user}"
password = "{password}"
"""


@pytest.fixture
async def pbx() -> AsyncIterator[SipPeer]:
    pbx = await SipPeer.open()
    pbx.passwords[USER] = PASSWORD
    yield pbx
    await pbx.close()


def configured(folder: Path, pbx: SipPeer, flow: str, password: str = PASSWORD) -> int:
    """A site whose one extension runs *flow*."""
    more = PYVOIP.format(port=pbx.port, user=USER, password=password)
    return make_site(folder, {USER: flow}, tones=TONES, more=more)


@contextlib.asynccontextmanager
async def extension(folder: Path, pbx: SipPeer, flow: str) -> AsyncIterator[Site]:
    """The server, registered with *pbx*; it is started and ended beside the event loop."""
    running = serving(folder, configured(folder, pbx, flow))
    site = await asyncio.to_thread(running.__enter__)
    try:
        yield site
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def hears(call: PeerCall, hertz: float) -> None:
    """Wait until a tone was heard."""
    await call.sound.until(lambda: call.sound.seconds_of(hertz) > 0.3)


async def test_a_menu_is_heard_and_a_key_leads_on(tmp_path: Path, pbx: SipPeer) -> None:
    async with extension(tmp_path, pbx, MENU) as site:
        call = await pbx.call(USER, pbx.contacts[USER])
        await asyncio.wait_for(call.answered.wait(), SOON)
        await hears(call, PROMPT)
        await call.sound.press("2")
        await hears(call, TWO)
        await asyncio.wait_for(call.over.wait(), SOON)
        await site.idle()
        assert site.status()["line"]["registration"] == "registered"
        assert "this line has limits: at most 30 calls" in site.log()
    assert USER not in pbx.contacts
    assert "Traceback" not in site.log()


async def test_a_flow_that_dials_goes_on_at_error(tmp_path: Path, pbx: SipPeer) -> None:
    flow = DIAL.replace("  failed -> failed", "  failed -> busy\n  error -> failed")
    async with extension(tmp_path, pbx, flow) as site:
        call = await pbx.call(USER, pbx.contacts[USER])
        await asyncio.wait_for(call.answered.wait(), SOON)
        await hears(call, FAILED)
        error = await site.traced("2001", "error", name="unsupported")
        assert "the pyvoip line cannot connect two calls" in error["text"]


async def test_a_wrong_password_is_said_and_nothing_is_served(tmp_path: Path, pbx: SipPeer) -> None:
    configured(tmp_path, pbx, MENU, "battery-staple")
    command = [*SERVE, "--config", str(tmp_path / "cordboard.toml")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=60)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "cordboard serve: 127.0.0.1" in said and "check [pyvoip].user and password" in said
    assert "Traceback" not in said
