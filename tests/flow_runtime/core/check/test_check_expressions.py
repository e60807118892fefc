from dataclasses import replace

import pytest

from flow_kit import SITE, codes, problems_of
from flow_runtime.core.prompts import PromptBook

HEAD = """flow f
schema 1
var n: number = 0
var t: text = ""
var note: text?
var sure: text? = "x"
start -> a
"""


def log(expression: str) -> str:
    return f"{HEAD}node a: log\n  text = {expression}\n  -> b\nnode b: hangup\n"


def severities(text: str) -> list[tuple[str, str]]:
    return [(p.code, p.severity) for p in problems_of(text)]


@pytest.mark.parametrize(
    "expression", ['"{n + 1}"', "t", 'note ?? ""', 'if note != none then note else ""', "sure"]
)
def test_good_expressions(expression: str) -> None:
    assert codes(log(expression)) == []


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('"{n + t}"', "type-mismatch"),
        ("n", "type-mismatch"),
        ("tt", "unknown-name"),
        ("call.calller", "unknown-member"),
        ("uper(t)", "unknown-function"),
        ('!"n +"', "half-typed"),
    ],
)
def test_wrong_expressions(expression: str, code: str) -> None:
    assert codes(log(expression)) == [f"{code}@9"]
    assert problems_of(log(expression))[0].subject == "a"


def test_a_default_may_use_what_stands_above_it() -> None:
    text = log('"{m}"').replace("var n: number = 0", "var m: number = 1\nvar n: number = m + 1")
    assert codes(text) == []
    assert codes(log("t").replace("number = 0", 'number = "x"')) == ["type-mismatch@3"]
    assert codes(log("t").replace("number = 0", "number = later")) == ["unknown-name@3"]


def test_set_lines_have_the_type_of_their_variable() -> None:
    text = HEAD + "node a: set\n  LINE\n  -> b\nnode b: hangup\n"
    assert codes(text.replace("LINE", "n = n + 1")) == []
    assert codes(text.replace("LINE", "contact.anything = n")) == []
    assert codes(text.replace("LINE", "n = t")) == ["type-mismatch@9"]
    assert codes(text.replace("LINE", 'n = !"t +"')) == ["half-typed@9"]
    both = {"half-typed@9", "unknown-variable@9"}
    assert set(codes(text.replace("LINE", 'm = !"t +"'))) == both


def test_half_typed_is_found_where_no_type_is_known() -> None:
    text = HEAD + 'node a: wait\n  tmie = !"1"\n  time = 1s\n  -> b\nnode b: hangup\n'
    assert sorted(codes(text)) == ["half-typed@9", "unknown-parameter@9"]
    text = HEAD + 'node a: digits\n  prompt = "?"\n  into = !"x"\n  -> b\n  failed -> b\n'
    assert codes(text + "node b: hangup\n") == ["half-typed@10"]


# --- what may be none -----------------------------------------------------------------------------

LOOKUP = """flow f
schema 1
var note: text?
start -> a
node a: db_lookup
  source = "s"
  sql = "select 1"
  into = row
  found -> found
  not_found -> other
  error -> other
node found: log
  text = "{row.x}"
  -> end
node other: log
  text = "{OTHER}"
  -> end
node end: hangup
"""
WITH_S = replace(SITE, sources={"s": False})


def none_at(text: str) -> list[str]:
    return codes(text, WITH_S)


def test_a_port_tells_what_is_set_behind_it() -> None:
    assert none_at(LOOKUP.replace("OTHER", "1")) == []
    assert none_at(LOOKUP.replace("OTHER", "row.x")) == ["possible-none@16"]
    assert none_at(LOOKUP.replace("OTHER", "row?.x ?? 0")) == []


def test_where_ways_meet_only_common_knowledge_is_kept() -> None:
    text = LOOKUP.replace("OTHER", "1").replace('"{row.x}"\n  -> end', '"{row.x}"\n  -> last')
    text += 'node last: log\n  text = "{row.x}"\n  -> end\n'
    assert none_at(text) == []
    met = text.replace('text = "{1}"\n  -> end', 'text = "{1}"\n  -> last')
    assert none_at(met) == ["possible-none@20"]
    assert severities(met)[-1] == ("possible-none", "warning")


def test_an_if_tells_behind_its_ports() -> None:
    text = (
        HEAD
        + """node a: if
  when = note != none
  true -> yes
  false -> no
node yes: log
  text = note
  -> b
node no: log
  text = NO
  -> b
node b: hangup
"""
    )
    assert codes(text.replace("NO", '"x"')) == []
    assert codes(text.replace("NO", "note")) == ["possible-none@16"]


def test_what_is_assigned_is_known_and_what_was_known_is_forgotten() -> None:
    text = (
        HEAD
        + """node a: set
  note = FIRST
  t = note
  note = LAST
  -> b
  error -> c
node b: log
  text = note
  -> c
node c: hangup
"""
    )
    assert codes(text.replace("FIRST", '"x"').replace("LAST", "t")) == []
    assert codes(text.replace("FIRST", "none").replace("LAST", "t")) == ["possible-none@10"]
    assert codes(text.replace("FIRST", "t").replace("LAST", "none")) == ["possible-none@15"]


def test_after_a_failed_set_nothing_is_known_of_its_variables() -> None:
    text = HEAD + 'node a: set\n  sure = "y"\n  -> c\n  error -> b\n'
    text += "node b: log\n  text = sure\n  -> c\nnode c: hangup\n"
    assert codes(text) == ["possible-none@13"]


def test_on_error_and_on_hangup_know_nothing() -> None:
    text = HEAD.replace("start -> a\n", "start -> a\non_error -> e\non_hangup -> h\n")
    text += "node a: hangup\nnode e: log\n  text = sure\n  -> a\nnode h: log\n  text = sure\n"
    assert codes(text) == ["possible-none@12", "possible-none@15"]


def test_of_nodes_that_no_call_reaches_nothing_is_said() -> None:
    assert codes(HEAD + "node a: hangup\nnode b: log\n  text = note\n  -> a\n") == ["unreachable@9"]


def test_behind_an_unknown_node_type_what_was_known_stays() -> None:
    text = HEAD + "node a: mystery\n  x -> b\nnode b: log\n  text = sure\n  -> c\nnode c: hangup\n"
    assert codes(text) == ["unknown-node@8"]


def test_none_itself_is_an_error() -> None:
    assert severities(log("none")) == [("possible-none", "error")]


# --- prompts --------------------------------------------------------------------------------------


def site_with(**texts: dict[str, str]):  # type: ignore[no-untyped-def]
    book, wrong = PromptBook.build(texts)
    assert not wrong
    return replace(SITE, prompts=book)


SAY = 'flow f\nschema 1\nstart -> a\nnode a: say\n  text = t"hi"\n  -> b\nnode b: hangup\n'


def test_a_prompt_must_be_in_every_language() -> None:
    assert codes(SAY, site_with(en={"hi": "Hello"}, zh={"hi": "你好"})) == []
    assert codes(SAY, site_with(en={"hi": "Hello"}, zh={"ho": "你好"})) == ["missing-prompt@5"]
    assert codes(SAY, site_with(en={"ho": "Hello"})) == ["unknown-prompt@5"]


def test_a_prompt_may_use_variables_of_the_flow_only() -> None:
    assert codes(SAY, site_with(en={"hi": "Hello {call.caller:digits}"})) == []
    assert codes(SAY, site_with(en={"hi": "Hello {name}"})) == ["unknown-name@5"]
