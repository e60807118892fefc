from __future__ import annotations

import pytest

from expr_kit import problem, typed
from flow_runtime.core.expr.env import VIEWS, TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.rules import common, common_item, fits, surely
from flow_runtime.core.expr.tree import HalfTyped
from flow_runtime.core.problems import Place
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.syntax.parser import parse_expression
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    LIST,
    NONE,
    NUMBER,
    PROMPT,
    RECORD,
    RECORDING,
    SOUND,
    TEXT,
    TIME,
    Type,
)

MAYBE = Type("text", optional=True)
NUMBERS = Type("list", item=NUMBER)
PERSON = Type("record", fields={"name": TEXT, "age": Type("number", optional=True)})
ENV = TypeEnv(
    {
        "n": NUMBER, "t": TEXT, "b": BOOLEAN, "d": DATE, "clock": TIME, "at": DATETIME,
        "gap": DURATION, "items": LIST, "numbers": NUMBERS, "row": RECORD, "who": PERSON,
        "maybe": MAYBE, "found": Type("record", optional=True), "message": RECORDING,
        "greeting": PROMPT, "x": ANY, "count": Type("number", optional=True),
        "flags": Type("boolean", optional=True),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "number"), ('"a"', "text"), ("true", "boolean"), ("none", "none"), ("5s", "duration"),
        ('"{n} {n:money} {d:date}"', "text"), ('t"any.key"', "prompt"), ("[]", "list of any"),
        ("[1, 2]", "list of number"), ('[1, "a"]', "list of any"), ("[1, none]", "list of number?"),
        ("[none, 1]", "list of number?"), ("[[1], [2]]", "list of list of number"),
        ("{a: 1}.a", "number"), ('{a: 1}["b"]', "any"), ("n", "number"), ("maybe", "text?"),
        ("call.caller", "text"), ("call.trunk", "text?"), ("call.headers.From", "any"),
        ("contact.level", "any"), ("customer?.level", "any"), ("row.x", "any"),
        ("who.name", "text"), ("who.age", "number?"), ("who?.name", "text"), ("x.y", "any"),
        ("x[0]", "any"), ("numbers[0]", "number"), ('row["a"]', "any"), ("found?.x", "any"),
        ("n + 1", "number"), ("t + t", "text"), ("d + 1d", "date"), ("d - d", "duration"),
        ("clock + gap", "time"), ("at - at", "duration"), ("gap + at", "datetime"),
        ("gap * 2", "duration"), ("gap / gap", "number"), ("n % 2", "number"),
        ("numbers + numbers", "list of number"), ('numbers + ["a"]', "list of any"),
        ("x + 1", "number"), ('x + "a"', "text"), ("x + x", "any"), ("x * x", "any"),
        ("x + 1s", "any"), ("x < x", "boolean"), ("x - 1", "number"), ("1 in numbers", "boolean"),
        ("x in numbers", "boolean"), ('"a" in row', "boolean"), ('"a" in t', "boolean"),
        ("x in x", "boolean"), ("maybe == none", "boolean"), ('maybe == "x"', "boolean"),
        ("n != none", "boolean"), ("x == 1", "boolean"), ("b and not b or x", "boolean"),
        ("-n", "number"), ("-gap", "duration"), ("-x", "any"), ('maybe ?? "x"', "text"),
        ("maybe ?? none", "text?"), ("none ?? 1", "number"), ("maybe ?? x", "any"),
        ("if b then 1 else 2", "number"), ("if b then 1 else none", "number?"),
        ("if b then maybe else t", "text?"), ("len(t)", "number"), ("len(x)", "number"),
        ("first(numbers)", "number?"), ("first(items)", "any?"), ("first(x)", "any?"),
        ("min(numbers)", "number"), ("max(1, n)", "number"), ("max(x, 1)", "number"),
        ("slice(numbers, 1)", "list of number"), ("slice(x, 1)", "any"),
        ('split(t, ",")', "list of text"), ("now()", "datetime"), ("silence(1s)", "prompt"),
        ('queue("a").waiting', "number"), ('agent("1").state', "text"),
        ('phone_region(t, {"0": 1})', "any"), ("phone_e164(t)", "text?"),
        ("text(greeting == greeting)", "text"), ('date(2026, 1, 1)', "date"), ("min(x)", "any"),
        ("contains(numbers, x)", "boolean"), ("sum([])", "number"),
        ("if maybe != none then maybe + t else t", "text"),
        ("if maybe == none then t else maybe", "text"),
        ('maybe != none and maybe + "x" == t', "boolean"),
        ('maybe == none or maybe + "x" == t', "boolean"),
        ('not (maybe == none) and len(maybe) > 1', "boolean"),
        ("if found != none then found.x else 0", "any"),
        ("if found?.x != none then found.x else 0", "any"),
        ('if first([found])?.x != none then 1 else 0', "number"),
        ("if who.age != none then who.age + 1 else 0", "number"),
        ('if maybe == "a" then maybe else t', "text"),
        ("if maybe == t then maybe else t", "text"),
        ("if count == 1 and maybe == t then maybe else t", "text"),
        ("if count == none or maybe == none then 0 else count + len(maybe)", "number"),
        ("if (count != none and b) or (n == count and not b) then count else 0", "number"),
        ("if call.caller == found?.phone then found.phone else 0", "any"),
        ("if found?.phone == call.caller then found.phone else 0", "any"),
    ],
)  # fmt: skip
def test_types(text: str, kind: str) -> None:
    assert typed(text, env=ENV) == (kind, [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('"1" == 1', ["type-mismatch"]), ('n + "1"', ["type-mismatch"]),
        ("t + 1", ["type-mismatch"]),
        ("d < at", ["type-mismatch"]), ("b < b", ["type-mismatch"]),
        ("row + row", ["type-mismatch"]),
        ('"a" in numbers', ["type-mismatch"]), ("1 in t", ["type-mismatch"]),
        ("1 in [none]", []), ("n and b", ["type-mismatch"]), ("b or t", ["type-mismatch"]),
        ("not n", ["type-mismatch"]), ("-t", ["type-mismatch"]), ("-b", ["type-mismatch"]),
        ("if n then 1 else 2", ["type-mismatch"]), ('if b then 1 else "a"', ["type-mismatch"]),
        ('count ?? "a"', ["type-mismatch"]), ("numbers + 1", ["type-mismatch"]),
        ("maybe + t", ["possible-none"]), ("count < 3", ["possible-none"]),
        ("-count", ["possible-none"]), ("not flags", ["possible-none"]),
        ("flags and b", ["possible-none"]), ('"{maybe}"', ["possible-none"]),
        ('"{maybe:spell}"', ["possible-none"]), ("customer.level", ["possible-none"]),
        ("found.x", ["possible-none"]), ("len(maybe)", ["possible-none"]),
        ("text(maybe)", ["possible-none"]), ("none + 1", ["possible-none"]),
        ("1 + none", ["possible-none"]), ("-none", ["possible-none"]),
        ("none.x", ["possible-none"]),
        ("none[0]", ["possible-none"]), ('"{none}"', ["possible-none"]),
        ('"{none:money}"', ["possible-none"]), ("len(none)", ["possible-none"]),
        ("first(numbers) + 1", ["possible-none"]), ("found?.x.y", []),
        ("who.age + 1", ["possible-none"]), ("sum([1, none])", ["type-mismatch"]),
        ("if maybe == none then maybe + t else t", ["possible-none"]),
        ("if maybe != none or b then maybe + t else t", ["possible-none"]),
        ("maybe != none or maybe + t == t", ["possible-none"]),
        ("if maybe == x then maybe + t else t", ["possible-none"]),
        ("if maybe == count then 1 else 2", ["type-mismatch"]),
        ("nn", ["unknown-name"]), ("calls.caller", ["unknown-name"]), ("today", ["unknown-name"]),
        ("call.colour", ["unknown-member"]), ("t.x", ["unknown-member"]),
        ("who.nme", ["unknown-member"]), ("{a: 1}.b", ["unknown-member"]),
        ('queue("a").wating', ["unknown-member"]), ("lenn(t)", ["unknown-function"]),
        ("len()", ["wrong-arguments"]), ("len(t, t)", ["wrong-arguments"]),
        ("today(1)", ["wrong-arguments"]), ("upper(n)", ["type-mismatch"]),
        ("len(n)", ["type-mismatch"]), ('max(1, "a")', ["type-mismatch"]),
        ('contains(numbers, "a")', ["type-mismatch"]), ("t[0]", ["type-mismatch"]),
        ("n[0]", ["type-mismatch"]), ('numbers["a"]', ["type-mismatch"]),
        ("row[1]", ["type-mismatch"]),
        ('"{n:mony}"', ["unknown-format"]), ('"{t:money}"', ["type-mismatch"]),
        ('"{numbers}"', ["type-mismatch"]), ('"{row}"', ["type-mismatch"]),
        ('"{message}"', ["type-mismatch"]), ('"{d:time}"', ["type-mismatch"]),
        ("{a: 1, a: 2}", ["duplicate-key"]), ('{1: "a", "1": "b"}', ["duplicate-key"]),
        ('date("2026-02-30")', ["bad-value"]), ("1 / 0", ["bad-value"]),
        ('matches(t, "(")', ["bad-value"]), ('matches("a", "(")', ["bad-value"]),
        ('number("x")', ["bad-value"]), ('format(1, "mony")', ["unknown-format"]),
        ('format(t, "mony")', ["unknown-format"]), ('format(t, "money")', ["type-mismatch"]),
        ("format(x, t)", []), ('file("x.wav")', []), ('queue("x").waiting', []),
        ('1 + t == n - "x"', ["type-mismatch", "type-mismatch"]),
        ("min(b, b)", []),
    ],
)  # fmt: skip
def test_problems(text: str, codes: list[str]) -> None:
    assert typed(text, env=ENV)[1] == codes


@pytest.mark.parametrize(
    ("text", "wanted", "codes"),
    [
        ("1", NUMBER, []), ('"1"', NUMBER, ["type-mismatch"]), ("n", TEXT, ["type-mismatch"]),
        ("x", NUMBER, []), ("maybe", TEXT, ["possible-none"]), ("maybe", MAYBE, []),
        ("none", MAYBE, []), ("none", TEXT, ["possible-none"]), ("maybe", ANY, []),
        ("none", ANY, []),
        ("maybe ?? t", TEXT, []), ("maybe ?? 1", TEXT, ["type-mismatch"]), ("none ?? t", TEXT, []),
        ("count ?? t", TEXT, ["type-mismatch"]), ("maybe ?? none", TEXT, ["possible-none"]),
        ("if b then 1 else t", NUMBER, ["type-mismatch"]),
        ("if maybe != none then maybe else t", TEXT, []),
        ('"Hi {n}"', SOUND, []), ("t", SOUND, []), ("message", SOUND, []), ("greeting", SOUND, []),
        ("silence(1s)", SOUND, []), ("items", SOUND, []), ("x", SOUND, []), ("[]", SOUND, []),
        ('["a", t"b", silence(1s), [message]]', SOUND, []), ("n", SOUND, ["type-mismatch"]),
        ('["a", 1]', SOUND, ["type-mismatch"]), ("numbers", SOUND, ["type-mismatch"]),
        ("maybe", SOUND, ["possible-none"]), ("[maybe]", SOUND, ["possible-none"]),
        ('"{maybe}"', SOUND, ["possible-none"]), ('"a"', PROMPT, []),
        ("t", PROMPT, ["type-mismatch"]),
        ('if b then "a" else greeting', PROMPT, []), ('t"a"', PROMPT, []),
        ('t"a"', TEXT, ["type-mismatch"]),
        ("[1]", NUMBERS, []), ('["a"]', NUMBERS, ["type-mismatch"]),
        ("[count]", NUMBERS, ["possible-none"]),
        ("items", NUMBERS, []), ("[1]", LIST, []), ("first([numbers])", NUMBERS, ["possible-none"]),
        ('{name: "a"}', PERSON, []), ('{name: 1}', PERSON, ["type-mismatch"]),
        ("{age: 1}", PERSON, ["type-mismatch"]), ('{name: "a", more: 1}', PERSON, []),
        ("row", PERSON, []), ("who", RECORD, []),
        ("who", Type("record", fields={"age": NUMBER}), ["type-mismatch"]),
        ("who", Type("record", fields={"x": MAYBE}), []),
        ("who", Type("record", fields={"x": TEXT}), ["type-mismatch"]),
        ("true", BOOLEAN, []),
    ],
)  # fmt: skip
def test_expected_types(text: str, wanted: Type, codes: list[str]) -> None:
    assert typed(text, wanted, env=ENV)[1] == codes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nn", 'did you mean "n"?'),
        ("today", "a function is called with brackets: today(...)"),
        ("lenn(t)", 'did you mean "len"?'),
        ("call.calle", 'did you mean "caller"?'),
        ("t.x", "a text has no fields"),
        ('"{n:mony}"', 'did you mean "money"?'),
        ('n + "1"', "convert one side with number(...)"),
        ("upper(n)", "a value of type text is needed here, but this is number; write text(...)"),
        ("maybe + t", '"maybe" may be none here; check it before, or write maybe ?? ...'),
        ("customer.level", "write customer?.level"),
        ("first(numbers) + 1", "this may be none"),
        ("none + 1", "none cannot be used"),
        ("first([found]).x", "this may be none here; write ...?.x"),
        ("t[0]", "slice(...)"),
        ('"{numbers}"', "join(...)"),
        ('"{d:time}"', "the format time takes time or datetime, but this is date"),
        ("len()", "not with nothing"),
        ("max(1, t)", "max(*values: T) -> T"),
        ("round(n, t)", "number(...)"),
    ],
)
def test_messages_say_what_to_do(text: str, says: str) -> None:
    if text.startswith("first([found])"):
        assert says in next(p.text for p in infer(parse_expression(text), ENV)[1])
        return
    assert says in problem(text, env=ENV).text


def test_places() -> None:
    found = problem("1 + len(nn)", env=ENV)
    assert found.place == Place(1, 9, 1, 11)


def test_half_typed() -> None:
    kind, (found,) = infer(HalfTyped("n +"), ENV)
    assert kind == ANY
    assert (found.code, "n +" in found.text) == ("half-typed", True)


BOOK, _ = PromptBook.build(
    {
        "en": {"hi": "Hi {t}.", "bad": "{nn} {n:mony}", "half": "x", "nested": '{t"hi"}'},
        "zh-CN": {"hi": "你好。", "bad": "好", "nested": "好"},
    },
    {"en": {"spoken": "/x.wav"}, "zh-CN": {"spoken": "/y.wav"}},
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('t"hi"', []),
        ('t"spoken"', []),
        ('t"cordboard.goodbye"', []),
        ('t"spokn"', ["unknown-prompt"]),
        ('t"half"', ["missing-prompt"]),
        ('t"bad"', ["unknown-name", "unknown-format"]),
        ('t"nested"', ["bad-prompt"]),
    ],
)
def test_prompts_are_checked_in_every_language(text: str, codes: list[str]) -> None:
    env = TypeEnv(ENV.variables, prompts=BOOK)
    _, problems = infer(parse_expression(text), env)
    assert [found.code for found in problems] == codes
    for found in problems:
        assert found.place == Place(1, 1, 1, len(text) + 1)
        assert found.severity == ("warning" if found.code == "missing-prompt" else "error")
    if text == 't"bad"':
        assert problems[0].text.startswith('prompt "bad" (en): nothing is called "nn"')
    if text == 't"spokn"':
        assert 'did you mean "spoken"?' in problems[0].text
    if text == 't"half"':
        assert "zh-CN" in problems[0].text


def test_environments() -> None:
    env = TypeEnv({"found": Type("record", optional=True)}).knowing(
        ["found", "found.x", "foundling"]
    )
    assert env.lookup("call") == VIEWS["call"]
    assert env.lookup("zzz") is None
    assert TypeEnv(open=True).lookup("zzz") == ANY
    assert set(env.names()) == {"found", "call", "contact", "customer"}
    assert typed("found.x", env=env) == ("any", [])


def test_rules() -> None:
    assert common(NONE, NONE) == NONE
    assert common(PERSON, RECORD) == RECORD
    assert common(NUMBER, TEXT) is None
    assert common_item([]) == ANY
    assert not fits(Type("list", item=MAYBE), Type("list", item=TEXT))
    assert surely(NONE, MAYBE)
    assert not surely(NONE, TEXT)
    assert not surely(MAYBE, TEXT)
    assert not surely(LIST, NUMBERS)
    assert surely(NUMBERS, NUMBERS)
    assert not surely(RECORD, PERSON)
    assert surely(PERSON, PERSON)
