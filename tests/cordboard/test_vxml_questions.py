"""Fields and menus: what may be keyed in, and what happens when it is not."""

import pytest

from cordboard.vxml.elements import Element
from cordboard.vxml.grammars import Entry, NotKeys, built_in, grammar
from cordboard.vxml.reading import read_xml
from flow_runtime.core.syntax import print_expression
from vxml.vxml_kit import flow_text, nodes, report

WORDS = "<noinput>Are you there?<reprompt/></noinput><nomatch>No.<reprompt/></nomatch>"
LAST = "<catch event='noinput nomatch' count='3'><exit/></catch>"


def field(inside: str, attributes: str = "type='digits'") -> str:
    """The nodes of a form with one field, without the hang-up at its end."""
    form = f"<form id='f'><field name='x' {attributes}><prompt>Key?</prompt>{inside}</field></form>"
    return nodes(form).replace("\n\nnode hangup: hangup\n", "\n")


def first(inside: str, attributes: str = "type='digits'") -> list[str]:
    """The lines of the node that asks."""
    return [line.strip() for line in field(inside, attributes).split("\n\n")[0].splitlines()]


# --- what may be keyed in -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("digits", (1, 20)), ("digits?length=4", (4, 4)), ("digits?minlength=2", (2, 20)),
        ("digits?minlength=3;maxlength=5", (3, 5)), ("digits?minlength=9;maxlength=2", (9, 9)),
        ("digits?minlength=30", (30, 30)), ("digits?length=0", (1, 1)),
        ("digits?length=x", (1, 20)),
        ("digits?maxlength=999", (1, 64)), ("number", (1, 20)), ("date", (8, 8)), ("time", (4, 4)),
        ("phone", (1, 20)), ("currency", (1, 20)),
    ],
)  # fmt: skip
def test_built_in_types(written: str, expected: tuple[int, int]) -> None:
    entry = built_in(written)
    assert (entry.choices, entry.fewest, entry.most) == ((), *expected)


def choices(entry: Entry) -> dict[str, str]:
    return {key.keys: print_expression(key.value) for key in entry.choices}


def test_yes_and_no() -> None:
    assert choices(built_in("boolean")) == {"1": "true", "2": "false"}
    assert choices(built_in("boolean?y=7;n=9")) == {"7": "true", "9": "false"}
    with pytest.raises(NotKeys, match='the type "city" cannot be keyed in'):
        built_in("city")


def read(text: str) -> Entry:
    element = read_xml(text.encode())
    assert isinstance(element, Element)
    return grammar(element)


DIGIT = (
    "<rule id='d'><one-of>" + "".join(f"<item>{n}</item>" for n in range(10)) + "</one-of></rule>"
)


def srgs(rule: str, more: str = DIGIT) -> Entry:
    return read(f"<grammar mode='dtmf' root='r'>{more}<rule id='r'>{rule}</rule></grammar>")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("<one-of><item>1</item><item>2 <tag>'no'</tag></item></one-of>",
         {"1": '"1"', "2": '"no"'}),
        ("<item>*<tag>out.x = \"star\";</tag></item>", {"*": '"star"'}),
        ("<item>dtmf-1<tag>5</tag></item>", {"1": "5"}),
        ("<item>1 <item>2</item></item>", {"12": '"12"'}),
        ("<token>#</token>", {"#": '"#"'}),
        ("<one-of><item>1</item><item>0<tag>op</tag></item></one-of><item>9</item>",
         {"19": '"19"', "09": '"09"'}),
        ("\"7\"", {"7": '"7"'}),
        ("<one-of><item>1</item><item><one-of><item>2</item></one-of></item></one-of>",
         {"1": '"1"', "2": '"2"'}),
    ],
)  # fmt: skip
def test_grammars_with_choices(rule: str, expected: dict[str, str]) -> None:
    assert choices(srgs(rule)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("<item repeat='4'><ruleref uri='#d'/></item>", (4, 4, "")),
        ("<item repeat='2-5'><ruleref uri='#d'/></item>", (2, 5, "")),
        ("<item repeat='3-'><ruleref uri='#d'/></item>", (3, 64, "")),
        ("<item repeat='0-2'><ruleref uri='#d'/></item>", (1, 2, "")),
        ("<ruleref uri='#d'/>", (1, 1, "")),
        ("<ruleref uri='#d'/><ruleref uri='#d'/>", (2, 2, "")),
        ("1 <item repeat='3'><ruleref uri='#d'/></item>",
         (4, 4, "any digits of that length are taken")),
        ("<item repeat='2'><one-of><item>1</item><item>2</item></one-of></item>",
         (2, 2, "any digits of that length are taken")),
        ("<one-of><item repeat='2'><ruleref uri='#d'/></item><item>1</item></one-of>",
         (1, 2, "any digits of that length are taken")),
        ("<item repeat='9999'><ruleref uri='#d'/></item>", None),
    ],
)  # fmt: skip
def test_grammars_of_digits(rule: str, expected: tuple[int, int, str] | None) -> None:
    if expected is None:
        with pytest.raises(NotKeys):
            srgs(rule)
        return
    entry = srgs(rule)
    assert (entry.choices, entry.fewest, entry.most, entry.loose) == ((), *expected)


@pytest.mark.parametrize(
    "text",
    [
        "1 | 2 {two} | *",
        "#ABNF 1.0; mode dtmf; root $x; $x = 1 | 2 {two} | *;",
        "#JSGF V1.0; grammar g; public <x> = 1 | 2 {two} | *;",
    ],
)
def test_lists_of_keys_as_text(text: str) -> None:
    expected = {"1": '"1"', "2": '"two"', "*": '"*"'}
    escaped = text.replace("<", "&lt;")
    assert choices(read(f"<grammar mode='dtmf'>{escaped}</grammar>")) == expected


@pytest.mark.parametrize(
    "source", ["builtin:dtmf/digits?length=3", "builtin:grammar/digits?length=3"]
)
def test_built_in_grammars(source: str) -> None:
    entry = read(f"<grammar src='{source}'/>")
    assert (entry.fewest, entry.most) == (3, 3)
    assert entry.loose == ("" if "dtmf" in source else "it is keyed in here, not spoken")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<grammar>yes | no</grammar>", "it is a grammar of speech"),
        ("<grammar mode='voice'><rule id='a'>yes</rule></grammar>", "it is a grammar of speech"),
        ("<grammar src='x.grxml' mode='dtmf'/>", 'the grammar "x.grxml" is not read'),
        ("<grammar mode='dtmf'>$x = $y;</grammar>", "only a list of keys is understood"),
        ("<grammar mode='dtmf'>1 {f(x)}</grammar>", "its tag f(x) is not understood"),
        ("<grammar mode='dtmf'><rule id='a'>one</rule></grammar>", '"one" is no key'),
        ("<grammar mode='dtmf'><rule id='a'><ruleref uri='#b'/></rule></grammar>", '"#b" is not'),
        ("<grammar mode='dtmf'><rule id='a'><ruleref uri='#a'/></rule></grammar>", "too deep"),
        ("<grammar mode='dtmf'><rule id='a'><one-of/></rule></grammar>", "a choice without"),
        ("<grammar mode='dtmf'><rule id='a'><b/></rule></grammar>", "its <b> is not understood"),
        ("<grammar mode='dtmf'><rule id='a'><item repeat='x'>1</item></rule></grammar>", '"x"'),
        ("<grammar mode='dtmf'><rule id='a'/></grammar>", "it takes no key"),
        ("<grammar mode='dtmf'>" + " | ".join(map(str, range(10, 60))) + "</grammar>", "40"),
    ],
)  # fmt: skip
def test_grammars_that_are_not_understood(text: str, said: str) -> None:
    with pytest.raises(NotKeys) as reason:
        read(text)
    assert said in str(reason.value)


# --- digits ---------------------------------------------------------------------------------------


def test_digits() -> None:
    inside = (
        "<property name='termchar' value='*'/><property name='interdigittimeout' value='1500ms'/>"
        f"<prompt timeout='8s'>now</prompt>{LAST}<filled>You said <value expr='x'/>.</filled>"
    )
    assert field(inside, "type='digits?minlength=2;maxlength=6'") == (
        'node f: digits\n  prompt = ["Key?", "now"]\n  min = 2\n  max = 6\n  end_key = "*"\n'
        "  first_timeout = 8s\n  next_timeout = 1500ms\n  into = x\n  -> f_say\n"
        "  failed -> f_hangup\n"
        '\nnode f_say: say\n  text = "You said {x}."\n  -> hangup\n'
        "\nnode f_hangup: hangup\n"
    )


def test_the_variable_that_gets_the_digits_at_once() -> None:
    filled = "<filled><assign name='pin' expr='x'/></filled>"
    whole = f"<var name='pin'/><form><field name='x' type='digits'>{LAST}{filled}</field></form>"
    assert "  into = pin\n" in nodes(whole)
    assert "set" not in nodes(whole)
    used = whole.replace("</filled>", "<value expr='x'/></filled>")
    assert "  into = x\n" in nodes(used) and "  pin = x\n" in nodes(used)


def test_properties_are_those_of_the_nearest_element() -> None:
    whole = (
        "<property name='timeout' value='9s'/><property name='termchar' value=''/>"
        "<form id='f'><property name='timeout' value='7s'/>"
        f"<field name='x' type='digits'>{LAST}</field></form>"
        f"<menu id='m'><choice dtmf='1' next='#f'/>{LAST}</menu>"
    )
    assert 'node f: digits\n  prompt = ""\n  end_key = ""\n  first_timeout = 7s\n' in nodes(whole)
    assert 'node m: menu\n  prompt = ""\n  timeout = 9s\n' in nodes(whole)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<property name='termchar' value='A'/>", 'the key "A" cannot end an entry; # does'),
        ("<property name='timeout' value='soon'/>", '"soon" is no time; the usual one is taken'),
        ("<prompt count='2'>again</prompt>", "a prompt for later attempts is not said; the first"),
        ("<prompt bargein='false'>a</prompt>", "a key always cuts a question short here"),
        (
            "<link dtmf='*' next='#f'/>",
            "its key * is offered by menus only, not in other questions",
        ),
    ],
)
def test_what_is_not_quite_the_same_in_a_field(inside: str, said: str) -> None:
    lines = report(f"<form id='f'><field name='x' type='digits'>{LAST}{inside}</field></form>")
    assert [line for line in lines if f"warning vxml-differs: {said}" in line]


def test_times_stay_within_what_a_node_takes() -> None:
    assert "first_timeout = 100ms" in first(f"<prompt timeout='1ms'>a</prompt>{LAST}")
    assert "first_timeout = 10m" in first(f"<prompt timeout='9999s'>a</prompt>{LAST}")


# --- keys -----------------------------------------------------------------------------------------


def test_options() -> None:
    inside = (
        "<option dtmf='1' value='red'>Red wine</option><option dtmf='2'>White</option>"
        f"<option dtmf='#'/>{LAST}<filled><value expr='x'/></filled>"
    )
    found = field(inside, "").split("\n\n")
    assert found[0] == (
        'node f: menu\n  prompt = "Key?"\n  1 "Red wine" -> f_set\n  2 "White" -> f_set_2\n'
        '  "#" -> f_set_3\n  failed -> f_hangup'
    )
    assert [part.splitlines()[1] for part in found if ": set" in part] == [
        '  x = "red"', '  x = "White"', '  x = "#"',
    ]  # fmt: skip


def test_keys_lead_straight_into_the_branch_of_their_value() -> None:
    inside = (
        f"{LAST}<option dtmf='1' value='a'/><option dtmf='2' value='b'/>"
        "<option dtmf='3' value='c'/><filled><if cond=\"x == 'a'\"><goto next='#f'/>"
        "<elseif cond=\"x == 'b'\"/>b</if>end</filled>"
    )
    found = field(inside, "")
    assert found.startswith(
        'node f: menu\n  prompt = "Key?"\n  1 -> f\n  2 -> f_say\n  3 -> f_say_2\n'
        "  failed -> f_hangup\n"
    )
    assert 'node f_say: say\n  text = "b"\n  -> f_say_2\n' in found


def test_a_value_that_is_used_later_is_kept() -> None:
    inside = (
        f"{LAST}<option dtmf='1' value='a'/>"
        "<filled><if cond=\"x == 'a'\">yes</if><value expr='x'/></filled>"
    )
    assert '  x = "a"\n' in field(inside, "")


def test_a_branch_that_needs_more_than_the_value() -> None:
    whole = (
        "<var name='n' expr='0'/><form id='f'><field name='x' type='boolean'>" + LAST +
        "<filled><if cond='x &amp;&amp; n &gt; 1'>yes</if></filled></field></form>"
    )  # fmt: skip
    found = nodes(whole)
    assert "when = x and n > 1" in found and "  x = true\n" in found


def test_menus() -> None:
    whole = (
        "<menu id='m' dtmf='true'><prompt>Choose: <enumerate/></prompt>"
        "<choice next='#a'>First</choice><choice dtmf='0' next='other.vxml'>Other</choice>"
        f"<choice event='bye'>Bye</choice><choice dtmf='*' expr='x'>Odd</choice>{LAST}"
        "<catch event='bye'>Bye.<exit/></catch></menu><form id='a'><block>a</block></form>"
    )
    assert nodes(whole, clean=False).startswith(
        'node m: menu\n  prompt = ["Choose:", "First", "Other", "Bye", "Odd"]\n'
        '  1 "First" -> a\n  0 "Other" -> m_jump_flow\n  2 "Bye" -> m_say\n  "*" "Odd" -> m_log\n'
        "  failed -> m_hangup_2\n"
    )


def test_keys_of_links_are_offered_by_every_menu() -> None:
    whole = (
        "<link dtmf='9' next='#a'/><link dtmf='1' next='#a'/>"
        f"<menu id='m'><choice dtmf='1' next='#m'/>{LAST}</menu>"
        "<form id='a'><block>a</block></form>"
    )
    assert "  1 -> m\n  9 -> a\n" in nodes(whole)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<choice next='#m'>Talk</choice>", '"Talk" can only be spoken; give it a key'),
        ("<choice dtmf='1' next='#m'/><choice dtmf='1' next='#m'/>", "the key 1 is offered twice"),
        ("<choice dtmf='x' next='#m'/>", '"x" cannot be keyed in'),
    ],
)
def test_choices_that_are_left_out(inside: str, said: str) -> None:
    whole = f"<menu id='m'>{inside}{LAST}</menu>"
    assert [line for line in report(whole) if f"error vxml-not-understood: {said}" in line]
    assert f": {said}\n" in nodes(whole, clean=False)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("", "it has no grammar, type or option; draw keys on the menu in its place"),
        ("<grammar>yes</grammar>", "it is a grammar of speech; draw keys on the menu in its place"),
        ("<option>Red</option>", '"Red" can only be spoken; give it a key'),
    ],
)
def test_a_field_that_only_listens_is_a_menu_without_keys(inside: str, said: str) -> None:
    whole = f"<form id='f'><field name='x'><prompt>Speak.</prompt>{inside}{LAST}</field></form>"
    assert any(said in line for line in report(whole))
    found = nodes(whole, clean=False)
    assert '\nnode f: menu\n  prompt = "Speak."\n  failed -> f_hangup\n' in found


def test_keys_beside_speech_are_kept() -> None:
    whole = (
        "<form id='f'><field name='x'><grammar>one</grammar><grammar mode='dtmf'>1</grammar>"
        f"{LAST}</field></form>"
    )
    assert "  1 -> hangup\n" in nodes(whole)
    assert "it is a grammar of speech; the keys are kept" in report(whole)[0]


# --- silence and mistakes -------------------------------------------------------------------------


def test_a_menu_says_its_excuses_itself() -> None:
    whole = f"<menu id='m'>Key?<choice dtmf='1' next='#m'/>{WORDS}{LAST}</menu>"
    assert nodes(whole).startswith(
        'node m: menu\n  prompt = "Key?"\n  invalid_prompt = "No."\n'
        '  silence_prompt = "Are you there?"\n  1 -> m\n  failed -> m_hangup\n'
    )


def test_attempts_are_those_before_a_handler_does_more() -> None:
    handlers = "<catch event='noinput nomatch' count='2'>Bye.<exit/></catch>"
    assert "attempts = 2" in first(handlers)
    assert first("<catch event='noinput nomatch'><exit/></catch>")[2:] == [
        "attempts = 1", "into = x", "-> hangup", "failed -> f_hangup",
    ]  # fmt: skip


def test_without_handlers_it_is_asked_for_ever() -> None:
    assert first("")[-1] == "failed -> f"
    (line,) = report("<form><field name='x' type='digits'/></form>")
    assert "it is asked without end; lead failed to where a call should go after a while" in line


def test_many_attempts() -> None:
    assert "attempts = 20" in first("<catch event='noinput nomatch' count='50'><exit/></catch>")


def test_handlers_of_the_document_act_in_each_question() -> None:
    whole = (
        "<catch event='nomatch noinput' count='2'>Bye.<exit/></catch>"
        "<form id='f'><field name='x' type='digits'/><field name='y' type='boolean'/></form>"
    )
    found = nodes(whole)
    assert found.count("attempts = 2\n") == 2
    assert found.count('text = "Bye."') == 1, "it never comes back, so it is drawn once"


def test_digits_say_their_excuses_by_nodes() -> None:
    same = "<catch event='noinput nomatch'>Sorry.<reprompt/></catch>"
    assert field(same).split("\n\n")[1:] == [
        'node f_say: say\n  text = "Sorry."\n  -> f\n',
    ]
    counted = field(same + LAST)
    assert counted.startswith("node f: set\n  x_tries = 0\n  -> x\n\nnode x: digits\n")
    assert "  attempts = 1\n  into = x\n  -> hangup\n  failed -> f_count\n" in counted
    assert (
        "node f_count: count\n  variable = x_tries\n  limit = 2\n  under -> f_say\n"
        '  over -> f_hangup\n\nnode f_say: say\n  text = "Sorry."\n  -> x\n'
    ) in counted


def test_digits_tell_silence_from_mistakes_where_that_makes_a_difference() -> None:
    handlers = "<noinput>Hello?<reprompt/></noinput><nomatch><goto next='#f'/></nomatch>"
    assert field(handlers, "type='digits?length=4'") == (
        'node f: digits\n  prompt = "Key?"\n  min = 0\n  max = 4\n  attempts = 1\n  into = x\n'
        "  -> f_if\n  failed -> f\n\n"
        "node f_if: if\n  when = len(x) == 0\n  true -> f_say\n  false -> f_if_2\n\n"
        'node f_say: say\n  text = "Hello?"\n  -> f\n\n'
        "node f_if_2: if\n  when = len(x) < 4\n  true -> f\n  false -> hangup\n"
    )


def test_a_menu_cannot_tell_them_apart_and_says_so() -> None:
    handlers = "<noinput><exit/></noinput><nomatch><goto next='#m'/></nomatch>"
    whole = f"<menu id='m'><choice dtmf='1' next='#m'/>\n{handlers}</menu>"
    assert "failed -> m_hangup\n" in nodes(whole)
    assert "its port failed does not tell silence from wrong keys" in report(whole)[0]


def test_handlers_that_differ_by_their_number() -> None:
    handlers = (
        "<catch event='noinput nomatch'><log>1</log></catch>"
        "<catch event='noinput nomatch' count='3'><log>3</log></catch>"
        "<catch event='noinput nomatch' count='4'><exit/></catch>"
    )
    found = field(handlers)
    assert (
        "node f_count: count\n  variable = x_tries\n  limit = 2\n  under -> f_log\n  over -> f_if\n"
    ) in found
    assert "node f_if: if\n  when = x_tries < 4\n  true -> f_log_2\n  false -> f_hangup\n" in found


def test_the_highest_count_that_is_reached_wins_also_from_outside() -> None:
    whole = (
        "<catch event='noinput nomatch' count='2'>outer<exit/></catch>"
        "<form id='f'><field name='x' type='digits'>"
        "<catch event='noinput nomatch'>inner<reprompt/></catch></field></form>"
    )
    found = nodes(whole)
    assert "limit = 1\n  under -> f_say\n  over -> f_say_2\n" in found
    assert 'node f_say: say\n  text = "inner"' in found
    assert 'node f_say_2: say\n  text = "outer"' in found


@pytest.mark.parametrize(
    ("handlers", "said"),
    [
        ("<nomatch>No.</nomatch>", "without <reprompt/> the question is not said again there"),
        ("<nomatch>1<reprompt/></nomatch><nomatch count='2'>2<reprompt/></nomatch>",
         "what is said at later attempts is not kept; the first excuse is repeated"),
        ("<noinput count='99'><exit/></noinput>", "it is asked 20 times at most"),
    ],
)  # fmt: skip
def test_what_is_not_quite_the_same_in_handlers(handlers: str, said: str) -> None:
    whole = f"<menu id='m'><choice dtmf='1' next='#m'/>{handlers}</menu>"
    assert any(f"warning vxml-differs: {said}" in line for line in report(whole))


def test_the_node_that_asks_is_called_as_the_field() -> None:
    text = flow_text(
        f"<form id='f'><block>Hi.</block><field name='pin' type='digits'>{LAST}</field></form>"
    )
    assert "node f: say" in text and "node pin: digits" in text
