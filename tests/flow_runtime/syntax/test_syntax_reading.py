"""What the lines of a flow file mean, and which comments belong to them."""

from __future__ import annotations

import pytest

from flow_runtime.core.expr.tree import (
    Binary,
    ListOf,
    Member,
    Name,
    Pair,
    RecordOf,
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
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax import parse, print_flow
from flow_runtime.core.syntax.words import is_name
from syntax_kit import A, B, node, number, read, value


def test_header_lines() -> None:
    flow = read(
        'flow hotline "Gas {{24 h}}"\nschema 1\n'
        'input hint: text? = "x"\noutput out: list\nvar v: list of text? = []\nvar w: list?\n'
        "start -> a\non_error -> b\non_hangup -> c\n"
    )
    assert (flow.name, flow.title, flow.schema) == ("hotline", "Gas {24 h}", 1)
    assert flow.declarations == (
        Declaration("input", "hint", TypeName("text", optional=True), Text(("x",))),
        Declaration("output", "out", TypeName("list")),
        Declaration("var", "v", TypeName("text", optional=True, is_list=True), ListOf(())),
        Declaration("var", "w", TypeName("list", optional=True)),
    )
    assert flow.jumps == (Jump("start", "a"), Jump("on_error", "b"), Jump("on_hangup", "c"))
    assert flow.jump("on_error") == "b"
    assert flow.place == Place(1, 1, 1, 28)
    assert flow.declarations[2].place == Place(5, 1, 5, 26)
    assert flow.declarations[1].place == Place(4, 1, 4, 17)


def test_a_flow_without_start_or_schema_is_read() -> None:
    assert read("flow f") == Flow("f")


def test_all_words_of_the_language_may_name_nodes_ports_parameters_and_fields() -> None:
    words = (
        "flow schema input output var start on_error on_hangup node layout note frame list of "
        "true false none if then else and or not in next"
    ).split()
    for word in words:
        flow = read(
            f"flow {word}\nstart -> {word}\n"
            f"node {word}: {word}\n  {word} = a.{word}\n  x.{word} = {{{word}: 1}}\n"
            f'  {word}\n  {word} "x" -> {word}\n'
            f"layout\n  {word} 1,2\n"
        )
        assert flow.nodes == (
            NodeDecl(
                word,
                word,
                None,
                (
                    Parameter(word, Member(A, word)),
                    Parameter(f"x.{word}", RecordOf((Pair(word, number("1")),))),
                ),
                (Edge(word, None), Edge(word, word, "x")),
            ),
        )
        assert flow.layout.boxes == (Box(word, 1, 2),)
    for word in words[:12]:
        assert value(word) == Name(word)
        assert read(f"flow f\nvar {word}: {word}").declarations[0].name == word


@pytest.mark.parametrize(
    ("line", "edge"),
    [
        ("open -> b", Edge("open", "b")),
        ("open", Edge("open", None)),
        ('open "Label"', Edge("open", None, "Label")),
        ('1 "Say \\"hi\\"" -> b', Edge(1, "b", 'Say "hi"')),
        ('"1" -> b', Edge("1", "b")),
        ("0 -> b", Edge(0, "b")),
        ("-5 -> b", Edge(-5, "b")),
        ('"*"', Edge("*", None)),
        ('"#" "Again" -> b', Edge("#", "b", "Again")),
        ('"zh-CN"->b', Edge("zh-CN", "b")),
        ('"" -> b', Edge("", "b")),
        ("-> b", Edge("next", "b")),
        ('next "go" -> b', Edge("next", "b", "go")),
        ("next", Edge("next", None)),
    ],
)
def test_ports(line: str, edge: Edge) -> None:
    read_edge = node(line).edges[0]
    assert read_edge == edge
    assert type(read_edge.port) is type(edge.port)
    assert read_edge.place == Place(3, 3, 3, 3 + len(line))


def test_nothing_written_twice_is_lost() -> None:
    flow = read(
        "flow f\nvar x: text\nvar x: number\nstart -> a\nstart -> b\n"
        "node a: set\n  x = 1\n  x = 2\n  1 -> a\n  1 -> b\nnode a: say\n"
        "layout\n  a 1,1\nlayout  # two\n  a 2,2\n  # end\n"
    )
    assert [d.type.name for d in flow.declarations] == ["text", "number"]
    assert [j.target for j in flow.jumps] == ["a", "b"]
    assert [n.type for n in flow.nodes] == ["set", "say"]
    assert [p.value for p in flow.nodes[0].parameters] == [number("1"), number("2")]
    assert [e.target for e in flow.nodes[0].edges] == ["a", "b"]
    assert flow.layout == Layout((Box("a", 1, 1), Box("a", 2, 2)), (), Comments(("two",)), ("end",))


def test_layout() -> None:
    flow = read('flow f\nlayout\n  b 220,-40\n  note "VAT?" -4,2 18,8\n  a 1,2\n  frame "" 1,2 3,4')
    assert flow.layout == Layout(
        (Box("b", 220, -40), Box("a", 1, 2)),
        (Remark("note", "VAT?", -4, 2, 18, 8), Remark("frame", "", 1, 2, 3, 4)),
    )
    assert print_flow(flow).endswith(
        'layout\n  a 1,2\n  b 220,-40\n  note "VAT?" -4,2 18,8\n  frame "" 1,2 3,4\n'
    )


def test_comments_belong_to_their_lines() -> None:
    flow = read(
        "# top\n#\n#  far\nflow f # one\n# two\nschema 1#three\n"
        "# four\n\nvar x: text # five\n  # six\n\n# seven\nstart -> n\n"
        "node n: x # eight\n# nine\n  a = 1 # ten\n  # eleven\n  1 -> n # twelve\n"
        "  # thirteen\n# fourteen\n  # fifteen\nlayout # sixteen\n"
        "  # seventeen\n  n 1,1 # eighteen\n"
        '  # nineteen\n  note "x" 1,1 1,1\n  # twenty\n# the end\n#'
    )
    assert flow.comments == Comments(("top", "", " far"), "one")
    assert flow.schema_comments == Comments(("two",), "three")
    assert flow.declarations[0].comments == Comments(("four",), "five")
    assert flow.jumps[0].comments == Comments(("six", "seven"))
    n = flow.nodes[0]
    assert (n.comments, n.tail) == (Comments((), "eight"), ("thirteen",))
    assert n.parameters[0].comments == Comments(("nine",), "ten")
    assert n.edges[0].comments == Comments(("eleven",), "twelve")
    layout = flow.layout
    assert (layout.comments, layout.tail) == (
        Comments(("fourteen", "fifteen"), "sixteen"),
        ("twenty",),
    )
    assert layout.boxes[0].comments == Comments(("seventeen",), "eighteen")
    assert layout.remarks[0].comments == Comments(("nineteen",))
    assert flow.tail == ("the end", "")
    printed = print_flow(flow)
    assert read(printed) == flow


def test_comments_made_by_a_program_stay_comments() -> None:
    flow = Flow("f", comments=Comments(("a\nflow g", "b\r\nc"), "d\ne"), tail=("#no  ",))
    assert print_flow(flow) == "# a\n# flow g\n# b\n# c\nflow f  # d e\nschema 1\n\n##no\n"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_byte_order_mark(end: str) -> None:
    text = '\ufeffflow f\n# a\nnode n: x\n  v = """\n    a\n    b\n  """\n  1\n'
    assert read(text.replace("\n", end)) == read(text)


def test_indentation_may_be_anything() -> None:
    flow = read("flow f\nnode n: x\n\ta = 1\n     b = 2\n c -> n\n\nlayout\n\tn 1,1\n")
    assert print_flow(flow).endswith("node n: x\n  a = 1\n  b = 2\n  c -> n\n\nlayout\n  n 1,1\n")


def test_names_are_unicode_in_nfc() -> None:
    flow = read("flow cafe\u0301\nnode 客服: x\n  cafe\u0301 = नमस्ते.cafe\u0301\n  é -> 客服\n")
    assert flow.name == "caf\u00e9"
    assert flow.nodes[0].parameters[0] == Parameter("café", Member(Name("नमस्ते"), "café"))
    assert is_name("café") and not is_name("cafe\u0301") and not is_name("1a") and not is_name("")
    assert not is_name("a²") and not is_name("a-b")


def test_header_words_inside_texts_and_brackets_begin_nothing() -> None:
    flow = read(
        'flow f\nnode n: x\n  sql = """\nnode a: b\nstart -> x\nlayout\n"""\n'
        "  l = [\nstart\n, flow]\n"
        "node m: x\n"
    )
    assert [n.name for n in flow.nodes] == ["n", "m"]
    assert flow.nodes[0].parameters[0].value == Text(("node a: b\nstart -> x\nlayout",), "long")
    assert flow.nodes[0].parameters[1].value == ListOf((Name("start"), Name("flow")))
    assert flow.nodes[1].place == Place(11, 1, 11, 10)


def test_what_stands_inside_brackets_is_not_taken_for_a_new_line() -> None:
    inside = node(
        "x = {",
        "    # -> see below",
        '    "\\"->": 1,',
        "    a: flow and 2,",
        "  }",
        "next",
    )
    (record,) = inside.parameters
    assert isinstance(record.value, RecordOf)
    assert [pair.key for pair in record.value.pairs] == ['"->', "a"]
    assert record.comments.above == ("-> see below",)
    assert [edge.port for edge in inside.edges] == ["next"]


def test_a_word_ends_where_a_name_would() -> None:
    assert value("a or(b)") == Binary("or", A, B)
    assert value("orange + note + iffy + trueish") == Binary(
        "+", Binary("+", Binary("+", Name("orange"), Name("note")), Name("iffy")), Name("trueish")
    )
    assert value("not(a)") == Unary("not", A)
    assert value("nota") == Name("nota")
    assert parse("flow f\nstart->a\n").flow == parse("flow f\nstart -> a\n").flow
