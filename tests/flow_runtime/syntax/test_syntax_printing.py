"""The one canonical form of a flow, and what an editor gains from a memory."""

from __future__ import annotations

from pathlib import Path

from flow_runtime.core.expr.tree import (
    Pair,
    RecordOf,
    Slot,
    Text,
)
from flow_runtime.core.syntax import (
    Memory,
    parse,
    print_expression,
    print_flow,
)
from flow_runtime.core.syntax.words import long_parts
from syntax_kit import A, read

GOLDEN = Path(__file__).with_name("golden")


def test_the_example_of_the_language_is_printed_as_it_is_written() -> None:
    written = (GOLDEN / "written.flow").read_text(encoding="utf-8")
    printed = (GOLDEN / "printed.flow").read_text(encoding="utf-8")
    assert print_flow(read(written)) == printed
    assert print_flow(read(printed)) == printed
    squeezed = [" ".join(line.split()) for line in written.splitlines()]
    assert squeezed == [" ".join(line.split()) for line in printed.splitlines()]


def test_parameters_are_printed_in_the_order_of_the_class() -> None:
    flow = read("flow f\nnode n: m\n  z = 1\n  b = 2\n  y = 3\n  a = 4\n  q -> n\n  p -> n\n")
    printed = print_flow(flow, {"m": ("a", "b", "c")}.__getitem__)
    assert [line.split()[0] for line in printed.splitlines()[4:]] == ["a", "b", "z", "y", "q", "p"]
    assert [line.split()[0] for line in print_flow(flow).splitlines()[4:8]] == list("zbya")


def test_long_values_are_put_on_several_lines() -> None:
    long = "x" * 60
    written = (
        f'flow f\nschema 1\nvar v: list = [\n  "{long}",\n  "{long}",\n]\n\n'
        f'node n: m\n  short = [1, 2]\n  bind = {{\n    a: "{long}",\n    b: [\n      "{long}",\n'
        f'      "{long}",\n    ],\n    c: {{\n      d: "{long}",\n      e: "{long}",\n    }},\n'
        "  }\n"
        '  say = [\n    """\n      one\n    """,\n    t"x",\n  ]\n'
        f'  no_brackets = "{long}" + "{long}"\n  -> n\n'
    )
    assert print_flow(read(written)) == written


def test_record_keys_are_quoted_where_they_must_be() -> None:
    record = RecordOf((Pair("a b", A), Pair("a", A, quoted=True), Pair("12", A), Pair("²", A)))
    assert print_expression(record) == '{"a b": a, "a": a, 12: a, "²": a}'


def test_a_long_text_inside_a_text_is_printed_on_one_line() -> None:
    inner = Text(("a\nb",), "long")
    assert print_expression(Text((Slot(inner),))) == '"{"a\\nb"}"'


def test_unchanged_stretches_are_taken_from_memory() -> None:
    memory = Memory()
    text = "flow f\nnode a: x\n  v = [1,\n   2]\nnode b: x\n  -> a\nlayout\n  a 1,1\n"
    first = parse(text, memory).flow
    second = parse(text.replace("-> a", "-> b"), memory).flow
    assert first is not None and second is not None
    assert second.nodes[0] is first.nodes[0]
    assert second.nodes[1].edges[0].target == "b"
    moved = parse("\n\n" + text, memory)
    assert repr(moved) == repr(parse("\n\n" + text))
    assert moved.flow is not None and moved.flow.nodes[0].parameters[0].place.line == 5


def test_memory_forgets_mistakes_and_what_is_gone() -> None:
    memory = Memory()
    bad = 'flow f\nnode a: x\n  v = """\nnode b: x\n'
    assert repr(parse(bad, memory)) == repr(parse(bad))
    good = bad.replace('"""', '""')
    assert parse(good, memory) == parse(good)
    assert parse(bad, memory) == parse(bad)
    assert parse("", memory).flow is None


def test_long_parts_of_nothing() -> None:
    assert long_parts([]) == []
