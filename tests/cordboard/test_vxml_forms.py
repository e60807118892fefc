"""Forms: their items in turn, what is passed by, and the items that are no questions."""

import pytest

from vxml.vxml_kit import flow_text, imported, nodes, report

LAST = "<catch event='noinput nomatch' count='3'><exit/></catch>"


def edges(text: str) -> dict[str, str]:
    """For each node its arrows on one line, and the condition of an `if`."""
    found = {}
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("node "):
            keep = [line for line in lines[1:] if "->" in line or line.startswith(("when", "flow"))]
            found[lines[0][5:]] = ", ".join(keep)
    return found


def ways(form: str, before: str = "") -> dict[str, str]:
    """The arrows of a document with one form *f*."""
    return edges(nodes(f"{LAST}{before}<form id='f'>{form}</form>"))


FIELDS = "".join(f"<field name='{name}' type='digits'/>" for name in "abc")


# --- the order of items ---------------------------------------------------------------------------


def test_items_follow_each_other() -> None:
    found = ways(f"<block>Hi.</block>{FIELDS}<block>Bye.</block>")
    assert found["f: say"] == "-> a"
    assert found["a: digits"] == "-> b, failed -> f_hangup"
    assert found["c: digits"] == "-> f_say, failed -> f_hangup"
    assert found["f_say: say"] == "-> hangup"


def test_an_item_with_a_condition() -> None:
    found = ways(
        "<block><log>x</log></block><block cond='1 &lt; y'>Hi.</block>", "<var name='y' expr='2'/>"
    )
    assert found["f_if: if"] == "when = 1 < y, true -> f_say, false -> hangup"


def test_variables_are_set_on_entry() -> None:
    whole = (
        "<form id='f'><var name='x' expr='1'/><var name='y'/><block>Hi.<assign name='y' expr='2'/>"
        "<goto next='#g'/></block></form><form id='g'><block><goto next='#f'/></block></form>"
    )
    assert "node f: set\n  x = 1\n  y = none\n  -> f_say\n" in nodes(whole)
    once = whole.replace("<goto next='#f'/>", "")
    assert "node f: set\n  x = 1\n  -> f_say\n" in nodes(once)


def test_a_form_wide_filled_acts_behind_the_last_of_its_fields() -> None:
    found = ways(f"{FIELDS}<filled namelist='a b'><log>both</log></filled>")
    assert found["b: digits"] == "-> f_log, failed -> f_hangup"
    assert found["f_log: log"] == "-> c"
    assert ways(f"{FIELDS}<filled><log>all</log></filled>")["f_log: log"] == "-> hangup"
    some = ways(f"{FIELDS}<filled mode='any'><log>any</log></filled>")
    assert [some[n] for n in ("f_log: log", "f_log_2: log", "f_log_3: log")] == [
        "-> b", "-> c", "-> hangup",
    ]  # fmt: skip


# --- back to an earlier item ----------------------------------------------------------------------


def test_clearing_everything_begins_anew() -> None:
    found = ways(f"{FIELDS}<block><if cond='c == 1'><clear/></if></block>")
    assert found == {
        "f: digits": "-> b, failed -> f_hangup",
        "b: digits": "-> c, failed -> f_hangup",
        "c: digits": "-> f_if, failed -> f_hangup",
        "f_if: if": 'when = c == "1", true -> f, false -> hangup',
        "hangup: hangup": "",
        "f_hangup: hangup": "",
    }


def test_items_that_stay_filled_are_passed_by() -> None:
    found = ways(f"{FIELDS}<block><if cond='c == 1'><clear namelist='a c'/></if>Bye.</block>")
    assert found["f: digits"] == "-> f_if, failed -> f_hangup"
    assert found["f_if: if"] == "when = b == none, true -> b, false -> c"
    assert found["b: digits"] == "-> c, failed -> f_hangup"
    # the rest of the block is done before the form comes back
    assert found["f_if_3: if"] == 'when = c == "1", true -> f_say, false -> f_say_2'
    assert (found["f_say: say"], found["f_say_2: say"]) == ("-> f", "-> hangup")


def test_what_has_no_value_of_its_own_gets_a_flag() -> None:
    form = (
        "<block name='hi'>Hi.</block><field name='a' type='digits'/>"
        "<field name='b' type='digits'><filled><if cond='b == 0'><clear namelist='a b'/>"
        "<goto nextitem='hi'/></if></filled></field>"
    )
    text = flow_text(f"{LAST}<form id='f'>{form}</form>")
    assert "var hi_done: boolean" not in text, "gone to, a block is done again in any case"
    assert edges(text)["f_if: if"] == "when = a == none, true -> a, false -> f_if_2"
    cleared = form.replace("<goto nextitem='hi'/>", "").replace(
        "namelist='a b'", "namelist='first b'"
    )
    first = f"<field name='first' type='digits'/>{cleared}"
    text = flow_text(f"{LAST}<form id='f'>{first}</form>")
    assert "\nvar hi_done: boolean = false\n" in text
    found = edges(text)
    assert found["f_if: if"] == "when = hi_done, true -> f_if_2, false -> f_set"
    assert found["f_set: set"] == "-> f_say"
    assert found["f_if_2: if"] == "when = a == none, true -> a, false -> b"


def test_flags_are_taken_back_when_the_form_is_entered_again() -> None:
    whole = (
        f"{LAST}<form id='f'>{FIELDS}<block>x<clear namelist='a'/></block></form>"
        "<menu id='m'><choice dtmf='1' next='#f'/></menu>"
    )
    assert "node f: set\n  b = none\n  c = none\n  block_done = false\n  -> a\n" in nodes(whole)


def test_an_item_with_a_value_is_not_visited() -> None:
    form = "<field name='a' expr=\"x == '' ? null : x\" type='digits'/><block expr='x'>Hi.</block>"
    text = nodes(f"<var name='x' expr=\"''\"/>{LAST}<form id='f'>{form}</form>")
    assert 'node f: set\n  a = if x == "" then none else x\n  block_done = x != none\n' in text
    assert edges(text)["f_if: if"] == "when = a == none, true -> a, false -> f_if_2"


def test_goto_an_item() -> None:
    found = ways(f"{FIELDS}<block><if cond='c == 1'><goto nextitem='b'/></if>Bye.</block>")
    assert found["f_if_3: if"] == 'when = c == "1", true -> b, false -> f_say'
    assert found["b: digits"] == "-> f_if, failed -> f_hangup"
    assert found["f_if: if"] == "when = c == none, true -> c, false -> f_if_2"
    assert found["f_if_2: if"] == "when = block_done, true -> hangup, false -> f_set"


def test_items_that_are_skipped_are_told() -> None:
    form = f"<block>Hi.<goto nextitem='c'/></block>{FIELDS}"
    (line,) = report(f"{LAST}<form>{form}</form>")
    assert "a form comes back to the items that are skipped; here they are left out" in line


def test_a_handler_that_clears_an_earlier_item() -> None:
    form = (
        "<field name='a' type='digits'/><field name='b' type='digits'>"
        "<nomatch><clear namelist='a'/></nomatch><noinput><clear namelist='a'/></noinput></field>"
    )
    found = edges(nodes(f"<form id='f'>{LAST}{form}</form>"))
    assert found["b: digits"] == "-> hangup, failed -> f_count"
    assert found["f_count: count"] == "under -> f, over -> f_hangup"


def test_an_event_whose_handler_clears_an_item() -> None:
    form = (
        "<catch event='again'>Again.<clear namelist='a'/></catch>"
        "<field name='a' type='digits'/><field name='b' type='digits'>"
        "<filled><if cond='b == 0'><throw event='again'/></if></filled></field>"
    )
    found = edges(nodes(f"{LAST}<form id='f'>{form}</form>"))
    assert found["f_if: if"] == "when = b == none, true -> b, false -> hangup"
    assert found["f_if_2: if"] == 'when = b == "0", true -> f_say, false -> hangup'
    assert found["f_say: say"] == "-> f"


def test_ways_through_many_ifs_with_clears_end() -> None:
    items = "".join(f"<block name='b{n}'>x</block>" for n in range(80))
    clears = "".join(f"<if cond='y'><clear namelist='b{n}'/></if>z" for n in range(79, 0, -1))
    found = imported(f"<var name='y'/><form>{items}<block>{clears}</block></form>")
    assert found.problems[0].text.endswith("divide the document")


# --- record ---------------------------------------------------------------------------------------


def test_record() -> None:
    form = (
        "<record name='m' maxtime='90s' finalsilence='2s' beep='true' dtmfterm='false'>"
        "Speak.<filled>Thanks for <value expr='m'/></filled><noinput><exit/></noinput></record>"
    )
    assert nodes(f"<form id='f'>{form}</form>") == (
        'node f: record\n  prompt = "Speak."\n  max_length = 90s\n  silence = 2s\n  end_key = ""\n'
        "  into = m\n  -> f_say\n  too_short -> f_hangup\n\n"
        'node f_say: say\n  text = ["Thanks for", m]\n  -> hangup\n\n'
        "node f_hangup: hangup\n\nnode hangup: hangup\n"
    )


def test_record_ends_with_any_key_and_is_asked_again() -> None:
    form = "<record name='m'><filled><assign name='kept' expr='m'/></filled></record>"
    whole = f"<var name='kept'/><form id='f'>{form}</form>"
    text = flow_text(whole)
    assert "\nvar kept: recording?\n" in text
    assert (
        'node f: record\n  end_key = "0123456789*#"\n  into = kept\n  -> hangup\n  too_short -> f\n'
    ) in text
    assert "a tone is always heard before a recording" in report(whole)[0]


def test_times_of_a_recording() -> None:
    form = "<record name='m' beep='true' maxtime='9999999s' finalsilence='1ms'/>"
    found = nodes(f"<form id='f'>{form}</form>")
    assert "max_length = 4h\n  silence = 500ms\n" in found
    odd = form.replace("1ms", "soon")
    assert 'finalsilence="soon" is no time' in report(f"<form>{odd}</form>")[0]


def test_what_is_known_of_a_recording() -> None:
    form = (
        "<record name='m' beep='true'/><block><value expr='m$.duration'/>"
        "<if cond='m$.size &gt; 1'>x</if></block>"
    )
    text = nodes(f"<form id='f'>{form}</form>", clean=False)
    assert 'text = "{m.seconds * 1000}"' in text
    assert 'when = !"m$.size > 1"' in text


# --- transfer -------------------------------------------------------------------------------------


def dial(attributes: str, inside: str = "") -> str:
    form = f"<transfer name='t' bridge='true' {attributes}>{inside}</transfer>"
    return nodes(f"<form id='f'>{form}</form>", clean=False)


@pytest.mark.parametrize(
    ("attributes", "to"),
    [
        ("dest='tel:+49-30-1'", '"+49-30-1"'),
        ("dest='tel:1;postd=2'", '"1"'),
        ("dest='sip:1001@host:5060'", '"1001"'),
        ("dest='1001'", '"1001"'),
        ("destexpr=\"'tel:' + n\"", '"{n}"'),
        ("destexpr=\"'tel:0' + n\"", '"0{n}"'),
        ("destexpr='n'", 'replace(n, "tel:", "")'),
        ("destexpr='f()'", '!"f()"'),
        ("", '!"?"'),
    ],
)
def test_whom_to_call(attributes: str, to: str) -> None:
    assert dial(attributes).splitlines()[0:] and f"\n  to = {to}\n" in "\n" + dial(attributes)


def test_how_the_call_went() -> None:
    inside = (
        "One moment.<filled><if cond=\"t == 'busy' || t == 'noanswer'\">Later.<exit/>"
        "<elseif cond=\"t == 'far_end_disconnect'\"/>Bye.</if></filled>"
    )
    assert edges(dial("dest='tel:1' connecttimeout='20s'", inside)) == {
        "f: say": "-> t",
        "t: dial": "answered_ended -> f_say, busy -> f_say_2, no_answer -> f_say_2,"
        " failed -> hangup",
        "f_say: say": "-> hangup",
        "f_say_2: say": "-> f_hangup",
        "hangup: hangup": "",
        "f_hangup: hangup": "",
    }


def test_a_call_that_cannot_be_made() -> None:
    inside = "<catch event='error.connection.baddestination'>a</catch>"
    assert "failed -> hangup\n" in dial("dest='tel:1'", inside)
    family = inside.replace(".baddestination", "")
    assert "failed -> f_say\n" in dial("dest='tel:1'", family)


def test_how_it_went_is_kept_where_it_is_used() -> None:
    text = dial("dest='tel:1'", "<filled>It was <value expr='t'/>.</filled>")
    assert '  t = "noanswer"\n' in text and 'text = "It was {t}."' in text


def test_a_blind_transfer_ends_the_call() -> None:
    form = "<transfer name='t' dest='tel:1'><filled>Not reached.</filled></transfer>"
    found = edges(nodes(f"<form id='f'>{form}</form>"))
    assert found["f: dial"].startswith("answered_ended -> hangup, busy -> f_say,")
    (line,) = report(f"<form>{form}</form>")
    assert "a blind transfer lets the caller go; here the call stays, and ends after it" in line


@pytest.mark.parametrize("attribute", ["maxtime='5s'", "transferaudio='a.wav'", "aai='x'"])
def test_what_is_read_over_in_a_transfer(attribute: str) -> None:
    form = f"<transfer bridge='true' dest='tel:1' {attribute}/>"
    assert "vxml-differs" in report(f"<form>{form}</form>")[0]


# --- subdialog ------------------------------------------------------------------------------------

CALLED = (
    "<form id='ask'><var name='what'/><var name='tries' expr='1 + 1'/>"
    "<field name='pin' type='digits'><filled><if cond='pin == 0'><return event='none.given'/></if>"
    f"</filled>{LAST}</field><block><return namelist='pin'/></block></form>"
)


def test_a_dialog_of_the_same_document_becomes_a_flow_of_its_own() -> None:
    call = (
        "<form id='f'><subdialog name='r' src='#ask'><param name='what' expr=\"'PIN'\"/>"
        "<param name='tries' value='3'/><catch event='none.given'>None.</catch>"
        "<filled>It is <value expr='r.pin'/>.</filled></subdialog></form>"
    )
    found = imported(call + CALLED)
    assert list(found.flows) == ["line", "line_ask"]
    main, asked = found.texts().values()
    assert (
        'node f: subflow\n  flow = "line_ask.flow"\n  inputs = {what: "PIN", tries: "3"}\n'
        '  outputs = {r_pin: pin}\n  -> f_say\n  "none.given" -> f_say_2\n'
    ) in main
    assert "node ask" not in main
    assert "input what: any\ninput tries: number = 1 + 1\noutput pin: text?\n" in asked
    assert 'node ask_end: end\n  outcome = "none.given"\n' in asked
    assert "node ask_end_2: end\n" in asked


def test_results_that_are_only_assigned() -> None:
    filled = "<filled><assign name='x' expr='r.pin'/><assign name='y' expr='r.pin + r.z'/></filled>"
    call = f"<form id='f'><subdialog name='r' src='other.vxml'>{filled}</subdialog></form>"
    found = nodes(f"<var name='x'/><var name='y'/>{call}")
    assert "outputs = {r_pin: pin, r_z: z}" in found
    one = filled.replace("r.pin + r.z", "r.z")
    found = nodes(f"<var name='x'/><var name='y'/>{call.replace(filled, one)}")
    assert "outputs = {x: pin, y: z}" in found and "set" not in found


def test_dialogs_that_call_each_other() -> None:
    whole = (
        "<form id='a'><subdialog src='#b'/><block><return/></block></form>"
        "<form id='b'><subdialog src='#b'/><subdialog src='#a'/><block><return/></block></form>"
    )
    assert list(imported(whole).flows) == ["line", "line_b", "line_a"]


@pytest.mark.parametrize(
    ("attributes", "flow", "said"),
    [
        ("src='a/b.vxml'", '"a/b.flow"', "it becomes the flow a/b.flow: cordboard import a/b.vxml"),
        ("src='b.vxml#c'", '"b_c.flow"', "cordboard import b.vxml --dialog c makes it"),
        ("src='http://h/b.jsp'", '!"http://h/b.jsp"', '"http://h/b.jsp" is no VoiceXML file'),
        ("src='#x'", '!"#x"', 'there is no dialog "x" in the document'),
        ("srcexpr='x'", '!"x"', "which dialog it calls is computed; name a flow file"),
        ("src='b.vxml' namelist='x'", '"b.flow"', "its namelist goes to a web server"),
    ],
)
def test_what_is_called(attributes: str, flow: str, said: str) -> None:
    whole = f"<form id='f'><subdialog {attributes}/></form>"
    assert f"  flow = {flow}\n" in nodes(whole, clean=False)
    assert any(said in line for line in report(whole))


def test_a_value_for_an_input_that_is_not_understood() -> None:
    whole = "<form><subdialog src='b.vxml'><param name='x' expr='f()'/></subdialog></form>"
    assert 'inputs = {x: unfinished("f()")}' in nodes(whole, clean=False)


def test_what_is_taken_and_returned() -> None:
    whole = "<form id='f'><var name='x'/><block><return namelist='x'/></block></form>"
    assert "x is taken and returned; a flow cannot give an input back" in report(whole)[0]
    local = whole.replace("<var name='x'/>", "<var name='x' expr='1'/>")
    assert "\noutput x: number?\n" in flow_text(local)


def test_two_dialogs_return_the_same_name() -> None:
    whole = (
        "<form id='f'><field name='x' type='digits'>" + LAST + "<filled><return namelist='x'/>"
        "</filled></field></form><form id='g'><var name='x' expr=\"'1'\"/>"
        "<block>g<return namelist='x'/></block></form>"
    )  # fmt: skip
    reached = whole.replace("<exit/>", "<goto next='#g'/>")
    text = flow_text(reached)
    assert text.count("output ") == 1 and "\noutput x: text?\n" in text
    assert "  into = x\n" in text and '  x = "1"\n' in text


def test_the_message_of_a_returned_event() -> None:
    whole = "<form><block><return event='error' message='m'/></block></form>"
    assert 'outcome = "error.returned"' in nodes(whole)
    assert [line.split(": ", 2)[2] for line in report(whole)] == [
        "the message of its event is not given back",
        "its outcome is error.returned: error is another port",
    ]


# --- the rest -------------------------------------------------------------------------------------


def test_initial_and_object() -> None:
    whole = (
        "<form id='f'><initial>Where to?</initial><object name='o' classid='x'>"
        "<filled>Done.</filled></object><grammar>city</grammar></form>"
    )
    found = nodes(whole, clean=False)
    assert 'node f: say\n  text = "Where to?"\n  -> f_log\n' in found
    assert '  text = !"<object name=\\"o\\"' in found and "  -> f_say\n" in found
    said = [line.split(": ", 2)[2] for line in report(whole)]
    assert [text.split(";")[0] for text in said] == [
        "<initial> lets a caller answer several questions at once",
        "<object> is a part of one platform",
        "a grammar for the whole form fills items out of turn",
    ]


def test_items_without_names() -> None:
    whole = f"{LAST}<form id='f'><field type='digits'/><field type='digits'/><record/></form>"
    found = nodes(whole)
    assert "into = field\n" in found and "into = field_2\n" in found and "into = record\n" in found
