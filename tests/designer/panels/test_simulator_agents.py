"""A person is the caller of a queue and its agents too: who is ready, who answers, who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from centre_kit import FLOW, make_centre
from cordboard.call_tests import CallTests
from designer.panels.simulator.panel import SimulatorPanel
from designer.panels.simulator.phone import Phone
from designer.panels.simulator.saving import dialog_for
from designer.panels.simulator.simulation import Simulation, simulation_of
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle
from flow_runtime.call_tests import ENDING
from flow_runtime.call_tests.model import QueueScript

WAIT = 20_000
"""Milliseconds for a loaded machine: nothing here is measured."""
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda so: qtbot.waitUntil(so, timeout=WAIT)


class Bench:
    """One open flow with its telephone and its simulator."""

    def __init__(self, window: MainWindow, flow: Path) -> None:
        opened = window.files.open_path(flow)
        assert opened is not None
        settle(opened)
        self.page: Page = opened
        phone = window.right.show_panel("phone").panel(opened)
        panel = window.bottom.show_panel("simulator").panel(opened)
        assert isinstance(phone, Phone) and isinstance(panel, SimulatorPanel)
        self.phone, self.panel = phone, panel
        self.simulation: Simulation = simulation_of(opened.session)
        self.simulation.be_fast(True)
        self.simulation.at = datetime(2026, 11, 23, 10, tzinfo=opened.session.around.zone)

    def click(self, words: str) -> None:
        buttons = self.phone.ringing.findChildren(QPushButton)
        found = [b for b in buttons if b.text() == words and not b.isHidden()]
        assert found, [b.text() for b in buttons]
        found[-1].click()

    def rings(self, number: str) -> Callable[[], bool]:
        """Whether that telephone rings and the simulation waits for the person."""

        def so() -> bool:
            state = self.simulation.state
            return state.rings and number in state.others and not state.talking

        return so

    def tick(self, agent: str, on: bool) -> None:
        self.panel.agents.ticks[agent].setChecked(on)

    def rows(self) -> dict[str, str]:
        """What the list of agents says of each."""
        agents = self.panel.agents
        return {tick.text(): agents.states[name].text() for name, tick in agents.ticks.items()}


@pytest.fixture
def bench(window: MainWindow, tmp_path: Path) -> Bench:
    return Bench(window, make_centre(tmp_path / "site"))


def test_the_agent_answers_talks_and_hangs_up(bench: Bench, until: Until) -> None:
    assert bench.rows() == {"1001 Li Wei": "ready", "1002 Ann Berg": "ready", "1003": "ready"}
    bench.panel.run()
    until(bench.rings("1001"))
    assert bench.phone.ringing.text.text() == "1001 Li Wei is ringing"
    until(lambda: bench.rows()["1001 Li Wei"] == "ringing")
    bench.click("Pick up")
    until(lambda: bench.phone.ringing.text.text() == "You are talking with 1001 Li Wei")
    assert bench.rows()["1001 Li Wei"] == "talking"
    bench.click("The other side hangs up")
    until(lambda: not bench.simulation.running)
    texts = bench.phone.bubbles.texts()
    story = ["waiting in queue repairs", "agent 1001 is being rung", "talking with 1001"]
    assert [text for text in texts if text in story] == story
    assert texts[-2:] == ["You talked with 1001", texts[-1]]


def test_an_agent_who_rejects_is_not_rung_again_and_the_next_one_is(
    bench: Bench, until: Until
) -> None:
    bench.panel.run()
    until(bench.rings("1001"))
    bench.click("Reject")
    until(bench.rings("1002"))
    bench.click("Pick up")
    until(lambda: "talking with 1002" in bench.phone.bubbles.texts())
    assert bench.rows()["1001 Li Wei"] == "ready"


def test_agents_who_are_away_are_not_rung_until_they_come(bench: Bench, until: Until) -> None:
    for agent in ("1001", "1002"):
        bench.tick(agent, False)
    assert bench.rows()["1001 Li Wei"] == "not ready"
    bench.panel.run()
    until(lambda: "waiting in queue repairs" in bench.phone.bubbles.texts())
    until(lambda: bench.simulation.state.waits is not None and not bench.simulation.state.talking)
    assert bench.simulation.state.others == ()
    bench.panel.skip.click()
    until(lambda: any("number 1 in the queue" in t for t in bench.phone.bubbles.texts()))
    bench.tick("1002", True)
    until(bench.rings("1002"))
    assert bench.simulation.away == {"1001"}, "the next call finds it so"


def test_all_are_rung_and_any_of_them_may_pick_up(
    window: MainWindow, tmp_path: Path, until: Until
) -> None:
    flow = FLOW.replace('queue = "repairs"', 'queue = "repairs"\n  strategy = "ring all"')
    bench = Bench(window, make_centre(tmp_path / "all", flow))
    bench.panel.run()
    until(lambda: len(bench.simulation.state.others) == 2 and not bench.simulation.state.talking)
    assert bench.phone.ringing.text.text() == "1001 Li Wei, 1002 Ann Berg are ringing"
    bench.click("1002 picks up")
    until(lambda: "talking with 1002" in bench.phone.bubbles.texts())
    assert bench.simulation.state.others == ("1002",)


def test_a_flow_of_no_site_has_an_agent_who_was_made_up(
    window: MainWindow, tmp_path: Path, until: Until
) -> None:
    file = make_centre(tmp_path / "alone")
    file.with_name("cordboard.toml").unlink()
    bench = Bench(window, file)
    assert not bench.panel.agents.wanted
    bench.panel.run()
    until(bench.rings("1001"))
    until(lambda: bench.rows() == {"1001": "ringing"})
    bench.simulation.stop()
    until(lambda: not bench.simulation.running)


def picks_up(bench: Bench, until: Until) -> None:
    bench.panel.run()
    until(bench.rings("1001"))
    bench.simulation.pass_time(7)
    until(lambda: bench.simulation.state.seconds > 8 and bench.rings("1001")())
    bench.click("Pick up")
    until(lambda: "talking with 1001" in bench.phone.bubbles.texts())
    bench.click("The other side hangs up")
    until(lambda: not bench.simulation.running)


def presses_star(bench: Bench, until: Until) -> None:
    bench.panel.run()
    until(bench.rings("1001"))
    bench.simulation.press("*")
    until(lambda: not bench.simulation.running)


def gives_up(bench: Bench, until: Until) -> None:
    bench.panel.run()
    until(bench.rings("1001"))
    bench.simulation.pass_time(7)
    until(lambda: bench.simulation.state.seconds > 8 and bench.rings("1001")())
    bench.simulation.hang_up()
    until(lambda: not bench.simulation.running)


def waits_too_long(bench: Bench, until: Until) -> None:
    for agent in ("1001", "1002"):
        bench.tick(agent, False)
    bench.panel.run()
    until(lambda: "waiting in queue repairs" in bench.phone.bubbles.texts())
    bench.simulation.pass_time(400)
    until(lambda: not bench.simulation.running)


@pytest.mark.parametrize(
    ("act", "node", "refuses"),
    [
        (picks_up, "thanks", ""),
        (presses_star, "sorry", ""),
        (gives_up, "wait", ""),
        (waits_too_long, "sorry", "timeout"),
    ],
)
def test_a_call_that_was_saved_runs_green_as_a_test(
    bench: Bench, until: Until, act: Callable[[Bench, Until], None], node: str, refuses: str
) -> None:
    act(bench, until)
    until(lambda: bench.panel.save.isEnabled())
    dialog = dialog_for(bench.simulation, bench.panel)
    assert dialog is not None and bench.page.session.path is not None
    file = bench.page.session.path.with_name("saved" + ENDING)
    dialog.file.setText(str(file))
    dialog.save()
    until(lambda: dialog.said.property("role") in ("ok", "warning", "error"))
    assert dialog.said.property("role") == "ok", dialog.said.text()
    done = CallTests().run(file)
    assert (done.passed, done.failed, done.problems) == (1, 0, [])
    test, path = done.results[0].test, [visit.node for visit in done.results[0].path]
    assert node in path and test.queues["repairs"][0].refuses == refuses
    if act is picks_up:
        (script,) = test.queues["repairs"]
        assert script.agent == "1001" and script.answered_after is not None
        assert 6 <= script.answered_after.total_seconds() <= 10
        assert script != QueueScript()
    dialog.deleteLater()
