"""Secrets that reach a log, a trace or a recording; each with the way by which they do."""

from dataclasses import replace

import pytest

from flow_kit import LIBRARY, SITE, problems_of, site_with
from flow_runtime.core.check.reads import Read, reads
from flow_runtime.core.node import Node, Variable, nodes_by_type, param
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse_expression
from flow_runtime.core.types import TEXT

WITH_S = replace(SITE, sources={"s": True}, complete=True)

ASK = """flow f
schema 1
var copy: text = ""
start -> ask
node ask: digits
  prompt = "?"
  secret = true
  into = pin
  -> next
  failed -> end
"""
END = "node end: hangup\n"


def leaks(text: str, site: Surroundings = WITH_S) -> list[str]:
    """Line, text and way of each leak; there must be no other problem."""
    problems = problems_of(text, site)
    assert {(p.severity, p.code) for p in problems} <= {("warning", "secret-leak")}, problems
    return [
        f"{p.place.line}: {p.text} [{' '.join(step.node for step in p.path)}]" for p in problems
    ]


def told(node: str, site: Surroundings = WITH_S) -> list[str]:
    """The lines at which *node*, which follows the secret, lets it out."""
    found = leaks(f"{ASK}node next: {node}\n{END}", site)
    return [one.partition(":")[0] for one in found]


# --- where it gets out ----------------------------------------------------------------------------


def test_a_secret_in_the_log() -> None:
    (leak,) = leaks(ASK + 'node next: log\n  text = "keyed {pin}"\n  -> end\n' + END)
    assert leak == (
        "12: text tells pin, which is a secret, to the server's log (a call comes here by"
        " ask (next) -> next); leave it out, or write mask(pin, 0) [ask next]"
    )


@pytest.mark.parametrize(
    "node",
    [
        'log\n  text = "{mask(pin)} {len(pin)}"\n  -> end',
        'log\n  text = if pin == "1" then "yes" else "no"\n  -> end',
        'log\n  text = "{matches(pin, "1.*")} {pin in ["1"]}"\n  -> end',
        'if\n  when = pin == "1" and not (pin == "2")\n  true -> end\n  false -> end',
        'say\n  text = "Your code is {pin:digits}."\n  -> end',
        'set\n  copy = "code {pin}"\n  -> end',
        'db_lookup\n  source = "s"\n  sql = "select 1 from t where n = :n"\n  bind = {n: pin}\n'
        "  found -> end\n  not_found -> end",
        'http\n  url = "https://example.com/x"\n  json = {pin: pin}\n  ok -> end\n  failed -> end',
        "pin\n  account = pin\n  ok -> end\n  wrong -> end\n  locked -> end",
    ],
)
def test_what_lets_no_secret_out(node: str) -> None:
    assert told(node) == []


@pytest.mark.parametrize(
    ("node", "line"),
    [
        ('http\n  url = "https://example.com/{pin}"\n  ok -> end\n  failed -> end', 12),
        ('send_sms\n  to = "1"\n  text = "{pin}"\n  -> end\n  failed -> end', 13),
        (
            'send_email\n  to = "a@b.c"\n  subject = pin\n  text = "x"\n  -> end\n  failed -> end',
            13,
        ),
        ('log\n  text = (pin + "x") ?? ""\n  -> end', 12),
        ('log\n  text = if call.answered then "x" else upper(pin)\n  -> end', 12),
        ('log\n  text = join([pin, "x"], " ")\n  -> end', 12),
        ('log\n  text = "{({n: pin}).n}"\n  -> end', 12),
        ('log\n  text = "{[pin][0]}"\n  -> end', 12),
        ('log\n  text = "{number(pin) + 1}"\n  -> end', 12),
    ],
)
def test_what_lets_it_out(node: str, line: int) -> None:
    assert told(node) == [str(line)]


@pytest.mark.parametrize(
    ("node", "line"),
    [
        ("set\n  copy = slice(pin, 0, 2)\n  -> end", 12),
        ('set\n  copy = "{-number(pin)}"\n  -> end', 12),
        ('say\n  text = "{slice(pin, 0, 2)}"\n  -> end', 12),
        ('say\n  text = ["x", replace(pin, "0", "1")]\n  -> end', 12),
        (
            'db_change\n  source = "s"\n  sql = "delete from t where n = :n"\n'
            "  bind = {n: number(pin) * 2}\n  -> end",
            14,
        ),
    ],
)
def test_what_is_made_of_a_secret_is_not_masked_in_the_trace(node: str, line: int) -> None:
    assert told(node) == [str(line)]


def test_the_trace_is_named() -> None:
    (leak,) = leaks(ASK + "node next: set\n  copy = slice(pin, 0, 2)\n  -> end\n" + END)
    assert leak.startswith(
        "12: copy shows what is made of pin, which is a secret, to the trace of the call (a call"
        " comes here by ask (next) -> next); only the secret itself is masked there"
    )


# --- how it travels -------------------------------------------------------------------------------


def test_a_copy_is_as_secret_until_something_else_is_assigned() -> None:
    text = (
        ASK
        + """node next: set
  copy = "code {pin}"
  contact.code = copy
  -> first
node first: log
  text = "{copy} {contact.code}"
  -> over
node over: set
  copy = "nothing"
  contact.code = ""
  -> second
node second: log
  text = "{copy} {contact.code}"
  -> end
"""
        + END
    )
    found = leaks(text)
    assert [one.partition(",")[0] for one in found] == [
        "16: text tells copy",
        "16: text tells contact.code",
    ]
    assert found[0].endswith("[ask next first]")


def test_what_the_same_variable_held_before_is_no_secret() -> None:
    text = ASK.replace("  failed -> end", "  failed -> next") + (
        'node next: log\n  text = pin ?? ""\n  -> end\n' + END
    )
    assert leaks(text)[0].endswith("[ask next]")
    assert leaks(text.replace("  secret = true\n", "")) == []
    assert len(leaks(text.replace("secret = true", 'secret = call.caller != "1"'))) == 1
    assert leaks(text.replace("secret = true", "secret = false")) == []


class Vault(Node):
    """What it gives is always a secret."""

    type, title, group, icon = "vault", "Vault", "Data", "pin"
    into: Variable = param(help="Where.", makes=TEXT, secret="always")
    reason: str = param(help="Why.", default="", told="the auditors")


def test_a_plug_in_says_what_is_secret_and_who_is_told() -> None:
    site = replace(SITE, nodes={**LIBRARY, **nodes_by_type([Vault])})
    text = """flow f
schema 1
start -> a
node a: vault
  into = key
  -> b
node b: vault
  into = other
  reason = key
  -> c
node c: hangup
"""
    (leak,) = leaks(text, site)
    assert leak.startswith("9: reason tells key, which is a secret, to the auditors")


def test_a_prompt_is_read_in_every_language() -> None:
    book, _ = PromptBook.build({"en": {"x": "No."}, "zh": {"x": "{slice(pin, 0, 1)}"}})
    assert told('say\n  text = t"x"\n  -> end', replace(WITH_S, prompts=book)) == ["12"]


# --- recordings -----------------------------------------------------------------------------------

RECORDED = """flow f
schema 1
start -> first
node first: record_call
  action = "start"
  -> ask
node ask: digits
  prompt = "?"
  secret = true
  into = pin
  -> ACTION
  failed -> end
node pause: record_call
  action = "pause"
  -> tell
node resume: record_call
  action = "resume"
  -> tell
node stop: record_call
  action = "stop"
  -> tell
node some: record_call
  action = call.caller
  -> tell
node tell: say
  text = "{pin}"
  -> end
node end: hangup
"""


def recorded(target: str, text: str = RECORDED) -> list[str]:
    problems = problems_of(text.replace("ACTION", target))
    assert {p.code for p in problems} <= {"secret-leak", "unreachable"}
    return [f"{p.text}" for p in problems if p.code == "secret-leak"]


def test_a_secret_that_is_said_while_the_call_is_recorded() -> None:
    (leak,) = recorded("tell")
    assert leak == (
        "text says pin, which is a secret, while the call may be recorded (a call comes here by"
        " first (next) -> ask (next) -> tell); pause that before, by a record_call node"
    )


def test_to_key_it_in_is_harmless_and_so_is_a_pause() -> None:
    assert recorded("end") == []
    assert recorded("pause") == []
    assert recorded("stop") == []
    assert len(recorded("resume")) == 1
    assert len(recorded("some")) == 1
    assert recorded("resume", RECORDED.replace('"start"', '"stop"')) == []


def test_the_way_shows_the_secret_and_the_recording() -> None:
    text = RECORDED.replace("start -> first", "start -> menu").replace("ACTION", "tell")
    text += 'node menu: menu\n  prompt = "?"\n  1 -> ask\n  2 -> first\n  failed -> end\n'
    (leak,) = (p for p in problems_of(text) if p.code == "secret-leak")
    assert [step.node for step in leak.path] == ["menu", "first", "ask", "tell"]


def test_a_pause_that_failed_is_none() -> None:
    text = RECORDED.replace('  action = "pause"\n  -> tell', '  action = "pause"\n  error -> tell')
    text = text.replace("  error -> tell\n", "  error -> tell\n  -> end\n")
    assert len(recorded("pause", text)) == 1


# --- other flows ----------------------------------------------------------------------------------

PART = """flow part
schema 1
input code: text
output twice: text = ""
start -> s
node s: set
  twice = code + code
  -> say
node say: say
  text = "{code}"
  -> log
node log: LOG
  -> e
node e: end
"""
MAIN = (
    ASK
    + """node next: subflow
  flow = "part.flow"
  inputs = {code: pin}
  outputs = {copy: twice}
  -> tell
node tell: log
  text = copy
  -> end
"""
    + END
)
LOG = 'log\n  text = "{code}"'
QUIET = 'log\n  text = "x"'


def among(main: str, log: str = QUIET, **flows: str) -> list[str]:
    files = {"part.flow": PART.replace("LOG", log), **{f"{n}.flow": t for n, t in flows.items()}}
    return leaks(main, site_with(files, WITH_S))


def test_a_secret_goes_into_a_sub_flow_and_comes_back() -> None:
    (leak,) = among(MAIN)
    assert leak.startswith("17: text tells copy") and leak.endswith("[ask next tell]")


def test_what_leaks_in_a_sub_flow_is_told_where_it_is_called() -> None:
    inner, own = among(MAIN, LOG)
    assert inner.startswith(
        "11: part tells code, which is a secret, to the server's log (in its node log)"
        " (a call comes here by ask (next) -> next)"
    )
    assert own.startswith("17: text tells copy")
    assert among(MAIN.replace("{code: pin}", '{code: "1"}'), LOG) == []


def test_what_a_sub_flow_leaks_by_itself_is_its_own_problem() -> None:
    part = ASK.replace("flow f", "flow part").replace("-> next", "-> log")
    part += "node log: log\n  text = pin\n  -> end\nnode end: end\n"
    main = 'flow f\nschema 1\nstart -> p\nnode p: subflow\n  flow = "part.flow"\n  -> e\n'
    main += "node e: hangup\n"
    assert leaks(main, site_with({"part.flow": part}, WITH_S)) == []
    assert len(leaks(part)) == 1


def test_a_secret_that_a_sub_flow_asks_for() -> None:
    part = ASK.replace("flow f", "flow part").replace("var copy", "output copy")
    part = part.replace("into = pin", "into = copy").replace("-> next", "-> end")
    main = MAIN.replace("  inputs = {code: pin}\n", "").replace("copy: twice", "copy: copy")
    main = main.replace("  secret = true\n", "")
    (leak,) = leaks(main, site_with({"part.flow": part + "node end: end\n"}, WITH_S))
    assert leak.startswith("15: text tells copy")


def test_a_recording_goes_on_in_other_flows() -> None:
    record = 'node next: record_call\n  action = "start"\n  -> call\n'
    main = MAIN.replace("node next: subflow", record + "node call: subflow")
    main = main.replace("  text = copy", '  text = "x"')
    (leak,) = among(main)
    assert leak.startswith("14: part says code, which is a secret, while the call may be recorded")
    assert leak.endswith("[ask next call]")
    stop = 'record_call\n  action = "stop"'
    after = main.replace('log\n  text = "x"', "say\n  text = pin")
    assert len(among(after)) == 2
    assert len(among(after, stop)) == 1


def test_attributes_of_the_contact_travel_with_a_jump() -> None:
    main = ASK + "node next: set\n  contact.pin = pin\n  -> go\nnode go: jump_flow\n"
    main += '  flow = "night.flow"\n' + END
    night = 'flow night\nschema 1\nstart -> l\nnode l: log\n  text = "{contact.pin}"\n  -> e\n'
    (leak,) = leaks(main, site_with({"night.flow": night + "node e: hangup\n"}, WITH_S))
    assert leak.startswith("14: night tells contact.pin, which is a secret, to the server's log")


def test_flows_that_call_each_other() -> None:
    part = """flow part
schema 1
input code: text
input other: text
output last: text = ""
start -> m
node m: menu
  prompt = "?"
  1 -> again
  2 -> s
  failed -> e
node again: subflow
  flow = "part.flow"
  inputs = {code: other, other: code}
  outputs = {last: last}
  -> e
node s: set
  last = other
  -> e
node e: end
"""
    main = MAIN.replace("{code: pin}", '{code: pin, other: "1"}').replace("twice", "last")
    found = problems_of(main, site_with({"part.flow": part}, WITH_S))
    assert [p.place.line for p in found if p.code == "secret-leak"] == [17]
    calm = problems_of(main.replace("{code: pin", '{code: "2"'), site_with({"part.flow": part}))
    assert not [p for p in calm if p.code == "secret-leak"]


# --- what shows in a value ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "a"),
        ('"{a} {b:money}"', "a b"),
        ("a + b", "a b"),
        ("a - b", "a* b*"),
        ("-a", "a*"),
        ("a.x", "a"),
        ("contact.x", "contact.x"),
        ("contact?.x", "contact.x"),
        ("a[b]", "a"),
        ("[a, {x: b}]", "a b"),
        ("a ?? b", "a b"),
        ("if a then b else c", "b c"),
        ("a == b or c < d and e in f", ""),
        ("not a", ""),
        ("len(a) + b", "b"),
        ("trim(upper(a))", "a"),
        ("slice(a, b)", "a* b*"),
        ("upper(slice(a, 1))", "a*"),
        ("mask(a)", ""),
        ("starts_with(a, b)", ""),
        ("queue(a).waiting + call.id", "call"),
    ],
)
def test_what_shows_in_a_value(text: str, shown: str) -> None:
    found = reads(parse_expression(text), None)
    wanted = {Read(word.rstrip("*"), word.endswith("*")) for word in shown.split()}
    assert set(found) == wanted
