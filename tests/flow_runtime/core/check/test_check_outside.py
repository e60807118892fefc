from dataclasses import replace
from typing import Any, Literal

import pytest

from flow_kit import LIBRARY, SITE, problems_of
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Node, param


class Always:
    def state(self, at: Any) -> Any:
        return "open"


COMPLETE = replace(
    SITE, calendars={"office": Always()}, sources={"gas": False, "reports": True}, complete=True
)

FLOW = """flow f
schema 1
var word: text = "office"
start -> h
node h: business_hours
  calendar = "office"
  open -> l
  closed -> l
node l: db_lookup
  source = "gas"
  sql = "select 1"
  found -> c
  not_found -> c
node c: db_change
  source = "reports"
  sql = "delete from report where phone = :phone"
  bind = {phone: call.caller}
  -> e
node e: hangup
"""


def found(old: str = "", new: str = "", site: Any = COMPLETE) -> list[tuple[str, str, int, str]]:
    return [
        (p.code, p.severity, p.place.line, p.text)
        for p in problems_of(FLOW.replace(old, new) if old else FLOW, site)
    ]


def test_known_names_are_fine() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        ('"office"\n  open', '"ofice"\n  open', "unknown-calendar", 'did you mean "office"?'),
        ('"gas"', '"gsa"', "unknown-source", 'did you mean "gas"?'),
    ],
)
def test_unknown_names_are_errors_with_a_configuration(
    old: str, new: str, code: str, hint: str
) -> None:
    (problem,) = found(old, new)
    assert problem[:2] == (code, "error") and hint in problem[3]


def test_without_a_configuration_they_are_warnings() -> None:
    problems = found(site=SITE)
    assert [(code, severity, line) for code, severity, line, _ in problems] == [
        ("unknown-calendar", "warning", 6),
        ("unknown-source", "warning", 10),
        ("unknown-source", "warning", 15),
    ]
    assert "--config" in problems[0][3]


def test_a_computed_name_is_left_to_the_call() -> None:
    assert found('calendar = "office"', "calendar = word") == []


def test_a_source_that_may_only_be_read() -> None:
    (problem,) = found('"reports"', '"gas"')
    assert problem[:3] == ("read-only-source", "error", 15)
    assert "writable = true in [data.gas]" in problem[3]


@pytest.mark.parametrize("sql", ['"select {word}"', '"select " + word', "word"])
def test_sql_is_never_put_together(sql: str) -> None:
    (problem,) = found('"select 1"', sql)
    assert problem[:3] == ("sql-template", "error", 11)
    assert ":name" in problem[3]


def test_half_typed_sql_is_only_half_typed() -> None:
    assert [p[0] for p in found('"select 1"', '!"select"')] == ["half-typed"]


def test_binds_must_be_those_of_the_statement() -> None:
    assert [p[0] for p in found("{phone: call", "{fone: call")] == ["sql-unbound", "sql-unused"]


def test_sound_files_must_be_there() -> None:
    text = 'flow f\nschema 1\nstart -> a\nnode a: say\n  text = [file("NAME"), file(call.caller)]\n'
    text += "  -> b\nnode b: hangup\n"
    site = replace(SITE, files=lambda name: "/sounds/x.wav" if name == "x.wav" else None)
    assert problems_of(text.replace("NAME", "x.wav"), site) == []
    (problem,) = problems_of(text.replace("NAME", "y.wav"), site)
    assert (problem.code, problem.severity, problem.subject) == ("missing-file", "error", "a")
    assert problem.place.line == 5 and '"y.wav"' in problem.text
    assert problems_of(text.replace("NAME", "y.wav"), SITE) == []


WAITING = """flow f
schema 1
start -> a
node a: if
  when = queue("repairs").waiting > 3 or queue(call.called).waiting > 3
  true -> b
  false -> b
node b: hangup
"""


def test_a_queue_must_be_there() -> None:
    assert problems_of(WAITING, replace(COMPLETE, queues={"repairs"})) == []
    (problem,) = problems_of(WAITING, replace(COMPLETE, queues={"repair"}))
    assert (problem.code, problem.severity, problem.place.line) == ("unknown-queue", "error", 5)
    assert 'did you mean "repair"?' in problem.text
    (problem,) = problems_of(WAITING, SITE)
    assert (problem.code, problem.severity) == ("unknown-queue", "warning")


class Line(Node):
    """Names a queue by a parameter."""

    type, title, group, icon = "line", "Line", "Agents", "queue"
    queue: str = param(help="Which.", names="queue")

    async def run(self) -> PortValue:
        return "next"


def test_a_node_may_name_a_queue() -> None:
    site = replace(COMPLETE, nodes={**LIBRARY, "line": Line}, queues={"repairs"})
    text = 'flow f\nschema 1\nstart -> a\nnode a: line\n  queue = "NAME"\n  -> b\nnode b: hangup\n'
    assert problems_of(text.replace("NAME", "repairs"), site) == []
    assert [p.code for p in problems_of(text.replace("NAME", "bills"), site)] == ["unknown-queue"]


class Seat(Node):
    """Names an agent, a box and a strategy."""

    type, title, group, icon = "seat", "Seat", "Agents", "agent"
    who: str | None = param(help="Who.", names="agent", default=None)
    box: str | None = param(help="Which.", names="box", default=None)
    how: str | None = param(help="How.", names="strategy", default=None)

    async def run(self) -> PortValue:
        return "next"


def seat(line: str, **around: Any) -> list[tuple[str, str, str]]:
    """What is said of a node with *line*."""
    site = replace(COMPLETE, nodes={**LIBRARY, "seat": Seat}, **around)
    text = f"flow f\nschema 1\nstart -> a\nnode a: seat\n  {line}\n  -> b\nnode b: hangup\n"
    return [(p.code, p.severity, p.text) for p in problems_of(text, site)]


def test_an_unknown_agent_is_a_warning_for_agents_come_and_go() -> None:
    assert seat('who = "1001"', agents=("1001",)) == []
    said = 'there is no agent "1002" (did you mean "1001"?)'
    assert seat('who = "1002"', agents=("1001",)) == [("unknown-agent", "warning", said)]
    assert seat("who = call.caller", agents=("1001",)) == []


def test_an_agent_of_an_expression_must_be_there_too() -> None:
    text = WAITING.replace('queue("repairs").waiting > 3', 'agent("7").state == "ready"')
    (problem,) = problems_of(text, replace(COMPLETE, agents={"8"}))
    assert (problem.code, problem.severity, problem.place.line) == ("unknown-agent", "warning", 5)


def test_a_box_must_be_there() -> None:
    assert seat('box = "repairs"', boxes=("repairs",)) == []
    said = 'there is no voicemail box "repair" (did you mean "repairs"?)'
    assert seat('box = "repair"', boxes=("repairs",)) == [("unknown-box", "error", said)]


def test_a_strategy_is_told_of_by_whoever_knows_strategies() -> None:
    assert seat('how = "any"') == []
    found: list[str] = []

    def check(text: str) -> list[tuple[Literal["error", "warning"], str]]:
        found.append(text)
        return [("warning", "hardly meant")]

    assert seat('how = "any"', check_strategy=check) == [
        ("bad-strategy", "warning", "hardly meant")
    ]
    assert seat("how = call.caller", check_strategy=check) == []
    assert found == ["any"]
