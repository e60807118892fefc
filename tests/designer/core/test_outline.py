"""The outline holds each node once, in the order a caller meets it, and links back to the rest."""

from designer.core.outline import flow_order, outline
from designer.core.scene import make_picture
from flow_runtime.core.model import Edge, Flow, Jump, NodeDecl
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

AROUND = Surroundings(library())
TEXT = """\
flow shop
start -> hello
on_error -> sorry
node hello: say
  -> menu
node menu: menu "Main menu"
  1 "Billing" -> bill
  2 -> hello
  failed -> nowhere
node bill: say
  -> sorry
node sorry: say "Sorry"
  -> end
node end: hangup
node lost: wait
  -> lost_too
node lost_too: wait
  -> lost
layout
  note "Ask" 0,0 100,100
"""


def flow_of(text: str = TEXT) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def drawn(flow: Flow) -> list[str]:
    """The rows as text."""
    lines = []
    for row in outline(flow, make_picture(flow, AROUND)):
        mark = {"link": "^", "port": ":"}.get(row.kind, "")
        lines.append("  " * row.level + mark + (row.text or row.kind))
    return lines


def test_the_whole_tree() -> None:
    assert drawn(flow_of()) == [
        "Start",
        "  Hello",
        "  Main menu",
        "    :1 Billing",
        "      Bill",
        "      Sorry",
        "      End",
        "    :2",
        "      ^Hello",
        "    :failed",
        "On error",
        "  ^Sorry",
        "loose",
        "  Lost",
        "  Lost too",
        "  ^Lost",
        "Ask",
    ]


def test_every_row_knows_its_parent_and_what_it_is_about() -> None:
    flow = flow_of()
    rows = outline(flow, make_picture(flow, AROUND))
    for index, row in enumerate(rows):
        if row.parent is None:
            assert row.level == 0
        else:
            assert row.parent < index and rows[row.parent].level == row.level - 1
    assert [row.node for row in rows if row.kind == "node"] == [
        "hello", "menu", "bill", "sorry", "end", "lost", "lost_too"
    ]  # fmt: skip
    ports = [(row.node, row.port, row.leads_to) for row in rows if row.kind == "port"]
    assert ports == [("menu", 1, "bill"), ("menu", 2, "hello"), ("menu", "failed", None)]
    assert next(row for row in rows if row.node == "menu").by == "next"
    assert rows[-1].sheet == 0


def test_a_start_that_leads_nowhere_is_a_row_all_the_same() -> None:
    assert drawn(flow_of("flow x\nstart -> a\nnode b: hangup\n")) == [
        "start", "loose", "  B"
    ]  # fmt: skip


def test_the_order_of_the_flow() -> None:
    order = ["hello", "menu", "bill", "sorry", "end", "lost", "lost_too"]
    assert flow_order(flow_of()) == order
    assert flow_order(Flow("x")) == []


def test_a_long_line_of_nodes_stays_flat_and_a_deep_one_is_made() -> None:
    line = [NodeDecl(f"n{i}", "say", edges=(Edge("next", f"n{i + 1}"),)) for i in range(3000)]
    flow = Flow("x", jumps=(Jump("start", "n0"),), nodes=tuple(line))
    rows = outline(flow, make_picture(Flow("x"), AROUND))
    assert len(rows) == 3002 and max(row.level for row in rows) == 2
    forks = [
        NodeDecl(f"n{i}", "x", edges=(Edge("a", f"n{i + 1}"), Edge("b", "n0"))) for i in range(3000)
    ]
    deep = outline(
        Flow("x", jumps=(Jump("start", "n0"),), nodes=tuple(forks)), make_picture(Flow("x"), AROUND)
    )
    assert sum(row.kind == "node" for row in deep) == 3000
    assert len(flow_order(flow)) == 3000
