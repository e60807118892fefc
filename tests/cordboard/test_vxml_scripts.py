"""ECMAScript of documents as expressions of flows, and back."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cordboard.vxml.script_meaning import ScriptError
from cordboard.vxml.script_reading import read_condition, read_quoted, read_script
from cordboard.vxml.script_writing import NoCounterpart, ScriptWriter, string
from flow_kit import NOON
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Expr, Member, Name, Text
from flow_runtime.core.frame import Frame
from flow_runtime.core.syntax import parse_expression, print_expression
from flow_runtime.core.types import BOOLEAN, NUMBER, RECORDING, TEXT, Type

TYPES = {
    "a": Type("any"), "n": NUMBER, "t": TEXT, "o": Type("text", optional=True), "b": BOOLEAN,
    "m": Type("number", optional=True), "rec": RECORDING, "c": Type("boolean", optional=True),
}  # fmt: skip


class Scope:
    """Variables of known types."""

    def variable(self, name: str, scope: str | None) -> Expr:
        return Name(name if scope in (None, "document") else f"{scope}_{name}")

    def session(self, path: str) -> Expr:
        return Member(Name("call"), path.replace(".", "_"))

    def member(self, base: Expr, name: str) -> Expr:
        return Member(base, name)

    def type_of(self, expression: Expr) -> Type:
        return infer(expression, TypeEnv(TYPES, open=True))[0]


def value(script: str) -> str:
    return print_expression(read_script(script, Scope()))


def condition(script: str) -> str:
    return print_expression(read_condition(script, Scope()))


@pytest.mark.parametrize(
    ("script", "expression"),
    [
        ("1", "1"),
        (" 1.50 ", "1.50"),
        (".5e1", "5"),
        ("'it''s'", None),
        ("'a\\'b\\n\\u00e9\\x41'", '"a\'b\\néA"'),
        ('"{x}"', '"{{x}}"'),
        ("''", '""'),
        ("true", "true"),
        ("null", "none"),
        ("undefined", "none"),
        ("n + 1", "n + 1"),
        ("1 + 2 * 3", "1 + 2 * 3"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("'You owe ' + n + '.'", '"You owe {n}."'),
        ("t + n", '"{t}{n}"'),
        ("t + t", '"{t}{t}"'),
        ("n - t", "n - number(t)"),
        ("t * 2", "number(t) * 2"),
        ("-t", "-number(t)"),
        ("+t", "number(t)"),
        ("n % 7 / 2", "n % 7 / 2"),
        ("t == 5", 't == "5"'),
        ("t === '5'", 't == "5"'),
        ("5 != t", '"5" != t'),
        ("n == 5", "n == 5"),
        ("a == null", "a == none"),
        ("typeof a == 'undefined'", "a == none"),
        ("typeof(a) !== 'undefined'", "a != none"),
        ("t < 5", "number(t) < 5"),
        ("t >= n", "number(t) >= n"),
        ("n < 5 && !b", "n < 5 and not b"),
        ("b || n > 1", "b or n > 1"),
        ("o || 'x'", 'o ?? "x"'),
        ("(o || 'x') + '!'", '"{o ?? "x"}!"'),
        ("a == null ? 0 : a", "a ?? 0"),
        ("a == null ? null : a.b", "a?.b"),
        ("b ? 'yes' : 'no'", 'if b then "yes" else "no"'),
        ("b ? 1 : n ? 2 : 3", "if b then 1 else if n != 0 then 2 else 3"),
        ("t.length", "len(t)"),
        ("t.substring(1, 3)", "slice(t, 1, 3)"),
        ("t.substr(1, 3)", "slice(t, 1, 4)"),
        ("t.substr(n, 2)", "slice(t, n, n + 2)"),
        ("t.substr(1)", "slice(t, 1)"),
        ("t.charAt(0)", "slice(t, 0, 1)"),
        ("t.toUpperCase().toLowerCase()", "lower(upper(t))"),
        ("t.indexOf('x') >= 0", 'contains(t, "x")'),
        ("t.indexOf('x') == -1", 'not contains(t, "x")'),
        ("t.indexOf('x') == 0", 'starts_with(t, "x")'),
        ("t.split('-').join('')", 'replace(t, "-", "")'),
        ("t.split(',')", 'split(t, ",")'),
        ("parseInt(t, 10)", "number(t)"),
        ("Number(t) + 1", "number(t) + 1"),
        ("String(n)", "text(n)"),
        ("Math.floor(n / 2)", "floor(n / 2)"),
        ("Math.max(n, 1, 2)", "max(n, 1, 2)"),
        ("[1, 'a', t]", '[1, "a", t]'),
        ("({a: 1, 'b c': t})", '{a: 1, "b c": t}'),
        ("a.b.c", "a.b.c"),
        ("a['b'][0]", 'a["b"][0]'),
        ("document.a", "a"),
        ("dialog.a", "dialog_a"),
        ("session.connection.remote.uri", "call.connection_remote_uri"),
    ],
)
def test_a_value(script: str, expression: str | None) -> None:
    if expression is None:
        with pytest.raises(ScriptError):
            value(script)
    else:
        assert value(script) == expression


@pytest.mark.parametrize(
    ("script", "expression"),
    [
        ("b", "b"),
        ("c", "c ?? false"),
        ("a", "a ?? false"),
        ("t", 't != ""'),
        ("o", '(o ?? "") != ""'),
        ("n", "n != 0"),
        ("m", "(m ?? 0) != 0"),
        ("rec", "rec != none"),
        ("null", "false"),
        ("'x'", '"x" != ""'),
        ("!t", 'not t != ""'),
        ("t && n", 't != "" and n != 0'),
        ("(a || b) && !c", "(a ?? false or b) and not c ?? false"),
        ("a.b", "a.b ?? false"),
        ("n == 1 || n == 2", "n == 1 or n == 2"),
    ],
)
def test_a_condition(script: str, expression: str) -> None:
    found = parse_expression(expression)
    assert read_condition(script, Scope()) == found, condition(script)
    assert infer(found, TypeEnv(TYPES), BOOLEAN)[1] == []


@pytest.mark.parametrize(
    "script",
    [
        "", "1 +", "(1", "1)", "a b", "f(", "f(1)", "a.f(1)", "new Date()", "function() {}", "this",
        "a = 1", "a += 1", "a++", "/x/.test(a)", "a, b", "0x10", "010", "1e999", "1e99999999999999",
        "a instanceof b", "'x' in a", "void 0", "delete a", "t.indexOf('x')", "typeof a",
        "typeof a == 'string'", "t.indexOf('x') > 3", "parseInt(t, 16)", "t.charAt()",
        "Math.round()", "Math.sin(1)", "'\\ud800'", "'a", "a.", "a.[1]", "{a 1}", "{1: 2}", "a ? b",
        "@", "a#b", "((((" * 20, "!" * 99 + "a", "1" * 99, "b||" * 101 + "b", "x" * 4001,
    ],
)  # fmt: skip
def test_what_is_not_understood(script: str) -> None:
    for read in (read_script, read_condition):
        with pytest.raises(ScriptError) as failure:
            read(script, Scope())
        assert str(failure.value)


def test_and_has_a_meaning_only_between_conditions() -> None:
    assert condition("t && 'x'") == 't != "" and "x" != ""'
    with pytest.raises(ScriptError, match="only between conditions"):
        value("t && 'x'")


def test_only_a_text_in_quotes_is_one() -> None:
    assert [read_quoted(s) for s in ("'a'", ' "b" ', "''", "'a' + 'b'", "a", "", "'\\ud800'")] == [
        "a", "b", "", None, None, None, None,
    ]  # fmt: skip


# --- and back -------------------------------------------------------------------------------------


def written(expression: str) -> str:
    return ScriptWriter(lambda name: name, lambda text: None).script(parse_expression(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "1", "-1.5", '"a\'b\\n\\\\"', "true", "none", "n + 1 - 2 * 3", "(n + 1) * 2", "not b",
        "not (b and n > 1)", "b and (b or n == 2)", "n == 1", 't != "x"', "a == none", "a ?? 0",
        "a?.b ?? 0",
        '"Hi {t}, {n}!"', "if b then 1 else 2", "len(t)", "upper(lower(t))", "slice(t, 1, 3)",
        'split(t, ",")', 'replace(t, "a", "b")', "number(t) + 1",
        "text(n)", "floor(n / 2)", "min(n, 1)", 'starts_with(t, "x")', 'contains(t, "x")',
        '[1, "a", [t]]', '{a: 1, "b c": {d: t}}', "a.b.c[0]", "-(n + 1)", "n - (1 - 2)",
        "if b then if c ?? false then 1 else 2 else 3",
    ],
)  # fmt: skip
def test_an_expression_comes_back(expression: str) -> None:
    assert value(written(expression)) == expression


@pytest.mark.parametrize(
    ("expression", "script"),
    [
        ('n in [1, 2]', "n == 1 || n == 2"),
        ('"x" in a', None),
        ("now()", None),
        ("5s", None),
        ('t"key"', None),
        ("round(n, 1)", None),
        ('"{n:money}"', None),
        ("call.caller", "session.connection.remote.uri"),
        ("call.id", None),
        ("contact.level", None),
        ("customer", None),
        ("{a: 1}", "({'a': 1})"),
        ('t == "1" and n == 1', "t === '1' && n === 1"),
    ],
)  # fmt: skip
def test_what_is_written(expression: str, script: str | None) -> None:
    if script is None:
        with pytest.raises(NoCounterpart):
            written(expression)
    else:
        assert written(expression).replace("===", "==") == script.replace("===", "==")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_any_text_comes_back(text: str) -> None:
    assert read_script(string(text), Scope()) == Text((text,) if text else ())
    assert string(text).isprintable() or not text.isprintable()


def sums() -> st.SearchStrategy[str]:
    """Arithmetic with numbers and conditions, as flows write it."""
    leaf = st.sampled_from(["1", "2.5", "0", "n", "len(t)"])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
                lambda parts: f"({' '.join(parts)})"
            ),
            inner.map(lambda part: f"-({part})"),
            st.tuples(inner, inner, inner).map(
                lambda p: f"(if {p[0]} > {p[1]} then {p[2]} else 7)"
            ),
            st.tuples(inner, inner).map(lambda p: f"({p[0]} ?? {p[1]})"),
        ),
        max_leaves=12,
    )


@settings(deadline=None)
@given(sums())
def test_arithmetic_has_the_same_value_after_both_ways(expression: str) -> None:
    frame = Frame(now=NOON, variables={"n": Decimal(3), "t": "four"})
    back = read_script(written(expression), Scope())
    assert compile_expression(back)(frame) == compile_expression(parse_expression(expression))(
        frame
    )
