"""Edits change what they name and keep everything else, comments above all."""

from dataclasses import replace

import pytest

from designer.core import edits
from designer.core.edits import Library
from flow_runtime.core.model import Edge, Flow, NodeDecl
from flow_runtime.core.syntax import parse, print_flow
from nodes.catalogue import library

LIBRARY: Library = library()
TEXT = """\
flow shop "Shop"
schema 1
var tries: number = 0
# who is it
var account: record?

# the way in
start -> hello
on_error -> sorry

# --- greeting
node hello: say  # first
  text = "Hello."  # kindly
  # and on
  -> menu

# --- choice
node menu: menu "Main menu"
  # three times is enough
  attempts = 3
  prompt = "Press 1, {tries}."
  # the bill
  1 "Billing" -> count  # busy
  2 "Repairs" -> hello
  failed -> sorry

node count: set
  tries = tries + 1
  -> find

node find: subflow
  flow = "find.flow"
  inputs = {tries: tries}
  outputs = {account: tries}
  known -> sorry
  # last

node sorry: say
  text = "Sorry, {account?.name} {tries:digits}."
  -> end

node end: hangup

layout
  # the first one
  hello 0,0
  menu 220,0
  # about the menu
  note "Ask" 220,200 180,80
"""


def flow_of(text: str = TEXT) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def text_of(flow: Flow) -> str:
    return print_flow(flow)


def changed(flow: Flow) -> tuple[list[str], list[str]]:
    """The lines that are gone from `TEXT`, and those that are new."""
    was, now = text_of(flow_of()).splitlines(), text_of(flow).splitlines()
    return [x for x in was if x not in now], [x for x in now if x not in was]


def node(flow: Flow, name: str) -> NodeDecl:
    found = flow.node(name)
    assert found is not None
    return found


# --- nodes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Main menu", "main_menu_2"),
        ("say", "say"),
        ("menu_9", "menu_9"),
        ("1", "node_1"),
        ("if", "node_if"),
        ("", "node"),
        ("客服 热线", "客服_热线"),
        ("!!", "node"),
    ],
)
def test_a_fresh_name_can_be_written_and_is_free(wanted: str, name: str) -> None:
    assert edits.fresh_name({"main_menu", "menu"}, wanted) == name


def test_fresh_names_go_on_counting() -> None:
    assert edits.fresh_name({"menu", "menu_2"}, "menu") == "menu_3"
    assert edits.fresh_name({"menu_2"}, "menu_2") == "menu_3"
    assert edits.free_name({"Menu"}, "Menu") == "Menu_2"


def test_the_first_node_is_the_start_and_later_ones_stand_where_they_are_put() -> None:
    one = edits.add_node(Flow("x"), NodeDecl("a", "say"), 20, 40)
    assert text_of(one) == "flow x\nschema 1\n\nstart -> a\n\nnode a: say\n\nlayout\n  a 20,40\n"
    two = edits.add_node(one, NodeDecl("b", "say"), 0, 0)
    three = edits.add_node(two, NodeDecl("c", "say"), 0, 0, after="a")
    assert [n.name for n in three.nodes] == ["a", "c", "b"]
    assert three.jump("start") == "a"


def test_ports_are_written_as_the_card_shows_them_in_whatever_order_they_are_connected() -> None:
    ports = ["found", "not_found", "error"]
    flow = edits.add_node(flow_of(), NodeDecl("look", "db_lookup"), 0, 0)
    for port in ("error", "not_found", "found"):
        flow = edits.connect(flow, "look", port, "end", ports)
    assert [edge.port for edge in node(flow, "look").edges] == ports
    flow = edits.connect(flow, "look", "not_found", "hello", ports)
    assert [edge.port for edge in node(flow, "look").edges] == ports
    assert node(flow, "look").edge("not_found").target == "hello"


def test_a_removed_node_leaves_ports_unconnected_and_headings_behind() -> None:
    flow = edits.remove_nodes(flow_of(), ["hello"])
    gone, new = changed(flow)
    assert gone == [
        "start -> hello",
        "node hello: say  # first",
        '  text = "Hello."  # kindly',
        "  # and on",
        "  -> menu",
        '  2 "Repairs" -> hello',
        "  hello 0,0",
    ]
    assert new == ['  2 "Repairs"']
    lines = text_of(flow).splitlines()
    at = lines.index('node menu: menu "Main menu"')
    assert lines[at - 2 : at] == ["# --- greeting", "# --- choice"]
    assert lines[lines.index("on_error -> sorry") - 1] == "# the way in"
    assert lines[lines.index("  menu 220,0") - 1] == "  # the first one"


def test_removing_everything_keeps_the_headings_at_the_end() -> None:
    flow = edits.remove_nodes(flow_of(), [n.name for n in flow_of().nodes])
    flow = edits.remove_remarks(flow, [0])
    text = text_of(flow)
    assert not flow.nodes and not flow.jumps and not flow.layout.boxes
    for comment in ("# the way in", "# --- greeting", "# --- choice", "# the first one"):
        assert text.count(comment) == 1
    assert text.count("# about the menu") == 1


def test_of_two_nodes_of_one_name_the_first_is_meant() -> None:
    twice = flow_of().nodes + (NodeDecl("hello", "wait"),)
    flow = replace(flow_of(), nodes=twice)
    renamed = edits.rename_node(flow, "hello", "greet")
    assert [n.name for n in renamed.nodes][0] == "greet" and renamed.nodes[-1].name == "hello"
    assert renamed.jump("start") == "greet"
    removed = edits.remove_nodes(flow, ["hello"])
    assert node(removed, "hello").type == "wait" and removed.jump("start") == "hello"


def test_a_new_name_is_followed_everywhere() -> None:
    gone, new = changed(edits.rename_node(flow_of(), "hello", "greet"))
    assert gone == [
        "start -> hello", "node hello: say  # first", '  2 "Repairs" -> hello', "  hello 0,0"
    ]  # fmt: skip
    assert new == [
        "start -> greet", "node greet: say  # first", '  2 "Repairs" -> greet', "  greet 0,0"
    ]  # fmt: skip
    back = edits.rename_node(edits.rename_node(flow_of(), "hello", "greet"), "greet", "hello")
    assert back == flow_of()


def test_a_title_that_is_empty_is_none() -> None:
    assert changed(edits.set_title(flow_of(), "menu", "")) == (
        ['node menu: menu "Main menu"'],
        ["node menu: menu"],
    )
    with pytest.raises(KeyError):
        edits.set_title(flow_of(), "nobody", "x")


def test_a_jump_keeps_its_place_and_its_comment() -> None:
    assert changed(edits.set_jump(flow_of(), "start", "menu")) == (
        ["start -> hello"],
        ["start -> menu"],
    )
    shorter = edits.set_jump(flow_of(), "start", None)
    assert changed(shorter) == (["start -> hello"], [])
    assert changed(edits.set_jump(shorter, "start", "hello"))[1] == []
    longer = edits.set_jump(flow_of(), "on_hangup", "count")
    assert [jump.kind for jump in longer.jumps] == ["start", "on_error", "on_hangup"]


# --- parameters -----------------------------------------------------------------------------------


def test_a_parameter_changes_in_its_place() -> None:
    flow = edits.set_parameter(flow_of(), "hello", "text", '"Good day."')
    assert changed(flow) == (['  text = "Hello."  # kindly'], ['  text = "Good day."  # kindly'])
    half = edits.set_parameter(flow_of(), "menu", "attempts", "3 +")
    assert changed(half)[1] == ['  attempts = !"3 +"']
    value = node(half, "menu").parameter("attempts")
    assert value is not None and edits.written_value(value.value) == "3 +"


def test_a_parameter_left_out_leaves_the_comment_above_it() -> None:
    flow = edits.remove_parameter(flow_of(), "menu", "attempts")
    assert changed(flow) == (["  attempts = 3"], [])
    assert "  # three times is enough\n  prompt" in text_of(flow)
    bare = edits.remove_parameter(flow, "menu", "prompt")
    assert "  # three times is enough\n  # the bill\n  1 " in text_of(bare)
    assert edits.remove_parameter(bare, "menu", "prompt") == bare


def test_several_nodes_get_a_value_at_once() -> None:
    flow = edits.set_parameters(flow_of(), ["hello", "sorry"], "interruptible", "false")
    assert text_of(flow).count("  interruptible = false") == 2
    assert edits.remove_parameters(flow, ["hello", "sorry"], "interruptible") == flow_of()


def test_the_lines_of_a_set_are_in_order_and_can_be_renamed() -> None:
    flow = edits.set_parameter(flow_of(), "count", "contact.level", '"gold"')
    assert [p.name for p in node(flow, "count").parameters] == ["tries", "contact.level"]
    flow = edits.move_line(flow, "count", 1, 0)
    flow = edits.rename_parameter(flow, "count", "tries", "other")
    assert [p.name for p in node(flow, "count").parameters] == ["contact.level", "other"]


def test_an_arrow_whose_port_vanishes_stays_written() -> None:
    shares = "  shares = {old: 90, new: 10}\n"
    text = f"flow x\nnode a: split\n{shares}  old -> b\n  new -> b\nnode b: hangup\n"
    flow = flow_of(text)
    away = edits.set_parameter(flow, "a", "shares", "{old: 100}")
    assert node(away, "a").edges == node(flow, "a").edges
    assert edits.set_parameter(away, "a", "shares", "{old: 90, new: 10}") == flow


# --- ports ----------------------------------------------------------------------------------------


def test_an_arrow_is_drawn_moved_and_taken_away() -> None:
    flow = edits.connect(flow_of(), "menu", 1, "end")
    assert changed(flow) == (
        ['  1 "Billing" -> count  # busy'],
        ['  1 "Billing" -> end  # busy'],
    )
    loose = edits.disconnect(flow_of(), "menu", "failed", drawn=False)
    assert changed(loose) == (["  failed -> sorry"], [])
    assert changed(edits.disconnect(flow_of(), "menu", 1, drawn=False))[1] == [
        '  1 "Billing"  # busy'
    ]
    assert edits.disconnect(flow_of(), "menu", 7) == flow_of()


def test_new_ports_stand_before_failed_and_error() -> None:
    flow = edits.draw_port(flow_of(), "menu", "*", "Agent")
    flow = edits.connect(flow, "menu", "error", "sorry")
    flow = edits.connect(flow, "menu", 3, "end")
    ports = [edge.port for edge in node(flow, "menu").edges]
    assert ports == [1, 2, "*", 3, "failed", "error"]
    assert edits.draw_port(flow, "menu", "*") == flow


def test_a_key_becomes_another_and_keeps_words_and_target() -> None:
    flow = edits.rename_port(flow_of(), "menu", 1, 9)
    assert changed(flow)[1] == ['  9 "Billing" -> count  # busy']
    assert edits.rename_port(flow, "menu", 9, 2) == flow
    assert node(edits.move_port(flow, "menu", 2, 0), "menu").edges[0].port == 2


def test_words_of_a_port_and_their_end() -> None:
    flow = edits.label_port(flow_of(), "menu", "failed", "Nothing")
    assert changed(flow)[1] == ['  failed "Nothing" -> sorry']
    assert edits.label_port(flow, "menu", "failed", "") == flow_of()
    assert edits.label_port(flow_of(), "menu", "error", "") == flow_of()


def test_a_removed_port_leaves_the_comment_above_it() -> None:
    flow = edits.remove_port(flow_of(), "menu", 1)
    assert changed(flow) == (['  1 "Billing" -> count  # busy'], [])
    assert '  # the bill\n  2 "Repairs"' in text_of(flow)
    only = edits.remove_port(flow_of(), "hello", "next")
    assert node(only, "hello").tail == ("and on",)


# --- variables ------------------------------------------------------------------------------------


def test_a_variable_is_renamed_where_it_is_used_and_nowhere_else() -> None:
    gone, new = changed(edits.rename_variable(flow_of(), "tries", "count", LIBRARY))
    assert new == [
        "var count: number = 0",
        '  prompt = "Press 1, {count}."',
        "  count = count + 1",
        "  inputs = {tries: count}",
        '  text = "Sorry, {account?.name} {count:digits}."',
    ]
    assert len(gone) == len(new)


def test_the_variables_that_outputs_go_to_are_renamed() -> None:
    flow = edits.rename_variable(flow_of(), "account", "customer_found", LIBRARY)
    assert "  outputs = {customer_found: tries}" in changed(flow)[1]


def test_a_variable_that_a_node_makes_is_renamed() -> None:
    flow = flow_of("flow x\nnode a: digits\n  into = number\nnode b: say\n  text = [number, 1]\n")
    text = text_of(edits.rename_variable(flow, "number", "meter", LIBRARY))
    assert "  into = meter" in text and "  text = [meter, 1]" in text
    assert edits.variables_made(flow, LIBRARY) == {"number"}


def test_lines_of_an_unknown_type_are_not_taken_for_assignments() -> None:
    flow = flow_of("flow x\nvar text: number\nnode a: plugin\n  text = text\n")
    renamed = edits.rename_variable(flow, "text", "words", LIBRARY)
    assert "  text = words" in text_of(renamed)


def test_what_is_not_touched_by_a_renaming_stays_the_same_object() -> None:
    flow = flow_of()
    renamed = edits.rename_variable(flow, "account", "found", LIBRARY)
    assert renamed.nodes[0] is flow.nodes[0] and renamed.nodes[2] is flow.nodes[2]


def test_declarations_are_added_changed_and_left_out() -> None:
    flow = flow_of()
    one = flow.declarations[0]
    more = edits.declare(flow, replace(one, kind="input", name="given"))
    assert [d.name for d in more.declarations] == ["given", "tries", "account"]
    assert edits.replace_declaration(flow, 0, replace(one, name="n")).declarations[0].name == "n"
    less = edits.remove_declaration(flow, 1)
    assert changed(less) == (["var account: record?"], [])
    assert "# who is it\n# the way in\nstart" in text_of(less)


# --- canvas ---------------------------------------------------------------------------------------


def test_moving_touches_no_line_of_logic() -> None:
    flow = edits.move(flow_of(), {"hello": (0, 0), "count": (440, 0)}, [0], 20, -20)
    gone, new = changed(flow)
    assert new == ["  count 460,-20", "  hello 20,-20", '  note "Ask" 240,180 180,80']
    assert gone == ["  hello 0,0", '  note "Ask" 220,200 180,80']


def test_notes_and_frames() -> None:
    flow = edits.add_remark(flow_of(), "frame", "self service", 0, 0, 600, 300)
    flow = edits.change_remark(flow, 0, text="Ask finance", width=200)
    assert changed(flow)[1] == [
        '  note "Ask finance" 220,200 200,80',
        '  frame "self service" 0,0 600,300',
    ]
    assert changed(edits.remove_remarks(flow, [0, 1])) == (['  note "Ask" 220,200 180,80'], [])


# --- shape ----------------------------------------------------------------------------------------


def test_a_node_is_put_into_an_arrow() -> None:
    wait = NodeDecl("wait", "wait")
    gone, new = changed(edits.insert_node(flow_of(), ("menu", 1), wait, 100, 20))
    assert gone == ['  1 "Billing" -> count  # busy']
    assert new == [
        '  1 "Billing" -> wait  # busy',
        "node wait: wait",
        "  -> count",
        "  wait 100,20",
    ]


def test_a_node_is_put_before_the_first_one() -> None:
    gone, new = changed(edits.insert_node(flow_of(), "start", NodeDecl("a", "answer"), 0, 0))
    assert gone == ["start -> hello"]
    assert new == ["start -> a", "node a: answer", "  -> hello", "  a 0,0"]


def test_a_node_put_at_a_loose_port_or_without_a_way_out_leads_nowhere() -> None:
    flow = edits.insert_node(flow_of(), ("menu", "error"), NodeDecl("w", "wait"), 0, 0)
    assert node(flow, "w").edges == () and node(flow, "menu").edge("error") == Edge("error", "w")
    flow = edits.insert_node(flow_of(), ("menu", 1), NodeDecl("h", "hangup"), 0, 0, out=None)
    assert node(flow, "h").edges == ()
    assert edits.arrows_to(flow, "sorry") == ["on_error", ("menu", "failed"), ("find", "known")]


def test_another_type_keeps_what_fits() -> None:
    made = edits.replace_type(flow_of(), "menu", LIBRARY["digits"], LIBRARY["menu"])
    now = node(made.flow, "menu")
    assert (now.type, now.title) == ("digits", "Main menu")
    assert [p.name for p in now.parameters] == ["attempts", "prompt"]
    assert [(e.port, e.target) for e in now.edges] == [("next", "count"), ("failed", "sorry")]
    assert [e.port for e in made.edges] == [2]
    assert text_of(made.flow).count("# --- choice") == 1


def test_another_type_takes_the_main_value_by_another_name() -> None:
    made = edits.replace_type(flow_of(), "hello", LIBRARY["menu"], LIBRARY["say"])
    now = node(made.flow, "hello")
    assert [p.name for p in now.parameters] == ["prompt"]
    assert made.parameters == ()
    assert [(e.port, e.target) for e in now.edges] == [("failed", "menu")]


def test_a_value_that_the_other_type_does_not_take_is_told() -> None:
    text = "flow x\nnode a: menu\n  attempts = 20\n  # why\n  timeout = 5s\n  1 -> a\n"
    made = edits.replace_type(flow_of(text), "a", LIBRARY["set"], LIBRARY["menu"])
    assert [p.name for p in made.parameters] == ["attempts", "timeout"]
    assert "# why" in text_of(made.flow)


# --- size -----------------------------------------------------------------------------------------


def test_an_edit_of_a_large_flow_makes_no_new_nodes_but_its_own() -> None:
    nodes = [NodeDecl(f"n{i}", "say", edges=(Edge("next", f"n{i + 1}"),)) for i in range(2000)]
    flow = Flow("big", nodes=tuple(nodes))
    for edited in (
        edits.set_parameter(flow, "n1000", "text", '"x"'),
        edits.connect(flow, "n1000", "next", "n0"),
        edits.set_title(flow, "n1000", "x"),
        edits.rename_variable(flow, "a", "b", LIBRARY),
    ):
        new = sum(a is not b for a, b in zip(edited.nodes, flow.nodes, strict=True))
        assert new <= 1
