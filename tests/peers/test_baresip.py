"""baresip, a telephone of other people's making: it registers, calls the gas hotline, answers."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cordboard.samples import DEFAULT, make_site, samples
from cordboard.sound_figures import figures
from peer_kit.baresip import Baresip
from peer_kit.ports import free_port, free_range
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, serving
from peer_kit.sound import Heard

pytestmark = pytest.mark.peers
OPERATOR_SAYS, CALLER_SAYS = 600.0, 1700.0


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample as ``cordboard init`` makes it, on free ports, at an hour when it is open."""
    folder = tmp_path_factory.mktemp("hotline") / "line"
    make_site(samples()[DEFAULT], folder)
    port, (low, high) = free_port(), free_range(900)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    days = ", ".join(f'"{today + timedelta(d)}" = "00:00-24:00"' for d in (0, 1))
    config = (folder / "cordboard.toml").read_text()
    config = config.replace("127.0.0.1:5060", f"127.0.0.1:{port}")
    config = config.replace("[sip]", f'[sip]\ndrain = "0s"\nmedia_ports = "{low}-{high}"', 1)
    config = config.replace('zone = "Asia/Shanghai"', f'zone = "Asia/Shanghai"\ndays = {{{days}}}')
    (folder / "cordboard.toml").write_text(config)
    with serving(folder, port) as site:
        yield site


def operator(site: Site, folder: Path) -> Baresip:
    """The telephone 1001 of the sample."""
    password = (site.folder / "operator.password").read_text().strip()
    return Baresip(folder, site.port, "1001", password, hertz=OPERATOR_SAYS, auto=True)


async def test_baresip_asks_the_hotline_for_a_repair(hotline: Site, tmp_path: Path) -> None:
    async with operator(hotline, tmp_path / "baresip") as phone:
        await phone.command("dial", f"sip:100@127.0.0.1:{hotline.port}")
        await phone.told("CALL_ESTABLISHED")
        for node, keys in (
            ("menu", "1"),
            ("ask_account", "100001#"),
            ("tell_owed", ""),
            ("menu", "2"),
            ("meter", "4711#"),
            ("what", "3"),
        ):
            await hotline.traced("1001", "enter", node=node)
            for key in keys:
                await phone.command("sndcode", key)
        await phone.told("CALL_CLOSED")
        [heard] = phone.heard()
        sound = figures(heard)
    events = hotline.events("1001")
    keys = "".join(event["key"] for event in events if event["event"] == "key")
    assert keys == "1100001#24711#3", keys
    said = [event["text"] for event in events if event["event"] == "say"]
    assert any("12.50" in text for text in said)
    report = next(re.search(r"number (\d+)", text) for text in said if "saved under" in text)
    with contextlib.closing(sqlite3.connect(hotline.folder / "gas.db")) as database:
        rows = database.execute("select number, phone, meter, kind from repairs").fetchall()
    assert rows == [(int(report[1]), "1001", "4711", "other")]
    assert sound.voiced > 2, "baresip heard at least the last words, which no key cuts short"


async def test_the_operators_baresip_answers_what_the_flow_dials(
    hotline: Site, tmp_path: Path
) -> None:
    async with (
        operator(hotline, tmp_path / "baresip") as phone,
        RtpPeer() as rtp,
        Sipp(Scenario().call().pause(4000).bye(), hotline.port, rtp=rtp.port) as call,
    ):
        await hotline.traced(call.caller, "enter", node="menu")
        await rtp.connected()
        await rtp.press("0")
        await hotline.traced(call.caller, "bridged")
        await rtp.speak(CALLER_SAYS, 1.0)
        await rtp.hears(OPERATOR_SAYS, 0.5)
        await call.succeeds()
        await phone.told("CALL_CLOSED")
        [heard] = phone.heard()
        assert Heard.in_file(heard).seconds(CALLER_SAYS) > 0.7
