"""Signatures, types, problems and what is still needed, while an expression is being typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist_kit import SCOPE, at
from flow_runtime.core.expr.assist import ANYTHING, Wanted, assist
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.syntax import print_expression
from flow_runtime.core.types import ANY, NUMBER, RECORD, SOUND, TEXT, Type
from strategies import TRICKY, WORDS, expressions

HEARD = Wanted((SOUND,))


# --- signatures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("round(|", "value: number"),
        ("round(|)", "value: number"),
        ("round(tries, |2)", "places?: number"),
        ("round(tries, 2, |", None),
        ("round((tries + |", "value: number"),
        ("round([1, 2][|", "value: number"),
        ('upper("a {lower(note|)}")', "value: text"),
        ("max(1, 2, 3, |", "*values: T"),
        ('replace("a,b", ",", |', "new: text"),
        ("add_days(now(), |", "days: number"),
        ('date(2026, |', "month: number"),
        ("contains(rows, |", "item: T"),
        ('phone_region("1", {}|', "prefixes: record"),
        ('slice(rows, |', "start: number"),
        ("today(|", None),
    ],
)  # fmt: skip
def test_the_parameter_that_is_typed_is_shown(text: str, parameter: str | None) -> None:
    help = at(text).signature
    assert help is not None
    if parameter is None:
        assert help.parameter is None
    else:
        assert help.parameter is not None
        assert help.signatures[help.chosen][slice(*help.parameter)] == parameter
    assert help.help == FUNCTIONS[help.function].help and help.examples


def test_each_signature_says_where_its_parameters_stand() -> None:
    for function in FUNCTIONS.values():
        for signature in function.signatures:
            for index, parameter in enumerate(signature.parameters):
                place = signature.parameter_place(index)
                assert place is not None and signature.text[slice(*place)] == parameter.text
                assert parameter.text.startswith(
                    ("*" if parameter.repeats else "") + parameter.name
                )


@pytest.mark.parametrize(
    "text", ["|", "tries|", "(tries + |", "round|(1)", "round(1)|", "nothing_like_it(|", "{a: |"]
)
def test_outside_of_a_function_s_brackets_there_is_no_help(text: str) -> None:
    assert at(text).signature is None


# --- types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "whole", "part", "help"),
    [
        ("tries| + 1", "number", ("tries", "number"), "How often"),
        ("tries + |1", "number", ("1", "number"), ""),
        ("tries |> 1", "boolean", ("tries > 1", "boolean"), "is more"),
        ("rou|nd(tries)", "number", ("round(tries)", "number"), "Rounded"),
        ("call.cal|ler", "text", ("call.caller", "text"), "number that calls"),
        ("c|all.caller", "text", ("call", "record"), "facts of this call"),
        ("account?.o|wed", "any", ("account?.owed", "any"), "A column"),
        ('"{tries:mo|ney}"', "text", ("money", "None"), "An amount"),
        ("message.sec|onds", "number", ("message.seconds", "number"), "How long"),
        ("no|ne", "none", ("none", "none"), "empty value"),
        ('t"by|e"', "prompt", ('t"bye"', "prompt"), "Goodbye."),
        ('t"jin|gle"', "prompt", ('t"jingle"', "prompt"), "A recording."),
        ('if note != none then upper(no|te) else ""', "text", ("note", "text"), ""),
        ("unknown|", "any", ("unknown", "any"), ""),
    ],
)
def test_types_of_the_whole_and_of_what_is_under_the_cursor(
    text: str, whole: str, part: tuple[str, str], help: str
) -> None:
    found = at(text)
    assert str(found.type) == whole
    under = found.under_cursor
    assert under is not None
    assert (text.replace("|", "")[under.start : under.end], str(under.type)) == part
    assert help in under.help and bool(help) is bool(under.help)


def test_the_type_of_what_is_not_finished_is_told_as_far_as_it_is_known() -> None:
    assert str(at("tries > |").type) == "boolean"
    assert str(at("[tries, |").type) == "list of number"
    assert at("tries + |").under_cursor is None
    assert at("tries tries|").type is None
    assert str(at('[t"bye"|]', HEARD).type) == "sound"
    assert str(at("You have {tries|}", template=True).type) == "text"


# --- what is wrong, and what is missing -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", "a value"),
        ("tries +", "a value"),
        ("round(", "“)”"),
        ("round(tries, (1", "“))”"),
        ("round([tries", "“])”"),
        ("if open_now", "“then”, a value, “else” and a value"),
        ("if open_now then 1 else", "a value"),
        ('"a', "the closing quote"),
        ('"a {tries', "“}” and the closing quote"),
        ('"a {tries:', "a format, “}” and the closing quote"),
        ('t"by', "the closing quote"),
        ('r"a', "the closing quote"),
        ('"""a', "the closing quotes"),
        ("call.", "a name"),
        ("1.", "a digit"),
        ("{a", "“:”, a value and “}”"),
        ("{a: 1, ", "“}”"),
        ('{"a', "the closing quote, “:”, a value and “}”"),
        ("not", "a value"),
        ("rows[", "a value and “]”"),
    ],
)
def test_what_is_still_needed(text: str, needed: str) -> None:
    found = assist(text, len(text), SCOPE)
    assert found.needed == needed
    (fault,) = (f for f in found.faults if f.unfinished)
    assert fault.text == f"still needed: {needed}"
    assert fault.start == fault.end == len(text.rstrip())
    assert found.type is not None


@pytest.mark.parametrize("text", ["(" * 500, "if " * 500, "a b", '"\\q', '{"\\q', "1" * 50 + " +"])
def test_what_cannot_be_finished_is_wrong(text: str) -> None:
    found = assist(text, len(text), SCOPE)
    assert found.needed == "" and found.type is None
    assert [fault.unfinished for fault in found.faults] == [False]


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        ("tries", ANYTHING, []),
        ("trees", ANYTHING,
         ['0-5 unknown-name: nothing is called "trees" (did you mean "tries"?)']),
        ("1 +\n  trees", ANYTHING,
         ['6-11 unknown-name: nothing is called "trees" (did you mean "tries"?)']),
        ("tries = 1", ANYTHING, ["6-7 syntax-unexpected: “=” is not an operator; write “==”"]),
        ("tries)", ANYTHING, ["5-6 syntax-bracket: there is no “(” that this “)” could close; "
                              "take it away"]),
        ('"a"', Wanted((NUMBER,)), ["0-3 type-mismatch: a value of type number is needed here, "
                                    "but this is text; write number(...)"]),
        ("trees + ", ANYTHING, ['0-5 unknown-name: nothing is called "trees" (did you mean '
                                '"tries"?)', "7-7 unfinished: still needed: a value"]),
        ('"bth"', Wanted((TEXT,), refused=lambda _: "must be one of these"),
         ["0-5 bad-value: must be one of these"]),
        ("account", Wanted((RECORD,), variable=True, must_exist=True), []),
        ("acount", Wanted((RECORD,), variable=True), []),
        ("acount", Wanted((RECORD,), variable=True, must_exist=True),
         ['0-6 unknown-variable: there is no variable acount (did you mean "account"?)']),
        ('"account"', Wanted((RECORD,), variable=True),
         ["0-9 not-a-variable: the name of a variable is needed here, without quotes"]),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(text: str, wanted: Wanted, told: list[str]) -> None:
    faults = assist(text, len(text), SCOPE, wanted).faults
    assert [f"{f.start}-{f.end} {f.code}: {f.text}" for f in faults] == told


def test_that_a_value_may_be_none_is_a_warning_and_none_itself_an_error() -> None:
    (maybe,) = assist("upper(note)", 0, SCOPE).faults
    (sure,) = assist("upper(none)", 0, SCOPE).faults
    assert (maybe.code, maybe.severity) == ("possible-none", "warning")
    assert (sure.code, sure.severity) == ("possible-none", "error")


def test_a_prompt_text_is_looked_through_as_prose() -> None:
    found = at("You owe {tries:money}, {trees|}.", template=True)
    assert [(f.code, f.start) for f in found.faults] == [("unknown-name", 24)]
    assert at('She said "{tries|}" {{', template=True).faults == ()
    assert at("You owe } |", template=True).faults[0].start == 8


# --- whatever is typed ----------------------------------------------------------------------------

PIECES = (
    *TRICKY, *WORDS, *SCOPE.env.variables, *FUNCTIONS, *FORMATS, "call", "contact", "customer",
    " ", "(", ")", "[", "]", "{", "}", ",", ".", "?.", ":", "??", "==", "=", "!", "+", "-", "/",
    '"', '"""', "'", 't"', 'r"', "\\", "$", "1", "1.5", "5s", "\r", "\r\n", "ꟷ", "#",
)  # fmt: skip
typed = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.text(max_size=40),
    st.tuples(expressions().map(print_expression), st.floats(0, 1)).map(
        lambda drawn: drawn[0][: int(len(drawn[0]) * drawn[1])]
    ),
)
wanted = st.sampled_from(
    [
        ANYTHING,
        HEARD,
        Wanted((NUMBER,), refused=lambda _: "no"),
        Wanted((TEXT,), choices=("a", "b c")),
        Wanted((RECORD,), keys={"a": "", "b c": ""}),
        Wanted((Type("record", fields={"a": NUMBER}),)),
        Wanted((Type("list", item=TEXT),), names="language"),
        Wanted((replace(ANY, optional=True),)),
        Wanted(variable=True, must_exist=True),
    ]
)


@settings(max_examples=400, deadline=None)
@given(typed, st.integers(-3, 45), wanted, st.booleans())
def test_nothing_that_is_typed_makes_it_raise(
    text: str, cursor: int, wanted: Wanted, template: bool
) -> None:
    found = assist(text, cursor, SCOPE, wanted, template=template)
    end = 0
    for token in found.tokens:
        assert end <= token.start < token.end <= len(text)
        end = token.end
    for completion in found.completions:
        assert 0 <= completion.start <= completion.end <= len(text)
        assert completion.label and 0 <= completion.caret <= len(completion.insert)
    for fault in found.faults:
        assert fault.text and 0 <= fault.start <= fault.end <= len(text)
    assert bool(found.needed) == any(fault.unfinished for fault in found.faults)
    assert found.type is not None or found.faults
    under = found.under_cursor
    assert under is None or 0 <= under.start <= under.end <= len(text)
