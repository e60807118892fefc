"""What is offered at the cursor, in which order, and what becomes of the text."""

from __future__ import annotations

import pytest

from assist_kit import SCOPE, at, fitting, offered, taken
from flow_runtime.core.expr.assist import Scope, Wanted
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.facts import AGENT, CALL, QUEUE, RECORDED
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.types import BOOLEAN, DATE, NUMBER, RECORD, SOUND, TEXT, Type

NUMBERS, TEXTS, HEARD = Wanted((NUMBER,)), Wanted((TEXT,)), Wanted((SOUND,))
CHOICES = Wanted((TEXT,), choices=("both", "none", "caller's"))
LANGUAGES = Wanted((Type("list", item=TEXT),), names="language")


# --- the whole language is offered, with help -----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("|", {*FUNCTIONS, "call", "contact", "customer", "true", "false", "none", "if", "not"}),
        ('"{tries:|}"', {*FORMATS}),
        ("call.|", {*CALL}),
        ('queue("sales").|', {*QUEUE}),
        ('agent("1001").|', {*AGENT}),
        ("message.|", {*RECORDED}),
        ("tries |", set("== != < <= > >= in + - * / % ?? and or".split())),
        ("if open_now |", {"then"}),
        ("if open_now then 1 |", {"else"}),
    ],
)
def test_nothing_of_the_language_is_without_help(text: str, names: set[str]) -> None:
    found = {c.label: c for c in at(text).completions}
    assert names <= found.keys()
    for name in names:
        assert len(found[name].help) > 5, name


def test_functions_facts_and_formats_say_what_they_give_or_take() -> None:
    for text in ("|", "call.|", '"{tries:|}"', 'queue("x").|'):
        for completion in at(text).completions:
            typed = completion.kind in ("function", "field", "format", "view", "variable")
            assert bool(completion.type) is typed or completion.kind in ("constant", "prompt")


# --- what fits comes first ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "first"),
    [
        ("|", NUMBERS, ["tries", "floor", "len", "number", "round", "sum"]),
        ("|", Wanted((BOOLEAN,)), ["open_now", "contains", "matches", "starts_with"]),
        ("|", Wanted((DATE,)), ["add_days", "date", "today"]),
        ("|", HEARD, ["message", 't"bye"', 't"hello"', 't"jingle"']),
        ("|", CHOICES, ['"both"', '"caller\'s"', '"none"']),
        ("tries + |", Wanted(), ["tries", "floor"]),
        ("| + tries", Wanted(), ["tries", "floor"]),
        ("tries > |", Wanted(), ["tries"]),
        ("not |", Wanted(), ["open_now"]),
        ("open_now and |", Wanted(), ["open_now"]),
        ("if |", Wanted(), ["open_now"]),
        ("round(|)", Wanted(), ["tries"]),
        ("round(tries, |", Wanted(), ["tries"]),
        ("if open_now then | else 0", NUMBERS, ["tries"]),
        ("note ?? |", Wanted(), ["note", "digits_only"]),
        ("first(|)", Wanted(), ["rows"]),
        ("rows[|]", Wanted(), ["tries"]),
        ("[message, |]", HEARD, ["message", 't"bye"']),
        ("call.language == |", Wanted(), ['"en"', '"zh-CN"', "note"]),
        ("call.channel == |", Wanted(), ['"text"', '"voice"']),
        ("[|]", LANGUAGES, ['"en"', '"zh-CN"']),
        ("today() - |", Wanted((DATE,)), ["duration"]),
        ("tries in |", Wanted(), ["rows"]),
        ('"{|:money}"', Wanted(), ["tries"]),
        ("max(1, |)", Wanted(), ["tries"]),
    ],
)
def test_what_fits_comes_first(text: str, wanted: Wanted, first: list[str]) -> None:
    assert offered(text, wanted)[: len(first)] == first


def test_what_may_be_none_fits_perhaps_and_behind_a_check_surely() -> None:
    def note(text: str) -> str:
        return next(c.fits for c in at(text, TEXTS).completions if c.label == "note")

    assert note("|") == "perhaps"
    assert note('if note != none then | else "-"') == "surely"
    assert note('if note == none then "-" else |') == "surely"


def test_a_variable_hides_the_view_and_lives_beside_the_function_of_its_name() -> None:
    scope = Scope(TypeEnv({"customer": RECORD, "text": TEXT}))
    found = [(c.label, c.kind) for c in at("|", scope=scope).completions]
    assert ("customer", "variable") in found and ("customer", "view") not in found
    assert ("text", "variable") in found and ("text", "function") in found


# --- where the cursor is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("account.|", ["owed"]),
        ("contact.|", ["level"]),
        ("message.se|", ["seconds"]),
        ("call.ca|ll", ["called", "caller"]),
        ('queue("|").waiting', ["repairs", "sales"]),
        ('file("|")', ["jingle.wav"]),
        ('t"|"', ["bye", "hello", "jingle"]),
        ('t"h|', ["hello"]),
        ('upper(t"|', ["bye", "hello", "jingle"]),
        ('format(tries, "|")', [*sorted(FORMATS)]),
        ('call.channel == "v|"', ["voice"]),
        ('"{tries:mo|"', ["money"]),
        ("1|", []),
        ("1.5|", []),
        ("# to|day", []),
        ('"plain |"', []),
        ('"a {tries} |"', []),
        ('r"|"', []),
        ("rows[0].|", []),
        ("today().|", []),
        ("tries zz|", []),
    ],
)
def test_what_is_offered_depends_on_the_place(text: str, labels: list[str]) -> None:
    assert offered(text) == labels


def test_formats_that_fit_the_value_come_first() -> None:
    assert fitting('"{tries:|}"') == ["digits", "money", "number", "ordinal", "spell"]
    assert fitting('"{today():|}"') == ["date"]
    assert fitting('"{tries} {note ?? tries:|}"') == sorted(FORMATS)
    assert fitting("You have {90s:|} left", template=True) == ["duration"]
    assert offered("You| have", template=True) == []


def test_operators_go_with_the_value_before_them() -> None:
    assert set(fitting("tries |")) == set("== != < <= > >= in + - * / %".split())
    assert set(fitting("open_now |")) == {"==", "!=", "in", "and", "or"}
    assert "??" in fitting("note |")
    assert "and" in fitting("tries > 2 |")
    assert "and" not in fitting("round(tries > 2, tries |")
    assert fitting("if open_now |")[-1:] == ["or"] and "then" in fitting("if open_now |")
    assert "then" not in offered("(if open_now then 1 else 2) |")


def test_keys_of_a_record_are_those_that_are_asked_for() -> None:
    bind = Wanted((RECORD,), keys={"phone": ":phone of the statement", "zip code": ""})
    assert taken("{|}", "phone", bind) == "{phone: |}"
    assert taken("{phone: 1, |", "zip code", bind) == '{phone: 1, "zip code": |'
    assert offered("{phone: |}", bind)[0] == "account"
    known = Wanted((Type("record", fields={"lang": TEXT, "size": NUMBER}),))
    assert offered("{|}", known) == ["lang", "size"]
    assert fitting("{size: |}", known)[0] == "tries"


def test_where_a_variable_is_named_only_variables_are_offered() -> None:
    into = Wanted((RECORD,), variable=True)
    assert fitting("|", into) == []
    assert offered("|", into)[0] == "account"
    assert set(offered("|", into)) == set(SCOPE.env.variables)


# --- what becomes of the text ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label", "becomes"),
    [
        ("ro|", "round", "round(|)"),
        ("ro|(tries)", "round", "round|(tries)"),
        ("|", "today", "today()|"),
        ("tri|es + 1", "tries", "tries| + 1"),
        ("account.|", "owed", "account?.owed|"),
        ("account?.|", "owed", "account?.owed|"),
        ("call.|", "caller", "call.caller|"),
        ("tries |", "==", "tries == |"),
        ("tries)|", "+", "tries) + |"),
        ('"b|"', "both", '"both|"'),
        ("|", "if", "if |"),
        ('t"|"', "bye", 't"bye|"'),
        ("[t|", 't"bye"', '[t"bye"|'),
    ],
)
def test_choosing_one_puts_it_in(text: str, label: str, becomes: str) -> None:
    assert taken(text, label, CHOICES if label == "both" else Wanted()) == becomes


def test_behind_a_check_the_dot_stays() -> None:
    assert taken("if account != none then account.| + 1 else 0", "owed").startswith(
        "if account != none then account.owed|"
    )
    assert taken("account != none and account.|", "owed") == "account != none and account.owed|"


# --- texts that do not parse ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a b call.|",
        "f(] + call.|",
        "tries && call.|",
        "upper(a b, call.|",
        '"{a b} {call.|',
        "[1 2, call.|",
        "x = call.|",
    ],
)
def test_mistakes_elsewhere_do_not_hide_the_fields(text: str) -> None:
    assert offered(text) == sorted(CALL)


def test_mistakes_elsewhere_do_not_hide_the_fields_of_what_a_function_gives() -> None:
    assert offered('a b queue("sales").|') == sorted(QUEUE)
    assert offered('a $ (agent("1001")).|') == sorted(AGENT)
    assert offered("a b rows[0].x.|") == []


def test_mistakes_elsewhere_do_not_hide_the_values() -> None:
    assert "tries" in offered("a b + tri|")
    assert fitting("a b, round(|")[0] == "tries"
    assert "==" in offered("a b + tries |")
    assert offered('a b queue("|')[0] == "repairs"
    assert "round" in offered("$|")
    assert offered('a b "{tries:|') == sorted(FORMATS)
