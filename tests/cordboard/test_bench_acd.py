"""The benchmark's centre is a real one: agents stay busy, contacts wait, nothing is missed."""

import json

import pytest

from acd_kit import check
from contact_center.core.actions import Refused
from cordboard.__main__ import main
from cordboard.bench.acd import _Day, decisions, events


def test_the_day_keeps_every_agent_busy_and_the_line_as_long_as_it_was():
    day = _Day(agents=30, waiting=200)
    kinds = set()
    for event in day.portion(300):
        actions = day.engine.handle(event, day.now)
        assert not any(isinstance(action, Refused) for action in actions), event
        kinds.add(type(event).__name__)
        day.follow(actions)
    check(day.engine, day.now)
    assert kinds == {"LegEnded", "Enter", "HungUp", "Committed", "Answered", "Failed"}
    waiting = sum(queue.line for queue in day.engine.queues.values())
    assert 120 < waiting < 280
    assert sum(agent.state == "talking" for agent in day.engine.agents.values()) >= 25


def test_figures_are_named_by_what_they_count():
    found = {**decisions(10, 20, 0.001), **events(10, 20, 0.001)}
    assert set(found) == {
        f"{what}{suffix}"
        for what in ("decision", "event")
        for suffix in ("s_per_second", "s_per_cpu_second", "_p50_us", "_p99_us", "_p99_9_us")
    }
    assert all(value > 0 for value in found.values())


def test_durable_offers_are_measured_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "acd", "--durable", "--seconds", "0.2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["database"] == "sqlite" and found["offers_per_second"] == 100
    assert 0 < found["free_to_ring_p50_ms"] <= found["free_to_ring_p99_ms"]
    assert main(["bench", "acd", "--database", "sqlite:///x.db"]) == 1
    assert "--database belongs to acd --durable" in capsys.readouterr().err
