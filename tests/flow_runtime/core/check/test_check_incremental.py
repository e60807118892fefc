"""A flow that is checked again after each change has the problems of one that is checked anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from flow_kit import SITE, flow_of, site_with
from flow_runtime.core.check import FlowChecker, check_flow, check_text
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Declaration, Edge, Flow, Jump, NodeDecl, Parameter, TypeName
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.syntax import Memory, parse, parse_expression
from nodes.log import Log

PART = """flow part
schema 1
input code: text
output grade: text?
output level: text = "none"
start -> l
node l: log
  text = code
  -> e
node e: end
"""
TEXT = """# A flow with something of everything.
flow f "F"
schema 1
input hint: text = ""
var tries: number = 0
var note: text?
var kind: text
var row: record = {x: 1}

start -> hours
on_error -> sorry
on_hangup -> tidy

# --- the day
node hours: business_hours
  calendar = "office"
  open -> menu
  closed -> night

node menu: menu "Main"
  prompt = [t"menu", "{tries}"]
  1 "One" -> ask
  2 "Two" -> look
  3 "Three" -> part
  "#" -> count
  failed -> bye

node ask: digits
  prompt = "Your code?"
  secret = true
  into = code
  -> set
  failed -> menu

node set: set
  tries = tries + 1
  note = hint
  kind = "k {code ?? note ?? hint}"
  contact.kind = kind
  -> again
  error -> log

# --- the database
node look: db_lookup
  source = "billing"
  sql = "select x from t where n = :n"
  bind = {n: kind}
  into = row
  found -> tell
  not_found -> log

node tell: say
  text = "You owe {row.x:money}, {note}."
  -> menu

node again: if
  when = tries > 3 and note != none
  true -> log
  false -> menu

node part: subflow
  flow = "part.flow"
  inputs = {code: kind}
  outputs = {found: grade, kind: level}
  -> rec

node rec: record_call
  action = "start"
  -> switch

node switch: switch
  on = note
  gold -> tell
  none -> log
  else -> loop

node loop: set
  note = found
  -> count

node count: count
  variable = tries
  limit = 3
  under -> loop
  over -> log

node log: log
  text = "{note} {row?.x ?? 0} {kind}"
  -> bye

node night: mystery
  x -> bye

node bye: say
  text = t"bye"
  -> end

node sorry: say
  text = "Sorry, {kind}."
  -> end

node end: hangup

node tidy: log
  text = "{note ?? hint} {kind}"

layout
  hours 0,0
  menu 220,0
"""
BOOK, _ = PromptBook.build({"en": {"menu": "Hello {note ?? hint}."}, "zh": {"bye": "{kind}"}})
AROUND = site_with(
    {"part.flow": PART}, replace(SITE, prompts=BOOK, sources={"billing": False}, complete=True)
)
EXPRESSIONS: list[Expr] = [
    parse_expression(source)
    for source in (
        "none", "tries", "tries + 1", "note", 'note ?? "x"', "kind", "code", '"{code} {row.x}"',
        "row.x", "customer.level", "contact.kind", "fresh", "nothing", 't"menu"', 't"none"',
        "note != none", "note == none or kind != none", "tries > 2", "found", "slice(code, 1)",
        "{code: note, n: kind}", "{found: grade}", "{kind: level, note: grade}", '"part.flow"',
        '"office"', '"billing"', 'queue("x").waiting', "true", "5s", "row?.x != none", "first([])",
    )
]  # fmt: skip
NAMES = ["hours", "menu", "ask", "set", "look", "again", "loop", "log", "end", "tidy", "nowhere"]
TYPES = ["set", "log", "say", "if", "menu", "digits", "db_lookup", "wait", "hangup", "end", "nope"]
PARAMETERS = ["text", "when", "into", "note", "kind", "secret", "bind", "prompt", "on", "outputs",
              "flow", "inputs", "action", "contact.kind", "variable"]  # fmt: skip

Edit = Callable[[Flow, random.Random], Flow]


def _with_node(flow: Flow, at: int, node: NodeDecl) -> Flow:
    return replace(flow, nodes=(*flow.nodes[:at], node, *flow.nodes[at + 1 :]))


def change_value(flow: Flow, chance: random.Random) -> Flow:
    at = chance.randrange(len(flow.nodes))
    node = flow.nodes[at]
    values = list(node.parameters)
    if values and chance.random() < 0.8:
        number = chance.randrange(len(values))
        values[number] = replace(values[number], value=chance.choice(EXPRESSIONS))
    else:
        values.append(Parameter(chance.choice(PARAMETERS), chance.choice(EXPRESSIONS)))
    return _with_node(flow, at, replace(node, parameters=tuple(values)))


def drop_value(flow: Flow, chance: random.Random) -> Flow:
    at = chance.randrange(len(flow.nodes))
    node = flow.nodes[at]
    return _with_node(flow, at, replace(node, parameters=node.parameters[1:]))


def change_edge(flow: Flow, chance: random.Random) -> Flow:
    at = chance.randrange(len(flow.nodes))
    node = flow.nodes[at]
    edges = list(node.edges)
    target = chance.choice([*NAMES, None])
    if edges and chance.random() < 0.7:
        number = chance.randrange(len(edges))
        edges[number] = replace(edges[number], target=target)
    elif edges and chance.random() < 0.5:
        del edges[chance.randrange(len(edges))]
    else:
        edges.append(Edge(chance.choice(["next", "error", 1, "1", "true", "gold"]), target))
    return _with_node(flow, at, replace(node, edges=tuple(edges)))


def change_node(flow: Flow, chance: random.Random) -> Flow:
    at = chance.randrange(len(flow.nodes))
    node = flow.nodes[at]
    if chance.random() < 0.5:
        return _with_node(flow, at, replace(node, type=chance.choice(TYPES)))
    return _with_node(flow, at, replace(node, name=chance.choice(NAMES)))


def move_nodes(flow: Flow, chance: random.Random) -> Flow:
    nodes = list(flow.nodes)
    at = chance.randrange(len(nodes))
    match chance.randrange(3):
        case 0 if len(nodes) > 1:
            del nodes[at]
        case 1:
            nodes.insert(at, chance.choice(nodes))
        case _:
            chance.shuffle(nodes)
    return replace(flow, nodes=tuple(nodes))


def change_head(flow: Flow, chance: random.Random) -> Flow:
    match chance.randrange(3):
        case 0:
            jumps = [Jump(jump.kind, chance.choice(NAMES)) for jump in flow.jumps]
            return replace(flow, jumps=tuple(chance.sample(jumps, chance.randint(0, len(jumps)))))
        case 1:
            kind = TypeName(chance.choice(["text", "number", "any", "nope"]), chance.random() < 0.5)
            default = chance.choice([None, *EXPRESSIONS])
            name = chance.choice(["note", "kind", "code", "fresh", "found"])
            word = chance.choice(["var", "input", "output"])
            added = Declaration(word, name, kind, default)  # type: ignore[arg-type]
            return replace(flow, declarations=(added, *flow.declarations))
    kept = [item for item in flow.declarations if chance.random() < 0.8]
    return replace(flow, declarations=tuple(kept))


EDITS: tuple[Edit, ...] = (
    change_value, change_value, drop_value, change_edge, change_edge, change_node, move_nodes,
    change_head,
)  # fmt: skip


def test_the_flow_has_something_to_tell() -> None:
    codes = {problem.code for problem in check_flow(flow_of(TEXT), AROUND)}
    assert codes >= {"unset-variable", "secret-leak", "missing-prompt", "unknown-node"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(EDITS), max_size=8), st.integers(0, 2**32), st.booleans())
def test_after_any_edits_it_is_as_if_checked_anew(
    edits: list[Edit], seed: int, numbered: bool
) -> None:
    chance = random.Random(seed)
    flow = flow_of(TEXT)
    checker = FlowChecker(AROUND, numbered)
    assert checker.check(flow) == check_flow(flow, AROUND, numbered)
    for edit in edits:
        flow = edit(flow, chance)
        found = checker.check(flow)
        assert found == check_flow(flow, AROUND, numbered)
        event(f"{len(found) // 10 * 10} problems and more")
    flow = flow_of(TEXT)
    assert checker.check(flow) == check_flow(flow, AROUND, numbered)


def test_a_node_in_which_callers_can_hang_up_matters_to_what_comes_behind() -> None:
    text = """flow f
schema 1
var code: text = ""
var copy: text = ""
start -> ask
on_error -> sorry
on_hangup -> tidy
node ask: digits
  prompt = "Your code?"
  secret = true
  into = code
  next -> keep
  failed -> over
node keep: set
  copy = code
  -> tell
node tell: log
  text = "hi"
  -> over
node over: hangup
node tidy: log
  text = copy
  -> over
node sorry: hangup
"""
    quick = type("Quick", (Log,), {"instant": True})
    around = replace(SITE, nodes={**SITE.nodes, "quick": quick})
    checker, told = FlowChecker(around), []
    flow = flow_of(text)
    at = [node.name for node in flow.nodes].index("tell")
    for kind in ("log", "quick"):
        flow = _with_node(flow, at, replace(flow.nodes[at], type=kind))
        assert checker.check(flow) == check_flow(flow, around)
        told += [problem.path for problem in checker.check(flow) if problem.subject == "tidy"]
    assert told[0] != told[1]


# --- as text --------------------------------------------------------------------------------------


def type_something(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    column = chance.randint(0, len(lines[at]))
    typed = chance.choice([" ", "x", '"', "{", "}", "#", "->", "1", "node ", "\n", "none"])
    lines[at] = lines[at][:column] + typed + lines[at][column:]


def delete_something(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    column = chance.randint(0, len(lines[at]))
    lines[at] = lines[at][:column] + lines[at][column + chance.randint(1, 4) :]


def press_enter(lines: list[str], chance: random.Random) -> None:
    lines.insert(chance.randint(0, len(lines)), "")


def write_a_line(lines: list[str], chance: random.Random) -> None:
    line = chance.choice(["  note = none", "  error -> log", "# why", "  # why", "  x = !\"1 +\"",
                          "node extra: say", "var extra: text?", "start -> log"])  # fmt: skip
    lines.insert(chance.randint(0, len(lines)), line)


def cut_lines(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    del lines[at : at + chance.randint(1, 6)]
    lines.append("")


def paste_lines(lines: list[str], chance: random.Random) -> None:
    at, to = chance.randrange(len(lines)), chance.randint(0, len(lines))
    lines[to:to] = lines[at : at + chance.randint(1, 9)]


TYPING = (type_something, delete_something, press_enter, write_a_line, cut_lines, paste_lines)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(TYPING), max_size=8), st.integers(0, 2**32))
def test_after_any_typing_it_is_as_if_read_anew(
    typing: list[Callable[[list[str], random.Random], None]], seed: int
) -> None:
    chance = random.Random(seed)
    checker, lines = FlowChecker(AROUND), TEXT.split("\n")
    checker.check_text(TEXT)
    for edit in typing:
        edit(lines, chance)
        text = "\n".join(lines)
        lines = text.split("\n")
        parsed, problems = checker.check_text(text)
        anew = parse(text)
        assert problems == check_text(text, AROUND)[1]
        assert repr(parsed.placed) == repr(anew.flow), "places are part of what is shown"
        assert parsed.problems == anew.problems


# --- what is not done again -----------------------------------------------------------------------


def test_what_has_not_changed_stays_the_same_object() -> None:
    memory = Memory()
    first = parse(TEXT, memory, in_place=True)
    moved = parse(TEXT.replace("# --- the day", "# --- by\n# day"), memory, in_place=True)
    assert first.flow is not None and moved.flow is not None and moved.placed is not None
    same = [a is b for a, b in zip(first.flow.nodes, moved.flow.nodes, strict=True)]
    assert same.count(False) == 1  # the node below the comment
    assert [node.place.line for node in moved.placed.nodes] == [
        node.place.line + 1 for node in first.flow.nodes
    ]
    again = parse(TEXT.replace("# --- the day", "# --- by\n# day"), memory, in_place=True)
    assert again.flow is not None
    assert all(a is b for a, b in zip(moved.flow.nodes, again.flow.nodes, strict=True))


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (lambda text: text, 0),
        (lambda text: text.replace("Your code?", "Which code?"), 1),
        (lambda text: "\n\n" + text, 0),
        (lambda text: text.replace("  kind = ", "  # why\n  kind = "), 1),
        (lambda text: text.replace("tries > 3", "tries > 4"), 1),
    ],
)
def test_only_what_has_changed_is_looked_at_again(
    change: Callable[[str], str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = FlowChecker(AROUND)
    checker.check_text(TEXT)
    looked_at: list[str] = []
    check_node = checker._check_node

    def counted(subject, decl):  # type: ignore[no-untyped-def]
        looked_at.append(decl.name)
        return check_node(subject, decl)

    monkeypatch.setattr(checker, "_check_node", counted)
    checker.check_text(change(TEXT))
    assert len(looked_at) <= most, looked_at


def test_names_that_are_typed_and_gone_are_forgotten() -> None:
    checker = FlowChecker(AROUND)
    for number in range(600):
        text = TEXT.replace("into = code", f"into = code{number}")
        problems = checker.check_text(text)[1]
        if number % 100 == 0:
            assert problems == check_text(text, AROUND)[1]
    assert len(checker._reader._slots) < 400
