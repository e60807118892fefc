"""Whatever a person writes: a well-typed expression gives a value of its type or fails cleanly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from expr_kit import NOW, frame
from flow_runtime.core.expr.compile import NOT_CONSTANT, compile_expression, constant_value
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.env import ANY_NAMES, TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.operators import OPERATORS as OPERATORS_BY_SYMBOL
from flow_runtime.core.expr.operators import equal
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Index,
    ListOf,
    Literal,
    Member,
    Name,
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.expr.values import type_of
from flow_runtime.core.sound import Recording, Utterance
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    LIST,
    NAMES,
    NUMBER,
    PROMPT,
    RECORD,
    RECORDING,
    TEXT,
    TIME,
    Type,
)

VARIABLES: dict[str, tuple[Type, st.SearchStrategy[Any]]] = {
    "n": (NUMBER, st.decimals(allow_nan=False, allow_infinity=False)),
    "few": (NUMBER, st.integers(-5, 40).map(Decimal)),
    "t": (TEXT, st.text(max_size=12)),
    "digits": (TEXT, st.text("0123456789+-*#", max_size=8)),
    "b": (BOOLEAN, st.booleans()),
    "d": (DATE, st.dates()),
    "clock": (TIME, st.times()),
    "at": (DATETIME, st.datetimes(timezones=st.just(UTC))),
    "gap": (DURATION, st.timedeltas()),
    "row": (RECORD, st.dictionaries(st.sampled_from("ab"), st.integers() | st.text() | st.none())),
    "items": (Type("list", item=NUMBER), st.lists(st.integers(0, 9).map(Decimal)).map(tuple)),
    "maybe": (Type("text", optional=True), st.none() | st.text(max_size=5)),
    "x": (
        ANY,
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
        | st.lists(st.integers(), max_size=2) | st.dates() | st.datetimes() | st.timedeltas()
        | st.decimals(),
    ),
    "message": (RECORDING, st.just(Recording("/r.wav", 1.0))),
    "greeting": (PROMPT, st.just(Utterance(("Hi",), "en"))),
}  # fmt: skip
ENV = TypeEnv({name: kind for name, (kind, _) in VARIABLES.items()})

numbers = st.integers(-3, 12).map(lambda n: Literal(Decimal(n), str(n)))
leaves: st.SearchStrategy[Expr] = st.one_of(
    numbers,
    st.sampled_from(list(VARIABLES)).map(Name),
    st.sampled_from([True, False, None, timedelta(seconds=90)]).map(lambda v: Literal(v, "")),
    st.sampled_from(["", "abc", "2026-11-24", "09:00", "12", "money"]).map(lambda t: Text((t,))),
    st.sampled_from(["caller", "trunk", "started"]).map(lambda f: Member(Name("call"), f)),
    st.just(PromptKey("cordboard.goodbye")),
)
OPERATORS: Any = [
    "or",
    "and",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "in",
    "+",
    "-",
    "*",
    "/",
    "%",
    "??",
]


def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    slots = st.builds(Slot, inner, st.sampled_from([None, *FORMATS]))
    return st.one_of(
        st.builds(Binary, st.sampled_from(OPERATORS), inner, inner),
        st.builds(Unary, st.sampled_from(["-", "not"]), inner),
        st.builds(Choice, inner, inner, inner),
        st.builds(Member, inner, st.sampled_from("ab"), st.booleans()),
        st.builds(Index, inner, inner),
        st.lists(inner, max_size=3).map(lambda items: ListOf(tuple(items))),
        inner.map(lambda value: RecordOf((Pair("a", value),))),
        st.lists(slots, min_size=1, max_size=2).map(lambda parts: Text(tuple(parts))),
        st.builds(
            Call,
            st.sampled_from(list(FUNCTIONS)),
            st.lists(inner, max_size=3).map(tuple),
        ),
    )


expressions = st.recursive(leaves, grow, max_leaves=8)
worlds = st.fixed_dictionaries({name: values for name, (_, values) in VARIABLES.items()})


def run(expr: Expr, expected: Type | None, env: TypeEnv, world: dict[str, Any]) -> Any:
    at = frame(world, call={"caller": "138", "trunk": None, "started": NOW})
    try:
        return compile_expression(expr, expected, env)(at)
    except ExpressionFailure as failure:
        assert failure.text
        return failure


def is_of(value: Any, kind: Type) -> bool:
    if value is None:
        return kind.optional or kind.name in ("none", "any")
    if not fits(type_of(value), Type(kind.name)):
        return False
    if kind.name == "list" and kind.item is not None:
        return all(is_of(item, kind.item) for item in value)
    if kind.name == "record" and kind.fields is not None:
        return all(is_of(value.get(name), inner) for name, inner in kind.fields.items())
    return True


# --- expressions that are well typed by construction ------------------------------------------


def leaf(kind: Type) -> st.SearchStrategy[Expr]:
    written: dict[str, Any] = {
        "number": numbers,
        "text": st.sampled_from([Text(("ab",)), Text((Slot(Name("n"), "number"), "!"))]),
        "boolean": st.booleans().map(lambda b: Literal(b, "")),
        "duration": st.integers(0, 90).map(lambda s: Literal(timedelta(minutes=s), "")),
    }
    names = [Name(n) for n, (t, _) in VARIABLES.items() if t.name == kind.name and not t.optional]
    return st.one_of(st.sampled_from(names), *[written[n] for n in written if n == kind.name])


def argument(kind: Type, depth: int) -> st.SearchStrategy[Expr]:
    """An expression of a parameter's type; what may be anything is a number."""
    if kind.name == "list":
        items = argument(kind.item or ANY, depth)
        return st.lists(items, max_size=3).map(lambda parts: ListOf(tuple(parts)))
    if kind.name == "record":
        return st.just(Name("row"))
    return well_typed(NUMBER if kind.name in ("any", "T") else kind, depth)


@cache
def well_typed(kind: Type, depth: int) -> st.SearchStrategy[Expr]:
    """Drawn from the very tables of operators and functions that the checker uses."""
    if depth == 0:
        return leaf(kind)
    inner = depth - 1
    ways = [
        st.builds(Choice, well_typed(BOOLEAN, 0), well_typed(kind, inner), well_typed(kind, inner)),
        st.just(Literal(None, "none")).flatmap(
            lambda none: well_typed(kind, inner).map(lambda right: Binary("??", none, right))
        ),
    ]
    made = [
        (symbol, overload)
        for symbol, overloads in OPERATORS_BY_SYMBOL.items()
        for overload in overloads
        if overload.result.name == kind.name
    ]
    if made:
        ways.append(
            st.sampled_from(made).flatmap(
                lambda way: st.builds(
                    Binary,
                    st.just(way[0]),
                    argument(way[1].left, inner),
                    argument(way[1].right, inner),
                )
            )
        )
    calls = [
        (function.name, signature.parameters)
        for function in FUNCTIONS.values()
        for signature in function.signatures
        if signature.result == kind
    ]
    if calls:
        ways.append(
            st.sampled_from(calls).flatmap(
                lambda call: st.tuples(*(argument(p.type, inner) for p in call[1])).map(
                    lambda arguments: Call(call[0], arguments)
                )
            )
        )
    return st.one_of(leaf(kind), *ways)


SCALAR = st.sampled_from([NUMBER, TEXT, BOOLEAN, DATE, TIME, DATETIME, DURATION])


@settings(max_examples=200, deadline=None)
@given(SCALAR.flatmap(lambda kind: st.tuples(st.just(kind), well_typed(kind, 3))), worlds)
def test_a_well_typed_expression_is_accepted_and_gives_its_type_or_fails_cleanly(
    drawn: tuple[Type, Expr], world: dict[str, Any]
) -> None:
    kind, expr = drawn
    found, problems = infer(expr, ENV)
    for problem in problems:  # what fails in every call is told at once
        assert problem.code in ("bad-value", "unknown-format"), problem
    assert found.name == kind.name or found == ANY
    made = run(expr, None, ENV, world)
    assert isinstance(made, ExpressionFailure) or is_of(made, kind)


@settings(max_examples=200, deadline=None)
@given(expressions, worlds)
def test_what_the_checker_lets_pass_gives_its_type_or_fails_cleanly(
    expr: Expr, world: dict[str, Any]
) -> None:
    kind, problems = infer(expr, ENV)
    made = run(expr, None, ENV, world)
    if not problems and not isinstance(made, ExpressionFailure):
        assert is_of(made, kind), (made, str(kind))


@settings(max_examples=200, deadline=None)
@given(expressions, worlds, st.sampled_from([n for n in NAMES if n != "none"]))
def test_nothing_but_a_failure_is_ever_raised(
    expr: Expr, world: dict[str, Any], wanted: str
) -> None:
    """Also not by what the checker would refuse, and whatever the node wants."""
    expected = Type(wanted, item=ANY if wanted == "list" else None)
    infer(expr, ENV, expected)
    for env in (ENV, ANY_NAMES):
        made = run(expr, expected, env, world)
        if not isinstance(made, ExpressionFailure) and wanted != "sound":
            assert is_of(made, expected) or wanted == "any"
        if not isinstance(made, ExpressionFailure) and wanted == "sound":
            assert isinstance(made, tuple)


@settings(max_examples=100, deadline=None)
@given(expressions, worlds)
def test_constants_are_what_the_closure_computes(expr: Expr, world: dict[str, Any]) -> None:
    known = constant_value(expr)
    if known is not NOT_CONSTANT:
        assert run(expr, None, ENV, world) == known


@settings(max_examples=200, deadline=None)
@given(expressions, worlds)
def test_declared_types_do_not_change_what_is_computed(expr: Expr, world: dict[str, Any]) -> None:
    _, problems = infer(expr, ENV)
    typed, untyped = run(expr, None, ENV, world), run(expr, None, ANY_NAMES, world)
    failed = isinstance(typed, ExpressionFailure) or isinstance(untyped, ExpressionFailure)
    if not problems and not failed:
        assert equal(typed, untyped) or isinstance(typed, Mapping | tuple)


@given(
    st.sampled_from([NUMBER, TEXT, BOOLEAN, DATE, TIME, DATETIME, DURATION, LIST, RECORD]),
    st.data(),
)
def test_conversion_keeps_values_of_the_type(kind: Type, data: st.DataObject) -> None:
    samples: dict[str, Any] = {
        "number": Decimal("1.5"), "text": "x", "boolean": True, "date": date(2026, 1, 1),
        "time": time(9), "datetime": datetime(2026, 1, 1, tzinfo=UTC), "duration": timedelta(1),
        "list": (Decimal(1),), "record": {"a": Decimal(1)},
    }  # fmt: skip
    value = samples[kind.name]
    optional = data.draw(st.booleans())
    assert converter(Type(kind.name, optional))(value, frame()) is value
