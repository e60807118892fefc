"""Call tests are written as they are read; a call is added to a file as it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.call_tests import (
    CallFile,
    CallTest,
    CannotAppend,
    append_call,
    print_file,
    read_call_file,
)
from flow_runtime.call_tests.model import (
    Answers,
    Changed,
    Ends,
    Fails,
    Hears,
    Holds,
    NodeAnswer,
    Press,
    QueueScript,
    Rows,
    Says,
    Step,
    Visits,
    Waits,
)
from flow_runtime.call_tests.tree import Scalar, Table
from flow_runtime.call_tests.values import as_tree

ODD = st.sampled_from(
    ["#", "a: b", "- x", "*", "&a", "!t", "%", "@", "`", "'", '"', "true", "~", "no", "12.50",
     "007", "\\n", "\n", "\t", " lead", "trail ", "你好", "😀", "\x85", "\u2028", "\ufeff",
     "{a}", "[a]", ",", "?", "|", ">", "<<", "=", "\x7f", "0x1F", "1e3", "t\"x"]
)  # fmt: skip
CHARACTERS = st.characters(exclude_categories=("Cs",))
TEXTS = st.one_of(ODD, st.text(CHARACTERS, min_size=1, max_size=20))
SPOKEN = TEXTS.filter(lambda text: text.strip() and not text.strip().startswith(("t'", 't"')))
WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
TIMES = st.integers(1, 10**7).map(lambda n: timedelta(milliseconds=n))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), TEXTS, st.integers(-(10**6), 10**6).map(Decimal)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(TEXTS, inner, min_size=1, max_size=2)
    ),
    max_leaves=5,
)
TREES = VALUES.map(as_tree)
ROWS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3).map(as_tree)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Hears, SPOKEN),
    st.builds(Hears, st.just(""), st.from_regex(r"[a-z.]{1,8}", fullmatch=True)),
    st.builds(Press, st.text("0123456789*#ABCD", min_size=1, max_size=8)),
    st.builds(Says, TEXTS),
    st.builds(Says, st.just(""), TIMES),
    st.builds(Waits, TIMES),
    st.builds(Visits, st.one_of(WORDS, st.just("客服"), st.just("sub.node"))),
    st.builds(Holds, st.dictionaries(TEXTS, TREES, min_size=1, max_size=2)),
)
ENDS = st.one_of(
    st.sampled_from([Ends("normal"), Ends("hangs_up"), Ends("rejected", "486"), Ends("rejected")]),
    st.sampled_from(
        [Ends("error"), Ends("error", "disk-full"), Ends("no credit"), Ends("timeout")]
    ),
)
DATA = st.one_of(
    st.lists(ROWS, max_size=2).map(lambda rows: Rows(tuple(rows))),  # type: ignore[arg-type]
    st.builds(Changed, st.integers(0, 9)),
    st.builds(Fails, st.just("database-timeout"), WORDS),
)
LEAVING = st.builds(
    NodeAnswer, WORDS, st.just(True), st.dictionaries(WORDS, TREES, max_size=2)
) | st.builds(NodeAnswer, st.sampled_from(["1", "#", "*", "zh-CN", "no"]), st.just(False))
CALLS = st.builds(
    CallTest,
    name=TEXTS,
    steps=st.tuples(st.lists(STEPS, max_size=4), ENDS).map(lambda t: (*t[0], t[1])),
    caller=st.text("0123456789", max_size=5),
    called=WORDS,
    at=st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    language=st.sampled_from([None, "en", "zh-CN"]),
    channel=st.sampled_from(["voice", "text"]),
    data=st.dictionaries(WORDS, st.lists(DATA, min_size=1, max_size=2).map(tuple), max_size=2),
    customers=st.lists(ROWS, max_size=1).map(tuple),
    answers=st.dictionaries(
        WORDS,
        st.lists(LEAVING, min_size=1, max_size=2).map(lambda a: Answers(tuple(a))),
        max_size=1,
    ),
    queues=st.dictionaries(
        WORDS,
        st.lists(
            st.builds(QueueScript, TIMES, st.sampled_from([None, "1001"])), min_size=1, max_size=2
        ).map(tuple),
        max_size=1,
    ),
)


@given(st.lists(CALLS, min_size=1, max_size=2, unique_by=lambda call: call.name), TEXTS)
def test_what_is_written_is_read_again(calls: list[CallTest], flow: str) -> None:
    file = CallFile(flow, tuple(calls))
    found, problems = read_call_file(print_file(file))
    assert found == file, problems


@given(st.lists(CALLS, min_size=3, max_size=3, unique_by=lambda call: call.name))
def test_calls_are_added_one_by_one(calls: list[CallTest]) -> None:
    text = print_file(CallFile("a.flow", tuple(calls[:1])))
    for call in calls[1:]:
        text = append_call(text, call)
    found, problems = read_call_file(text)
    assert found == CallFile("a.flow", tuple(calls)), problems


NEW = CallTest("new", (Hears("hi"), Ends("normal")), at=datetime(2026, 11, 23, 10, tzinfo=UTC))


def test_a_call_is_written_like_this() -> None:
    call = CallTest(
        "all there is: everything",
        (
            Hears("Press 1"), Hears("", "menu"), Press("12#"), Says("hi"),
            Waits(timedelta(seconds=9)), Says("", timedelta(seconds=2)), Visits("tell"),
            Holds({"tries": Scalar("0")}), Ends("error", "disk-full"),
        ),
        at=datetime(2026, 11, 23, 10, tzinfo=UTC),
        language="zh-CN",
        channel="text",
        data={"shop": (Rows(()), Rows((Table(((Scalar("a"), Scalar("1")),)),)), Changed(2),
                       Fails("disk-full", "no"))},
        customers=(Table(((Scalar("level"), Scalar("gold", plain=False)),)),),
        answers={"dial": Answers((NodeAnswer("busy"), NodeAnswer("1", False),
                                  NodeAnswer("ok", True, {"x": Scalar("a b", plain=False)})))},
        queues={
            "q": (QueueScript(timedelta(seconds=20), "1001"), QueueScript(refuses="timeout")),
            "r": (QueueScript(refuses="full"),),
        },
    )  # fmt: skip
    assert print_file(CallFile("a b.flow", (call, NEW))) == (
        'flow: "a b.flow"\n'
        "calls:\n"
        '  - name: "all there is: everything"\n'
        '    caller: "13800000001"\n'
        '    called: "100"\n'
        "    at: 2026-11-23T10:00:00+00:00\n"
        "    language: zh-CN\n"
        "    channel: text\n"
        "    data:\n"
        "      shop:\n"
        "        - []\n"
        "        - {a: 1}\n"
        "        - 2\n"
        '        - {error: "disk-full: no"}\n'
        '    customers: [{level: "gold"}]\n'
        "    answers:\n"
        '      dial: [busy, "1", {port: ok, sets: {x: "a b"}}]\n'
        "    queues:\n"
        '      q: [{answered_after: 20s, agent: "1001"}, {timeout: true}]\n'
        "      r: {full: true}\n"
        "    steps:\n"
        '      - hears: "Press 1"\n'
        '      - hears: t"menu"\n'
        '      - press: "12#"\n'
        '      - says: "hi"\n'
        "      - waits: 9s\n"
        "      - says: 2s\n"
        "      - visits: tell\n"
        "      - variable: {tries: 0}\n"
        "      - ends: error disk-full\n"
        "\n"
        "  - name: new\n"
        '    caller: "13800000001"\n'
        '    called: "100"\n'
        "    at: 2026-11-23T10:00:00+00:00\n"
        "    steps:\n"
        '      - hears: "hi"\n'
        "      - ends: normal\n"
    )


def test_comments_and_shape_of_the_file_stay() -> None:
    before = (
        "# ours\nflow: a.flow  # the flow\ncalls:\n- name: old   # first\n  steps: [ends: normal]\n"
    )
    after = append_call(before, NEW)
    assert after.startswith(before) and "\n- name: new\n" in after


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calls:\n  - name: x\n    steps: [ends: normal]\nflow: a.flow\n", "is not the last thing"),
        ("flow: a.flow\ncalls: [{name: x, steps: [ends: normal]}]\n", "stands in brackets"),
        ("flow: a.flow\ncalls: [\n", "line 3: this is no YAML"),
        ("flow: a.flow\ncalls:\n  - name: new\n    steps: [ends: normal]\n", "brackets"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(text: str, said: str) -> None:
    with pytest.raises(CannotAppend, match=said):
        append_call(text, NEW)
