"""What can be used, and what is wanted, at the nodes of a flow."""

from __future__ import annotations

from typing import Any

from flow_kit import LIBRARY, flow_of
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check.reader import Reader
from flow_runtime.core.check.subject import Subject
from flow_runtime.core.expr.assist import Assistance, Scope, assist
from flow_runtime.core.expr.assist.at_node import scope_above, scope_at, wanted_by
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings

PART = """
flow part
schema 1
input size: number
input word: text = ""
output mark: number = 1
start -> done
node done: end
"""
FLOW = """
flow line
schema 1
input level: text = ""
var tries: number = 0  # how often the caller was asked
var late: boolean = tries > 3

start -> balance

node balance: db_lookup
  source = "billing"
  sql = "select a.owed, count(*) as bills from account a where phone = :phone and kind = :kind"
  bind = {phone: call.caller, kind: level}
  into = account
  found -> mark
  not_found -> ask

node mark: set
  contact.segment = "debtor"
  note = "x"
  tries = tries + 1
  -> part

node ask: digits
  prompt = t"hello"
  into = note
  max = 3
  -> part
  failed -> end

node part: subflow
  flow = "part.flow"
  inputs = {size: 1}
  outputs = {tries: mark}
  next -> end

node end: hangup
"""


class Office:
    """A calendar."""

    def state(self, at: Any, /) -> Any:
        return "open"


def subject() -> Subject:
    files: dict[str, CalledFlow] = {}
    book, _ = PromptBook.build({"en": {"hello": "Hello."}, "zh-CN": {"hello": "您好。"}})
    around = Surroundings(
        LIBRARY, book, {"office": Office()}, {"billing": True, "old": False}, flows=files.get
    )
    files["part.flow"] = CalledFlow("part.flow", flow_of(PART), around)
    return Reader(around).read(flow_of(FLOW), False)


SUBJECT = subject()


def at(node: str, parameter: str, text: str, scope: Scope | None = None) -> Assistance:
    """The assistance for *text* with the cursor at ``|``, as the value of a parameter."""
    before, _, after = text.partition("|")
    wanted = wanted_by(SUBJECT.nodes[node], parameter, SUBJECT.env)
    return assist(before + after, len(before), scope or scope_at(SUBJECT, node), wanted)


def labels(node: str, parameter: str, text: str) -> list[str]:
    return [c.label for c in at(node, parameter, text).completions]


def test_variables_say_where_they_come_from() -> None:
    about = {c.label: c.help for c in at("mark", "tries", "|").completions if c.kind == "variable"}
    assert about == {
        "level": "An input of this flow.",
        "tries": "how often the caller was asked",
        "late": "A variable of this flow.",
        "account": "Set by the node balance (Database lookup).",
        "note": "Set by the node ask (Digits).",
    }


def test_a_variable_is_there_behind_the_port_that_sets_it_only() -> None:
    def inserted(node: str) -> str:
        (field,) = at(node, "tries", "account.ow|").completions
        return field.insert

    assert inserted("mark") == "owed"
    assert inserted("ask") == "?.owed"


def test_the_lines_of_a_set_node_see_what_those_above_them_set() -> None:
    def note(line: int) -> str:
        scope = scope_at(SUBJECT, "mark", line)
        found = at("mark", "level", "|", scope).completions
        return next(c.type for c in found if c.label == "note")

    assert note(1) == "text?"
    assert note(2) == "text"


def test_columns_and_attributes_are_fields() -> None:
    assert labels("mark", "tries", "account.|") == ["bills", "owed"]
    assert labels("mark", "tries", "contact.|") == ["segment"]
    scope = scope_at(SUBJECT, "mark", customer={"level": "Gold or silver."})
    assert [c.label for c in at("mark", "tries", "customer?.|", scope).completions] == ["level"]


def test_the_type_of_a_line_of_set_is_that_of_its_variable() -> None:
    assert labels("mark", "late", "|")[0] == "late"
    assert at("mark", "tries", '"a"|').faults[0].code == "type-mismatch"
    assert at("mark", "contact.segment", '"a"|').faults == ()


def test_parameters_know_what_they_are_the_names_of() -> None:
    assert labels("balance", "source", '"|"') == ["billing", "old"]
    assert labels("ask", "end_key", "|")[:3] == ['""', '"#"', '"*"']
    assert labels("ask", "prompt", 't"|"') == ["hello"]
    scope = scope_at(SUBJECT, "ask", names={"queue": ["sales"]})
    assert [c.label for c in at("ask", "prompt", 'queue("|")', scope).completions] == ["sales"]


def test_records_have_the_fields_that_are_asked_for() -> None:
    assert labels("balance", "bind", "{|}") == ["kind", "phone"]
    found = at("part", "inputs", "{|}").completions
    assert {c.label: c.help for c in found} == {
        "size": "number, needed",
        "word": "text, may be left out",
    }
    assert "tries" in labels("part", "outputs", "{|}")


def test_where_a_variable_is_named_those_of_its_type_come_first() -> None:
    assert labels("balance", "into", "|")[0] == "account"
    assert at("ask", "into", "new_one|").faults == ()


def test_what_a_parameter_does_not_allow_is_said_at_once() -> None:
    (fault,) = at("ask", "max", "300|").faults
    assert (fault.code, fault.text) == ("bad-value", "max is 300, but it must be between 1 and 64")
    (fault,) = at("ask", "end_key", '"x"|').faults
    assert 'must be one of "#", "*", ""' in fault.text
    assert at("ask", "max", "6|").faults == at("ask", "max", "tries|").faults == ()


def test_a_default_sees_the_variables_above_it() -> None:
    names = scope_above(SUBJECT, "late").env.variables
    assert set(names) == {"level", "tries"}
