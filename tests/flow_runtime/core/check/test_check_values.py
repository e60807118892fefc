"""What is known of a variable at a node: set, none or there, by every way that leads there."""

from dataclasses import replace

import pytest

from flow_kit import LIBRARY, SITE, flow_of, problems_of, site_with
from flow_runtime.core.check.reader import subject_of
from flow_runtime.core.commands import Assign
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Name
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Node, Port, Variable, nodes_by_type, param
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.types import TEXT

WITH_S = replace(SITE, sources={"s": True})


def found(text: str, site: Surroundings = WITH_S) -> list[str]:
    """Severity, code and line of each problem."""
    return [f"{p.severity} {p.code}@{p.place.line}" for p in problems_of(text, site)]


def ways(text: str, site: Surroundings = WITH_S) -> list[list[str]]:
    """The counter-example of each problem: ``menu.2``, the last node alone."""
    return [
        [step.node if step.port is None else f"{step.node}.{step.port}" for step in p.path]
        for p in problems_of(text, site)
    ]


# --- read before it is set ------------------------------------------------------------------------

MENU = """flow f
schema 1
VAR
start -> menu
node menu: menu
  prompt = "?"
  1 -> first
  2 -> tell
  failed -> end
node first: set
  x = 1
  -> tell
node tell: log
  text = "{USE}"
  -> end
node end: hangup
"""


def menu(var: str, use: str = "x") -> str:
    return MENU.replace("VAR", var).replace("USE", use)


@pytest.mark.parametrize("var", ["var x: number", "var x: number?", "output x: number"])
def test_a_variable_that_only_some_ways_set(var: str) -> None:
    problems = problems_of(menu(var))
    read = next(p for p in problems if p.place.line == 14)
    assert (read.severity, read.code, read.subject) == ("warning", "unset-variable", "tell")
    assert read.text == (
        '"x" may have no value yet here (a call comes here by menu (2) -> tell);'
        " give it one before, or write x ?? ..."
    )
    assert [(step.node, step.port) for step in read.path] == [("menu", "2"), ("tell", None)]


def test_a_variable_that_nothing_sets_is_an_error() -> None:
    text = menu("var x: number").replace("  2 -> tell\n", "").replace("  x = 1\n", "  y = 1\n")
    text = text.replace("start ->", "var y: number = 0\nstart ->")
    (problem,) = problems_of(text)
    assert (problem.severity, problem.code) == ("error", "unset-variable")
    assert '"x" has no value here: nothing sets it before' in problem.text


@pytest.mark.parametrize(
    "var", ["var x: number = 0", "input x: number", "input x: number = 0", "var x: number? = 3"]
)
def test_one_that_has_a_value_from_the_start(var: str) -> None:
    assert found(menu(var)) == []


@pytest.mark.parametrize("use", ["x ?? 0", "if x == none then 0 else x", "x != none and x > 1"])
def test_one_that_is_looked_at_with_care(use: str) -> None:
    assert found(menu("var x: number", use)) == []
    assert found(menu("var x: number?", use)) == []


def test_an_optional_one_may_be_handed_on_as_none_and_another_may_not() -> None:
    text = menu("var x: number?").replace('log\n  text = "{x}"', "db_change\n" + CHANGE)
    assert found(text) == []
    assert found(text.replace("number?", "number")) == ["warning unset-variable@16"]


CHANGE = '  source = "s"\n  sql = "delete from t where n = :n"\n  bind = {n: x}'


def test_a_default_may_not_use_what_has_no_value_yet() -> None:
    text = menu("var y: number\nvar x: number = y + 1")
    assert found(text) == ["error unset-variable@4"]
    assert found(text.replace("var y: number\n", "var y: number = 2\n")) == []


def test_an_output_has_a_value_when_the_flow_ends() -> None:
    text = menu("output x: number", "1").replace("hangup", "end")
    (problem,) = problems_of(text)
    assert (problem.severity, problem.code, problem.subject) == (
        "warning",
        "unset-variable",
        "end",
    )
    assert "output x may have no value when the flow ends here (a call comes" in problem.text
    assert [step.node for step in problem.path] == ["menu", "end"]
    assert found(text.replace("output x: number", "output x: number?")) == []
    assert found(text.replace("output x: number", "output x: number = 0")) == []


# --- variables that a node sets -------------------------------------------------------------------

LOOKUP = """flow f
schema 1
start -> look
node look: db_lookup
  source = "s"
  sql = "select 1"
  into = row
  found -> known
  not_found -> unknown
  error -> failed
node known: log
  text = "{row.x}"
  -> end
node unknown: log
  text = "{OTHER}"
  -> end
node failed: log
  text = "{FAILED}"
  -> end
node end: hangup
"""


def lookup(other: str = "1", failed: str = "1") -> str:
    return LOOKUP.replace("OTHER", other).replace("FAILED", failed)


def test_a_port_tells_what_is_set_behind_it() -> None:
    assert found(lookup()) == []
    assert found(lookup("row.x")) == ["error possible-none@15"]
    assert ways(lookup("row.x")) == [["look.not_found", "unknown"]]
    assert found(lookup("row?.x ?? 0")) == []


def test_of_a_failed_node_nobody_knows_what_it_has_set() -> None:
    assert found(lookup(failed="row.x")) == ["warning unset-variable@18"]
    assert ways(lookup(failed="row.x")) == [["look.error", "failed"]]


def test_a_port_may_empty_a_variable_that_needs_a_value() -> None:
    text = lookup("row.x").replace("start ->", "var row: record = {x: 1}\nstart ->")
    assert found(text) == ["error possible-none@16"]


def test_where_ways_meet_all_of_them_count() -> None:
    text = lookup().replace('"{row.x}"\n  -> end', '"{row.x}"\n  -> last')
    text += 'node last: log\n  text = "{row.x}"\n  -> end\n'
    assert found(text) == []
    met = text.replace('text = "{1}"\n  -> end', 'text = "{1}"\n  -> last', 1)
    assert found(met) == ["warning possible-none@22"]
    assert ways(met) == [["look.not_found", "unknown.next", "last"]]


def test_a_way_round_brings_back_what_it_has_set() -> None:
    text = """flow f
schema 1
start -> menu
node menu: menu
  prompt = "?"
  1 -> ask
  2 -> tell
  failed -> end
node ask: digits
  prompt = "?"
  into = number
  -> menu
  failed -> menu
node tell: log
  text = number
  -> end
node end: hangup
"""
    assert found(text) == ["warning unset-variable@15"]
    assert ways(text) == [["menu.2", "tell"]]
    assert found(text.replace("  2 -> tell\n", "").replace("-> menu\n  f", "-> tell\n  f")) == []


class Fetch(Node):
    """Declares of its ports only what `Node` does."""

    type, title, group, icon = "fetch", "Fetch", "Data", "http"
    into: Variable = param(help="Where.", makes=TEXT)

    async def run(self) -> PortValue:
        await Assign(self.into, "x")
        return "next"


class Try(Fetch):
    """Says nothing of what is set behind its ports."""

    type = "try"

    @classmethod
    def ports(cls, draft: Draft) -> tuple[Port, ...]:
        return (Port("good"), Port("bad", empties=("into",)))


PLUGINS = replace(WITH_S, nodes={**LIBRARY, **nodes_by_type([Fetch, Try])})
PLUGIN = """flow f
schema 1
start -> get
node get: fetch
  into = x
  -> tell
node tell: log
  text = x
  -> end
node end: hangup
"""


def test_a_plug_in_with_one_port_sets_its_variables_behind_it() -> None:
    assert found(PLUGIN, PLUGINS) == []


def test_a_plug_in_with_several_ports_says_what_is_set_behind_them() -> None:
    text = PLUGIN.replace("fetch", "try").replace("  -> tell", "  good -> tell\n  bad -> end", 1)
    assert found(text, PLUGINS) == ["warning unset-variable@9"]
    text = text.replace("good -> tell\n  bad -> end", "good -> end\n  bad -> tell")
    assert found(text, PLUGINS) == ["error possible-none@9"]


# --- conditions -----------------------------------------------------------------------------------

ASKED = """flow f
schema 1
input note: text?
input kind: text?
start -> a
node a: BRANCH
node yes: log
  text = note
  -> end
node no: log
  text = note
  -> end
node end: hangup
"""


def asked(branch: str) -> list[str]:
    """Where note may be missing, or is: ``yes?``, ``no!``."""
    problems = problems_of(ASKED.replace("BRANCH", branch))
    assert {p.code for p in problems} <= {"possible-none"}
    return [f"{p.subject}{'!' if p.severity == 'error' else '?'}" for p in problems]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("note != none", ["no!"]),
        ("note == none", ["yes!"]),
        ("not (note == none)", ["no!"]),
        ("none != note", ["no!"]),
        ("note != none and kind != none", ["no?"]),
        ("note == none or kind == none", ["yes?"]),
        ("note == none and kind == none", ["yes!", "no?"]),
        ('note == "x"', ["no?"]),
        ("note == call.caller", ["no?"]),
        ("note == kind", ["yes?", "no?"]),
        ('(note ?? "") == ""', ["yes?", "no?"]),
        ("len(kind ?? note ?? call.caller) > 3", ["yes?", "no?"]),
    ],
)
def test_an_if_tells_behind_its_ports(condition: str, expected: list[str]) -> None:
    branch = f"if\n  when = {condition}\n  true -> yes\n  false -> no"
    assert asked(branch) == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("none -> yes\n  else -> no", ["yes?"]),
        ('"x" -> yes\n  else -> no', ["no?"]),
        ('"x" -> yes\n  none -> no\n  else -> yes', ["no?"]),
        ("else -> yes\n  1 -> no", ["yes?"]),
    ],
)
def test_a_switch_tells_behind_its_ports(ports: str, expected: list[str]) -> None:
    assert asked(f"switch\n  on = note\n  {ports}") == expected


def test_a_switch_on_a_condition() -> None:
    assert asked("switch\n  on = note != none\n  true -> yes\n  else -> no") == ["no?"]
    branch = "switch\n  on = note != none\n  false -> no\n  true -> yes\n  else -> yes"
    assert asked(branch) == ["yes?", "no!"]


def test_fields_are_known_until_their_record_is_assigned() -> None:
    text = """flow f
schema 1
var message: recording?
input row: record?
start -> a
node a: record
  into = message
  -> b
  too_short -> end
node b: if
  when = call.trunk != none and row?.x != none
  true -> c
  false -> end
node c: log
  text = "{call.trunk} {row.x} {message.seconds}"
  -> d
node d: set
  row = none
  -> e
node e: log
  text = "{call.trunk} {row?.x ?? 1}"
  -> end
node end: hangup
"""
    assert found(text) == []
    assert found(text.replace("call.trunk != none and ", "")) == [
        "warning possible-none@15",
        "warning possible-none@21",
    ]
    assert found(text.replace("row?.x ?? 1", "row.x")) == ["error possible-none@21"]


def test_what_cannot_happen_is_not_followed() -> None:
    text = """flow f
schema 1
var note: text? = "x"
start -> a
node a: if
  when = note == none
  true -> b
  false -> c
node b: set
  note = none
  -> c
node c: log
  text = note
  -> d
node d: hangup
"""
    assert found(text) == []


# --- assignments ----------------------------------------------------------------------------------

SET = """flow f
schema 1
var note: text?
var sure: text? = "x"
var t: text = ""
var a: any = none
start -> s
node s: set
  LINES
  -> b
  error -> c
node b: log
  text = "{USE}"
  -> d
node c: log
  text = "{USE}"
  -> d
node d: hangup
"""


@pytest.mark.parametrize(
    ("lines", "use", "expected"),
    [
        (["note = upper(t)"], "note", ["error unset@16"]),
        (['note = upper("x")', "note = none"], "note", ["error none@13"]),
        (["note = upper(t)", "note = none"], "note", ["error none@13", "error unset@16"]),
        (['note = "x"', "t = upper(t)"], "note", []),
        (["t = upper(t)", 'note = "x"'], "note", ["error unset@16"]),
        (["note = contact.x"], "note", ["warning none@13", "error unset@16"]),
        (["sure = t", "t = upper(sure)"], "sure", []),
        (["note = sure", "contact.x = note"], "note", []),
        (["sure = note"], "sure", ["warning none@13"]),
        (['sure = if t == "" then note else t'], "sure", ["warning none@13"]),
        (["sure = none", "sure = upper(t)"], "sure", ["error none@16"]),
        (["t = upper(t)", "sure = none", "sure = upper(t)"], "sure", ["warning none@16"]),
        (["a = upper(t)"], "a", ["error none@16"]),
        (["t = a"], "t", ["error none@9"]),
        (["a = contact.x"], "a", ["error none@16"]),
        (["a = sure", "a = note"], "a", ["warning none@13"]),
        (["t = note"], "t", ["error unset@9"]),
        (["note = t", "t = note"], "t", []),
    ],
)
def test_assignments_line_by_line(lines: list[str], use: str, expected: list[str]) -> None:
    text = SET.replace("LINES", "\n  ".join(lines)).replace("USE", use)
    more = len(lines) - 1
    wanted = []
    for one in expected:
        code, _, line = (
            one.replace("none", "possible-none").replace("unset", "unset-variable").partition("@")
        )
        wanted.append(f"{code}@{int(line) + (more if int(line) > 9 else 0)}")
    assert found(text) == wanted


def test_behind_an_unknown_node_type_what_was_known_stays() -> None:
    text = 'flow f\nschema 1\nvar sure: text? = "x"\nstart -> a\nnode a: mystery\n  x -> b\n'
    text += "node b: log\n  text = sure\n  -> c\nnode c: hangup\n"
    assert found(text) == ["error unknown-node@5"]


def test_of_nodes_that_no_call_reaches_nothing_is_said() -> None:
    text = "flow f\nschema 1\nvar note: text?\nstart -> a\nnode a: hangup\n"
    text += "node b: log\n  text = note\n  -> c\nnode c: set\n  note = note\n  -> a\n"
    assert found(text) == ["warning unreachable@6", "warning unreachable@9"]


# --- failures and the hang-up ---------------------------------------------------------------------

AFTER = """flow f
schema 1
var sure: text? = "x"
start -> a
on_error -> sorry
on_hangup -> tidy
node a: menu
  prompt = "?"
  1 -> b
  failed -> end
node b: set
  sure = none
  -> c
node c: wait
  time = 1s
  -> a
node sorry: log
  text = sure
  -> end
node tidy: log
  text = sure
node end: hangup
"""


def test_on_error_and_on_hangup_know_what_every_way_there_knows() -> None:
    assert found(AFTER) == ["warning possible-none@18", "warning possible-none@21"]
    assert ways(AFTER) == [
        ["a.1", "b.next", "c.error", "sorry"],
        ["a.1", "b.next", "c.hangs up", "tidy"],
    ]
    assert found(AFTER.replace("sure = none", 'sure = "y"')) == []


def test_nobody_hangs_up_in_an_instant() -> None:
    text = """flow f
schema 1
var note: text?
start -> a
on_hangup -> tidy
node a: set
  note = "x"
  -> b
node b: wait
  time = 1s
  -> c
node c: hangup
node tidy: log
  text = note
"""
    assert found(text) == []
    assert found(text.replace("set\n  note =", "log\n  text =")) == ["error unset-variable@14"]


def test_after_the_hang_up_a_failure_does_not_lead_to_on_error() -> None:
    text = AFTER.replace("node tidy: log\n  text = sure", "node tidy: set\n  sure = none\n  -> x")
    text = text.replace("  sure = none\n  -> c", "  sure = sure\n  -> c")
    assert found(text + 'node x: log\n  text = "x"\n') == []


# --- other flows ----------------------------------------------------------------------------------

PART = """flow part
schema 1
output grade: text?
output level: text = "none"
start -> e
node e: end
"""
CALL = """flow f
schema 1
start -> p
node p: subflow
  flow = "part.flow"
  outputs = {a: level, b: grade}
  -> tell
node tell: log
  text = "{USE}"
  -> end
node end: hangup
"""


def test_outputs_are_set_when_the_flow_has_ended() -> None:
    site = site_with({"part.flow": PART}, WITH_S)
    assert found(CALL.replace("USE", "a"), site) == []
    assert found(CALL.replace("USE", "b"), site) == ["warning possible-none@9"]
    failed = CALL.replace("USE", "a").replace("-> tell", "-> end\n  error -> tell")
    assert found(failed, site) == ["warning unset-variable@10"]


# --- for the editor -------------------------------------------------------------------------------


def kinds(node: str, line: int = 0) -> dict[str, str]:
    """The types of the variables as the expressions of *node* see them."""
    subject = subject_of(flow_of(SET.replace("LINES", 'note = "x"\n  t = note')), WITH_S)
    env = subject.env_at(node, line)
    return {name: str(infer(Name(name), env)[0]) for name in ("note", "sure", "t")}


def test_an_editor_sees_the_types_as_they_are_at_a_node() -> None:
    assert kinds("s") == {"note": "text?", "sure": "text", "t": "text"}
    assert kinds("s", 1) == {"note": "text", "sure": "text", "t": "text"}
    assert kinds("s", 7) == kinds("s")
    assert kinds("b")["note"] == "text"
    assert kinds("nowhere")["note"] == "text"
    subject = subject_of(flow_of(SET.replace("LINES", "note = t")), WITH_S)
    assert str(infer(Name("note"), subject.env)[0]) == "text?"
