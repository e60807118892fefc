"""Hypothesis strategies for valid flows and expressions, in the form the parser gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar
from unicodedata import normalize

from hypothesis import strategies as st

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
    Name,
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.model import (
    Box,
    Comments,
    Declaration,
    Edge,
    Flow,
    Jump,
    Layout,
    NodeDecl,
    Parameter,
    Remark,
    TypeName,
)
from flow_runtime.core.syntax.words import HEADER_WORDS, RESERVED, is_name

T = TypeVar("T")
Strategy = st.SearchStrategy

WORDS = (
    *HEADER_WORDS, *sorted(RESERVED), "note", "frame", "list", "of", "next", "error", "found",
    "menu", "x", "t", "r", "_", "a1", "café", "客服", "नमस्ते",
)  # fmt: skip
TRICKY = (
    '"', '"""', "\\", "\\n", "{", "}", "{{", "{x}", "\n", "\n\n", "  ", "\n  ", "\t", "\r\n", "#",
    "# no comment", "node a: b\n", " ", "é", "😀", "\u2028", "\ufeff", "\x00", "->", "!",
)  # fmt: skip


def names() -> Strategy[str]:
    """Names of anything, words of the language among them."""
    characters = st.characters(categories=("L", "Nd", "Mn", "Pc"))
    written = st.text(characters, min_size=1, max_size=6).map(lambda s: normalize("NFC", s))
    return st.one_of(st.sampled_from(WORDS), written.filter(is_name))


def variables() -> Strategy[str]:
    """Names that an expression can use."""
    return names().filter(lambda name: name not in RESERVED)


def texts() -> Strategy[str]:
    """Any text, with a liking for what is hard to write down."""
    anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    return st.lists(st.one_of(st.sampled_from(TRICKY), anything), max_size=5).map("".join)


def comment_texts() -> Strategy[str]:
    """What a comment can say: one line without blanks at its end."""
    line = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), max_size=9)
    return st.one_of(line, st.sampled_from(['say "hi"', "# twice", "  far", "a {brace"])).map(
        str.rstrip
    )


def comments() -> Strategy[Comments]:
    """Comments, mostly none."""
    some = st.builds(
        Comments,
        st.lists(comment_texts(), max_size=2).map(tuple),
        st.none() | comment_texts(),
    )
    return st.one_of(st.just(Comments()), st.just(Comments()), some)


def _tuples(items: Strategy[T], most: int = 3) -> Strategy[tuple[T, ...]]:
    return st.lists(items, max_size=most).map(tuple)


def _literals() -> Strategy[Expr]:
    whole = st.integers(0, 10**9).map(str)
    broken = st.builds("{}.{}".format, st.integers(0, 999), st.integers(0, 999))
    numbers = st.one_of(whole, broken).map(lambda s: Literal(Decimal(s), s))
    units = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
    durations = st.builds(
        lambda n, u: Literal(timedelta(milliseconds=n * units[u]), f"{n}{u}"),
        st.integers(0, 999),
        st.sampled_from(sorted(units)),
    )
    words = st.sampled_from([Literal(True, "true"), Literal(False, "false"), Literal(None, "none")])
    return st.one_of(numbers, durations, words)


def _one_line() -> Strategy[str]:
    return st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters='"\n\r'), max_size=8
    )


def _leaves() -> Strategy[Expr]:
    return st.one_of(
        variables().map(Name),
        _literals(),
        texts().map(lambda s: Text((s,) if s else ())),
        _one_line().map(lambda s: Text((s,) if s else (), "raw")),
        _one_line().map(PromptKey),
    )


def _joined(parts: list[str | Slot]) -> tuple[str | Slot, ...]:
    """Neighbouring texts as one, and no empty one: so the parser gives them."""
    joined: list[str | Slot] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


def _parts(inside: Strategy[Expr]) -> Strategy[tuple[str | Slot, ...]]:
    slots = st.builds(Slot, inside, st.none() | names())
    return st.lists(st.one_of(texts(), slots), max_size=4).map(_joined)


_OPERATORS = ("or", "and", "==", "!=", "<", ">", "<=", ">=", "in", "+", "-", "*", "/", "%", "??")


def _pairs(inside: Strategy[Expr]) -> Strategy[Pair]:
    bare = st.one_of(names(), st.integers(0, 99).map(str))
    return st.one_of(
        st.builds(Pair, bare, inside), st.builds(Pair, texts(), inside, quoted=st.just(True))
    )


def _around(inside: Strategy[Expr]) -> Strategy[Expr]:
    return st.one_of(
        st.builds(Binary, st.sampled_from(_OPERATORS), inside, inside),
        st.builds(Unary, st.sampled_from(["-", "not"]), inside),
        st.builds(Member, inside, names(), st.booleans()),
        st.builds(Index, inside, inside),
        st.builds(Call, variables(), _tuples(inside)),
        st.builds(Choice, inside, inside, inside),
        st.builds(ListOf, _tuples(inside)),
        st.builds(RecordOf, _tuples(_pairs(inside))),
    )


def _around_on_one_line(inside: Strategy[Expr]) -> Strategy[Expr]:
    return st.one_of(_around(inside), _parts(inside).map(Text))


def one_line_expressions() -> Strategy[Expr]:
    """Expressions as they may stand inside a text: without long texts."""
    return st.recursive(_leaves(), _around_on_one_line, max_leaves=6)


def template_parts() -> Strategy[tuple[str | Slot, ...]]:
    """The parts of a text of the prompt table."""
    return _parts(one_line_expressions())


def expressions() -> Strategy[Expr]:
    """Any expression."""
    long = _parts(st.recursive(_leaves(), _around, max_leaves=3)).map(lambda p: Text(p, "long"))
    return st.one_of(
        one_line_expressions(), st.recursive(st.one_of(_leaves(), long), _around, max_leaves=5)
    )


def values() -> Strategy[Expr]:
    """What may stand behind ``=``: an expression, also a half-typed one."""
    return st.one_of(expressions(), expressions(), texts().map(HalfTyped))


def _types() -> Strategy[TypeName]:
    return st.builds(TypeName, names(), st.booleans(), st.booleans())


def declarations() -> Strategy[Declaration]:
    """``input``, ``output`` and ``var`` lines."""
    kinds = st.sampled_from(["input", "output", "var"])
    return st.builds(
        Declaration, kinds, variables(), _types(), st.none() | values(), comments=comments()
    )


def edges() -> Strategy[Edge]:
    """Ports, connected or not."""
    ports = st.one_of(names(), st.integers(-(10**9), 10**9), texts())
    return st.builds(Edge, ports, st.none() | names(), st.none() | texts(), comments=comments())


def parameters() -> Strategy[Parameter]:
    """``name = value`` lines, some with dotted names."""
    dotted = st.lists(names(), min_size=1, max_size=3).map(".".join)
    return st.builds(Parameter, dotted, values(), comments=comments())


def nodes() -> Strategy[NodeDecl]:
    """Node blocks of types that may not exist."""
    return st.builds(
        NodeDecl,
        names(),
        names(),
        st.none() | texts(),
        _tuples(parameters()),
        _tuples(edges()),
        comments(),
        _tuples(comment_texts(), 2),
    )


def layouts() -> Strategy[Layout]:
    """Layouts in the order in which they are printed."""
    grid = st.integers(-99999, 99999)
    boxes = st.builds(Box, names(), grid, grid, comments())
    kinds = st.sampled_from(["note", "frame"])
    remarks = st.builds(Remark, kinds, texts(), grid, grid, grid, grid, comments())
    return st.builds(
        Layout,
        _tuples(boxes).map(lambda b: tuple(sorted(b, key=lambda b: (b.name, b.x, b.y)))),
        _tuples(remarks).map(lambda r: tuple(sorted(r, key=_remark_order))),
        comments(),
        _tuples(comment_texts(), 2),
    )


def _remark_order(remark: Remark) -> tuple[object, ...]:
    size = (remark.x, remark.y, remark.width, remark.height)
    return (remark.kind == "frame", remark.text, *size)


def flows() -> Strategy[Flow]:
    """Whole flows that can be written down; most would not check clean."""
    jumps = st.builds(
        Jump, st.sampled_from(["start", "on_error", "on_hangup"]), names(), comments=comments()
    )
    return st.builds(
        Flow,
        names(),
        st.none() | texts(),
        st.just(1),
        _tuples(declarations()),
        _tuples(jumps),
        _tuples(nodes()),
        st.one_of(st.just(Layout()), layouts()),
        comments(),
        comments(),
        _tuples(comment_texts(), 2),
    )


def without_comments(flow: Flow) -> Flow:
    """*flow* with every comment taken away."""
    none = Comments()
    return replace(
        flow,
        comments=none,
        schema_comments=none,
        tail=(),
        declarations=tuple(replace(d, comments=none) for d in flow.declarations),
        jumps=tuple(replace(j, comments=none) for j in flow.jumps),
        nodes=tuple(
            replace(
                n,
                comments=none,
                tail=(),
                parameters=tuple(replace(p, comments=none) for p in n.parameters),
                edges=tuple(replace(e, comments=none) for e in n.edges),
            )
            for n in flow.nodes
        ),
        layout=Layout(
            tuple(replace(b, comments=none) for b in flow.layout.boxes),
            tuple(replace(r, comments=none) for r in flow.layout.remarks),
        ),
    )
