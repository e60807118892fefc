"""An analyst builds the gas company's hotline from an empty canvas, and a telephone calls it.

Everything is done by mouse and keyboard: see `analyst_kit` and `gas_hotline_story`. What is saved
is then served by ``cordboard serve`` as it is, and a SIP telephone that shares no code with
Cordboard walks it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from analyst_kit import Analyst
from cordboard.samples import make_site, samples
from designer.panels.simulator.panel import SimulatorPanel
from designer.panels.simulator.phone import Phone
from designer.window.main_window import MainWindow
from designer.window.opening import order
from flow_runtime.core.model import NO_COMMENTS, Flow, Layout
from flow_runtime.core.syntax import parse, print_flow
from gas_hotline_story import DRAWING
from peer_kit.ports import free_port
from peer_kit.site import Site, serving
from rtp_peer import level
from sip_peer import SipPeer

SAMPLE: Final = samples()["gas_hotline"]
CUSTOMER: Final = "13800000001"
LOUD: Final = -40
"""Decibels; a voice is louder."""
HEADING: Final = "# The telephone line of a city gas company: what it does, from top to bottom."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The gas company's folder with prompts, data and calendar: without the flow, and one prompt.

    The office is open at any hour, for the call at the end is made when the test is.
    """
    folder = tmp_path / "gas"
    make_site(SAMPLE, folder)
    (folder / "gas_hotline.flow").unlink()
    (folder / "gas_hotline.call.yaml").unlink()
    for table in (folder / "prompts").glob("*.toml"):
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith('"message.kept"')]
        table.write_text("".join(kept), encoding="utf-8")
    config = folder / "cordboard.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:5060", f"127.0.0.1:{free_port()}")
    text = text.replace('mon-fri = "08:00-18:00"', 'mon-sun = "00:00-24:00"')
    text = text.replace('["2026-10-01..2026-10-07", "2027-01-01"]', "[]")
    config.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.timeout(300)
def test_the_gas_hotline_is_drawn_tried_saved_and_called(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    me = Analyst(window, qtbot)
    begin(me)
    for chapter in DRAWING:
        chapter(me)
    a_problem_is_seen_and_mended(me)
    a_call_is_simulated(me)
    save(me)
    saved = folder / "gas_hotline.flow"
    text = saved.read_text(encoding="utf-8")
    assert bare(text) == bare(SAMPLE.flow.read_text(encoding="utf-8"))
    for table in (folder / "prompts").glob("*.toml"):
        sample = SAMPLE.folder / "prompts" / table.name
        assert sorted(table.read_text("utf-8").split("\n")) == sorted(
            sample.read_text("utf-8").split("\n")
        )
    port = int(folder.joinpath("cordboard.toml").read_text().split("udp:127.0.0.1:")[1][:5])
    with serving(folder, port) as site:
        asyncio.run(a_customer_calls(site))
    assert saved.read_text(encoding="utf-8") == text


def bare(text: str) -> str:
    """*text* as it is printed without what runs nowhere: layout and comments."""
    flow = parse(text).flow
    assert flow is not None
    return print_flow(without_comments(replace(flow, layout=Layout())), order)


def without_comments(flow: Flow) -> Flow:
    """*flow* with nothing that begins with ``#``."""
    nodes = tuple(
        replace(
            node,
            comments=NO_COMMENTS,
            tail=(),
            parameters=tuple(replace(one, comments=NO_COMMENTS) for one in node.parameters),
            edges=tuple(replace(one, comments=NO_COMMENTS) for one in node.edges),
        )
        for node in flow.nodes
    )
    return replace(
        flow,
        comments=NO_COMMENTS,
        schema_comments=NO_COMMENTS,
        declarations=tuple(replace(one, comments=NO_COMMENTS) for one in flow.declarations),
        jumps=tuple(replace(one, comments=NO_COMMENTS) for one in flow.jumps),
        nodes=nodes,
        tail=(),
    )


# --- the beginning --------------------------------------------------------------------------------


def begin(me: Analyst) -> None:
    """A new flow, saved at once: from then on prompts and calendar of the folder are there."""
    me.click(me.sees(me.window, QPushButton, "New flow"))
    assert me.page.empty.isVisible()
    me.name_file("gas_hotline")
    me.press("Ctrl+S")
    assert me.page.name == "gas_hotline"
    me.name_node("gas_hotline", "City Gas hotline")


# --- the end --------------------------------------------------------------------------------------


def a_problem_is_seen_and_mended(me: Analyst) -> None:
    """The one port that was forgotten stops the call; the list of problems leads to it."""
    me.press("F5")
    phone = me.window.right.hosts["phone"].panel(me.page)
    assert isinstance(phone, Phone) and "The flow has an error" in phone.note.text.text()
    me.click(me.sees(phone, QPushButton, "Show the problems"))
    [told] = me.told_problems()
    assert "port not_found of read_back is not connected" in told
    me.choose_row(me.problems.list, "read_back")
    assert me.page.session.selected == ("read_back",)
    numbers = [mark.number for mark in me.page.session.marks.cards.values() if mark.number]
    assert sorted(numbers)[:3] == [1, 2, 3], "the path to it is on the canvas"
    me.drag_port("read_back", "not_found", "trouble")
    assert me.told_problems() == []


def a_call_is_simulated(me: Analyst) -> None:
    """A customer in arrears presses 1 on the phone's keypad, hears the balance and hangs up."""
    me.open_tab(me.window.bottom.tabs.tabBar(), "Simulator")
    panel = me.window.bottom.hosts["simulator"].panel(me.page)
    phone = me.window.right.hosts["phone"].panel(me.page)
    assert isinstance(panel, SimulatorPanel) and isinstance(phone, Phone)
    me.type_over(panel.clock, "2026-11-27 10:00\n")
    me.choose_in_box(panel.speed, panel.speed.itemText(1))
    me.open_tab(me.window.right.tabs.tabBar(), "Phone")
    me.type_over(phone.caller, CUSTOMER)
    me.press("F5")
    me.wait_for(lambda: phone.under.text().endswith("your turn"))
    assert me.window.toolbar.worded["simulate"].live
    assert "For your balance, press 1" in phone.bubbles.texts()[0]
    me.click(me.sees(phone.keypad, QAbstractButton, "1"))
    me.wait_for(lambda: any("You owe 12.50" in text for text in phone.bubbles.texts()))
    me.wait_for(lambda: phone.under.text().endswith("your turn"))
    me.click(me.sees(phone, QPushButton, "Hang up"))
    me.wait_for(lambda: not phone.simulation.running)
    assert not me.window.toolbar.worded["simulate"].live
    assert me.page.session.marks.cards["tell_owed"].coverage is not None


def save(me: Analyst) -> None:
    """A heading is typed into the text, and saved before the pause after which it is taken."""
    me.open_tab(me.window.bottom.tabs.tabBar(), "Text")
    text = me.window.bottom.hosts["text"].panel(me.page)
    me.click(text.viewport())
    me.press("Ctrl+Home")
    me.type(HEADING + "\n")
    me.press("Ctrl+S")
    assert not me.page.dirty
    assert me.page.path is not None
    assert me.page.path.read_text(encoding="utf-8").startswith(HEADING + "\nflow gas_hotline ")


async def a_customer_calls(site: Site) -> None:
    """A telephone calls, presses 1, hears the balance and hangs up."""
    peer = await SipPeer.open()
    call = await peer.call("100", ("127.0.0.1", site.port), caller=CUSTOMER)
    try:
        await asyncio.wait_for(call.answered.wait(), 20)
        await site.traced(CUSTOMER, "enter", node="menu")
        await call.sound.press("1")
        row = await site.traced(CUSTOMER, "variable", name="account")
        assert row["value"] == {"name": "Li Wei", "owed": 12.5}
        await site.traced(CUSTOMER, "enter", node="tell_owed")
        await site.traced(CUSTOMER, "say", text="You owe 12.50. Thank you for calling.")
        call.sound.clear()
        await call.sound.until(lambda: level(call.sound.sound()) > LOUD, 20)
    finally:
        await call.hang_up()
        await peer.close()
    over = await site.traced(CUSTOMER, "hangup")
    assert over["by"] == "caller"
    assert peer.complaints == []
