"""What is offered and coloured while the text of a routing strategy is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.core.strategy.expressions import SkillKinds
from contact_center.core.strategy.terms import SPELLINGS, TERMS
from designer.core.strategy_text import PIECES, completions, scope_of
from flow_runtime.core.expr.assist import Scope

SKILLS: SkillKinds = {"billing": "level", "language": "word", "zh-CN": "level"}
SCOPE = scope_of(Scope(fields={"contact": {"adviser": ""}, "account": {"owed": ""}}), SKILLS)


def offers(text: str) -> list[str]:
    return [one.label for one in completions(text, len(text), SCOPE, SKILLS)]


def taken(text: str, label: str) -> str:
    """The text when the offer *label* was taken."""
    (one,) = [o for o in completions(text, len(text), SCOPE, SKILLS) if o.label == label]
    return text[: one.start] + one.insert + text[one.end :]


def test_a_statement_begins_with_one_of_the_words() -> None:
    begun = {label.split(" ")[0] for label in offers("")}
    assert begun == set(SPELLINGS)
    assert offers("order by idle desc; ") == offers("") == offers("ring all\n")
    assert offers("re") == ["require", "reserve"]
    assert taken("order by idle desc\nla", "last_agent") == (
        "order by idle desc\nlast_agent within 7d wait 15s"
    )
    assert taken("ring ", "ring all") == "ring all"


def test_orders_are_by_levels_and_terms() -> None:
    found = offers("order by ")
    assert found[:2] == ["skill.billing", 'skill["zh-CN"]'] and "skill.language" not in found
    assert {*TERMS, "level", "desc"} <= set(found)
    assert offers("order by idle desc, ta") == ["talk", "talk_ratio"]
    assert offers("order by idle") == ["idle_ratio"]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("require ", ["skill.billing", "skill.language", "not", "call"]),
        ("require skill.", ["billing", "language"]),
        ("require skill.language == call.la", ["language"]),
        ("prefer skill.billing >= 60 for 20s then ", ["skill.billing", "level"]),
        ("agent contact.", ["adviser"]),
        ("require queue.", ["name", "waiting"]),
    ],
)
def test_conditions_are_the_flow_languages(text: str, some: list[str]) -> None:
    assert [label for label in offers(text) if label in some] == some


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prefer skill.billing >= 60 ", ["for 20s", "then", "any"]),
        ("agent contact.adviser ", ["wait 20s"]),
        ("last_agent ", ["within 7d", "wait 15s"]),
        ("owner ", ["wait 10s"]),
        ("reserve ", ["when wait_estimate > 90s", "until < 40s"]),
    ],
)
def test_what_follows_in_a_statement_comes_before_operators(text: str, words: list[str]) -> None:
    assert offers(text)[: len(words)] == words


def test_nothing_is_offered_in_comments_and_no_variable_of_the_flow() -> None:
    assert offers("require skill.billing > 3  # re") == []
    assert "account" not in offers("require ")


def test_helps_are_in_the_language_that_is_asked_for() -> None:
    found = completions("", 0, SCOPE, SKILLS, lambda words: words.zh)
    assert found[0].help == "始终仅限这些坐席。"


@given(st.text(max_size=40), st.data())
def test_nothing_that_is_typed_makes_it_fail_and_offers_stand_in_the_text(
    text: str, data: st.DataObject
) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    for one in completions(text, cursor, SCOPE, SKILLS):
        assert 0 <= one.start <= one.end <= len(text)
        assert 0 <= one.caret <= len(one.insert)


def test_pieces_are_coloured() -> None:
    text = 'require skill.a == "x y" for 20s  # why'
    found = [(m.lastgroup, m.group()) for m in PIECES.finditer(text)]
    assert found == [
        ("keyword", "require"), ("view", "skill"), ("text", '"x y"'), ("keyword", "for"),
        ("number", "20s"), ("comment", "# why"),
    ]  # fmt: skip
