"""What a strategy comes to for one contact."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.core.strategy.plan import Person, Reserve, Ring, Term
from contact_center.core.strategy.widening import is_wider
from routing_kit import compiled, numbers, plan, wanted

AGENTS: dict[str, dict[str, int | str]] = {
    "expert": {"billing": 90, "language": "en", "zh-CN": 80},
    "middle": {"billing": 40, "language": "zh-CN"},
    "novice": {"language": "zh-CN"},
}
ZH = {"language": "zh-CN"}


def test_the_specifications_example() -> None:
    found = plan(
        "require skill.language == call.language;"
        " prefer skill.billing >= 60 for 20s then >= 30 for 30s then any;"
        " order by skill.billing desc, idle desc; last_agent within 7d wait 15s;"
        " reserve when wait_estimate > 90s until < 40s",
        call=ZH,
        contact={"last_agent": "1001", "last_agent_ago": timedelta(days=6)},
    )
    assert [(r.after, r.wanted and r.wanted.text) for r in found.rings] == [
        (0.0, 'skill.language == "zh-CN" and skill.billing >= 60'),
        (20.0, 'skill.language == "zh-CN" and skill.billing >= 30'),
        (50.0, 'skill.language == "zh-CN"'),
    ]
    assert numbers(found, AGENTS) == {0.0: set(), 20.0: {"middle"}, 50.0: {"middle", "novice"}}
    assert found.order == (Term("skill", True, "billing"), Term("idle", True))
    assert found.persons == (Person("1001", 15.0, "last agent"),)
    assert found.reserve == Reserve(90.0, 40.0)
    assert not found.everybody


def test_a_later_step_never_takes_back_an_earlier_one() -> None:
    found = plan('prefer skill["zh-CN"] >= 50 for 10s then skill.billing >= 30 for 10s then any')
    assert numbers(found, AGENTS) == {
        0.0: {"expert"},
        10.0: {"expert", "middle"},
        20.0: {"expert", "middle", "novice"},
    }
    assert found.rings[1].wanted is not None
    assert found.rings[1].wanted.text == 'skill["zh-CN"] >= 50 or skill.billing >= 30'


def test_two_lists_of_steps_widen_each_in_its_own_time() -> None:
    found = plan(
        "prefer skill.billing >= 60 for 20s then any\n"
        "prefer skill.language == call.language for 50s then any",
        call=ZH,
    )
    assert numbers(found, AGENTS) == {
        0.0: set(),
        20.0: {"middle", "novice"},
        50.0: {"expert", "middle", "novice"},
    }
    assert found.rings[-1] == Ring(50.0, None)


def test_alternatives_stand_in_brackets_beside_others() -> None:
    found = plan(
        "require level > 1; prefer skill.billing > 60 for 9s then skill.english > 1",
        queue={"name": "repairs"},
    )
    assert [ring.wanted and ring.wanted.text for ring in found.rings] == [
        "skill.repairs > 1 and skill.billing > 60",
        "skill.repairs > 1 and (skill.billing > 60 or skill.english > 1)",
    ]


def test_who_asks_the_same_shares_a_class() -> None:
    strategy = compiled("require skill.language == call.language")
    one = strategy.bind({"call": {"language": "zh-CN", "caller": "138"}}).rings[0].wanted
    two = strategy.bind({"call": {"language": "zh-CN", "caller": "139"}}).rings[0].wanted
    other = strategy.bind({"call": {"language": "en"}}).rings[0].wanted
    assert one == two and hash(one) == hash(two)
    assert one != other
    again = compiled("require  skill.language==call.language").bind({"call": ZH})
    assert again.rings[0].wanted == one


def test_only_what_a_condition_makes_of_the_facts_splits_classes() -> None:
    text = 'require skill.billing >= (if customer?.level == "gold" then 80 else 40)'
    gold, iron, nobody = (
        compiled(text).bind({"customer": customer}).rings[0].wanted
        for customer in ({"level": "gold"}, {"level": "iron"}, None)
    )
    assert gold is not None and gold.text == "skill.billing >= 80"
    assert iron == nobody
    assert iron is not None and iron.text == "skill.billing >= 40"


def test_the_level_in_the_queue_is_a_skill_of_its_name() -> None:
    found = plan("require level >= 50; order by level desc", queue={"name": "北区 1"})
    wanted = found.rings[0].wanted
    assert wanted is not None and wanted.text == 'skill["北区 1"] >= 50'
    assert wanted.fits({"北区 1": 50}) and not wanted.fits({"北区 1": 49}) and not wanted.fits({})
    assert found.order == (Term("skill", True, None),)


def test_without_order_the_longest_idle_goes_first_and_ring_all_has_none() -> None:
    assert plan("require level > 3").order == (Term("idle", True),)
    everybody = plan("ring all")
    assert everybody.everybody and everybody.order == ()


@pytest.mark.parametrize(
    ("text", "skills", "fits"),
    [
        ("skill.billing >= 0", {}, True),
        ("not skill.billing >= 1", {}, True),
        ("skill.language != call.language", {}, True),
        ("skill.billing >= 30", {"billing": "high"}, False),
        ("not skill.billing >= 30", {"billing": "high"}, False),
        ("skill.billing >= 30", {"billing": "40"}, True),
        ("skill.language == contact.language", {"language": "en"}, False),
        ("skill.billing >= number(contact.wanted)", {"billing": 99}, False),
        ("skill.billing >= 1 or skill.english >= number(contact.wanted)", {"billing": 9}, True),
        ("starts_with(skill.language, call.language)", {"language": "zh-CN-x"}, True),
        ('skill[call.language] > 30 and call.caller != ""', {"zh-CN": 31}, True),
    ],
)
def test_what_is_missing(text: str, skills: dict[str, int | str], fits: bool) -> None:
    """A skill an agent lacks is 0; what cannot be computed does not hold."""
    found = compiled(f"require {text}").bind({"call": {**ZH, "caller": "138"}})
    assert found.rings[0].wanted is not None
    assert found.rings[0].wanted.fits(skills) is fits


PERSONS = "owner wait 10s\nlast_agent within 2h wait 15s\nagent contact.adviser wait 20s"


@pytest.mark.parametrize(
    ("facts", "persons"),
    [
        ({}, []),
        ({"customer": None, "contact": {}}, []),
        ({"customer": {"owner": ""}}, []),
        ({"customer": {"owner": True}}, []),
        ({"customer": {"owner": Decimal("NaN")}}, [("NaN", "owner")]),
        ({"contact": {"last_agent": "1003", "last_agent_ago": Decimal("NaN")}}, []),
        ({"contact": {"last_agent": "1003", "last_agent_ago": float("inf")}}, []),
        ({"contact": {"last_agent": "1003", "last_agent_ago": "soon"}}, []),
        ({"customer": {"owner": 1002}}, [("1002", "owner")]),
        ({"customer": {"owner": Decimal("1002")}}, [("1002", "owner")]),
        ({"contact": {"last_agent": "1003"}}, []),
        ({"contact": {"last_agent": "1003", "last_agent_ago": 7200}}, [("1003", "last agent")]),
        ({"contact": {"last_agent": "1003", "last_agent_ago": 7201}}, []),
        ({"contact": {"adviser": "1004"}}, [("1004", "preferred")]),
        (
            {"customer": {"owner": "1"}, "contact": {"adviser": "2"}},
            [("1", "owner"), ("2", "preferred")],
        ),
        ({"customer": {"owner": "1"}, "contact": {"adviser": "1"}}, [("1", "owner")]),
    ],
)
def test_persons_are_waited_for_in_order(
    facts: dict[str, Any], persons: list[tuple[str, str]]
) -> None:
    found = plan(PERSONS, **facts)
    assert [(person.agent, person.why) for person in found.persons] == persons


def test_a_skill_of_the_call_orders_and_one_that_is_not_known_is_left_out() -> None:
    text = "order by skill[call.language] desc, idle desc"
    assert plan(text, call=ZH).order == (Term("skill", True, "zh-CN"), Term("idle", True))
    assert plan(text, call={}).order == (Term("idle", True),)


def test_a_plan_is_named_by_its_strategy() -> None:
    assert compiled("order by talk # fair", "nights").bind({}).strategy == "nights"
    assert plan("order by talk # fair\nowner wait 5s").strategy == "order by talk; owner wait 5s"


_SIDES = st.sampled_from(["skill.billing", "skill.english", "(skill.billing)"])
_COMPARED = st.builds(
    "{} {} {}".format,
    _SIDES,
    st.sampled_from([">=", ">", "<=", "<", "==", "!="]),
    st.sampled_from(["10", "30", "30.5", "contact.x"]),
)


@given(_COMPARED, _COMPARED)
def test_what_is_called_wider_lets_everybody_in(one: str, other: str) -> None:
    if is_wider(one, other):
        wide, narrow = (
            wanted(text).condition.bind({"contact": {"x": 20}}) for text in (one, other)
        )
        for level in (0, 9, 10, 11, 20, 29, 30, 31, 100):
            skills = {"billing": level, "english": level}
            assert wide.holds(skills) or not narrow.holds(skills)


@pytest.mark.parametrize(
    ("one", "other", "wider"),
    [
        ("level >= 30", "level >= 60", True),
        ("level >= 60", "level >= 30", False),
        ("level >= 30", "level > 30", True),
        ("level > 30", "level >= 30", False),
        ("level > 30", "level > 30.5", True),
        ("level <= 60", "level <= 30", True),
        ("level < 30", "level < 60", False),
        ("level >= 30", "skill.x >= 60", False),
        ("level >= 30", "level < 60", False),
        ("level >= 30 and skill.x > 1", "level >= 30 and skill.x > 1", True),
        ("level >= 30 or skill.x > 1", "level >= 60", False),
    ],
)
def test_what_is_called_wider(one: str, other: str, wider: bool) -> None:
    assert is_wider(one, other) is wider


def test_the_same_text_and_facts_give_the_same_plan_again() -> None:
    """So a server that comes back makes the plans of its contacts anew."""
    facts = {"call": ZH, "customer": {"level": "gold"}, "queue": {"name": "repairs"}}
    text = f"{PERSONS}\nrequire skill.language == call.language\nprefer level >= 60 for 9s then any"
    one, other = compiled(text, "nights").bind(facts), compiled(text, "nights").bind(facts)
    assert one == other and hash(one) == hash(other)
    assert compiled(text, "nights").bind({**facts, "call": {"language": "en"}}) != one
