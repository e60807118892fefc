"""Whatever the flow and whatever happens on the line: a run ends, and nothing escapes from it."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow_kit import NOON, SITE, Caller, Seen
from flow_runtime.core.commands import Hangup, NodeFailure
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.syntax import parse

NAMES = ("a", "b", "c", "d")
BODIES = {
    "work": ("", ("next",)),
    "wait": ("  time = 1s\n", ("next",)),
    "say": ('  text = "hello"\n', ("next",)),
    "if": ("  when = n > 3\n", ("true", "false")),
    "set": ("  n = n + 1\n", ("next",)),
    "log": ('  text = "{1 / n}"\n', ("next",)),
    "odd": ("", ("next",)),
    "careful": ("", ("next",)),
    "polite": ('  port = "bye"\n', ("next",)),
    "hangup": ("", ()),
    "parting": ("", ()),
    "finish": ("", ()),
}
TARGETS = st.none() | st.sampled_from(NAMES)
ANSWERS = st.lists(
    st.sampled_from([None, Hangup(), NodeFailure("database-timeout", "slow"), ValueError("bug")])
    | st.none(),
    max_size=12,
)


@st.composite
def programs(draw: Any) -> Program:
    lines = ["flow f", "schema 1", "var n: number = 0", "start -> a"]
    for jump in ("on_error", "on_hangup"):
        target = draw(TARGETS)
        if target:
            lines.append(f"{jump} -> {target}")
    text = "\n".join(lines) + "\n"
    for name in NAMES:
        kind = draw(st.sampled_from(sorted(BODIES)))
        body, ports = BODIES[kind]
        text += f"node {name}: {kind}\n{body}"
        for port in (*ports, "error"):
            target = draw(TARGETS)
            if target:
                text += f"  {port} -> {target}\n"
    parsed = parse(text)
    assert parsed.flow is not None and not parsed.problems
    return compile_program(parsed.flow, SITE)


@settings(max_examples=300, deadline=None)
@given(programs(), ANSWERS, st.sampled_from([timedelta(0), timedelta(seconds=1)]))
def test_every_run_ends(program: Program, answers: list[Any], pause: timedelta) -> None:
    budget, seen, now = 60, Seen(), NOON
    run = Run(program, Frame(now=now), seen, budget)
    step = run.start(now)
    given_answers = len(answers)
    for _ in range(20 * budget):
        if isinstance(step, Ended):
            break
        now += pause
        # once the answers are used up, a caller who would wait for ever hangs up
        answer = answers.pop(0) if answers else Hangup() if pause else None
        throw = isinstance(answer, Exception)
        step = run.throw(answer, now) if throw else run.send(answer, now)
    assert isinstance(step, Ended)
    assert run.send(None, now) is step
    assert (step.by == "hangup" and step.party != "flow") == (run.hangup is not None)
    # a budget each for RUNNING, HANDLING and TIDYING, and one more for each wait
    entered = [event for event in seen.events if event[0] == "enter"]
    assert len(entered) <= (3 + given_answers) * (budget + 1)


def test_a_caller_who_stays_for_ever_is_served_for_ever() -> None:
    caller = Caller("flow f\nschema 1\nstart -> a\nnode a: wait\n  time = 1s\n  -> a\n", budget=5)
    step = caller.run.start(NOON)
    for second in range(1, 1000):
        assert not isinstance(step, Ended)
        step = caller.run.send(None, NOON + timedelta(seconds=second))
    assert not isinstance(step, Ended)
