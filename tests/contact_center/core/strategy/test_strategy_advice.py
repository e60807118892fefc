"""A strategy while it is chosen or written: from text to form and back, and in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.core.strategy.advice import Chosen, chosen, find_spec_problems, skill_kinds
from contact_center.core.strategy.choose import as_text
from contact_center.core.strategy.names import NAMED, Field
from contact_center.core.strategy.parser import parse
from contact_center.core.strategy.reading import read_strategy
from contact_center.store.settings import AgentSettings
from cordboard.strategies.expressions import FlowExpressions

PLAIN = [name for name, named in NAMED.items() if all(f.kind != "strategy" for f in named.fields)]


def values(field: Field) -> st.SearchStrategy[Any]:
    match field.kind:
        case "duration":
            return st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["s", "m", "h"]))
        case "level":
            return st.integers(field.low, field.high)
        case "skill":
            return st.sampled_from(["", "billing", "zh-CN", "技能", "two words"])
    return st.sampled_from(PLAIN)


@given(st.data())
def test_what_is_chosen_and_filled_in_is_found_again_in_its_text(data: st.DataObject) -> None:
    named = NAMED[data.draw(st.sampled_from(list(NAMED)))]
    given = {field.name: data.draw(values(field)) for field in named.fields}
    text = Chosen(named, given).text
    assert find_spec_problems(text, FlowExpressions()) == ()
    assert chosen(text) == Chosen(named, given)


@pytest.mark.parametrize("name", NAMED)
def test_defaults_are_written_by_name(name: str) -> None:
    found = chosen(as_text(name))
    assert found is not None and found.text == name


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("order by skill.billing desc, idle desc", "highest skill", {"skill": "billing"}),
        ("随机", "random", {}),
        ("  ring   all ", None, {}),
        ("order by idle", None, {}),
        ("require level >= 200; order by level, idle desc", None, {}),
        ("require skill.a >= 2; order by skill.b, idle desc", None, {}),
        ("owner wait 10; order by idle desc", None, {}),
        ("order by idle desc  # as ever", None, {}),
        (
            "owner wait 5s\nrequire skill.a == 3",
            "owner",
            {"wait": "5s", "then": "require skill.a == 3"},
        ),
    ],
)
def test_a_text_means_a_strategy_by_name_only_to_the_letter(
    text: str, name: str | None, values: dict[str, Any]
) -> None:
    found = chosen(text)
    assert (None if found is None else found.named.name) == name
    assert found is None or dict(found.values) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("longest idel", 'there is no strategy "longest idel" (did you mean "longest idle"?)'),
        ("longest_idle", ""),
        ("循环分配", ""),
        ("order by idel", 'agents cannot be ordered by "idel" (did you mean "idle"?)'),
    ],
)
def test_names_and_texts_are_checked_alike(text: str, said: str) -> None:
    assert [p.text for p in find_spec_problems(text, FlowExpressions())] == [said] * bool(said)


def test_the_skills_of_agents() -> None:
    agents = [
        AgentSettings("1", queues={"repairs": 50}, skills={"billing": 3, "language": "en"}),
        AgentSettings("2", queues={"sales": 50}, skills={"billing": 4}),
    ]
    assert skill_kinds(agents) == {
        "billing": "level", "language": "word", "repairs": "level", "sales": "level",
    }  # fmt: skip


WHOLE = (
    "require skill.language == call.language; prefer skill.billing >= 60 for 20s then >= 30 for 30s"
    " then any; order by skill.billing desc, idle desc; last_agent within 7d wait 15s;"
    " reserve when wait_estimate > 90s until < 40s"
)


def test_a_strategy_in_plain_words() -> None:
    said = read_strategy(parse(WHOLE, FlowExpressions()).script)
    assert [words.en for words in said] == [
        "First the agent who served this customer last, if within 7d, is waited for, up to 15s.",
        "Only agents with skill.language == call.language.",
        "At first agents with skill.billing >= 60, after 20s also agents with skill.billing >= 30,"
        " after 50s anybody.",
        "Of these, whoever has the highest level in billing goes first; of equals, who has been"
        " ready for the longest time.",
        "Reserve agents join when the estimated wait is above 90s, until it is below 40s.",
    ]
    assert [words.zh for words in said] == [
        "先等待7d 内最近服务过该客户的坐席，最多 15s。",
        "仅限满足 skill.language == call.language 的坐席。",
        "起初满足 skill.billing >= 60 的坐席，20s 后也可为满足 skill.billing >= 30 的坐席，"
        "50s 后任何坐席。",
        "其中技能 billing 级别最高的优先；相同者本次空闲最长的优先。",
        "预计等待超过 90s 时后备坐席加入，低于 40s 时退出。",
    ]


@pytest.mark.parametrize("name", NAMED)
def test_every_strategy_by_name_can_be_read_out(name: str) -> None:
    script = parse(as_text(name), FlowExpressions()).script
    said = read_strategy(script)
    assert len(said) >= len(script.lines)
    assert all(words.en.endswith(".") and words.zh.endswith("。") for words in said)


def test_without_an_order_the_longest_idle_goes_first() -> None:
    said = read_strategy(parse("agent contact.adviser wait 20s", FlowExpressions()).script)
    assert [words.en for words in said] == [
        "First the agent named by contact.adviser is waited for, up to 20s.",
        "Of these, whoever has been ready for the longest time goes first.",
    ]
