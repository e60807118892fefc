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


SPOKEN = """flow f
schema 1
var note: text?
start -> a
node a: if
  when = note != none
  true -> sure
  false -> maybe
  error -> maybe
node sure: say
  text = t"note"
  -> b
node maybe: say
  text = t"note"
  -> b
node b: hangup
"""


def test_a_prompt_is_checked_where_it_is_spoken() -> None:
    book = site_with(en={"note": "You said {note}."}, zh={"note": "您说了{note}{tries}。"})
    found = problems_of(SPOKEN.replace("text?", "text? = contact.note"), book)
    assert [(p.code, p.place.line, p.subject) for p in found] == [
        ("unknown-name", 11, "sure"),
        ("unknown-name", 14, "maybe"),
        ("possible-none", 14, "maybe"),
        ("possible-none", 14, "maybe"),
    ]
    assert found[2].text.startswith(
        'prompt "note" (en): "note" may be none here (a call comes here by a (false) -> maybe);'
    )
    assert [step.node for step in found[2].path] == ["a", "maybe"]
