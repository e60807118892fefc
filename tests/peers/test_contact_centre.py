"""The sample contact centre as it travels: two sites, SIPp callers, SIPp and baresip agents."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from cordboard.samples import make_site, samples
from peer_kit.baresip import Baresip
from peer_kit.handset import PATIENCE, Handset
from peer_kit.ports import free_port, free_range
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Message, Sipp
from peer_kit.site import Site, serving

pytestmark = pytest.mark.peers
SOUTH = "127.0.0.2"
PORTS = {agent: free_port(SOUTH) for agent in ("2001", "2002", "2003")}
GOLD, OTHER = "13800000001", "5550101"


def configured(folder: Path) -> int:
    """Make the sample's site, on ports that are free; agent 1001 has a telephone that registers."""
    make_site(samples()["contact_centre"], folder)
    port, api, (low, high) = free_port(), free_port(), free_range(400)
    text = (folder / "cordboard.toml").read_text()
    text = text.replace('["udp:127.0.0.1:5060"]', f'["udp:127.0.0.1:{port}"]')
    text = text.replace("[sip]\n", f'[sip]\nmedia_ports = "{low}-{high}"\ndrain = "0s"\n')
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{api}")
    text = text.replace('contact = "sip:1001@127.0.0.1:7001"\n', "")
    text = re.sub(r'^calendar = "office"\n', "", text, flags=re.M)  # tests run at night, too
    for agent, there in PORTS.items():
        text = re.sub(rf"sip:{agent}@[\d.]+:\d+", f"sip:{agent}@{SOUTH}:{there}", text)
    (folder / "cordboard.toml").write_text(text)
    return port


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample, served."""
    folder = tmp_path_factory.mktemp("centre") / "site"
    port = configured(folder)
    with serving(folder, port) as running:
        yield running


async def press(site: Site, agent: str, action: str) -> None:
    """Press a button of an agent's desk, as the administrator may."""
    listen = tomllib.loads((site.folder / "cordboard.toml").read_text())["api"]["listen"]
    token = (site.folder / "admin.token").read_text().strip()
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        answer = await client.post(
            f"http://{listen}/api/agents/{agent}/actions/{action}",
            headers={"Authorization": f"Bearer {token}"},
            json={},
        )
    assert answer.status_code == 200, answer.text


def talks(seconds: float) -> Scenario:
    """A telephone that answers, and hangs up after a while."""
    scenario = Scenario().expect_request("INVITE").reply("180 Ringing").pause(300)
    scenario = scenario.reply("200 OK", body=offer()).expect_request("ACK")
    return scenario.pause(round(1000 * seconds)).bye_back()


def repairs() -> Scenario:
    """Somebody who wants repairs, in English, and stays until we hang up."""
    return Scenario().call().pause(500).info_relay("1").info_relay("1").hung_up()


def callers_of(messages: list[Message]) -> list[str]:
    """Whose calls rang, in their order."""
    found = dict.fromkeys(
        (message.header("Call-ID"), message.header("From"))
        for message in messages
        if not message.sent and message.first.startswith("INVITE")
    )
    return [re.search(r"sip:(\d+)@", caller)[1] for _, caller in found]  # type: ignore[index]


def sql(site: Site, statement: str) -> list[tuple[Any, ...]]:
    """What the sample's database answers."""
    with closing(sqlite3.connect(site.folder / "centre.db")) as database:
        return database.execute(statement).fetchall()


async def wants_repairs(caller: Handset, number: str) -> None:
    """Call, choose English, choose repairs."""
    await caller.calls("100", number)
    for key in ("1", "1"):
        await caller.keyed(key)


async def surveyed(site: Site, number: str, times: int = 1) -> None:
    """Wait until the agent has hung up, and the survey begins."""

    def asked() -> bool:
        entered = [e for e in site.events(number) if e["event"] == "enter"]
        return sum(e["node"] == "marks" for e in entered) == times

    await site.until(asked, f"{number} is asked for marks")


async def test_a_morning_at_two_sites(centre: Site, tmp_path: Path) -> None:
    for agent in ("1002", "2002", "2003"):
        await press(centre, agent, "not-ready")
    with contextlib.ExitStack() as stack:
        first, third, again, stranger = (
            stack.enter_context(closing(Handset(centre.port))) for _ in range(4)
        )
        async with (
            Sipp(talks(6.0), host=SOUTH, port=PORTS["2001"], calls=4) as agent,
            Sipp(repairs(), centre.port, service="100", caller=OTHER) as second,
        ):
            await centre.traced(OTHER, "bridged", to="2001")
            await wants_repairs(first, "13800000077")
            await centre.traced("13800000077", "queued")
            await wants_repairs(third, GOLD)
            await centre.traced(GOLD, "bridged", to="2001")  # who came last comes first
            await surveyed(centre, GOLD)
            await third.leaves()  # without a mark
            await surveyed(centre, "13800000077")
            for key in ("5", "4"):
                await first.keyed(key)
            await first.is_hung_up()
            password = (centre.folder / "1001.password").read_text().strip()
            async with Baresip(
                tmp_path / "baresip", centre.port, "1001", password, hertz=900.0, auto=True
            ) as north:
                await centre.until(
                    lambda: bool(centre.status()["agents"]["1001"]["reachable"]), "1001 is there"
                )
                # the other site has a better agent now, but the customer knows who helped last
                await wants_repairs(again, GOLD)
                await surveyed(centre, GOLD, times=2)
                await again.leaves()
                await wants_repairs(stranger, "13800000088")
                await centre.traced("13800000088", "bridged", to="1001")
                await north.command("hangup")
                await surveyed(centre, "13800000088")
                await stranger.leaves()
            await second.succeeds()
            messages = await agent.succeeds()
    assert callers_of(messages) == [OTHER, GOLD, "13800000077", GOLD]
    await centre.idle()
    assert sorted(sql(centre, "select phone, agent, team, marks from talks")) == [
        (GOLD, "2001", "repairs", ""),
        (GOLD, "2001", "repairs", ""),
        ("13800000077", "2001", "repairs", "5,4"),
        ("13800000088", "1001", "repairs", ""),
        (OTHER, "2001", "repairs", ""),
    ]
    figures = centre.status()["queues"]["repairs"]
    assert (figures["waiting"], figures["answered"], figures["abandoned"]) == (0, 5, 0)
