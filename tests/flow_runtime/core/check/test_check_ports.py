from flow_kit import codes, problems_of

HEAD = "flow f\nschema 1\nstart -> a\n"


def test_a_key_offered_twice() -> None:
    text = HEAD + (
        'node a: menu\n  prompt = "?"\n  1 -> b\n  "1" -> b\n  failed -> b\nnode b: hangup\n'
    )
    assert codes(text) == ["duplicate-port@7"]
    assert "line 6" in problems_of(text)[0].text


def test_number_and_text_are_two_ports_of_switch() -> None:
    text = HEAD + 'node a: switch\n  on = 1\n  1 -> b\n  "1" -> b\n  else -> b\nnode b: hangup\n'
    assert codes(text) == []


def test_an_unknown_port_names_the_nearest() -> None:
    text = (
        HEAD
        + 'node a: dial\n  to = "1"\n  bussy -> b\n'
        + "".join(f"  {port} -> b\n" for port in ("answered_ended", "busy", "no_answer", "failed"))
    )
    text += "node b: hangup\n"
    assert codes(text) == ["unknown-port@6"]
    assert 'did you mean "busy"?' in problems_of(text)[0].text


def test_a_required_port_comes_with_the_way_to_it() -> None:
    text = (
        HEAD
        + """node a: wait
  time = 1s
  -> m
node m: menu
  prompt = "?"
  1 -> d
  9 "not yet"
  failed -> b
node d: wait
  time = 1s
node b: hangup
"""
    )
    found = problems_of(text)
    assert [p.code for p in found] == ["not-connected", "not-connected"]
    nine, next_ = found
    assert nine.place.line == 10 and 'write: 9 "not yet" -> NODE' in nine.text
    assert next_.place.line == 12 and "write: -> NODE" in next_.text
    assert [step.node for step in next_.path] == ["a", "m", "d"]
    assert "a (next) -> m (1) -> d" in next_.text
    assert (
        codes(text.replace('"not yet"', "-> b").replace("1s\nnode b", "1s\n  -> b\nnode b")) == []
    )


def test_the_first_node_has_no_way_to_show() -> None:
    found = problems_of(HEAD + "node a: wait\n  time = 1s\n")
    assert [p.text for p in found] == ["port next of a is not connected; write: -> NODE"]


def test_a_port_of_a_node_that_no_call_reaches_is_still_not_connected() -> None:
    text = HEAD + "node a: hangup\nnode x: if\n  when = true\n  true -> a\n"
    assert codes(text) == ["not-connected@5", "unreachable@5"]
    assert "write: false -> NODE" in problems_of(text)[0].text


def test_without_a_start_there_is_no_way_to_show() -> None:
    text = "flow f\nschema 1\nnode a: wait\n  time = 1s\n"
    assert codes(text) == ["missing-start@1", "not-connected@3"]


def test_ports_with_a_stated_default_may_be_left_open() -> None:
    assert codes(HEAD + 'node a: polite\n  port = "x"\n  -> b\nnode b: hangup\n') == []


TIDY = """flow f
schema 1
start -> a
on_hangup -> t
node a: hangup
node t: if
  when = true
  true -> u
  false -> u
node u: log
  text = "gone"
"""


def test_after_the_hang_up_the_last_node_needs_no_arrow() -> None:
    assert codes(TIDY) == []


def test_but_a_forgotten_one_between_others_is_told() -> None:
    text = TIDY.replace("  false -> u\n", "  false\n")
    assert codes(text) == ["not-connected@9"]
    assert problems_of(text)[0].severity == "warning"


def test_what_a_call_may_come_to_as_well_needs_its_arrow() -> None:
    text = TIDY.replace("node a: hangup", "node a: wait\n  time = 1s\n  -> u")
    assert codes(text) == ["not-connected@12"]
    assert problems_of(text)[0].severity == "error"


def test_a_broken_node_type_is_named() -> None:
    text = HEAD + 'node a: odd\n  how = "ports"\n  -> b\n  -> b\nnode b: hangup\n'
    assert codes(text) == ["node-fault@4"]
    assert "no ports today" in problems_of(text)[0].text
