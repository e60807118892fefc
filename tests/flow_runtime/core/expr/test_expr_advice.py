"""What to write instead."""

from __future__ import annotations

import pytest

from expr_kit import problem
from flow_runtime.core.expr.advice import for_type
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.types import BOOLEAN, DATE, DURATION, NAMES, NUMBER, TEXT, Type

ENV = TypeEnv({"tries": NUMBER, "name": TEXT, "late": BOOLEAN})


@pytest.mark.parametrize(
    ("text", "expected", "says"),
    [
        ("True", None, "; write true"),
        ("NULL", None, "; write none"),
        ("no", None, "; write false"),
        ("trys", None, ' (did you mean "tries"?)'),
        ("now", None, "; a function is called with brackets: now(...)"),
        ("Welcome", None, '; a text stands in quotes: "Welcome"'),
        ("您好", None, '; a text stands in quotes: "您好"'),
        ("welcome", None, '"welcome" (known: call, contact, customer, late, name, tries)'),
        ("call.number", None, "trunk)"),
        ("call.calller", None, '(did you mean "caller"?)'),
        ("name.len", None, "; a function is called like this: len(name)"),
        ("(name + name).upper", None, "upper(...)"),
        ("tries.upside", None, 'so there is no "upside"'),
        ("tries", BOOLEAN, "; write a comparison, for example tries > 0"),
        ("tries + 1", BOOLEAN, "; write a comparison, for example ... > 0"),
        ("name", BOOLEAN, '; write a comparison, for example name == "yes"'),
        ("5", DURATION, "; a duration has a unit: 5s"),
        ("tries", DURATION, "; write tries * 1s"),
        ("late", DURATION, "but this is boolean"),
        ("2026 - 11 - 24", DATE, '; a day is written date("2026-11-24")'),
        ("1001", TEXT, '; a text stands in quotes: "1001"'),
        ("tries", TEXT, "; write text(...)"),
        ('" 3"', NUMBER, "; a number stands without quotes: 3"),
        ('"three"', NUMBER, "; write number(...)"),
        ("tries in 3", None, "; on the right stands a list, a text or a record"),
        ("late < late", None, "does not go with boolean and boolean"),
        ('matches(name, "(")', None, "is wrong: missing )"),
        ("tries / 0", None, "division by zero"),
        ("90s % 0", None, "% does not go with duration and number"),
    ],
)  # fmt: skip
def test_a_problem_says_what_to_write(text: str, expected: Type | None, says: str) -> None:
    found = problem(text, expected, ENV).text
    assert found.endswith(says) or says in found


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("string", ' (did you mean "text"?)'),
        ("Int", ' (did you mean "number"?)'),
        ("numbr", ' (did you mean "number"?)'),
        ("qqq", ""),
    ],
)
def test_types_of_other_languages_are_known(name: str, says: str) -> None:
    assert for_type(name, NAMES) == says


def test_every_advised_type_exists() -> None:
    from flow_runtime.core.expr import advice

    assert set(advice._TYPES.values()) <= set(NAMES)
