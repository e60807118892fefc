"""Calls that are as their tests say: every step and every key of a call, on the shop's flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from call_test_kit import RealData, call, made, program, steps
from flow_runtime.call_tests import run_test
from flow_runtime.core.commands import NodeFailure

SHOP = program((Path(__file__).with_name("golden") / "shop.flow").read_text(encoding="utf-8"))


def test_the_call_of_the_readme_of_a_test() -> None:
    result = made(
        SHOP,
        """
        caller: "13800000001"
        data: {billing: [{owed: 12.5}, []]}
        steps:
          - hears: t"hello"
          - hears: "for your BALANCE,
              press 1"
          - press: "1"
          - hears: "12.50"
          - visits: tell
          - variable: {tries: 1, account: {owed: 12.5}}
          - press: "1"
          - visits: look
          - variable: {tries: 2, account: none}
          - hears: t"bye"
          - ends: normal
        """,
    )
    assert result.passed, result.lines()
    assert [visit.node for visit in result.path] == [
        "hours", "menu", "count", "look", "tell", "menu", "count", "look", "bye", "end",
    ]  # fmt: skip
    assert result.heard[-1].text == "Bye." and result.heard[-1].keys == ("bye",)
    assert result.lines() == []


@pytest.mark.parametrize(
    "written",
    [
        ['hears: "press 1"', 'hears: "press 1"', 'hears: t"bye"', "ends: normal"],
        ['hears: "press 1"', "hears: For a person"],
        ['hears: t"hello"', 'hears: "Good morning"'],
        ['press: "7"', 'hears: t"hello"', 'press: "7"', 'hears: t"bye"', "ends: normal"],
        ['press: "77"', "visits: bye", "ends: normal"],
        ["waits: 9s", 'press: "1"', "visits: look", "ends: hangs_up"],
        ["waits: 1h", "ends: normal"],
        ["says: hello", "ends: hangs_up"],
        ["says: 1h", "ends: normal"],
        ["visits: menu", "ends: hangs_up", "visits: tidied", "variable: {tries: 99}"],
        ["ends: hangs_up", 'hears: t"hello"'],
        ['press: "9"', "ends: normal"],
        ['hears: "press 1"'],
        ["variable: {tries: 0, account: ~}"],
    ],
    ids=" / ".join,
)
def test_steps_that_are_met(written: list[str]) -> None:
    result = steps(SHOP, *written)
    assert result.passed, result.lines()


def test_a_key_cuts_the_sound_that_plays_but_hears_waits_for_its_end() -> None:
    at_once = steps(SHOP, 'press: "1"', "visits: tell")
    heard_out = steps(SHOP, 'hears: "Good"', 'press: "1"', "visits: tell")
    assert at_once.heard[1].at == 0
    assert heard_out.heard[1].at == pytest.approx(4.13, abs=0.1)


def test_a_test_without_an_end_hangs_up_when_its_steps_are_done() -> None:
    result = steps(SHOP, 'hears: "press 1"')
    assert result.passed and result.path[-1].node == "over"
    assert result.seconds == pytest.approx(4.13, abs=0.1)


def test_a_failed_test_ends_at_once_and_runs_nothing_more() -> None:
    result = steps(SHOP, "variable: {tries: 5}")
    assert not result.passed and result.path[-1].node == "menu"
    assert result.seconds == 0


def test_speech_is_recorded_and_ends_with_a_key() -> None:
    result = made(
        SHOP,
        """
        answers: {operator: [busy]}
        steps:
          - press: "2"
          - hears: "Leave a message"
          - says: My cat has eaten the bill, please send another one.
          - press: "#"
          - variable: {tape: {seconds: 3.6}}
          - visits: bye
          - ends: normal
        """,
    )
    assert not result.passed, "the length is that of the words, about"
    assert result.failure is not None
    assert result.failure.instead.startswith("tape is a recording of 3.")
    assert result.failure.instead.endswith("not {seconds: 3.6}")


@pytest.mark.parametrize(
    ("port", "behind"), [("answered_ended", "bye"), ("busy", "leave"), ("no_answer", "leave")]
)
def test_a_node_with_answers_is_not_run(port: str, behind: str) -> None:
    result = made(
        SHOP,
        f"answers: {{operator: [{port}]}}\nsteps:\n  - press: 2\n  - visits: {behind}\n",
    )
    assert result.passed, result.lines()
    assert not any("ring" in heard.text for heard in result.heard)


def test_answers_set_variables_in_the_types_of_the_flow() -> None:
    result = made(
        SHOP,
        """
        answers:
          menu: [1, "1", {port: "9"}]
          look:
            - {port: found, sets: {account: {owed: 7}, tries: "5", contact.level: gold}}
            - not_found
        steps:
          - visits: tell
          - variable: {contact.level: gold, tries: 5}
          - hears: "7.00"
          - visits: bye
          - ends: normal
        """,
    )
    assert result.passed, result.lines()


def test_switch_tells_numbers_and_texts_apart() -> None:
    flow = program("""
        flow f
        schema 1
        start -> by
        node by: switch
          on = call.caller
          1 -> one
          "1" -> text_one
          else -> end
        node one: say
          text = "number"
          -> end
        node text_one: say
          text = "text"
          -> end
        node end: hangup
        """)
    for written, said in (("1", "number"), ('"1"', "text")):
        result = made(
            flow, f"answers: {{by: [{written}]}}\nsteps:\n  - hears: {said}\n  - ends: normal"
        )
        assert result.passed, result.lines()


def test_data_answers_in_turn_and_the_real_source_is_asked_for_the_rest() -> None:
    flow = program("""
        flow f
        schema 1
        start -> ask
        node ask: db_lookup
          source = "shop"
          sql = "select a from b"
          rows_into = rows
          found -> change
          not_found -> change
        node change: db_change
          source = "billing"
          sql = "delete from b"
          into = gone
          -> more
        node more: db_change
          source = "shop"
          sql = "delete from c"
          into = more
          -> again
        node again: db_change
          source = "shop"
          sql = "delete from c"
          into = again
          error -> fails
          -> end
        node fails: say
          text = "failed"
          -> end
        node end: say
          text = "done"
          -> over
        node over: hangup
        """)
    data = RealData(7)
    result = made(
        flow,
        """
        data: {shop: [[{a: 1}, {a: "1"}], [], {error: too bad}]}
        steps:
          - hears: failed
          - variable: {rows: [{a: 1}, {a: "1"}], gone: 7, more: 0, again: ~}
        """,
        data,
    )
    assert result.passed, result.lines()
    assert data.asked == [("billing", "delete from b")] and data.closed
    assert [visit.error for visit in result.path if visit.error] == ["database-error: too bad"]


def test_the_real_source_may_fail() -> None:
    result = made(
        SHOP,
        "steps:\n  - press: 1\n  - ends: error database-timeout",
        RealData(NodeFailure("database-timeout", "it took 2 s")),
    )
    assert result.passed, result.lines()


def test_the_caller_the_number_the_time_the_language_and_the_channel() -> None:
    flow = program("""
        flow f
        schema 1
        start -> say
        node say: say
          text = [t"hello", "{call.caller} {call.called}", call.channel, call.language, text(now())]
          -> end
        node end: hangup
        """)
    written = """
        caller: "5550100"
        called: "200"
        language: zh-CN
        channel: text
        at: 2026-11-23T02:30Z
        steps:
          - hears: "早上好。 5550100 200 text zh-CN 2026-11-23 10:30"
        """
    assert made(flow, written).passed
    assert steps(flow, 'hears: "13800000001 100 voice en 2026-11-23 10:00"').passed
    local = made(flow, "at: 2026-12-01 08:15\nsteps:\n  - hears: 2026-12-01 08:15")
    assert local.passed, "a time without an offset is one of the site's zone"


def test_a_reason_of_the_flow_s_own() -> None:
    flow = program("""
        flow f
        schema 1
        start -> end
        node end: hangup
          reason = "no credit"
        """)
    assert steps(flow, "ends: no credit").passed
    assert not steps(flow, "ends: normal").passed


def test_a_call_in_which_everybody_waits_for_ever_fails() -> None:
    flow = program("""
        flow f
        schema 1
        start -> a
        node a: menu
          prompt = "Again and again"
          timeout = 60s
          attempts = 20
          1 -> a
          failed -> a
        """)
    result = steps(flow, "hears: enough")
    assert result.failure is not None
    assert result.failure.instead == "that did not come within 10 minutes"
    assert result.seconds < 600 and any("more …" in line for line in result.lines())


def test_a_ringing_call_is_not_pressed_into() -> None:
    flow = program("""
        flow f
        schema 1
        start -> ring
        node ring: answer
          ring = 8s
          -> menu
        node menu: menu
          prompt = "Hello"
          attempts = 1
          1 -> end
          failed -> end
        node end: hangup
        """)
    result = steps(flow, 'press: "1"', "ends: normal")
    assert result.passed and [v.port for v in result.path[:2]] == ["next", "1"]


def test_secrets_are_masked_where_a_failure_is_told(tmp_path: Path) -> None:
    flow = program("""
        flow f
        schema 1
        start -> ask
        node ask: digits
          prompt = "Your PIN"
          min = 4
          max = 4
          secret = true
          into = pin
          next -> tell
          failed -> tell
        node tell: say
          text = "It was {pin ?? ""}"
          -> end
        node end: hangup
        """)
    test = call('steps:\n  - press: "7391"\n  - hears: "It was 7391"\n  - hears: "more"')
    result = run_test(flow, test, RealData, tmp_path)
    assert result.failure is not None and result.failure.expected == 'hears: "more"'
    assert "It was ***" in "\n".join(result.lines())
    assert "7391" not in str(result.plain())


def test_a_caller_who_waits_acts_before_what_comes_later() -> None:
    """The time-out of a menu ends 8 s after its prompt; the caller presses a key after five."""
    flow = program("""\
        flow f
        schema 1
        start -> ask

        node ask: menu
          prompt = "One, please"
          timeout = 8s
          attempts = 1
          1 -> yes
          failed -> no

        node yes: hangup

        node no: hangup
        """)
    result = made(
        flow,
        """
        steps:
          - hears: "One, please"
          - waits: 5s
          - press: "1"
          - visits: yes
        """,
    )
    assert result.passed, result.lines()


def test_a_caller_waits_while_nothing_else_will_happen() -> None:
    flow = program("""\
        flow f
        schema 1
        start -> room

        node room: conference
          room = "100"
          announce = false
          left -> end
          failed -> end

        node end: hangup
        """)
    result = made(flow, 'steps: [waits: 5m, press: "#", ends: normal]')
    assert result.passed, result.lines()
