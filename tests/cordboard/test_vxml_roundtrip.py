"""Flows that go to VoiceXML and come back: calls to both of them take the same course."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from call_test_kit import RealData
from cordboard.config import load_config
from cordboard.surroundings import beside, configured
from cordboard.vxml.export import export_flow
from cordboard.vxml.importing import import_document
from docs_kit import ROOT
from flow_kit import flow_of, site_with
from flow_runtime.call_tests import CallTest, Result, read_call_file, run_tests
from flow_runtime.call_tests.model import Ends, Hears, Press, Waits
from flow_runtime.core.check import check_flow, check_text, has_errors
from flow_runtime.core.model import Flow
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from vxml.vxml_kit import SITE


def back(flow: Flow, prompts: PromptBook = SITE.prompts) -> Flow:
    """*flow* after its way to VoiceXML and back."""
    exported = export_flow(flow, prompts)
    found = import_document(exported.document.encode(), flow.name)
    (text,) = found.texts().values()
    read = parse(text)
    assert read.flow is not None and not read.problems, text
    return read.flow


def program(flow: Flow, around: Surroundings) -> Program:
    errors = [p for p in check_flow(flow, around) if p.severity == "error"]
    assert not errors, errors
    return compile_program(flow, around)


def calls(text: str) -> tuple[CallTest, ...]:
    file, problems = read_call_file(f"flow: a.flow\ncalls:\n{text}")
    assert file is not None, problems
    return file.calls


def course(result: Result) -> list[str]:
    """What was heard, in turn."""
    return [heard.text for heard in result.heard]


def compare(before: Program, after: Program, tests: tuple[CallTest, ...]) -> None:
    for old, new in zip(
        run_tests(before, tests, RealData), run_tests(after, tests, RealData), strict=True
    ):
        assert old.lines() == [] and old.passed
        assert new.lines() == [] and new.passed
        assert course(new) == course(old)


# --- small flows ----------------------------------------------------------------------------------

FLOWS: Mapping[str, tuple[str, str]] = {
    "menu with excuses": (
        """
        flow f
        schema 1
        start -> m

        node m: menu
          prompt = "Press 1 or hash."
          attempts = 2
          timeout = 4s
          invalid_prompt = "No such key."
          silence_prompt = "Are you there?"
          1 "One" -> one
          "#" -> hash
          failed -> bye

        node one: say
          text = "One it is."
          -> m

        node hash: say
          text = ["Hash", silence(500ms), "it is."]
          interruptible = false
          -> bye

        node bye: hangup
          reason = "enough"
        """,
        """
  - name: all keys
    steps:
      - hears: "Press 1 or hash."
      - press: "1"
      - hears: "One it is."
      - hears: "Press 1"
      - press: "5"
      - hears: "No such key."
      - press: "#"
      - hears: "Hash"
      - hears: "it is."
      - ends: enough
  - name: silence
    steps:
      - hears: "Press 1"
      - waits: 5s
      - hears: "Are you there?"
      - waits: 9s
      - ends: enough
        """,
    ),
    "digits and arithmetic": (
        """
        flow f
        schema 1
        var total: number = 0
        var rounds: number = 0
        start -> ask

        node ask: digits
          prompt = "A number, please."
          min = 1
          max = 3
          attempts = 2
          next_timeout = 2s
          into = entry
          -> add
          failed -> bye

        node add: set
          total = total + number(entry) * 2
          rounds = rounds + 1
          -> enough

        node enough: if
          when = rounds >= 2 and not (total > 1000)
          true -> tell
          false -> again

        node again: say
          text = "So far {total}."
          -> ask

        node tell: say
          text = "{if total > 10 then "Much" else "Little"}: {total:number}, {len(entry)} digits."
          -> bye

        node bye: hangup
        """,
        """
  - name: two numbers
    steps:
      - hears: "A number"
      - press: "12#"
      - hears: "So far 24."
      - press: "7"
      - hears: "Much: 38, 1 digits."
      - ends: normal
  - name: a mistake and silence
    steps:
      - hears: "A number"
      - press: "*"
      - hears: "A number"
      - waits: 9s
      - ends: normal
        """,
    ),
    "switch, count and variables that may be none": (
        """
        flow f
        schema 1
        var kind: text?
        start -> tries

        node tries: count
          variable = n
          limit = 2
          under -> m
          over -> tell

        node m: menu
          prompt = "1, 2 or 3?"
          1 -> gold
          2 -> silver
          3 -> tell
          failed -> tell

        node gold: set
          kind = "gold"
          -> tell

        node silver: set
          kind = "silver"
          -> tell

        node tell: switch
          on = kind
          gold -> rich
          silver -> tries
          none -> nothing
          else -> nothing

        node rich: say
          text = "{kind ?? "none"} after {n}"
          -> bye

        node nothing: say
          text = "nothing"
          -> bye

        node bye: hangup
        """,
        """
  - name: gold in the end
    steps:
      - hears: "1, 2 or 3?"
      - press: "2"
      - hears: "1, 2 or 3?"
      - press: "1"
      - hears: "gold after 2"
      - ends: normal
  - name: nothing
    steps:
      - press: "3"
      - hears: "nothing"
      - ends: normal
        """,
    ),
    "record, dial and play": (
        """
        flow f
        schema 1
        var tape: recording?
        start -> call
        on_error -> sorry

        node call: dial
          to = "10{len("ab")}"
          timeout = 10s
          answered_ended -> bye
          busy -> leave
          no_answer -> leave
          failed -> sorry

        node leave: record
          prompt = "Speak."
          max_length = 20s
          silence = 2s
          into = tape
          -> thanks
          too_short -> call

        node thanks: play
          prompt = "Thanks."
          times = 2
          -> pause

        node pause: wait
          time = 3s
          -> hear

        node hear: say
          text = ["You said", tape]
          -> bye

        node sorry: say
          text = "Sorry."
          -> bye

        node bye: hangup
        """,
        """
  - name: a message
    answers: {call: [no_answer]}
    steps:
      - hears: "Speak."
      - says: 4s
      - hears: "Thanks."
      - hears: "Thanks."
      - hears: "You said"
      - ends: normal
  - name: nothing is said, then the call is made
    answers: {call: [busy, answered_ended]}
    steps:
      - hears: "Speak."
      - waits: 10s
      - ends: normal
  - name: not reached
    answers: {call: [failed]}
    steps:
      - hears: "Sorry."
      - ends: normal
        """,
    ),
    "failures have their ways": (
        """
        flow f
        schema 1
        input text: text = "12"
        start -> sum
        on_error -> sorry

        node sum: say
          text = "{number(text) + 1}"
          -> other

        node other: say
          text = "{number(slice(text, 5))}"
          -> bye
          error -> own

        node own: say
          text = "Own."
          -> third

        node third: say
          text = "{number("x{text}")}"
          -> bye

        node sorry: say
          text = "Sorry."
          -> bye

        node bye: hangup
        """,
        """
  - name: two failures
    steps:
      - hears: "13"
      - hears: "Own."
      - hears: "Sorry."
      - ends: normal
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOWS)
def test_calls_take_the_same_course(name: str) -> None:
    text, tests = FLOWS[name]
    flow = flow_of(dedent(text).lstrip())
    compare(program(flow, SITE), program(back(flow), SITE), calls(tests))


@pytest.mark.parametrize("name", FLOWS)
def test_a_second_round_changes_nothing(name: str) -> None:
    once = back(flow_of(dedent(FLOWS[name][0]).lstrip()))
    assert back(once) == once


def test_sub_flows_come_back_with_their_interface() -> None:
    parts = {
        "main.flow": """
            flow main
            schema 1
            var grade: any
            start -> ask

            node ask: subflow
              flow = "part.flow"
              inputs = {tries: 1 + 1}
              outputs = {grade: level}
              known -> tell
              next -> bye

            node tell: say
              text = "Level {grade}."
              -> bye

            node bye: hangup
            """,
        "part.flow": """
            flow part
            schema 1
            input tries: number
            output level: text = "plain"
            start -> m

            node m: menu
              prompt = "For {tries} tries press 1."
              1 -> gold
              failed -> lost

            node gold: set
              level = "gold"
              -> known

            node known: end
              outcome = "known"

            node lost: end
            """,
    }
    texts = {name: dedent(text).lstrip() for name, text in parts.items()}
    again: dict[str, str] = {}
    for name, text in texts.items():
        found = import_document(export_flow(flow_of(text)).document.encode(), name[:-5])
        again[name] = found.texts()[name[:-5]]
    tests = calls(
        """
  - name: known
    steps:
      - hears: "For 2 tries press 1."
      - press: "1"
      - hears: "Level gold."
      - ends: normal
  - name: lost
    steps:
      - hears: "For 2 tries"
      - waits: 40s
      - ends: normal
        """
    )
    before, after = (
        program(flow_of(flows["main.flow"]), site_with(flows, SITE)) for flows in (texts, again)
    )
    compare(before, after, tests)
    assert "input tries: any\noutput level: text" in again["part.flow"]


# --- any flow -------------------------------------------------------------------------------------


ASKING, OTHERS = ("menu", "digits"), ("say", "if", "set", "switch", "count")


@st.composite
def flows(draw: st.DrawFn) -> str:
    """Flows of a few nodes that VoiceXML has, wired at random."""
    names = [f"n{i}" for i in range(draw(st.integers(2, 6)))]
    to = st.sampled_from([*names, "bye"])
    lines = ['flow f\nschema 1\nvar x: number = 0\nvar t: text = ""\nstart -> n0\n']
    for name in names:
        kind = draw(st.sampled_from(ASKING if name == "n0" else (*ASKING, *ASKING, *OTHERS)))
        attempts = draw(st.integers(1, 3))
        match kind:
            case "say":
                ways = f'text = "{name} {{x}} {{t}}"\n-> {draw(to)}'
            case "menu":
                excuse = draw(st.sampled_from(["", 'invalid_prompt = "No."\n']))
                keys = draw(st.sets(st.sampled_from(["1", "2", '"*"', '"#"']), min_size=1))
                drawn = "\n".join(f"{key} -> {draw(to)}" for key in sorted(keys))
                ways = f'prompt = "{name}?"\nattempts = {attempts}\n{excuse}{drawn}'
                ways += f"\nfailed -> {draw(to)}"
            case "digits":
                fewest, most = sorted(draw(st.tuples(st.integers(1, 3), st.integers(1, 3))))
                ways = f'prompt = "{name}?"\nmin = {fewest}\nmax = {most}\nattempts = {attempts}'
                ways += f"\ninto = t\n-> {draw(to)}\nfailed -> {draw(to)}"
            case "if":
                test = draw(st.sampled_from(["x > 1", 't == "12"', 'x == 0 and not (t != "")']))
                ways = f"when = {test}\ntrue -> {draw(to)}\nfalse -> {draw(to)}"
            case "set":
                ways = f'x = x + 1\nt = if x > 2 then "many" else t\n-> {draw(to)}'
            case "switch":
                ways = f"on = x\n0 -> {draw(to)}\n1 -> {draw(to)}\nelse -> {draw(to)}"
            case _:
                ways = f"variable = x\nlimit = 2\nunder -> {draw(to)}\nover -> {draw(to)}"
        inside = "\n".join("  " + line for line in ways.splitlines())
        lines.append(f"node {name}: {kind}\n{inside}\n")
    return "\n".join([*lines, "node bye: hangup\n"])


KEYS = st.lists(st.sampled_from(["1", "2", "*", "#", "12", "3#", "wait"]), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), KEYS)
def test_any_flow_is_the_same_to_its_callers(text: str, keys: list[str]) -> None:
    flow = flow_of(text)
    steps = [Waits(timedelta(seconds=7)) if k == "wait" else Press(k) for k in keys]
    waits = [s for step in steps for s in (step, Waits(timedelta(seconds=1)))]
    test = CallTest("any", (*waits, Ends("hangs_up")))
    results = []
    for one in (flow, back(flow)):
        (result,) = run_tests(compile_program(one, SITE), [test], RealData)
        results.append(course(result))
    assert results[0] == results[1]


# --- a whole flow ---------------------------------------------------------------------------------


def spoken(test: CallTest, prompts: PromptBook) -> CallTest:
    """*test* with the words of prompts for their keys, which do not survive the way."""

    def step(one: Any) -> Any:
        if not isinstance(one, Hears) or one.key is None:
            return one
        found = prompts.find(one.key, "en")
        assert found is not None and found.text is not None
        first = found.text.parts[0]
        assert isinstance(first, str)
        return replace(one, text=first.strip(), key=None)

    return replace(test, steps=tuple(map(step, test.steps)))


def test_the_sample_flow_comes_back_with_all_its_calls() -> None:
    folder = ROOT / "sample_flows/gas_hotline"
    config = load_config(folder / "cordboard.toml", secrets=False)
    around, _ = configured(config)
    path = folder / "gas_hotline.flow"
    around = beside(path, around, config)
    flow, problems = check_text(path.read_text(encoding="utf-8"), around)
    assert flow is not None and not has_errors(problems)
    after = back(flow, around.prompts)
    file, _ = read_call_file(Path(folder / "gas_hotline.call.yaml").read_text(encoding="utf-8"))
    assert file is not None
    ports = {(node.name, str(edge.port)) for node in after.nodes for edge in node.edges}

    def can_be_told(test: CallTest) -> bool:
        """Whether the nodes that are not run still have the ports they leave by."""
        given = ((n, answer.port) for n, said in test.answers.items() for answer in said.answers)
        return test.language in (None, "en") and ports.issuperset(given)

    tests = tuple(spoken(test, around.prompts) for test in file.calls if can_be_told(test))
    assert len(tests) >= 10
    compare(program(flow, around), program(after, around), tests)
