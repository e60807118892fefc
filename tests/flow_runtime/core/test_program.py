from datetime import timedelta

import pytest

from flow_kit import NOON, SITE, Caller, flow_of, program_of
from flow_runtime.core.binding import bind_all, shown
from flow_runtime.core.commands import Pause
from flow_runtime.core.frame import Frame
from flow_runtime.core.program import GOODBYE, ON_ERROR, UNCONNECTED, compile_program

HEAD = "flow f\nschema 1\nvar n: number = 0\nstart -> a\n"


def test_constants_are_in_place_and_shared_by_all_runs() -> None:
    program = program_of(HEAD + "node a: wait\n  time = 1500ms\n  -> b\nnode b: hangup\n")
    step = program.steps[0]
    assert step.computed == () and step.shared is not None
    assert step.shared.time == timedelta(milliseconds=1500)  # type: ignore[attr-defined]
    assert program.steps[1].shared is not None
    assert program.steps[1].shared.reason == "normal"  # type: ignore[attr-defined]
    assert step.targets == {"next": 1, "error": ON_ERROR}


def test_whole_numbers_reach_the_node_as_int() -> None:
    program = program_of(HEAD + "node a: counting\n  variable = n\n  steps = 4\n  -> a\n")
    shared = program.steps[0].shared
    assert shared is not None
    assert (shared.steps, type(shared.steps)) == (4, int)  # type: ignore[attr-defined]
    assert shared.variable == "n"  # type: ignore[attr-defined]


def test_ports_lead_to_indexes_or_beyond() -> None:
    program = program_of(HEAD + 'node a: polite\n  port = "x"\n  -> b\nnode b: hangup\n')
    assert dict(program.steps[0].targets) == {
        "next": 1, "same": 1, "bye": GOODBYE, "oops": ON_ERROR, "round": UNCONNECTED,
        "optional": UNCONNECTED, "error": ON_ERROR,
    }  # fmt: skip


def test_an_arrow_to_nowhere_is_not_connected() -> None:
    program = program_of(HEAD + "node a: wait\n  time = 1s\n  -> nowhere\n")
    assert program.steps[0].targets["next"] == UNCONNECTED


def test_variables_keep_their_order() -> None:
    text = HEAD.replace("var n", "var m: text?\nvar n")
    text += 'node a: digits\n  prompt = "?"\n  into = found\n  -> a\n  failed -> a\n'
    program = program_of(text)
    assert [name for name, _ in program.variables] == ["m", "n"]
    assert program.variables[0][1] is None
    assert program.undeclared == ("found",)
    assert program.name == "f" and program.on_error is None and program.on_hangup is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flow f\nschema 1\nnode a: hangup\n", "no start"),
        ("flow f\nschema 1\nstart -> x\nnode a: hangup\n", "no start"),
        ("flow f\nschema 1\nstart -> a\nnode a: mystery\n", "no node type mystery"),
    ],
)
def test_what_cannot_run_at_all(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile_program(flow_of(text), SITE)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("steps = n", "steps is 0, but it must be at least 1"),
        ("steps = n + 1.5", "steps is 1.5, but it must be a whole number"),
        ("most = n + 6", "most is 6, but it must be at most 5"),
        ("most = if n == 0 then none else 1", "value"),
    ],
)
def test_computed_values_are_checked_on_entry(line: str, text: str) -> None:
    caller = Caller(HEAD + f"node a: counting\n  variable = n\n  {line}\n  -> a\n")
    failure = caller.go().failure
    assert failure is not None
    assert failure.name in ("bad-value", "type-error") and text in failure.text


def test_a_good_computed_whole_number_is_an_int() -> None:
    text = HEAD + "node a: counting\n  variable = n\n  steps = n + 3\n  -> b\nnode b: finish\n"
    caller = Caller(text)
    caller.go()
    assert caller.notes == ["n 3 "]


@pytest.mark.parametrize("lines", ["", '  variable = "n"\n'])
def test_a_missing_parameter_fails_when_a_call_comes_there(lines: str) -> None:
    failure = Caller(HEAD + f"node a: counting\n{lines}  -> a\n").go().failure
    assert failure is not None and failure.name == "bad-value"
    assert "write variable = ..." in failure.text


def test_a_bad_constant_fails_when_a_call_comes_there() -> None:
    failure = Caller(HEAD + "node a: counting\n  variable = n\n  most = 9\n  -> a\n").go().failure
    assert failure is not None and "most is 9" in failure.text


def test_a_computed_instance_is_fresh_at_each_visit() -> None:
    program = program_of(HEAD + "node a: wait\n  time = if n > 0 then 1s else 2s\n  -> a\n")
    step, frame = program.steps[0], Frame(now=NOON, variables={"n": 0})
    first = step.instance(frame)
    frame.variables["n"] = 1
    second = step.instance(frame)
    assert [node.time.seconds for node in (first, second)] == [2, 1]  # type: ignore[attr-defined]
    assert first.name == "a" and first.drawn == ("next",)


def test_a_node_name_used_twice_counts_once() -> None:
    flow = flow_of(HEAD + "node a: hangup\nnode a: wait\nnode b: mystery\n")
    nodes = bind_all(flow, SITE.nodes)
    assert list(nodes) == ["a"] and nodes["a"].cls.type == "hangup"


def test_the_draft_shows_what_is_drawn() -> None:
    text = HEAD + 'node a: menu\n  prompt = "Press one"\n  1 "Billing" -> a\n  "#" -> a\n  failed\n'
    draft = bind_all(flow_of(text), SITE.nodes)["a"].draft
    assert draft.drawn == ("1", "#", "failed")
    assert draft.labels == {"1": "Billing"}
    assert draft.constants["attempts"] == 3 and "prompt" not in draft.constants


def test_values_as_they_are_written() -> None:
    assert shown(timedelta(seconds=5)) == "5s"
    assert shown(timedelta(milliseconds=250)) == "250ms"
    assert shown(7) == "7"


def test_the_languages_of_a_site_without_prompts() -> None:
    assert SITE.languages == ("en",)
    caller = Caller(HEAD + "node a: wait\n  time = 1s\n  -> b\nnode b: finish\n")
    caller.go()
    assert caller.commands == [Pause(timedelta(seconds=1))]


@pytest.mark.parametrize("text", ['"{call.id}"', '""'])
def test_a_class_may_look_at_its_parameters_when_it_is_made(text: str) -> None:
    caller = Caller(
        HEAD + f"node a: thoughtful\n  text = {text}\n  -> b\nnode b: finish\n", call={"id": ""}
    )
    assert caller.go().cause == "empty-text"
    good = HEAD + 'node a: thoughtful\n  text = "y"\n  -> b\nnode b: finish\n'
    assert Caller(good).go().cause == "done"
