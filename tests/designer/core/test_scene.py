"""The picture of a flow: cards as the look wants them, and what stays the same object."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from designer.core.picture import Card, Picture, Point, PortRow, Rect
from designer.core.scene import Drawn, make_picture, places, rough_width, tidy
from flow_kit import LIBRARY, flow_of
from flow_runtime.core.model import Box, Edge, Flow, Layout, Remark
from flow_runtime.core.surroundings import Surroundings
from picture_kit import AROUND, LOOK, overlaps, picture_of
from strategies import flows


def card_of(text: str, name: str = "a", around: Surroundings = AROUND) -> Card:
    card = make_picture(flow_of(text), around).card(name)
    assert card is not None
    return card


def rows(card: Card) -> list[tuple[str, str, bool]]:
    return [(port.label, port.kind, port.connected) for port in card.ports]


# --- cards --------------------------------------------------------------------------------------


def test_a_card_says_what_its_node_does() -> None:
    card = card_of('flow x\nnode a: business_hours "Open now?"\n  calendar = "office"\n')
    assert (card.name, card.type, card.title) == ("a", "business_hours", "Open now?")
    assert card.summary == 'Calendar "office"'
    assert (card.group, card.icon) == ("Logic", "business_hours")


def test_without_a_title_the_name_is_one() -> None:
    card = card_of('flow x\nnode no_such_account: say\n  text = "x"\n', "no_such_account")
    assert card.title == "No such account"


def test_size_and_rows() -> None:
    """54 high, and 22 for each port and 6 more."""
    picture = picture_of(LOOK)
    heights = {card.name: card.rect.height for card in picture.cards}
    assert heights["tell"] == heights["goodbye"] == 54
    assert heights["arrears"] == 54 + 2 * 22 + 6
    assert heights["menu"] == 54 + 4 * 22 + 6
    assert {card.rect.width for card in picture.cards} == {160}
    menu = picture.card("menu")
    assert menu is not None
    assert [port.y for port in menu.ports] == [65, 87, 109, 131]


def test_next_alone_sits_in_the_header_level_with_the_input() -> None:
    text = 'flow x\nnode a: say\n  text = "x"\n  -> b\nnode b: hangup\n'
    assert rows(card_of(text)) == [("next", "plain", True)]
    assert card_of(text).ports[0].row is None
    assert card_of(text).ports[0].y == 20
    with_error = card_of(text.replace("  -> b\n", "  -> b\n  error -> b\n"))
    assert [(port.label, port.row, port.kind) for port in with_error.ports] == [
        ("next", 0, "plain"),
        ("error", 1, "error"),
    ]


def test_the_error_port_is_there_only_when_it_is_connected() -> None:
    start = "flow x\nnode b: hangup\nnode a: if\n  when = true\n  true -> b\n  false -> b\n"
    for end in ("", "  error\n", "  error -> nowhere\n"):
        assert [port.label for port in card_of(start + end).ports] == ["true", "false"]
    assert rows(card_of(start + "  error -> b\n"))[-1] == ("error", "error", True)
    assert rows(card_of("flow x\nnode a: hangup\n  error -> a\n")) == [("error", "error", True)]


def test_ports_that_are_not_connected() -> None:
    """What stands for something says so; what has to lead on is missing."""
    card = card_of('flow x\nnode a: business_hours\n  calendar = "o"\n  open\n  closed -> gone\n')
    assert rows(card) == [
        ("open", "missing", False),
        ("closed", "missing", False),
        ("holiday = closed", "default", False),
    ]
    assert card.ports[0].help == "It is within the opening hours."
    polite = card_of(
        'flow x\nnode a: polite\n  port = "next"\n  -> a\n', around=Surroundings(LIBRARY)
    )
    assert rows(polite) == [
        ("next", "plain", True),
        ("same = next", "default", False),
        ("bye = goodbye", "default", False),
        ("oops = on error", "default", False),
        ("round = round", "default", False),
        ("optional", "plain", False),
    ]


def test_keys_are_keycaps_and_keep_the_way_they_are_written() -> None:
    card = card_of(
        'flow x\nnode a: menu\n  prompt = "x"\n  1 -> a\n  "#" -> a\n  "10"\n  failed -> a\n'
    )
    assert [(port.name, port.label, port.key) for port in card.ports] == [
        (1, "1", True),
        ("#", "#", True),
        ("10", "10", True),
        ("failed", "failed", False),
    ]
    assert card.port(1) is card.ports[0] and card.port("1") is None
    switch = card_of('flow x\nnode a: switch\n  on = 1\n  1 -> a\n  "1" -> a\n  else -> a\n')
    assert [(port.name, port.key) for port in switch.ports] == [
        (1, False), ("1", False), ("else", False)
    ]  # fmt: skip


def test_a_long_port_label_widens_the_card() -> None:
    text = 'flow x\nnode a: switch\n  on = 1\n  "{name}" -> a\n  else -> a\n'
    assert card_of(text.format(name="x" * 17)).rect.width == 160
    assert card_of(text.format(name="x" * 18)).rect.width == 200
    assert rough_width("排队", "chip") == 22


def test_what_the_type_does_not_know_is_shown_all_the_same() -> None:
    card = card_of('flow x\nnode a: say\n  text = "x"\n  -> a\n  1 -> a\n  "1"\n  next\n')
    assert rows(card) == [("next", "plain", True), ("1", "plain", True), ("1", "plain", False)]


def test_an_unknown_type_is_kept() -> None:
    card = card_of(
        'flow x\nnode a: acme_fraud "Fraud?"\n  level = 3\n  yes -> a\n  no\n  error -> a\n'
    )
    assert (card.title, card.summary) == ("Fraud?", "unknown type · kept")
    assert (card.group, card.icon, card.type) == ("unknown", "unknown", "acme_fraud")
    assert rows(card) == [
        ("yes", "plain", True), ("no", "plain", False), ("error", "error", True)
    ]  # fmt: skip


def test_a_plug_in_that_fails_over_a_node_leaves_it_on_the_canvas() -> None:
    card = card_of('flow x\nnode a: odd\n  how = "ports"\n  -> a\n', around=Surroundings(LIBRARY))
    assert rows(card) == [("next", "plain", True)]

    class Broken(LIBRARY["work"]):  # type: ignore[misc, valid-type]
        @classmethod
        def summary(cls, draft: object) -> str:
            raise RuntimeError("no summary today")

    broken = card_of("flow x\nnode a: work\n  -> a\n", around=Surroundings({"work": Broken}))
    assert broken.summary == ""


def test_after_a_hang_up_no_port_has_to_lead_on() -> None:
    text = 'flow x\nstart -> b\non_hangup -> a\nnode a: log\n  text = "x"\nnode b: hangup\n'
    assert rows(card_of(text)) == [("next", "plain", False)]
    both = text.replace("start -> b", "start -> a")
    assert rows(card_of(both)) == [("next", "missing", False)]


def test_everything_of_the_program_is_translated() -> None:
    picture = make_picture(flow_of(LOOK), AROUND, lambda text: f"<{text}>")
    hours, end = picture.card("hours"), picture.card("goodbye")
    assert hours is not None and end is not None
    assert [port.label for port in hours.ports] == ["<open>", "<closed>", "<holiday> = <closed>"]
    assert (hours.title, hours.summary) == ("Open now?", '<Calendar "office">')
    assert {pill.text for pill in picture.pills} == {"<Start>", "<After hang-up>"}
    menu = picture.card("menu")
    assert menu is not None and menu.ports[0].label == "1"


# --- pills, sheets, connectors ------------------------------------------------------------------


def test_pills_stand_left_above_their_card() -> None:
    picture = make_picture(flow_of(LOOK), AROUND, numbers=["100"])
    start, hangup = picture.pills
    assert (start.kind, start.text, start.target) == ("start", "Start · 100", "hours")
    assert (start.rect.x, start.rect.y, start.rect.height) == (196, 132, 24)
    assert (hangup.kind, hangup.rect.y) == ("on_hangup", 650)
    elbow = next(c for c in picture.connectors if c.source is None and c.target == "hours")
    assert elbow.points == (Point(204, 156), Point(204, 194), Point(222, 194))


def test_a_pill_finds_another_place_where_a_card_is_above() -> None:
    text = "flow x\nstart -> b\non_error -> b\nnode a: hangup\nnode b: hangup\nlayout\n"
    crowded = picture_of(text + "  a 0,0\n  b 0,80\n")
    cards = [card.rect for card in crowded.cards]
    rects = [pill.rect for pill in crowded.pills]
    assert [pill.kind for pill in crowded.pills] == ["start", "on_error"]
    assert not any(overlaps(rect, other) for rect in rects for other in cards)
    assert not overlaps(*rects)
    level, lower = (c.points for c in crowded.connectors if c.source is None)
    assert [point.y for point in level] == [100, 100]
    assert lower[-1] == level[-1] and len(lower) == 4


def test_jumps_to_nowhere_have_no_pill() -> None:
    assert picture_of("flow x\nstart -> gone\nnode a: hangup\n").pills == ()


def test_notes_and_frames_keep_their_number() -> None:
    sheets = picture_of(LOOK).sheets
    assert [(sheet.index, sheet.kind) for sheet in sheets] == [(0, "note"), (1, "frame")]
    assert sheets[1].rect == Rect(640, 142, 620, 186)


def test_connectors_know_their_words_and_errors() -> None:
    picture = picture_of(LOOK)
    by_source = {c.source: c for c in picture.connectors}
    assert by_source["menu", 1].label == "Billing" and by_source["menu", 1].target == "find"
    assert by_source["find", "error"].error and not by_source["find", "found"].error
    start, menu = by_source["menu", 1].points[0], picture.card("menu")
    assert menu is not None
    assert start == Point(menu.rect.right, menu.rect.y + menu.ports[0].y)


def test_of_a_name_used_twice_the_first_node_counts() -> None:
    text = 'flow x\nnode a: hangup "One"\nnode b: say\n  text = "x"\n  -> a\n'
    flow = flow_of(text)
    twice = replace(flow, nodes=(*flow.nodes, replace(flow.nodes[1], name="a")))
    picture = make_picture(twice, AROUND)
    assert [card.title for card in picture.cards] == ["One", "B"]


@given(flows())
@settings(max_examples=100, deadline=None)
def test_any_flow_that_can_be_written_has_a_picture(flow: Flow) -> None:
    picture = make_picture(flow, AROUND)
    assert {card.name for card in picture.cards} == {node.name for node in flow.nodes}
    again = make_picture(flow, AROUND, before=Drawn(flow, picture))
    assert again == picture
    assert all(a is b for a, b in zip(again.cards, picture.cards, strict=True))
    tidied = replace(flow, layout=tidy(flow, AROUND))
    assert places(make_picture(tidied, AROUND)) == tuple(
        replace(box, comments=Box("", 0, 0).comments) for box in tidied.layout.boxes
    )


# --- the same again -----------------------------------------------------------------------------


def _changed(flow: Flow, name: str, **changes: object) -> Flow:
    return replace(
        flow,
        nodes=tuple(replace(n, **changes) if n.name == name else n for n in flow.nodes),
    )


def _kept(new: Picture, old: Picture) -> set[str]:
    return {card.name for card in new.cards if card is old.card(card.name)}


def test_an_edit_of_one_node_leaves_the_rest_the_same_object() -> None:
    flow = flow_of(LOOK)
    old = make_picture(flow, AROUND)
    new_flow = _changed(flow, "tell", title="Balance")
    new = make_picture(new_flow, AROUND, before=Drawn(flow, old))
    assert new == make_picture(new_flow, AROUND)
    assert _kept(new, old) == {card.name for card in old.cards} - {"tell"}
    assert new.connectors is old.connectors
    assert all(a is b for a, b in zip(new.pills, old.pills, strict=True))
    assert all(a is b for a, b in zip(new.sheets, old.sheets, strict=True))


def test_an_equal_node_from_a_text_read_again_is_the_same_object() -> None:
    flow = flow_of(LOOK)
    old = make_picture(flow, AROUND)
    again = make_picture(flow_of(LOOK), AROUND, before=Drawn(flow, old))
    assert _kept(again, old) == {card.name for card in old.cards}
    assert again.connectors is old.connectors


def test_a_moved_card_takes_only_its_own_connectors_along() -> None:
    flow = flow_of(LOOK)
    old = make_picture(flow, AROUND)
    boxes = tuple(
        replace(box, y=box.y + 40) if box.name == "note_end" else box for box in flow.layout.boxes
    )
    moved = replace(flow, layout=replace(flow.layout, boxes=boxes))
    new = make_picture(moved, AROUND, before=Drawn(flow, old))
    assert new == make_picture(moved, AROUND)
    assert _kept(new, old) == {card.name for card in old.cards} - {"note_end"}
    changed = [c.target for c in new.connectors if all(c is not o for o in old.connectors)]
    assert changed == ["note_end"]


def test_another_edge_and_another_word_change_the_connectors() -> None:
    flow = flow_of(LOOK)
    old = make_picture(flow, AROUND)
    menu = flow.node("menu")
    assert menu is not None
    relabelled = tuple(
        replace(edge, label="Billings") if edge.port == 1 else edge for edge in menu.edges
    )
    new_flow = _changed(flow, "menu", edges=relabelled)
    new = make_picture(new_flow, AROUND, before=Drawn(flow, old))
    assert new == make_picture(new_flow, AROUND)
    assert [c.label for c in new.connectors if c.source == ("menu", 1)] == ["Billings"]
    grown = _changed(flow, "menu", edges=(*menu.edges, Edge(3, "goodbye")))
    more = make_picture(grown, AROUND, before=Drawn(flow, old))
    assert more == make_picture(grown, AROUND)
    assert len(more.connectors) == len(old.connectors) + 1


def test_a_node_that_goes_or_comes_changes_the_ports_that_lead_to_it() -> None:
    flow = flow_of(LOOK)
    old = make_picture(flow, AROUND)
    without = replace(flow, nodes=tuple(n for n in flow.nodes if n.name != "night"))
    new = make_picture(without, AROUND, before=Drawn(flow, old))
    hours = new.card("hours")
    assert hours is not None
    assert rows(hours)[1] == ("closed", "missing", False)
    back = make_picture(flow, AROUND, before=Drawn(without, new))
    assert back == old


# --- places -------------------------------------------------------------------------------------

CHAIN = """\
flow x
start -> a
node a: say
  text = "x"
  -> b
node b: say
  text = "x"
  -> c
node c: hangup
"""


def test_a_flow_without_a_layout_is_laid_out() -> None:
    picture = picture_of(CHAIN)
    assert [(box.name, box.x) for box in places(picture)] == [("a", 0), ("b", 220), ("c", 440)]
    assert len({box.y for box in places(picture)}) == 1


def test_a_node_that_was_given_a_place_keeps_it_while_the_flow_says_nothing() -> None:
    flow = flow_of(CHAIN)
    old = make_picture(flow, AROUND)
    longer = flow_of(CHAIN.replace("  -> c\n", "  -> d\nnode d: hangup\n"))
    new = make_picture(longer, AROUND, before=Drawn(flow, old))
    assert places(new)[:2] == places(old)[:2]
    new_card, c = new.card("d"), new.card("c")
    assert new_card is not None and c is not None
    assert new_card.rect.x == 440 and not overlaps(new_card.rect, c.rect)


def test_a_place_that_was_written_and_is_no_more_is_forgotten() -> None:
    flow = flow_of(CHAIN)
    written = replace(flow, layout=Layout(tuple(Box(name, 0, 900) for name in "abc")))
    old = make_picture(written, AROUND)
    assert make_picture(flow, AROUND, before=Drawn(written, old)) == make_picture(flow, AROUND)


def test_tidying_keeps_frames_around_their_cards_and_notes_beside_theirs() -> None:
    flow = flow_of(LOOK)
    layout = tidy(flow, AROUND)
    picture = make_picture(replace(flow, layout=layout), AROUND)
    note, frame = (sheet.rect for sheet in picture.sheets)
    inside = {card.name for card in picture.cards if overlaps(card.rect, frame)}
    assert inside == {"find", "arrears", "tell", "nothing"}
    hours = picture.card("hours")
    assert hours is not None
    assert note.x == hours.rect.x and 0 < note.y - hours.rect.bottom <= 60
    assert not any(overlaps(note, card.rect) for card in picture.cards)
    assert [remark.text for remark in layout.remarks] == [
        remark.text for remark in flow.layout.remarks
    ]
    assert tidy(replace(flow, layout=layout), AROUND) == layout


def test_tidying_frames_in_frames_and_sheets_with_nothing_near() -> None:
    flow = flow_of(CHAIN)
    remarks = (
        Remark("frame", "outer", 200, -60, 500, 300),
        Remark("frame", "inner", 420, -40, 200, 140),
        Remark("frame", "empty", 0, 600, 100, 100),
        Remark("note", "far", -500, 0, 100, 100),
    )
    boxes = (Box("a", 0, 0), Box("b", 220, 0), Box("c", 440, 0))
    layout = tidy(replace(flow, layout=Layout(boxes, remarks)), AROUND)
    outer, inner, empty, far = layout.remarks
    assert outer.x < inner.x and inner.x + inner.width < outer.x + outer.width
    assert outer.y < inner.y and inner.y + inner.height < outer.y + outer.height
    assert (empty.width, empty.height, far.width) == (100, 100, 100)
    loose = tidy(replace(flow, layout=Layout((), remarks)), AROUND)
    assert len(loose.remarks) == 4 and len(loose.boxes) == 3


def test_ports_of_a_sub_flow_follow_its_file() -> None:
    """The flow that is called may change while its caller does not."""
    text = (
        'flow x\nstart -> a\nnode a: subflow\n  flow = "part.flow"\n  done -> b\nnode b: hangup\n'
    )
    flow = flow_of(text)
    known = {"part.flow": _part("done")}
    around = replace(AROUND, flows=known.get)
    old = make_picture(flow, around)
    known["part.flow"] = _part("done", "refused")
    new = make_picture(flow, around, before=Drawn(flow, old))
    a = new.card("a")
    assert a is not None and rows(a) == [("done", "plain", True), ("refused", "missing", False)]
    assert _kept(new, old) == {"b"}


def _part(*outcomes: str):  # type: ignore[no-untyped-def]
    from flow_runtime.core.called import CalledFlow

    nodes = "".join(f'node n{n}: end\n  outcome = "{o}"\n' for n, o in enumerate(outcomes))
    return CalledFlow("part.flow", flow_of(f"flow part\nstart -> n0\n{nodes}"), AROUND)


def test_a_row_of_a_card_is_found_by_what_the_flow_writes() -> None:
    assert PortRow(1, "1").y == 65
