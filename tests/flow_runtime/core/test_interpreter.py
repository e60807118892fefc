from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flow_kit import NOON, SITE, Caller, program_of
from flow_runtime.core.commands import HangUp, Hangup, NodeFailure, Note, Pause, Play, RejectCall
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Phase, Run
from flow_runtime.core.prompts import APOLOGY, GOODBYE, NO_PROMPTS

SORRY = str(NO_PROMPTS.find(APOLOGY, "en").text.constant)  # type: ignore[union-attr]
BYE = str(NO_PROMPTS.find(GOODBYE, "en").text.constant)  # type: ignore[union-attr]
HEAD = "flow f\nschema 1\n"


def call(text: str, answers: dict[type, list[Any]] | None = None, **options: Any) -> Caller:
    return Caller(HEAD + text, answers, **options)


# --- the ordinary way -----------------------------------------------------------------------------


def test_nodes_follow_each_other_to_the_hang_up() -> None:
    caller = call("""start -> a
node a: say
  text = "Hello."
  -> b
node b: work
  -> c
node c: hangup
  reason = "done"
""")
    ended = caller.go()
    assert [type(c) for c in caller.commands] == [Play, Note, HangUp]
    assert caller.heard == ["Hello."]
    assert ended == Ended("hangup", "flow", "done", "c")
    assert caller.seen.events == [
        ("enter", "a"), ("leave", "a", "next"),
        ("enter", "b"), ("leave", "b", "next"), ("enter", "c"),
    ]  # fmt: skip


def test_after_the_end_nothing_changes_any_more() -> None:
    caller = call("start -> a\nnode a: finish\n")
    ended = caller.go()
    assert ended == Ended("end", "flow", "done", "a")
    assert caller.run.send(None, NOON) is ended
    assert caller.run.throw(Hangup(), NOON) is ended


def test_variables_begin_with_their_defaults_and_inputs_with_what_is_given() -> None:
    caller = call(
        """input greeting: text = "hello"
input name: text = "nobody"
var tries: number = 1 + 1
var note: text?
start -> a
node a: secret
  into = found
  value = {a: 1}
  -> b
node b: finish
""",
        variables={"name": "Li Wei"},
    )
    caller.go()
    variables = caller.run.frame.variables
    assert variables["greeting"] == "hello" and variables["name"] == "Li Wei"
    assert variables["tries"] == 2 and variables["note"] is None
    assert dict(variables["found"]) == {"a": 1}


def test_local_commands_do_not_leave_the_interpreter() -> None:
    caller = call("""var n: number = 0
start -> s
node s: set
  n = n + 1
  n = n * 10
  contact.level = "gold"
  -> t
node t: if
  when = n == 10
  true -> yes
  false -> no
node yes: finish
node no: finish
""")
    assert caller.go().node == "yes"
    assert caller.commands == []
    assert caller.run.frame.contact == {"level": "gold"}
    assert ("assigned", "n", Decimal(10)) in caller.seen.events


def test_each_visit_computes_its_lines_anew() -> None:
    caller = call("""var n: number = 0
start -> s
node s: set
  n = n + 1
  -> t
node t: if
  when = n == 25
  true -> done
  false -> s
node done: finish
""")
    assert caller.go().node == "done"
    assert caller.seen.visited.count("s") == 25


def test_secrets_are_masked_for_observers_from_then_on() -> None:
    caller = call("""var pin: text = ""
start -> a
node a: secret
  into = pin
  value = "1234"
  -> b
node b: set
  pin = "9999"
  -> c
node c: finish
""")
    caller.go()
    assert [e for e in caller.seen.events if e[0] == "assigned"] == [
        ("assigned", "pin", "***"),
        ("assigned", "pin", "***"),
    ]
    assert caller.run.frame.variables["pin"] == "9999"


def test_calendars_are_asked_about_the_present_moment() -> None:
    asked = []

    class Office:
        def state(self, at: Any) -> Any:
            asked.append(at)
            return "holiday"

    from dataclasses import replace

    caller = call(
        """start -> w
node w: wait
  time = 3s
  -> h
node h: business_hours
  calendar = "office"
  open -> o
  closed -> c
node o: finish
node c: finish
""",
        site=replace(SITE, calendars={"office": Office()}),
    )
    assert caller.go().node == "c"
    assert asked == [NOON + timedelta(seconds=1)]


# --- ports ----------------------------------------------------------------------------------------

POLITE = """start -> p
on_error -> sorry
node p: polite
  port = "PORT"
  -> after
node after: finish
node sorry: finish
"""


@pytest.mark.parametrize(
    ("port", "node"), [("next", "after"), ("same", "after"), ("oops", "sorry")]
)
def test_an_unconnected_port_leads_where_it_stands_for(port: str, node: str) -> None:
    assert call(POLITE.replace("PORT", port)).go().node == node


def test_a_port_may_stand_for_a_goodbye() -> None:
    caller = call(POLITE.replace("PORT", "bye"))
    ended = caller.go()
    assert ended == Ended("hangup", "flow", "normal", "p")
    assert caller.heard == [BYE]
    assert caller.commands[-1] == HangUp()


@pytest.mark.parametrize("port", ["round", "optional"])
def test_a_port_that_leads_nowhere_is_a_failure(port: str) -> None:
    caller = call(POLITE.replace("PORT", port))
    assert caller.go().node == "sorry"
    assert ("failed", "p", "not-connected") in caller.seen.events


def test_one_and_text_one_are_the_same_key() -> None:
    text = 'start -> o\nnode o: odd\n  how = "number"\n  1 -> x\n  -> y\n'
    assert call(text + "node x: finish\nnode y: finish\n").go().node == "x"


def test_a_number_and_a_text_are_two_ports_of_switch() -> None:
    text = """start -> s
node s: switch
  on = VALUE
  1 -> number
  "1" -> text
  else -> other
node number: finish
node text: finish
node other: finish
"""
    assert call(text.replace("VALUE", "1")).go().node == "number"
    assert call(text.replace("VALUE", '"1"')).go().node == "text"
    assert call(text.replace("VALUE", "none")).go().node == "other"


# --- failures -------------------------------------------------------------------------------------

FAILING = """start -> n
ON_ERROR
node n: work
  -> after
  EDGE
node after: finish
node sorry: say
  text = "Sorry."
  -> again
node again: work
  -> after
node mend: finish
"""


def failing(edge: str = "", on_error: str = "", answers: Any = None) -> Caller:
    text = FAILING.replace("EDGE", edge).replace("ON_ERROR", on_error)
    return call(text, {Note: [NodeFailure("database-timeout", "too slow")], **(answers or {})})


def test_a_failure_leaves_by_the_error_edge() -> None:
    caller = failing("error -> mend", "on_error -> sorry")
    assert caller.go() == Ended("end", "flow", "done", "mend")
    assert caller.seen.events == [
        ("enter", "n"), ("failed", "n", "database-timeout"), ("leave", "n", "error"),
        ("enter", "mend"), ("leave", "mend", "done"),
    ]  # fmt: skip
    assert caller.seen.details == [""]


def test_else_it_leads_to_on_error() -> None:
    caller = failing("", "on_error -> sorry")
    ended = caller.go()
    assert ended.node == "after" and ended.failure is None
    assert caller.heard == ["Sorry."]
    assert caller.run.phase is Phase.HANDLING


def test_else_it_apologises_and_hangs_up() -> None:
    caller = failing()
    ended = caller.go()
    assert caller.heard == [SORRY]
    assert caller.commands[-1] == HangUp("failure")
    assert (ended.by, ended.cause, ended.node) == ("failure", "database-timeout", "n")
    assert ended.failure is not None and ended.failure.text == "too slow"


def test_the_apology_is_in_the_callers_language() -> None:
    text = HEAD + "start -> o\nnode o: odd\n  -> o\n"
    caller = Caller(text, language="zh-CN")
    caller.go()
    assert caller.heard == [NO_PROMPTS.find(APOLOGY, "zh").text.constant]  # type: ignore[union-attr]


def test_a_failure_inside_the_on_error_branch_apologises() -> None:
    slow = NodeFailure("database-timeout", "too slow")
    caller = failing("", "on_error -> sorry", {Note: [slow, NodeFailure("disk-full", "no space")]})
    ended = caller.go()
    assert caller.heard == ["Sorry.", SORRY]
    assert ended.by == "failure" and ended.cause == "disk-full" and ended.node == "again"


def test_an_apology_that_cannot_be_said_still_hangs_up() -> None:
    caller = failing(answers={Play: [NodeFailure("tts-failed", "no voice")]})
    assert caller.go().cause == "database-timeout"
    assert [type(c) for c in caller.commands] == [Note, Play, HangUp]


def test_a_hang_up_that_fails_ends_the_run_all_the_same() -> None:
    caller = call("start -> a\nnode a: hangup\n", {HangUp: [NodeFailure("line", "gone")]})
    assert caller.go().by == "hangup"


def test_an_initial_value_that_fails_goes_to_on_error() -> None:
    caller = call(
        'var n: number = 1 / len("")\nstart -> a\non_error -> e\nnode a: finish\nnode e: finish\n'
    )
    assert caller.go().node == "e"
    assert caller.seen.events[0] == ("failed", "a", "division-by-zero")


def test_an_initial_value_that_fails_takes_no_port_of_a_node_the_call_never_was_in() -> None:
    caller = call(
        'var n: number = 1 / len("")\nstart -> a\non_error -> e\nnode a: work\n  -> a\n'
        "  error -> a\nnode e: finish\n"
    )
    assert caller.go().node == "e"
    assert caller.seen.visited == ["e"]


def test_raw_values_of_a_plug_in_become_values_of_the_language() -> None:
    caller = call(
        'var amount: number?\nvar rows: list?\nstart -> o\nnode o: odd\n  how = "raw"\n  -> e\n'
        "node e: finish\n"
    )
    caller.go()
    assert caller.run.frame.variables == {
        "amount": Decimal("0.1"),
        "rows": (Decimal(1), {"owed": Decimal(2)}),
    }
    assert ("assigned", "amount", Decimal("0.1")) in caller.seen.events


def test_a_parameter_that_cannot_be_computed_fails_the_node() -> None:
    caller = call(
        'var n: number = 0\nstart -> a\nnode a: work\n  text = "{1 / n}"\n  -> e\n  error -> e\n'
        "node e: finish\n"
    )
    assert caller.go().node == "e"
    assert ("failed", "a", "division-by-zero") in caller.seen.events


def test_entry_failures_in_a_circle_end_by_the_budget() -> None:
    caller = call(
        'var n: number = 0\nstart -> a\nnode a: work\n  text = "{1 / n}"\n  -> a\n  error -> a\n',
        budget=500,
    )
    assert caller.go().cause == "step-budget"


@pytest.mark.parametrize("how", ["port", "unhashable", "crash", "foreign", "bug"])
def test_a_bug_in_a_node_is_contained_and_named(how: str) -> None:
    caller = call(
        f'start -> o\non_error -> e\nnode o: odd\n  how = "{how}"\n  -> e\nnode e: finish\n'
    )
    assert caller.go().node == "e"
    assert ("failed", "o", "internal-error") in caller.seen.events
    if how == "crash":
        assert "ZeroDivisionError: oops" in caller.seen.details[0]
        assert "flow_kit.py" in caller.seen.details[0]


@pytest.mark.parametrize(
    ("how", "name"), [("variable", "unknown-variable"), ("calendar", "unknown-calendar")]
)
def test_a_local_command_may_fail(how: str, name: str) -> None:
    caller = call(
        f'start -> o\nnode o: odd\n  how = "{how}"\n  -> o\n  error -> e\nnode e: finish\n'
    )
    assert caller.go().node == "e"
    assert ("failed", "o", name) in caller.seen.events


def test_an_unknown_prompt_fails_the_node() -> None:
    caller = call(
        'start -> o\nnode o: odd\n  how = "prompt"\n  -> o\n  error -> e\nnode e: finish\n'
    )
    assert caller.go().node == "e"
    assert [e[0] for e in caller.seen.events].count("failed") == 1


def test_a_run_without_observer_works_the_same() -> None:
    program = program_of(HEAD + "start -> o\nnode o: odd\n  -> o\n  error -> e\nnode e: finish\n")
    assert Run(program, Frame(now=NOON)).start(NOON) == Ended("end", "flow", "done", "e")


# --- hang-ups -------------------------------------------------------------------------------------

CAREFUL = """start -> c
TIDY
node c: careful
  how = "HOW"
  -> after
node after: finish
node tidy: work
  text = "tidied"
  -> END
node end: END_NODE
"""


def hung_up(how: str = "", tidy: str = "on_hangup -> tidy", **options: Any) -> Caller:
    text = CAREFUL.replace("HOW", how).replace("TIDY", tidy).replace("END_NODE", "finish")
    gone = {Pause: [Hangup("caller", "bye")], **options.pop("answers", {})}
    return call(text.replace("END", "end"), gone, **options)


def test_a_hang_up_cleans_up_then_runs_on_hangup() -> None:
    caller = hung_up()
    ended = caller.go()
    assert caller.notes == ["cleaned up", "tidied"]
    assert ended == Ended("hangup", "caller", "bye", "end")
    assert caller.seen.visited == ["c", "tidy", "end"]


def test_without_on_hangup_it_ends_after_the_clean_up() -> None:
    caller = hung_up(tidy="")
    assert caller.go() == Ended("hangup", "caller", "bye", "c")
    assert caller.notes == ["cleaned up"]


@pytest.mark.parametrize("how", ["swallow", "fail"])
def test_neither_a_swallowed_hang_up_nor_a_failing_clean_up_stop_on_hangup(how: str) -> None:
    caller = hung_up(how)
    assert caller.go().by == "hangup"
    assert caller.notes == ["cleaned up", "tidied"]


def test_a_node_that_goes_on_and_on_after_the_hang_up_is_given_up() -> None:
    caller = hung_up("stubborn", budget=50)
    ended = caller.go()
    assert ended.by == "hangup"
    assert caller.notes[-1] == "tidied" and len(caller.notes) < 60
    assert ("failed", "c", "step-budget") in caller.seen.events


def test_a_second_hang_up_does_not_matter() -> None:
    caller = hung_up(answers={Note: [Hangup("system", "again"), Hangup("system", "and again")]})
    assert caller.go() == Ended("hangup", "caller", "bye", "tidy")


def test_a_failure_after_the_hang_up_ends_quietly() -> None:
    slow = NodeFailure("database-timeout", "too slow")
    caller = hung_up(answers={Note: [None, slow]})
    ended = caller.go()
    assert ended.by == "hangup" and caller.heard == []
    assert ("failed", "tidy", "database-timeout") in caller.seen.events


def test_in_the_clean_up_a_port_may_lead_nowhere() -> None:
    text = HEAD + "start -> w\non_hangup -> t\nnode w: wait\n  time = 1s\n  -> w\nnode t: work\n"
    caller = Caller(text, {Pause: [Hangup()]})
    assert caller.go() == Ended("hangup", "caller", "normal", "t")


def test_a_hangup_node_in_the_clean_up_has_nobody_to_hang_up_on() -> None:
    text = "start -> w\non_hangup -> h\nnode w: wait\n  time = 1s\n  -> w\nnode h: hangup\n"
    caller = call(text, {Pause: [Hangup("caller", "bye")]})
    assert caller.go() == Ended("hangup", "caller", "bye", "h")
    assert [type(c) for c in caller.commands] == [Pause]


def test_a_hangup_inside_the_clean_up_of_a_node_leads_to_on_hangup() -> None:
    text = "start -> p\non_hangup -> t\nnode p: work\n  -> q\nnode q: parting\nnode t: finish\n"
    caller = call(text, {Note: [Hangup()]})
    assert caller.go() == Ended("hangup", "caller", "normal", "t")


def test_a_hang_up_during_the_apology_runs_on_hangup() -> None:
    text = "start -> o\non_hangup -> t\nnode o: odd\n  -> o\nnode t: finish\n"
    caller = call(text, {Play: [Hangup("caller", "bye")]})
    ended = caller.go()
    assert ended.by == "hangup" and ended.node == "t"
    assert ended.failure is not None and ended.failure.name == "internal-error"


def test_a_node_that_raises_a_hang_up_itself_ends_the_call_like_a_caller() -> None:
    text = 'start -> o\non_hangup -> t\nnode o: odd\n  how = "hangup"\n  -> o\nnode t: finish\n'
    assert call(text).go() == Ended("hangup", "node", "fed up", "t")


def test_a_flow_that_hangs_up_is_over_but_cleans_up() -> None:
    caller = call("start -> p\non_hangup -> t\nnode p: parting\nnode t: finish\n")
    assert caller.go() == Ended("hangup", "flow", "enough", "p")
    assert caller.notes == ["switched off the light"]


def test_a_caller_who_is_gone_before_the_flow_hangs_up_is_tidied_after() -> None:
    text = "start -> h\non_hangup -> t\nnode h: hangup\nnode t: finish\n"
    caller = call(text, {HangUp: [Hangup("caller", "bye")]})
    assert caller.go() == Ended("hangup", "caller", "bye", "t")


def test_a_rejected_call_is_over() -> None:
    caller = call("start -> r\nnode r: reject\n  code = 603\n")
    assert caller.go() == Ended("hangup", "flow", "rejected", "r")
    assert caller.commands == [RejectCall(603)]


def test_a_hang_up_before_the_start_ends_the_run() -> None:
    run = Run(program_of(HEAD + "start -> a\nnode a: finish\n"), Frame(now=NOON))
    assert run.throw(Hangup("caller", "bye"), NOON) == Ended("hangup", "caller", "bye", "a")
    assert run.hangup is not None and run.program.name == "f" and run.node == "a"


# --- the step budget ------------------------------------------------------------------------------

LOOP = "start -> x\nON_ERROR\nnode x: set\n  n = n + 1\n  -> a\nnode a: set\n  n = n + 1\n  -> b\n"
LOOP += "node b: if\n  when = n < 0\n  true -> x\n  false -> a\n  error -> a\n"
LOOP = "var n: number = 0\n" + LOOP


def test_a_runaway_loop_is_named_and_ends_with_an_apology() -> None:
    caller = call(LOOP.replace("ON_ERROR", ""), budget=1000)
    ended = caller.go()
    assert ended.by == "failure" and ended.cause == "step-budget"
    assert ended.failure is not None and "a loop of b, a;" in ended.failure.text.replace(
        "a, b;", "b, a;"
    )
    assert len(caller.seen.visited) == 1000
    assert caller.heard == [SORRY]


def test_it_leads_to_on_error_which_may_not_loop_either() -> None:
    caller = call(LOOP.replace("ON_ERROR", "on_error -> x"), budget=300)
    assert caller.go().cause == "step-budget"
    assert len(caller.seen.visited) == 600


def test_long_loops_are_cut_in_the_message() -> None:
    nodes = "".join(f"node n{i}: set\n  n = 1\n  -> n{(i + 1) % 15}\n" for i in range(15))
    ended = call("var n: number = 0\nstart -> n0\n" + nodes, budget=100).go()
    assert ended.failure is not None and " and 5 more;" in ended.failure.text


def test_a_short_budget_names_the_way_even_without_a_whole_circle() -> None:
    nodes = "".join(f"node n{i}: set\n  n = 1\n  -> n{(i + 1) % 15}\n" for i in range(15))
    ended = call("var n: number = 0\nstart -> n0\n" + nodes, budget=3).go()
    assert ended.failure is not None and "n0, n1, n2, n3;" in ended.failure.text


WAITING = """var n: number = 0
start -> w
node w: wait
  time = 1s
  -> s
node s: set
  n = n + 1
  -> t
node t: if
  when = n == 100
  true -> done
  false -> w
node done: finish
"""


def test_waiting_refills_the_budget() -> None:
    assert call(WAITING, budget=10).go().node == "done"


def test_a_wait_that_takes_no_time_does_not() -> None:
    assert call(WAITING, budget=10, pause=timedelta(milliseconds=1)).go().cause == "step-budget"


def test_work_that_takes_time_but_asks_nobody_does_not_either() -> None:
    ended = call("start -> a\nnode a: work\n  -> a\n", budget=10).go()
    assert ended.cause == "step-budget"
