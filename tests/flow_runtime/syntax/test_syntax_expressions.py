"""What expressions and texts mean, and how they are printed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    HalfTyped,
    Index,
    ListOf,
    Literal,
    Member,
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.model import (
    Comments,
    Flow,
    NodeDecl,
    Parameter,
)
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax import (
    parse_expression,
    parse_template,
    print_expression,
    print_flow,
)
from syntax_kit import A, B, C, number, read, value

PRECEDENCE = {
    "a or b and c": Binary("or", A, Binary("and", B, C)),
    "not a and b": Binary("and", Unary("not", A), B),
    "not a == b": Unary("not", Binary("==", A, B)),
    "a == b + c": Binary("==", A, Binary("+", B, C)),
    "a in b or c": Binary("or", Binary("in", A, B), C),
    "a + b * c": Binary("+", A, Binary("*", B, C)),
    "a - b - c": Binary("-", Binary("-", A, B), C),
    "a - (b - c)": Binary("-", A, Binary("-", B, C)),
    "a * b ?? c": Binary("*", A, Binary("??", B, C)),
    "-a ?? b": Binary("??", Unary("-", A), B),
    "-a.b": Unary("-", Member(A, "b")),
    "--a": Unary("-", Unary("-", A)),
    "(-a).b": Member(Unary("-", A), "b"),
    "a?.b ?? 0 >= 3": Binary(
        ">=", Binary("??", Member(A, "b", optional=True), number("0")), number("3")
    ),
    "a.b?.c[1]": Index(Member(Member(A, "b"), "c", optional=True), number("1")),
    'queue("x").waiting': Member(Call("queue", (Text(("x",)),)), "waiting"),
    "if a then b else if b then c else a": Choice(A, B, Choice(B, C, A)),
    "if if a then b else c then a else b or c": Choice(Choice(A, B, C), A, Binary("or", B, C)),
    "(if a then b else c) + a": Binary("+", Choice(A, B, C), A),
    "(a == b) == c": Binary("==", Binary("==", A, B), C),
    "a == (b == c)": Binary("==", A, Binary("==", B, C)),
    "a == (not b)": Binary("==", A, Unary("not", B)),
    "f()": Call("f", ()),
    "f(a, if a then b else c)": Call("f", (A, Choice(A, B, C))),
    "[a, [b], {}]": ListOf((A, ListOf((B,)), RecordOf(()))),
    '{a: b, "a b": c, 1: a}': RecordOf((Pair("a", B), Pair("a b", C, quoted=True), Pair("1", A))),
}


@pytest.mark.parametrize("text", PRECEDENCE)
def test_precedence_and_minimal_parentheses(text: str) -> None:
    assert value(text) == PRECEDENCE[text]
    assert parse_expression(text) == PRECEDENCE[text]
    assert print_expression(PRECEDENCE[text]) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((a))", "a"),
        ("(a + b) + c", "a + b + c"),
        ("( a*b )+c", "a * b + c"),
        ("a+(b*c)", "a + b * c"),
        ("not(a)", "not a"),
        ("f( a , )", "f(a)"),
        ("[ a,\n b, ]", "[a, b]"),
        ("{ a : b , }", "{a: b}"),
        ("if(a)then(b)else(c)", "if a then b else c"),
        ('"{ {a: b}.a }"', '"{ {a: b}.a}"'),
    ],
)
def test_redundant_signs_go(text: str, printed: str) -> None:
    assert print_expression(parse_expression(text)) == printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", Decimal(12)), ("12.50", Decimal("12.50")), ("true", True), ("false", False),
        ("none", None), ("300ms", timedelta(milliseconds=300)), ("5s", timedelta(seconds=5)),
        ("2m", timedelta(minutes=2)), ("1h", timedelta(hours=1)), ("7d", timedelta(days=7)),
    ],
)  # fmt: skip
def test_literals(text: str, expected: Any) -> None:
    assert value(text) == Literal(expected, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('""', Text(())),
        ('"a # b"', Text(("a # b",))),
        (r'"\"q\" \\ \n \t \u00e9 {{x}}"', Text(('"q" \\ \n \t é {x}',))),
        ('"a {b} c"', Text(("a ", Slot(B), " c"))),
        ('"{a:money}{b}"', Text((Slot(A, "money"), Slot(B)))),
        ('"{f("x", "{b}")}"', Text((Slot(Call("f", (Text(("x",)), Text((Slot(B),))))),))),
        ('"{if a then "x" else b:spell}"', Text((Slot(Choice(A, Text(("x",)), B), "spell"),))),
        ('"{ {a: b} }"', Text((Slot(RecordOf((Pair("a", B),))),))),
        (r'r"\d{3} {x} {{ \n"', Text((r"\d{3} {x} {{ \n",), "raw")),
        ('r""', Text((), "raw")),
        ('t"welcome.menu"', PromptKey("welcome.menu")),
        (r'!"a + {\" \\d"', HalfTyped('a + {" \\d')),
    ],
)
def test_texts(text: str, expected: Expr) -> None:
    assert value(text) == expected
    assert value(text).place == Place(3, 7, 3, 7 + len(text))


@pytest.mark.parametrize(
    ("inside", "parts"),
    [
        ("", ()),
        ("\n  ", ()),
        ("\n", ()),
        ("one", ("one",)),
        ("  one\n    two", ("  one\ntwo",)),
        ("\n    one\n      two\n  ", ("one\n  two",)),
        ("  \n    one\n\n    two\n  ", ("one\n\ntwo",)),
        ("\n    one\n       \n    two\n  ", ("one\n\ntwo",)),
        ("\n    one  \n    two\n\n  ", ("one  \ntwo\n",)),
        ("\n\tone\n\ttwo\n", ("one\ntwo",)),
        ("\n  \tone\n    two\n", ("\tone\n  two",)),
        ("\n    {a}\n      {b} x\n  ", (Slot(A), "\n  ", Slot(B), " x")),
        ("\n{a}\n  b\n", (Slot(A), "\n  b")),
        ("\n  {a}  ", (Slot(A), "  ")),
        ("\n  say \\\"\"\" # {{no}} comment \\\\ \\n.\n  ", ('say """ # {no} comment \\ \n.',)),
        ("\n   \\u0020 one\n   ", ("  one",)),
        ("\n  {if a\n then b else\n  c}\n  d\n", (Slot(Choice(A, B, C)), "\nd")),
    ],
)  # fmt: skip
def test_long_texts(inside: str, parts: tuple[str | Slot, ...]) -> None:
    long = Text(parts, "long")
    assert value(f'"""{inside}"""') == long
    assert value(print_expression(long)) == long
    assert value(f'[1, """{inside}"""]') == ListOf((number("1"), long))


def test_a_long_text_is_indented_below_its_line() -> None:
    text = (
        'flow f\n\nvar v: text = """\n  a\n\n    b\n"""\n\nnode n: x\n  sql = """\n    a\n  """\n'
    )
    printed = print_flow(read(text))
    assert printed == text.replace("flow f\n\n", "flow f\nschema 1\n")


@pytest.mark.parametrize(
    "text",
    [
        "", " a", "a ", "  a\n  b", "\ta", "\n", "\n\n", " ", "  \n  ", "a\n \nb", "a\r\nb", '"',
        '""', '"""', '""""', '"""""', 'a"""', "\\", "\\n", "{x}", "}}", "node x: y\n", "# a",
        "\x00", "a\n  b\n", "\u2028", "\ufeff",
    ],
)  # fmt: skip
@pytest.mark.parametrize("style", ["plain", "raw", "long"])
def test_every_value_of_a_text_survives(text: str, style: Any) -> None:
    expression = Text((text,) if text else (), style)
    flow = Flow("f", nodes=(NodeDecl("n", "x", None, (Parameter("p", expression),)),))
    again = read(print_flow(flow)).nodes[0].parameters[0].value
    assert isinstance(again, Text)
    assert again.constant == text
    assert again.style == style or style == "raw" and any(c in text for c in '"\n\r')


def test_prompt_texts_have_no_quotes_and_escapes() -> None:
    template = parse_template('He said "hi" \\n # {a.b:money}, {{x}}\nbye', 4, 10)
    assert template == Text(('He said "hi" \\n # ', Slot(Member(A, "b"), "money"), ", {x}\nbye"))
    assert template.place == Place(4, 10, 5, 4)
    assert isinstance(template.parts[1], Slot)
    assert template.parts[1].place == Place(4, 28, 4, 39)
    assert parse_template("") == Text(())
    assert parse_template("one line", 2, 5).place == Place(2, 5, 2, 13)


def test_line_breaks_and_comments_inside_brackets() -> None:
    flow = read(
        "flow f\nnode n: x\n"
        "  # why\n"
        "  bind = {  # who\n"
        "    a: b,  # the first\n"
        "\n"
        "# far left\n"
        "    c: [a,\n b]\n"
        "  }  # behind\n"
        "  -> m\n"
    )
    (parameter,) = flow.nodes[0].parameters
    assert parameter.value == RecordOf((Pair("a", B), Pair("c", ListOf((A, B)))))
    assert parameter.comments == Comments(("why", "who", "the first", "far left"), "behind")
    assert parameter.place == Place(4, 3, 10, 4)
    assert flow.nodes[0].edges[0].place == Place(11, 3, 11, 7)
