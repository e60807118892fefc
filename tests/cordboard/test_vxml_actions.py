"""Executable content: what each element becomes, and what is said of those that become nothing."""

import pytest

from vxml.vxml_kit import flow_text, imported, nodes, report


def block(inside: str, *, clean: bool = True) -> str:
    """The nodes of a form with one block, without the hang-up at its end."""
    found = nodes(f'<form id="f"><block>{inside}</block></form>', clean=clean)
    return found.replace("\n\nnode hangup: hangup\n", "\n")


def parameters(inside: str, *, clean: bool = True) -> list[str]:
    """The lines of the first node of a block, without the first one."""
    return [line.strip() for line in block(inside, clean=clean).split("\n\n")[0].splitlines()[1:]]


# --- what is heard --------------------------------------------------------------------------------


def test_prompts_and_bare_texts() -> None:
    assert block("Hello <prompt>there</prompt> you") == (
        'node f: say\n  text = "Hello"\n  -> f_say\n\n'
        'node f_say: say\n  text = "there"\n  -> f_say_2\n\n'
        'node f_say_2: say\n  text = "you"\n  -> hangup\n'
    )


@pytest.mark.parametrize(
    ("prompt", "sound"),
    [
        ("  two \n  words ", '"two words"'),
        ("You owe <value expr='1 + 1'/>.", '"You owe {1 + 1}."'),
        ("{braces} \"q\"", '"{{braces}} \\"q\\""'),
        ("a<break time='1.5s'/>b", '["a", silence(1500ms), "b"]'),
        ("a<break strength='strong'/>", '["a", silence(700ms)]'),
        ("a<break strength='none'/>b", '"ab"'),
        ("a<break/>", '["a", silence(400ms)]'),
        ("<s>One.</s><s>Two.</s>", '["One.", "Two."]'),
        ("<p>One <s>two</s></p>three", '["One", "two", "three"]'),
        ("<audio src='a/b.wav'/>", 'file("a/b.wav")'),
        ("<audio src='two%20words.wav'/>", 'file("two words.wav")'),
        ("<audio src='prompts/en/menu.top.wav'>Hi</audio>", 't"menu.top"'),
        ("<audio expr=\"'a' + 'b.wav'\"/>", 'file("ab.wav")'),
        ("<audio>only words</audio>", '"only words"'),
        ("<sub alias='World Wide Web'>WWW</sub>", '"World Wide Web"'),
        ("<emphasis>now</emphasis>", '"now"'),
        ("<say-as interpret-as='vxml:digits'><value expr=\"'12'\"/></say-as>", '"{"12":digits}"'),
        ("<say-as interpret-as='vxml:currency'><value expr='5'/></say-as>", '"{5:money}"'),
        ("<say-as interpret-as='vxml:number'><value expr=\"'5'\"/></say-as>",
         '"{number("5"):number}"'),
        ("<say-as interpret-as='characters'><value expr=\"'ab'\"/></say-as>", '"{"ab":spell}"'),
        ("<say-as interpret-as='date'>tomorrow</say-as>", '"tomorrow"'),
        ("a<mark name='m'/>b<!-- c -->c", '"abc"'),
    ],
)  # fmt: skip
def test_sounds(prompt: str, sound: str) -> None:
    lines = parameters(f"<prompt>{prompt}</prompt>", clean="prompts/" not in prompt)
    assert lines[0] in (f"text = {sound}", f"prompt = {sound}")


def test_a_prompt_with_a_condition() -> None:
    found = parameters("<var name='x' expr='1'/><prompt cond='x &gt; 1'>Many.</prompt>")
    assert found == ["x = 1", "-> f_say"]
    assert 'text = if x > 1 then "Many." else ""' in block(
        "<var name='x' expr='1'/><prompt cond='x &gt; 1'>Many.</prompt>"
    )


def test_prompts_that_cannot_be_interrupted() -> None:
    assert parameters("<prompt bargein='false'>a</prompt>")[1] == "interruptible = false"
    whole = "<property name='bargein' value='false'/><form><block>a</block></form>"
    assert "interruptible = false" in nodes(whole)
    assert "interruptible" not in nodes(whole.replace(">a<", "><prompt bargein='true'>a</prompt><"))


def test_pauses_sounds_repetitions_and_voices_have_nodes_of_their_own() -> None:
    assert block("<prompt><break time='2s'/></prompt>").startswith("node f: wait\n  time = 2s\n")
    assert block("<audio src='a.wav'/>").startswith('node f: play\n  prompt = file("a.wav")\n')
    assert block("<prompt>a</prompt>" * 3).startswith('node f: play\n  prompt = "a"\n  times = 3\n')
    voiced = block("<prompt><voice name='anna'>a</voice></prompt>")
    assert voiced.startswith('node f: say\n  text = "a"\n  voice = "anna"\n')


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("<prosody rate='slow'>a</prosody>", "how it is spoken (<prosody>) is not kept"),
        ("<say-as interpret-as='x'>a</say-as>",
         'how it is spoken (<say-as interpret-as="x">) is not kept'),
        ("<audio src='http://h/d/a.wav'/>",
         '"http://h/d/a.wav" is not fetched: put it beside the flow as a.wav'),
        ("<audio src='a.wav'>Hi</audio>", '"Hi" is not said where the file a.wav is missing; only a'
         " prompt of the prompt table has both"),
        ("<s xml:lang='fr'>a</s>", "it is said in the caller's language; xml:lang is not kept"),
    ],
)  # fmt: skip
def test_what_is_not_quite_the_same_in_a_prompt(prompt: str, said: str) -> None:
    (line,) = report(f"<form><block>\n<prompt>\n{prompt}</prompt></block></form>")
    assert line == f"5:1: warning vxml-differs: {said}"


def test_a_value_that_is_not_understood_leaves_the_prompt_unfinished() -> None:
    inside = "<form id='f'><block>\n<prompt>Hi <value expr='f(1)'/></prompt></block></form>"
    assert report(inside) == [
        "4:1: error vxml-not-understood: a value in a prompt is not understood: the function f()"
        " has no counterpart; the prompt is not finished"
    ]
    assert nodes(inside, clean=False).startswith(
        "# VoiceXML line 4: a value in a prompt is not understood: the function f() has no"
        " counterpart; the prompt is not finished\nnode f: say\n"
        '  text = !"<prompt>Hi <value expr=\\"f(1)\\"/></prompt>"\n'
    )


def test_nothing_to_hear_is_no_node() -> None:
    assert block("<prompt/><prompt> </prompt><audio/>") == "node hangup: hangup\n"


# --- values ---------------------------------------------------------------------------------------


def test_assignments_that_follow_each_other_are_one_node() -> None:
    inside = (
        "<var name='a' expr='1'/><assign name='a' expr='a + 1'/><assign name='b' expr=\"'x'\"/>"
    )
    text = flow_text(f"<var name='b'/><form id='f'><block>{inside}</block></form>")
    assert "var b: text?\nvar a: number\n" in text
    assert 'node f: set\n  a = 1\n  a = a + 1\n  b = "x"\n  -> hangup\n' in text


@pytest.mark.parametrize(
    ("declared", "assigned", "expected"),
    [
        ("<var name='x' expr='1'/>", "", "var x: number = 1"),
        ("<var name='x' expr=\"'a'\"/>", "x + 'b'", 'var x: text = "a"'),
        ("<var name='x'/>", "1", "var x: number?"),
        ("<var name='x' expr='null'/>", "true", "var x: boolean?"),
        ("<var name='x' expr='1'/>", "'a'", "var x: any = 1"),
        ("<var name='x' expr='1'/>", "x + 1", "var x: number = 1"),
        ("<var name='x'/>", "[1]", "var x: list?"),
        ("<var name='x'/>", "x", "var x: any"),
        ("<var name='if' expr='1'/>", "", "var if_: number = 1"),
        ("<var name='call' expr='1'/>", "", "var call_2: number = 1"),
        ("<var name='$a' expr='1'/>", "", "var _a: number = 1"),
    ],
)
def test_types_and_names_of_variables(declared: str, assigned: str, expected: str) -> None:
    line = f"<assign name='x' expr=\"{assigned}\"/>" if assigned else ""
    assert f"\n{expected}\n" in flow_text(f"{declared}<form><block>{line}hi</block></form>")


def test_variables_of_dialogs_are_their_own() -> None:
    text = flow_text(
        "<var name='x' expr='0'/>"
        "<form id='a'><var name='x' expr='1'/><block><value expr='x'/> <value expr='document.x'/>"
        "<goto next='#b'/></block></form>"
        "<form id='b'><block><assign name='x' expr='2'/><value expr='dialog.y'/></block>"
        "<var name='y' expr='3'/></form>"
    )
    assert 'text = "{x_2} {x}"' in text
    assert "  x = 2\n" in text and 'text = "{y}"' in text


def test_a_variable_that_is_declared_nowhere_is_declared_and_told() -> None:
    inside = "<form><block><assign name='x' expr='1'/></block></form>"
    assert "\nvar x: number\n" in flow_text(inside)
    assert report(inside) == ["2:1: warning vxml-differs: x is declared nowhere in the document"]


def test_members_cannot_be_assigned() -> None:
    inside = "<var name='x'/><form id='f'><block><assign name='x.y' expr='1'/></block></form>"
    assert 'x = !"x.y = 1"' in nodes(inside, clean=False)
    assert "x.y is a member; a flow sets whole variables" in report(inside)[0]


def test_clear_empties_variables() -> None:
    inside = "<var name='x' expr='1'/><form><block><clear namelist='x'/></block></form>"
    assert "  x = none\n" in nodes(inside)


def test_logs() -> None:
    assert parameters("<log label='a' expr='1 + 1'>b <value expr='2'/></log>")[0] == (
        'text = "a: b {2}{1 + 1}"'
    )
    assert parameters("<log/>")[0] == 'text = ""'


# --- branches -------------------------------------------------------------------------------------


def test_if_elseif_else() -> None:
    inside = (
        "<var name='x' expr='1'/><if cond='x &gt; 2'>big<elseif cond='x &gt; 1'/>middle<else/>small"
        "</if>then"
    )
    assert block(inside).split("\n\n")[1:] == [
        "node f_if: if\n  when = x > 2\n  true -> f_say\n  false -> f_if_2",
        'node f_say: say\n  text = "big"\n  -> f_say_2',
        'node f_say_2: say\n  text = "then"\n  -> hangup',
        "node f_if_2: if\n  when = x > 1\n  true -> f_say_3\n  false -> f_say_4",
        'node f_say_3: say\n  text = "middle"\n  -> f_say_2',
        'node f_say_4: say\n  text = "small"\n  -> f_say_2\n',
    ]


def test_comparisons_of_one_value_are_a_switch() -> None:
    inside = "<if cond=\"x == 'a'\">1<elseif cond=\"x == 'b c'\"/>2<elseif cond='x == null'/>3</if>"
    found = nodes(f"<var name='x'/><form id='f'><block>{inside}</block></form>")
    assert found.startswith(
        'node f: switch\n  on = x\n  a -> f_say\n  "b c" -> f_say_2\n  none -> f_say_3\n'
        "  else -> hangup\n"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x == 'a'", "y == 'b'"), ("x == 'a'", "x == 'a'"), ("x == 1.5", "x == 2"),
        ("x == ''", "x == 'a'"), ("x == 'else'", "x == 'a'"), ("x == 'a'", "x != 'b'"),
        ("x == y", "x == 'a'"), ("x == 12345678901", "x == 1"),
    ],
)  # fmt: skip
def test_other_comparisons_are_ifs(first: str, second: str) -> None:
    inside = f'<if cond="{first}">1<elseif cond="{second}"/>2</if>'
    declared = "<var name='x' expr='null'/><var name='y' expr='null'/>"
    found = nodes(f"{declared}<form id='f'><block>{inside}</block></form>", clean=False)
    assert found.count(": if\n") == 2 and "switch" not in found


def test_a_constant_that_fails_is_left_to_the_checker() -> None:
    assert "when = 1 / 0 == 1" in block("<if cond='1 / 0 == 1'>a</if>", clean=False)


def test_what_always_or_never_holds_is_no_branch() -> None:
    assert block("<if cond='1 == 2'>a<elseif cond='true'/>b<else/>c</if>").startswith(
        'node f: say\n  text = "b"\n  -> hangup\n'
    )


def test_a_condition_that_is_not_understood_stays_as_it_was() -> None:
    assert 'when = !"f(x)"' in block("<if cond='f(x)'>a</if>", clean=False)


# --- where it leads -------------------------------------------------------------------------------


def test_goto_a_dialog() -> None:
    inside = "<form id='a'><block><goto next='#b'/>never</block></form>"
    inside += "<form id='b'><block>b</block></form>"
    assert "start -> b\n" in flow_text(inside)
    assert "never" not in flow_text(inside)


def test_goto_another_document() -> None:
    inside = "<form><block>\n<goto next='sub/other.vxml#x'/></block></form>"
    assert 'node jump_flow: jump_flow\n  flow = "sub/other_x.flow"\n' in nodes(inside)
    assert report(inside) == [
        "4:1: warning vxml-differs: it becomes the flow sub/other_x.flow:"
        " cordboard import sub/other.vxml --dialog x makes it"
    ]


def test_goto_the_document_by_its_own_name() -> None:
    inside = (
        "<form><block><goto next='line.vxml#a'/></block></form><form id='a'><block>a</block></form>"
    )
    assert "start -> a\n" in flow_text(inside)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<goto next='#x'/>", 'there is no dialog "x" in the document'),
        ("<goto next='http://h/x.vxml'/>", '"http://h/x.vxml" is no VoiceXML file beside this one'),
        ("<goto next='x.jsp'/>", '"x.jsp" is no VoiceXML file beside this one'),
        ("<goto next='x.vxml?a=1'/>", '"x.vxml?a=1" is no VoiceXML file beside this one'),
        ("<goto expr='x'/>", "where it leads is computed; a flow is drawn"),
        ("<goto nextitem='x'/>", 'there is no item "x" in this form'),
        ("<goto expritem='x'/>", "where it leads is computed; a flow is drawn"),
        ("<submit next='x.jsp' namelist='a'/>",
         "<submit> asks a web server for the next document; a flow asks with http"),
        ("<throw eventexpr='x'/>", "which event it throws is computed"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_a_hole_in_the_flow(inside: str, said: str) -> None:
    whole = f"<form id='f'><block>\n{inside}</block></form>"
    said = f"{said}; a log node stands there, and leads nowhere yet"
    assert report(whole) == [f"4:1: error vxml-not-understood: {said}"]
    found = nodes(whole, clean=False)
    assert found.startswith(f'# VoiceXML line 4: {said}\nnode f: log\n  text = "not understood: <')
    assert found.endswith("\n  next\n")


@pytest.mark.parametrize("inside", ["<script>x = 1</script>", "<data src='x'/>", "<foreach item='a'"
                                    " array='b'>c</foreach>"])  # fmt: skip
def test_what_a_flow_cannot_do_is_an_unfinished_node_on_the_way(inside: str) -> None:
    name = inside[1:].split()[0].split(">")[0]
    found = block(f"{inside}go on", clean=False)
    assert f'node f: log\n  text = !"<{name}' in found
    assert found.endswith('-> f_say\n\nnode f_say: say\n  text = "go on"\n  -> hangup\n')
    (line,) = report(f"<form><block>{inside}</block></form>")
    assert line.endswith(f"<{name}> has no counterpart; an unfinished log node stands there")


def test_the_end_of_the_call() -> None:
    assert block("<exit/>") == "node f: hangup\n"
    assert block("<exit expr=\"'nuisance'\"/>") == 'node f: hangup\n  reason = "nuisance"\n'
    assert block("<disconnect/>") == "node f: hangup\n"
    (line,) = report("<form><block><exit namelist='a'/></block></form>")
    assert line.endswith("what it gives back to the platform is dropped")


def test_dialogs_that_only_lead_to_each_other() -> None:
    inside = (
        "<form id='a'><block><goto next='#b'/></block></form>"
        "<form id='b'><block><goto next='#a'/></block></form>"
    )
    assert "node" not in flow_text(inside, clean=False)
    assert "its dialogs lead to each other and do nothing" in report(inside)[0]


# --- events ---------------------------------------------------------------------------------------


def test_an_event_goes_to_the_nearest_handler() -> None:
    inside = (
        "<catch event='a'>outer<exit/></catch>"
        "<form id='f'><catch event='a.b'>inner</catch>"
        "<block><throw event='a.b.c'/></block><block>go on<throw event='a.x'/></block></form>"
    )
    found = nodes(inside)
    assert found.startswith('node f: say\n  text = "inner"\n  -> f_say\n')
    assert 'node f_say: say\n  text = "go on"\n  -> f_say_2\n' in found
    assert 'node f_say_2: say\n  text = "outer"\n' in found


def test_an_event_that_nobody_handles_ends_the_call() -> None:
    inside = "<form id='f'><block>\n<throw event='a'/></block></form>"
    assert nodes(inside) == 'node f: hangup\n  reason = "a"\n'
    assert report(inside)[0].startswith(
        "4:1: warning vxml-differs: nothing in the document handles"
    )
    assert nodes(inside.replace("'a'", "'exit'")) == "node f: hangup\n"
    assert nodes(inside.replace("'a'", "'help'")) == "node hangup: hangup\n"


def test_a_handler_that_throws_its_own_event() -> None:
    inside = (
        "<catch event='a'>x<throw event='a'/></catch><form><block><throw event='a'/></block></form>"
    )
    (line,) = report(inside)
    assert 'the handler of "a" throws it again' in line
    assert nodes(inside, clean=False).count("\nnode ") == 1


def test_handlers_that_throw_to_each_other_end() -> None:
    inside = (
        "<catch event='a'><throw event='b'/></catch><catch event='b'><throw event='a'/></catch>"
        "<form><block><throw event='a'/></block></form>"
    )
    assert 'the handler of "a" throws it again' in report(inside)[0]


def test_errors_and_hangups_of_the_document() -> None:
    text = flow_text(
        "<error>Sorry.<exit/></error>"
        "<catch event='connection.disconnect.hangup'><log>gone</log></catch>"
        "<form id='f'><block>hi</block></form>"
    )
    assert "start -> f\non_error -> say\non_hangup -> log\n" in text
    assert 'node log: log\n  text = "gone"\n  -> hangup' in text


def test_errors_of_a_dialog() -> None:
    text = flow_text(
        "<form id='f'><error>Sorry.<goto next='#g'/></error><block>hi</block></form>"
        "<form id='g'><block>bye</block></form>"
    )
    assert 'node f: say\n  text = "hi"\n  -> hangup\n  error -> f_say\n' in text
    assert 'node f_say: say\n  text = "Sorry."\n  -> g\n' in text


def test_handlers_of_what_never_happens_are_told() -> None:
    assert report(
        "<help>no</help>\n<catch event='a error.badfetch'/><form>\n"
        "<catch event='connection.disconnect'/><block/></form>"
    ) == [
        '3:1: warning vxml-differs: "help" does not happen in a flow; its handler is left out',
        '4:1: warning vxml-differs: "a" does not happen in a flow; its handler is left out',
        '4:1: warning vxml-differs: "error.badfetch" does not happen in a flow; its handler is left'
        " out",
        "5:1: error vxml-not-understood: connection.disconnect is handled for the whole call only"
        " (on_hangup); this is left out",
    ]


def test_a_handler_with_a_condition_always_acts() -> None:
    inside = "<catch event='a' cond='x'>a</catch><form><block><throw event='a'/></block></form>"
    assert "its cond is not looked at: it always acts" in report(inside)[0]


# --- the document ---------------------------------------------------------------------------------


def test_title_and_comments() -> None:
    text = flow_text(
        "<meta name='description' content='A line'/><meta name='author' content='me'/>"
        "<!-- above\n     the form --><form id='f'><!-- above the block --><block>"
        "<!-- above the words -->hi</block></form>"
    )
    assert text.startswith('# author: me\nflow line "A line"\nschema 1\n')
    assert "\n# above\n# the form\n# above the block\n# above the words\nnode f: say\n" in text


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<property name='maxspeechtimeout' value='5s'/>",
         "warning vxml-differs: the property maxspeechtimeout has no counterpart"),
        ("<metadata/>", "warning vxml-differs: <metadata> is not kept"),
        ("<script>x</script>", "error vxml-not-understood: <script> has no counterpart; what it"
         " defines is missing here"),
        ("<link next='#f'><grammar>bye</grammar></link>",
         "error vxml-not-understood: it can only be spoken; draw a key for it where it is needed"),
        ("<blink/>", "error vxml-unknown: <blink> is no element of VoiceXML 2.1 (did you mean"),
    ],
)  # fmt: skip
def test_what_is_read_over_is_told(inside: str, said: str) -> None:
    assert report(f"{inside}<form id='f'><block>hi</block></form>")[0].startswith(f"3:1: {said}")


def test_two_dialogs_of_one_name() -> None:
    (line,) = report("<form id='a'><block>1</block></form>\n<form id='a'><block>2</block></form>")
    assert line.startswith(
        '4:1: error vxml-not-understood: there is a dialog "a" before it; nothing leads to this one'
    )


def test_what_is_only_about_loading_is_not_told() -> None:
    inside = "<property name='fetchtimeout' value='5s'/><property name='documentmaxage' value='1'/>"
    assert report(f"{inside}<form><block>hi</block></form>") == []


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<var name='x'/>", "the document has no <form> and no <menu>: there is nothing to import"),
        ("<form/>" * 5001, "the document has 5,001 dialogs, more than a flow may have nodes"),
        ("<form>" + "<block>a</block>" * 5001 + "</form>", "the flow would have more than 5,000"),
        ("".join(f"<var name='v{n}'/>" for n in range(2001)) + "<form/>", "more than 2,000 variab"),
        ("<noinput/>" * 101 + "<form><field name='x' type='digits'/></form>", "more than 100"),
    ],
)  # fmt: skip
def test_documents_that_are_refused(inside: str, said: str) -> None:
    found = imported(inside)
    assert found.flows == {}
    assert [p.code for p in found.problems] == ["vxml-xml"]
    assert said in found.problems[0].text


def test_another_dialog_to_begin_with() -> None:
    inside = "<form id='a'><block>a</block></form><form id='b c'><block>b</block></form>"
    found = imported(inside, dialog="b c")
    assert list(found.flows) == ["line_b_c"]
    (text,) = found.texts().values()
    assert 'node b_c: say\n  text = "b"' in text and '"a"' not in text
    assert imported(inside, dialog="x").problems[0].text == 'there is no dialog "x" in the document'


def test_a_node_that_only_a_flow_has_comes_back() -> None:
    throw = (
        "<throw event='error.unsupported.db_lookup' message='node look: db_lookup \"T\"&#10;"
        '  source = "gas"&#10;  sql = "select 1 as a"&#10;  into = row&#10;'
        "  found -> g&#10;  not_found -> nowhere'/>"
    )
    inside = f"<var name='row'/><form id='f'><block>{throw}</block></form>"
    inside += "<form id='g'><block>g</block></form>"
    text = flow_text(inside, clean=False)
    assert "var row: record?\n" in text
    assert (
        'node f: db_lookup\n  source = "gas"\n  sql = "select 1 as a"\n  into = row\n'
        "  found -> g\n  not_found\n"
    ) in text
    assert report(inside) == [
        "3:38: warning vxml-differs: look is taken as the flow had it that this document was made"
        " of"
    ]
    other = inside.replace("node look: db_lookup", "node look: db_change")
    assert "nothing in the document handles" in report(other)[0]
