"""What the checker says of flows that call or jump to others."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from flow_kit import SITE, problems_of, site_with
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings

PART = """flow part
schema 1
input who: text
input tries: number = 3
input note: text?
output grade: text?
output marks: list of number
start -> choose
node choose: if
  when = tries > 2
  true -> good
  false -> bad
node good: end
  outcome = "good"
node bad: end
  outcome = "not good"
"""

MAIN = """flow main
schema 1
var name: text = "Li"
var count: number = 0
var maybe: text?
start -> part
node part: subflow
  flow = "part.flow"
  inputs = {who: name}
  good -> over
  "not good" -> over
node over: hangup
"""


def found(
    main: str, flows: Mapping[str, str] | None = None, site: Surroundings = SITE, **options: bool
) -> list[str]:
    """Code, line and text of each problem of *main* among *flows*."""
    around = site_with({"part.flow": PART} if flows is None else flows, site)
    problems = problems_of(main, around, **options)
    return [f"{p.severity} {p.code}@{p.place.line}: {p.text}" for p in problems]


def one(main: str, flows: Mapping[str, str] | None = None, **options: bool) -> str:
    (problem,) = found(main, flows, **options)
    return problem


def test_a_fitting_call_has_no_problems() -> None:
    assert found(MAIN) == []
    everything = MAIN.replace(
        "inputs = {who: name}",
        'inputs = {who: name, tries: count, note: none}\n  outputs = {grade: grade, "m": marks}',
    )
    assert found(everything) == []
    assert found(MAIN.replace("  inputs", '  outputs = {maybe: "grade"}\n  inputs')) == []


def test_nothing_is_said_of_flows_that_cannot_be_looked_up() -> None:
    assert problems_of(MAIN.replace("part.flow", "no.flow")) == []


# --- the flow itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(("complete", "severity"), [(True, "error"), (False, "warning")])
def test_an_unknown_flow(complete: bool, severity: str) -> None:
    site = replace(SITE, complete=complete)
    (problem,) = found(MAIN, {}, site)
    assert problem == (
        f'{severity} unknown-flow@8: there is no flow file "part.flow" as seen from this one'
    )


def test_a_flow_that_cannot_be_read_is_broken() -> None:
    problem = one(MAIN, {"part.flow": "# nothing here\n"})
    assert problem == 'error broken-flow@8: "part.flow" cannot be run: it holds no flow'


def test_the_flow_is_not_computed() -> None:
    problem = found(MAIN.replace('"part.flow"', "name"))[0]
    assert problem == "error not-constant@8: flow must be written out, it cannot be computed"


# --- ports ----------------------------------------------------------------------------------------


def test_each_outcome_wants_an_edge() -> None:
    problem = one(MAIN.replace('  "not good" -> over\n', ""))
    assert problem.startswith("error not-connected@7: port not good of part is not connected")


def test_a_port_that_is_no_outcome() -> None:
    problems = found(MAIN.replace("  good ->", "  goood ->"))
    assert any(
        'unknown-port@10: subflow has no port goood (did you mean "good"' in p for p in problems
    )


def test_a_subflow_that_never_comes_back() -> None:
    part = "flow part\nschema 1\nstart -> h\nnode h: hangup\n"
    main = 'flow main\nschema 1\nstart -> p\nnode p: subflow\n  flow = "part.flow"\n'
    problem = one(main, {"part.flow": part})
    assert problem.startswith("warning no-outcome@5: part has no end node")


# --- inputs and outputs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ("{}", "error missing-input@9: part needs its input who: write  inputs = {who: ...}"),
        (
            "{whom: name, who: name}",
            'error unknown-input@9: part has no input whom (did you mean "who"?)',
        ),
        ("{who: count}", "error type-mismatch@9: input who of part is a text, not a number"),
        ("{who: maybe}", "error unset-variable@9: input who of part needs a value, but this may"),
        ("{who: none}", "error type-mismatch@9: input who of part needs a value, not none"),
        ('{who: name, tries: "3"}', "error type-mismatch@9: input tries of part is a number"),
    ],
)
def test_inputs_have_to_fit(inputs: str, says: str) -> None:
    assert one(MAIN.replace("{who: name}", inputs)).startswith(says)


def test_what_is_known_at_the_node_counts() -> None:
    main = MAIN.replace("start -> part", "start -> look").replace("{who: name}", "{who: maybe}")
    main += "node look: if\n  when = maybe != none\n  true -> part\n  false -> over\n"
    assert found(main) == []


def test_inputs_of_any_type_are_converted_by_use() -> None:
    assert found(MAIN.replace("{who: name}", "{who: contact.name}")) == []
    assert found(MAIN.replace("{who: name}", "contact.inputs")) == []


def test_a_missing_input_is_told_even_without_inputs() -> None:
    problem = one(MAIN.replace("  inputs = {who: name}\n", ""))
    assert problem.startswith("error missing-input@7: part needs its input who")


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ("{x: grad}", 'error unknown-output@9: part has no output grad (did you mean "grade"?)'),
        ("{count: grade}", "error type-mismatch@9: output grade of part is a text?, but count is"),
        ("{name: grade}", "warning possible-none@9: output grade of part may be none, but name is"),
        ("{x: 1}", "error not-constant@9: outputs must be written as {variable: output}"),
        ("all", "error not-constant@9: outputs must be written as {variable: output}"),
    ],
)
def test_outputs_have_to_fit(outputs: str, says: str) -> None:
    main = MAIN.replace("  inputs", f"  outputs = {outputs}\n  inputs")
    assert one(main).startswith(says)


def test_outputs_declare_variables_with_their_types() -> None:
    main = MAIN.replace("  inputs", "  outputs = {marks: marks, grade: grade}\n  inputs")
    told = main.replace(
        "node over: hangup", "node over: say\n  text = grade\n  -> end\nnode end: hangup"
    )
    assert one(told).startswith("warning possible-none@14")
    counted = main.replace(
        "node over: hangup",
        "node over: if\n  when = len(marks) > 1\n  true -> e\n  false -> e\nnode e: hangup",
    )
    assert found(counted) == [], "marks is surely set behind the outcomes"
    wrong = counted.replace("len(marks) > 1", "marks > 1")
    assert "type-mismatch" in one(wrong)


# --- ends and jumps -------------------------------------------------------------------------------


def test_a_flow_with_a_number_ends_by_a_hang_up() -> None:
    text = "flow f\nschema 1\nstart -> e\nnode e: end\n"
    assert found(text) == []
    problem = one(text, numbered=True)
    assert problem.startswith("error end-outside-subflow@4: e ends a sub-flow, but callers reach")


JUMP = 'flow main\nschema 1\nstart -> j\nnode j: jump_flow\n  flow = "other.flow"\n'


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ("start -> h\nnode h: hangup\n", None),
        ('input a: text = ""\nstart -> h\nnode h: hangup\n', None),
        ("input a: text\nstart -> h\nnode h: hangup\n", "error missing-input@5: other needs its"),
        ("start -> h\nnode h: end\n", "error end-outside-subflow@5: other is a sub-flow"),
    ],
)
def test_what_is_jumped_to_has_to_stand_alone(other: str, says: str | None) -> None:
    problems = found(JUMP, {"other.flow": f"flow other\nschema 1\n{other}"})
    assert problems == [] if says is None else problems[0].startswith(says)


def test_a_jump_is_an_end() -> None:
    """No complaint that the call never ends, nor that nothing follows."""
    assert found(JUMP.replace("other.flow", "main.flow"), {"main.flow": JUMP}) == []


# --- recursion ------------------------------------------------------------------------------------

DEEP = """flow deep
schema 1
input level: number = 0
start -> more
node more: if
  when = level < 3
  true -> down
  false -> back
node down: subflow
  flow = "deep.flow"
  inputs = {level: level + 1}
  -> back
node back: end
"""
CALLS = (
    'flow {0}\nschema 1\nstart -> s\nnode s: subflow\n  flow = "{1}.flow"\n  -> e\nnode e: end\n'
)


def test_recursion_with_a_way_out_is_a_warning() -> None:
    problem = one(CALLS.format("main", "deep"), {"deep.flow": DEEP})
    assert problem == (
        "warning recursion@5: deep -> deep call each other; more than 20 levels deep the call"
        " fails with too-deep"
    )


def test_recursion_on_every_way_is_an_error() -> None:
    flows = {"a.flow": CALLS.format("a", "b"), "b.flow": CALLS.format("b", "a")}
    problem = one(CALLS.format("main", "a"), flows)
    assert problem == (
        "error recursion@5: a -> b -> a call each other on every way, so that no call ever comes"
        " back"
    )


def test_a_shared_part_is_no_recursion() -> None:
    end = "flow c\nschema 1\nstart -> e\nnode e: end\n"
    two = CALLS.format("a", "c").replace(
        "-> e\nnode e: end", '-> t\nnode t: subflow\n  flow = "b.flow"\n  -> e\nnode e: end'
    )
    flows = {"a.flow": two, "b.flow": CALLS.format("b", "c"), "c.flow": end}
    assert found(CALLS.format("main", "a"), flows) == []


def test_an_error_edge_may_be_the_way_out() -> None:
    a = (
        CALLS.format("a", "b")
        .replace("start -> s", "start -> l")
        .replace("node s:", 'node l: log\n  text = "x"\n  -> s\nnode s:')
    )
    flows = {
        "a.flow": a.replace("schema 1\n", "schema 1\non_error -> e\n"),
        "b.flow": CALLS.format("b", "a"),
    }
    assert one(CALLS.format("main", "a"), flows).startswith("warning recursion")


# --- time and sound -------------------------------------------------------------------------------

WAITS = "flow w\nschema 1\nstart -> x\nnode x: wait\n  time = 1s\n  -> e\nnode e: end\n"
QUICK = 'flow w\nschema 1\nstart -> x\nnode x: log\n  text = "x"\n  -> e\nnode e: end\n'
CIRCLE = """flow main
schema 1
var n: number = 0
start -> s
node s: subflow
  flow = "w.flow"
  -> c
node c: count
  variable = n
  limit = 3
  under -> s
  over -> e
node e: hangup
"""


PAUSE = "node y: wait\n  time = 1s\n  -> e\n"
LATER = QUICK.replace("-> e", "-> y", 1) + PAUSE
ONE_WAY = """flow w
schema 1
start -> x
node x: if
  when = call.answered
  true -> e
  false -> y
node e: end
"""


@pytest.mark.parametrize(
    ("part", "waits"),
    [
        (WAITS, True),
        (QUICK, False),
        (LATER, True),
        (ONE_WAY + PAUSE, False),
        (CALLS.format("w", "v"), True),
    ],
    ids=["waits", "does not", "later", "on one way", "in a third flow"],
)
def test_a_loop_through_a_subflow_waits_if_the_subflow_does(part: str, waits: bool) -> None:
    v = WAITS.replace("flow w", "flow v")
    codes = [p.split()[1] for p in found(CIRCLE, {"w.flow": part, "v.flow": v})]
    assert codes == ([] if waits else ["loop-without-wait@5:"])


def test_a_subflow_that_speaks_is_not_for_those_who_have_hung_up() -> None:
    part = 'flow p\nschema 1\nstart -> s\nnode s: say\n  text = "hello"\n  -> e\nnode e: end\n'
    silent = 'flow q\nschema 1\nstart -> s\nnode s: log\n  text = "hello"\n  -> e\nnode e: end\n'
    main = """flow main
schema 1
start -> h
on_hangup -> s
node h: hangup
node s: subflow
  flow = "{}.flow"
  -> h
"""
    flows = {"p.flow": part, "q.flow": silent, "r.flow": CALLS.format("r", "p")}
    for name in ("p", "r"):
        assert one(main.format(name), flows).startswith("error sound-after-hangup@6")
    assert found(main.format("q"), flows) == []


def test_flows_that_call_each_other_can_be_looked_at() -> None:
    flows = {"w.flow": CALLS.format("w", "v"), "v.flow": CALLS.format("v", "w")}
    codes = [p.split()[1] for p in found(CIRCLE, flows)]
    assert codes == ["loop-without-wait@5:", "recursion@6:"]


# --- languages ------------------------------------------------------------------------------------


def test_a_language_without_prompts() -> None:
    book, _ = PromptBook.build({"en": {"a": "b"}, "zh-CN": {"a": "c"}})
    site = replace(SITE, prompts=book)
    flow = "flow f\nschema 1\nstart -> l\nnode l: language\n  choices = [{}]\n  {} -> h\n"
    flow += "node h: hangup\n"
    assert found(flow.format('"zh"', "zh"), {}, site) == []
    (problem,) = found(flow.format('"de"', "de"), {}, site)
    assert problem.startswith('warning unknown-language@5: there are no prompts in "de"')
    assert found(flow.format('"de"', "de"), {}) == [], "a site without languages has none to miss"
    assert "not-constant" in found(flow.format("contact.tag", "de"), {}, site)[0]
