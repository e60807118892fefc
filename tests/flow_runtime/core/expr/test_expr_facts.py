"""What a flow can ask of the call, a queue, an agent and a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from expr_kit import typed
from flow_runtime.core.expr.env import VIEW_HELP, VIEWS, TypeEnv
from flow_runtime.core.expr.facts import AGENT, CALL, QUEUE, RECORDED, Facts
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.types import RECORDING

LANGUAGE = (Path(__file__).parents[4] / "docs/language.md").read_text(encoding="utf-8")
ENV = TypeEnv({"message": RECORDING})


@pytest.mark.parametrize(
    ("record", "facts"),
    [
        ("call", CALL),
        ('queue("sales")', QUEUE),
        ('agent("1001")', AGENT),
        ("message", RECORDED),
    ],
)
def test_the_checker_knows_each_fact_and_its_type(record: str, facts: Facts) -> None:
    for name, fact in facts.items():
        assert typed(f"{record}.{name}", env=ENV) == (str(fact.type), [])
        assert fact.help.endswith(".")
    assert typed(f"{record}.nothing", env=ENV)[1] == ["unknown-member"]


def test_each_fact_of_the_call_is_in_the_manual() -> None:
    for name in CALL:
        assert f"`call.{name}`" in LANGUAGE
    for value in CALL["channel"].values:
        assert f'`"{value}"`' in LANGUAGE


def test_the_help_of_queue_and_agent_names_their_facts() -> None:
    for function, facts in (("queue", QUEUE), ("agent", AGENT)):
        for name in facts:
            assert name in FUNCTIONS[function].help


def test_each_view_has_help() -> None:
    assert VIEW_HELP.keys() == VIEWS.keys()
