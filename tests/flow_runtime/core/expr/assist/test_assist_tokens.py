"""The coloured pieces of a text, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from flow_runtime.core.expr.assist import tokens_of
from flow_runtime.core.expr.tree import Expr, Slot
from flow_runtime.core.syntax import print_expression, print_template
from flow_runtime.core.syntax.unfinished import finish, finish_template
from strategies import expressions, template_parts


def pieces(text: str, *, template: bool = False) -> str:
    """The kinds of the pieces with what they are: ``number:1 operator:+``."""
    tokens = tokens_of(text, template)
    return " ".join(f"{t.kind}:{text[t.start : t.end].strip()}" for t in tokens)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tries + 1", "variable:tries operator:+ number:1"),
        ("1.5 * 90s", "number:1.5 operator:* number:90s"),
        ("if a then true else none", "keyword:if variable:a keyword:then constant:true "
         "keyword:else constant:none"),
        ("not (a in b)", "keyword:not bracket:( variable:a keyword:in variable:b bracket:)"),
        ("call.caller", "view:call operator:. field:caller"),
        ("customer?.in", "view:customer operator:?. field:in"),
        ("round(x, 2)", "function:round bracket:( variable:x operator:, number:2 bracket:)"),
        ("{a: 1, if: b}", "bracket:{ key:a operator:: number:1 operator:, key:if operator:: "
         "variable:b bracket:}"),
        ('"a {b:money}."', 'text:" text:a slot:{ variable:b operator:: format:money slot:} '
         'text:. text:"'),
        (r'"\n {{x}} \q"', r'text:" escape:\n text: escape:{{ text:x escape:}} text: '
         r'escape:\q text:"'),
        (r'r"\d+" + t"bye"', r'text:r"\d+" operator:+ prompt:t"bye"'),
        ('"""a "b" c"""', 'text:""" text:a "b" c text:"""'),
        ("a # b", "variable:a comment:# b"),
        ("a ?? b", "variable:a operator:?? variable:b"),
        # half-typed and wrong
        ('"a {b', 'text:" text:a slot:{ variable:b'),
        ('"a\nb', 'text:" text:a variable:b'),
        ('t"by', 'prompt:t"by'),
        ("f(]", "function:f bracket:( error:]"),
        ("([a)", "bracket:( bracket:[ variable:a error:)"),
        ('"{(}b"', 'text:" slot:{ bracket:( error:} text:b text:"'),
        ('"""{a """ b', 'text:""" slot:{ variable:a text:""" variable:b'),
        ("a $ 'b'", "variable:a error:$ error:' variable:b error:'"),
        ('"a } b \\', 'text:" text:a error:} text:b error:\\'),
    ],
)  # fmt: skip
def test_pieces_of_expressions(text: str, told: str) -> None:
    assert pieces(text) == told


def test_pieces_of_a_text_of_the_prompt_table() -> None:
    told = "text:You owe slot:{ variable:a operator:: format:money slot:} escape:{{ text:ok error:}"
    assert pieces("You owe {a:money} {{ok}", template=True) == told.replace(
        "} escape", "} text: escape"
    )
    assert pieces('"{"', template=True) == 'text:" slot:{ text:"'


def test_brackets_know_what_stands_inside_them() -> None:
    text = 'f(a, "b {c}") + d'
    inside = {text[t.start : t.end]: t.inside for t in tokens_of(text)}
    assert [inside[name] for name in ("f", "a", "c", "d", "+")] == [-1, 1, 6, -1, -1]
    assert inside[")"] == -1


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_an_expression_is_coloured_whole_and_can_be_finished_from_every_piece_on(
    expression: Expr,
) -> None:
    """The pieces agree with the grammar: what it reads has no wrong piece and no gap."""
    text = print_expression(expression)
    covered = ""
    for token in tokens_of(text):
        assert token.kind != "error"
        covered += text[token.start : token.end]
        assert finish(text[: token.end]) is not None, text[: token.end]
    assert "".join(covered.split()) == "".join(text.split())
    whole = finish(text)
    assert whole is not None and whole.expression == expression and not whole.needed


@settings(max_examples=100, deadline=None)
@given(template_parts())
def test_a_prompt_text_can_be_finished_from_every_piece_on(parts: tuple[str | Slot, ...]) -> None:
    text = print_template(parts)
    for token in tokens_of(text, template=True):
        assert token.kind != "error"
        assert finish_template(text[: token.end]) is not None, text[: token.end]
