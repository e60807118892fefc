"""Whatever is edited in whatever order: it can be written, read, undone and redone."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.core import edits
from designer.core.clipboard import Chosen, cut, duplicate, paste
from designer.core.compare import compare, lines_of, united
from designer.core.document import Document
from designer.core.edits import Library
from designer.core.outline import flow_order, outline
from designer.core.scene import make_picture
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Declaration, Flow, NodeDecl, PortValue, TypeName
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse, print_flow
from nodes.catalogue import library
from strategies import expressions, flows, texts

LIBRARY: Library = library()
AROUND = Surroundings(LIBRARY)
WITH_NODES = flows().filter(lambda flow: bool(flow.nodes))


@dataclass
class Hand:
    """Makes random edits, each on what there is, with these words and values."""

    seed: int
    words: Sequence[str]
    values: Sequence[Expr]

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    def one_of(self, things: Iterable[Any]) -> Any:
        return self._chance.choice(list(things))

    def number(self) -> int:
        return self._chance.randint(-500, 500)

    def word(self) -> str:
        return str(self.one_of(self.words))

    def edit(self, flow: Flow) -> Flow:
        """*flow* after some edit; the same when there is nothing to edit that way."""
        made = [self.add, self.declare, self.remark, self.header]
        if flow.nodes:
            made += [
                self.remove, self.rename, self.title, self.jump, self.value, self.leave_out,
                self.connect, self.disconnect, self.port, self.move, self.insert, self.turn,
                self.twice, self.cut,
            ]  # fmt: skip
        if flow.declarations:
            made += [self.variable, self.undeclare]
        if flow.layout.remarks:
            made += [self.no_remark]
        result: Flow = self.one_of(made)(flow)
        return result

    def name(self, flow: Flow) -> str:
        return str(self.one_of(node.name for node in flow.nodes))

    def free(self, flow: Flow) -> str:
        return edits.fresh_name({node.name for node in flow.nodes}, self.word())

    def node(self, flow: Flow) -> NodeDecl:
        return NodeDecl(self.free(flow), self.one_of(["say", "menu", "set", "later"]))

    def add(self, flow: Flow) -> Flow:
        return edits.add_node(flow, self.node(flow), self.number(), self.number())

    def remove(self, flow: Flow) -> Flow:
        return edits.remove_nodes(flow, {self.name(flow), self.name(flow)})

    def rename(self, flow: Flow) -> Flow:
        return edits.rename_node(flow, self.name(flow), self.free(flow))

    def title(self, flow: Flow) -> Flow:
        return edits.set_title(flow, self.name(flow), self.word())

    def jump(self, flow: Flow) -> Flow:
        kind = self.one_of(["start", "on_error", "on_hangup"])
        return edits.set_jump(flow, kind, self.one_of([None, self.name(flow)]))

    def value(self, flow: Flow) -> Flow:
        value = self.one_of([self.one_of(self.values), self.word()])
        return edits.set_parameter(flow, self.name(flow), self.one_of(["text", "x.y"]), value)

    def leave_out(self, flow: Flow) -> Flow:
        name = self.name(flow)
        node = flow.node(name)
        written = [p.name for p in node.parameters] if node is not None else []
        return edits.remove_parameter(flow, name, self.one_of([*written, "text"]))

    def any_port(self, flow: Flow, name: str) -> PortValue:
        node = flow.node(name)
        assert node is not None
        port: PortValue = self.one_of([*(edge.port for edge in node.edges), 1, "1", "next", "*"])
        return port

    def connect(self, flow: Flow) -> Flow:
        name = self.name(flow)
        return edits.connect(flow, name, self.any_port(flow, name), self.name(flow))

    def disconnect(self, flow: Flow) -> Flow:
        name = self.name(flow)
        drawn = bool(self.one_of([True, False]))
        return edits.disconnect(flow, name, self.any_port(flow, name), drawn=drawn)

    def port(self, flow: Flow) -> Flow:
        name = self.name(flow)
        port, other = self.any_port(flow, name), self.any_port(flow, name)
        done = self.one_of(
            [
                lambda: edits.draw_port(flow, name, port, self.word()),
                lambda: edits.label_port(flow, name, port, self.word()),
                lambda: edits.rename_port(flow, name, port, other),
                lambda: edits.move_port(flow, name, port, 0),
                lambda: edits.remove_port(flow, name, port),
            ]
        )
        result: Flow = done()
        return result

    def move(self, flow: Flow) -> Flow:
        return edits.move(flow, {self.name(flow): (0, 0)}, [0], self.number(), self.number())

    def insert(self, flow: Flow) -> Flow:
        name = self.name(flow)
        way = self.one_of(["start", (name, self.any_port(flow, name))])
        return edits.insert_node(flow, way, self.node(flow), self.number(), 0)

    def turn(self, flow: Flow) -> Flow:
        cls = LIBRARY[self.one_of(["say", "menu", "switch", "set", "db_lookup", "hangup"])]
        name = self.name(flow)
        node = flow.node(name)
        old = LIBRARY.get(node.type) if node is not None else None
        return edits.replace_type(flow, name, cls, old).flow

    def twice(self, flow: Flow) -> Flow:
        return duplicate(flow, Chosen({self.name(flow): (0, 0)}, [0]), LIBRARY).flow

    def cut(self, flow: Flow) -> Flow:
        text, shorter = cut(flow, Chosen({self.name(flow): (0, 0)}), LIBRARY)
        return paste(shorter, text, LIBRARY).flow

    def declare(self, flow: Flow) -> Flow:
        kind = self.one_of(["input", "output", "var"])
        name = edits.fresh_name({one.name for one in flow.declarations}, self.word())
        return edits.declare(
            flow, Declaration(kind, name, TypeName("text"), self.one_of(self.values))
        )

    def undeclare(self, flow: Flow) -> Flow:
        return edits.remove_declaration(flow, self.one_of(range(len(flow.declarations))))

    def variable(self, flow: Flow) -> Flow:
        old = self.one_of(one.name for one in flow.declarations)
        return edits.rename_variable(flow, old, "new_name", LIBRARY)

    def remark(self, flow: Flow) -> Flow:
        return edits.add_remark(
            flow, self.one_of(["note", "frame"]), self.word(), self.number(), 0, 100, 100
        )

    def no_remark(self, flow: Flow) -> Flow:
        return edits.remove_remarks(flow, [0])

    def header(self, flow: Flow) -> Flow:
        return edits.set_flow_header(flow, "other", self.word())


HANDS = st.builds(
    Hand,
    st.integers(0, 2**32),
    st.lists(texts(), min_size=2, max_size=4),
    st.lists(expressions(), min_size=1, max_size=3),
)
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def headings(flow: Flow) -> list[str]:
    """All comments on lines of their own that stand outside of node blocks."""
    items = (*flow.declarations, *flow.jumps, *flow.nodes, *flow.layout.boxes)
    found = [line for item in items for line in item.comments.above]
    found += flow.comments.above + flow.schema_comments.above + flow.layout.comments.above
    found += [line for one in flow.layout.remarks for line in one.comments.above]
    return sorted((*found, *flow.tail, *flow.layout.tail))


@settings(QUICK, max_examples=150)
@given(WITH_NODES, HANDS, st.integers(1, 8))
def test_any_edits_in_any_order(flow: Flow, hand: Hand, count: int) -> None:
    text = print_flow(flow)
    document = Document(text)
    steps = [text]
    for number in range(count):
        assert document.flow is not None
        edited = hand.edit(document.flow)
        if edited != document.flow:
            document.apply(f"edit {number}", edited)
            steps.append(document.text)
        read = parse(document.text)
        assert read.problems == () and document.flow is not None
        assert read.flow == edits.canonical(document.flow)
        assert read.flow is not None and print_flow(read.flow) == document.text
        assert document.lines.blocks.keys() == {node.name for node in document.flow.nodes}
    last = document.text
    for step in reversed(steps[:-1]):
        document.undo()
        assert document.text == step
    assert document.undo_name is None and not document.dirty
    while document.redo_name is not None:
        document.redo()
    assert document.text == last


@settings(QUICK, max_examples=150)
@given(WITH_NODES, HANDS)
def test_no_edit_loses_a_heading(flow: Flow, hand: Hand) -> None:
    for _ in range(6):
        edited = hand.edit(flow)
        was, now = headings(flow), headings(edited)
        assert all(now.count(line) >= was.count(line) for line in was)
        flow = edited


@settings(QUICK, max_examples=100)
@given(WITH_NODES, HANDS, st.integers(0, 4))
def test_any_two_flows_can_be_compared_shown_and_outlined(
    flow: Flow, hand: Hand, count: int
) -> None:
    new = flow
    for _ in range(count):
        new = hand.edit(new)
    found = compare(flow, new, LIBRARY)
    assert all(line.strip() for line in lines_of(found))
    assert compare(new, new, LIBRARY).changes == ()
    both = united(found)
    names = {node.name for node in new.nodes} | both.removed
    assert {node.name for node in both.flow.nodes} == names
    rows = outline(new, make_picture(new, AROUND))
    assert sorted(r.node for r in rows if r.kind == "node" and r.node) == sorted(
        {node.name for node in new.nodes}
    )
    assert sorted(flow_order(new)) == sorted({node.name for node in new.nodes})


def through_the_canvas(flow: Flow) -> None:
    """Draw *flow*, push every card to and fro, name every node anew and back: it stays the same."""
    text = print_flow(flow)
    document = Document(text)
    read = document.flow
    assert read == flow and not document.broken
    picture = make_picture(flow, AROUND)
    names = {node.name for node in flow.nodes}
    assert {card.name for card in picture.cards} == names
    placed = edits.positions(flow)
    sheets = range(len(flow.layout.remarks))
    moved = edits.move(flow, placed, sheets, 20, -40)
    back = edits.move(moved, edits.positions(moved), sheets, -20, 40)
    if len(placed) == len(flow.layout.boxes):  # a box written twice is one place
        assert back == flow
    for node in flow.nodes[:2]:
        if sum(other.name == node.name for other in flow.nodes) == 1:
            there = edits.rename_node(flow, node.name, "never_used")
            assert edits.rename_node(there, "never_used", node.name) == flow
    document.apply("Nothing", flow)
    assert (document.text, document.dirty, document.undo_name) == (text, False, None)


@settings(QUICK, max_examples=int(os.environ.get("CORDBOARD_FLOWS", "150")))
@given(flows())
def test_flows_go_through_the_canvas_unchanged(flow: Flow) -> None:
    """``CORDBOARD_FLOWS=10000`` tries so many, which then wants ``--timeout=0``."""
    through_the_canvas(flow)
