"""SIPp alone: it calls, plays a captured stream with keys in it, and tcpdump hears the answer."""

from pathlib import Path

import pytest

from cordboard.bench import caller_pcap
from peer_kit.capture import Capture, needs_root
from peer_kit.flows import ONE, PROMPT, SHORT
from peer_kit.ports import free_range
from peer_kit.sipp import SCENARIOS, Sipp
from peer_kit.site import Site
from peer_kit.sound import Heard

pytestmark = [pytest.mark.peers, needs_root]


async def test_a_key_in_sipps_stream(site: Site, tmp_path: Path) -> None:
    caller_pcap.write(tmp_path / "caller.pcap", 6, [(1.0, "1")])
    media, _ = free_range(8)
    call = Sipp(
        SCENARIOS / "uac_wait.xml",
        site.port,
        options=("-mp", str(media)),
        files=(tmp_path / "caller.pcap",),
    )
    async with Capture(tmp_path, f"udp port {media}") as capture, call:
        await call.succeeds()
    heard = capture.heard_at(("127.0.0.1", media))
    assert heard.order(PROMPT, ONE) == [PROMPT, ONE], heard.summary()
    assert heard.seconds(PROMPT) > 0.5 and heard.seconds(ONE) > 0.5


async def test_sipps_voice_is_recorded(site: Site, tmp_path: Path) -> None:
    caller_pcap.write(tmp_path / "caller.pcap", 3, [])
    media, _ = free_range(8)
    before = set(site.recordings())
    call = Sipp(
        SCENARIOS / "uac_wait.xml",
        site.port,
        service="106",
        options=("-mp", str(media)),
        files=(tmp_path / "caller.pcap",),
    )
    async with Capture(tmp_path, f"udp port {media}") as capture, call:
        await call.succeeds()
    assert capture.heard_at(("127.0.0.1", media)).order(SHORT, ONE) == [SHORT, ONE]
    [path] = set(site.recordings()) - before
    assert Heard.in_file(path).seconds(300) > 1.0, "SIPp's voice is a tone of 300 Hz"
