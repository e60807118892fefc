"""The fourteen strategies: each by its name, and by the text that says the same."""

import re
from dataclasses import replace
from typing import Any

import pytest

from contact_center.core.strategy.choose import Spec, as_text, load
from contact_center.core.strategy.names import NAMED, find
from contact_center.core.strategy.plan import Person, Plan, Ring, Term
from contact_center.core.strategy.strategy import StrategyError, compile_strategy
from contact_center.core.strategy.terms import TERM_HELP
from routing_kit import FLOW, SKILLS

IDLE = Term("idle", True)
FACTS: dict[str, Any] = {
    "queue": {"name": "repairs"},
    "customer": {"owner": "1007"},
    "contact": {"last_agent": "1008", "last_agent_ago": 60.0},
}
ORDERS: dict[str, tuple[Term, ...]] = {
    "longest idle": (IDLE,),
    "highest idle ratio": (Term("idle_ratio", True),),
    "least talk": (Term("talk", False),),
    "lowest talk ratio": (Term("talk_ratio", False),),
    "fewest answered": (Term("answered", False),),
    "highest skill": (Term("skill", True), IDLE),
    "lowest sufficient skill": (Term("skill", False), IDLE),
    "round robin": (Term("ring", False),),
    "even load": (Term("load", False),),
    "owner": (IDLE,),
    "last agent": (IDLE,),
    "ring all": (),
    "random": (Term("random", False),),
    "linear": (Term("position", False),),
}


def plan_of(spec: Spec) -> Plan:
    return load(spec, FLOW, SKILLS).bind(FACTS)


def test_there_are_fourteen_in_the_order_of_the_specification() -> None:
    assert [named.number for named in NAMED.values()] == list(range(1, 15))
    assert list(NAMED) == list(ORDERS)


@pytest.mark.parametrize("name", NAMED)
def test_each_name_gives_its_order(name: str) -> None:
    found = plan_of(name)
    assert found.strategy == name
    assert found.order == ORDERS[name]
    assert found.everybody is (name == "ring all")
    persons = {
        "owner": (Person("1007", 10.0, "owner"),),
        "last agent": (Person("1008", 15.0, "last agent"),),
    }
    assert found.persons == persons.get(name, ())
    assert found.reserve is None
    if name == "lowest sufficient skill":
        assert [r.wanted and r.wanted.text for r in found.rings] == ["skill.repairs >= 1"]
    else:
        assert found.rings == (Ring(0.0, None),)


@pytest.mark.parametrize("name", NAMED)
def test_the_text_of_a_name_gives_the_same_plan(name: str) -> None:
    strategy = compile_strategy(as_text(name), FLOW)
    assert strategy.warnings == ()
    assert replace(strategy.bind(FACTS), strategy=name) == plan_of(name)
    assert as_text(strategy.text.strip()) == strategy.text.strip()


def test_fields_are_part_of_the_text() -> None:
    lowest = {"name": "lowest sufficient skill", "skill": "zh-CN", "enough": 40}
    assert load(lowest, FLOW).text == (
        'require skill["zh-CN"] >= 40\norder by skill["zh-CN"], idle desc\n'
    )
    last: Spec = {"name": "后续呼叫", "within": "1d", "wait": "5s", "then": lowest}
    assert load(last, FLOW).text == (
        "last_agent within 1d wait 5s\n"
        'require skill["zh-CN"] >= 40\norder by skill["zh-CN"], idle desc\n'
    )
    owner: Spec = {"name": "owner", "then": "order by talk; reserve when > 90s until < 40s"}
    assert load(owner, FLOW).text == (
        "owner wait 10s\norder by talk\nreserve when wait_estimate > 90s until < 40s\n"
    )


@pytest.mark.parametrize("word", ["Longest idle", "longest_idle", " LONGEST IDLE ", "最长等待优先"])
def test_a_name_is_found_however_it_is_spelled(word: str) -> None:
    assert find(word) is NAMED["longest idle"]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("longest idel", 'did you mean "longest idle"?'),
        ({"name": "leest talk"}, 'did you mean "least talk"?'),
        ({}, 'there is no strategy ""'),
        ({"name": "owner", "wat": "5s"}, 'did you mean "wait"?'),
        ({"name": "owner", "wait": 5}, 'a time such as "15s"'),
        ({"name": "owner", "wait": "5 s"}, 'a time such as "15s"'),
        ({"name": "owner", "then": "last agent"}, "waits for a person itself"),
        ({"name": "owner", "then": 5}, "the name of a strategy"),
        ({"name": "owner", "then": "rund robin"}, 'did you mean "round robin"?'),
        ({"name": "owner", "then": "owner wait 5s"}, "“owner” stands in line 1 already"),
        ({"name": "lowest sufficient skill", "enough": 101}, "from 1 to 100"),
        ({"name": "lowest sufficient skill", "enough": True}, "from 1 to 100"),
        ({"name": "highest skill", "skill": 'a"b'}, "the name of a skill"),
        ({"name": "highest skill", "skill": "biling"}, 'did you mean "billing"?'),
        ("blah blah", "no statement begins with “blah”"),
    ],
)
def test_a_wrong_choice_is_told(spec: Spec, said: str) -> None:
    with pytest.raises(StrategyError) as caught:
        load(spec, FLOW, SKILLS)
    assert said in str(caught.value)


def test_everything_a_form_shows_is_in_both_languages() -> None:
    words = [named.title for named in NAMED.values()] + [named.help for named in NAMED.values()]
    for named in NAMED.values():
        for field in named.fields:
            words += [field.title, field.help]
    words += TERM_HELP.values()
    for text in words:
        assert text.en and text.en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert not re.search(r"[\u4e00-\u9fff][,;:?]", text.zh), text.zh


def test_definitions_name_what_decides() -> None:
    says = {name: named.help.en for name, named in NAMED.items()}
    assert "now - since" in says["longest idle"] and "not the caller's wait" in says["longest idle"]
    assert "makes it infinite" in says["highest idle ratio"]
    assert "hold counts, wrap-up does not" in says["least talk"]
    assert "counts as zero" in says["lowest talk ratio"]
    assert "not offered" in says["fewest answered"]
    assert "survives a restart" in says["round robin"]
    assert "(talking + wrap-up time) / signed-in" in says["even load"]
