"""What is said of routing strategies can all be said in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

import contact_center
from cordboard.strategies import expressions as strategies
from cordboard.strategies.checks import strategy_check
from designer.look.i18n import choose_language, table, told
from flow_runtime.core.phrase import Phrase

FOLDER = Path(contact_center.__file__).parent / "core" / "strategy"
SOURCES = [*sorted(FOLDER.glob("*.py")), Path(strategies.__file__)]
CHINESE = table("zh_CN")


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield file.name, node


def test_every_template_has_its_chinese() -> None:
    templates = [
        node.args[0].value
        for _, node in calls("said", "phrase")
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert len(templates) > 60
    assert [text for text in templates if text not in CHINESE] == []


def test_values_stand_at_the_same_places_in_both() -> None:
    for _, node in calls("said"):
        match node.args:
            case [ast.Constant(value=str(text))]:
                names = re.findall(r"\{(\w+)\}", text)
                assert sorted(names) == sorted(re.findall(r"\{(\w+)\}", CHINESE[text]))


TEXTS = [
    "", "order by idel", "longest idel", "require skill.a =< 3", "require skill.a >= 3 for 20s",
    "order idle", "prefer skill.a >= 3 for 20 then any", "prefer any", "order by random desc",
    "reserve when wait_estimate > 40s until < 90s", "ring all; order by idle desc",
    "require skill.a > now()", "require skill", "require 'a' == skill.a", "require (skill.a > 3",
    "prefer skill.a > 3 for 20s then > 3 for 3s then any", "owner wait 400d", "sort by idle",
    "order by idle desc；ring all", "last_agent within 0s wait 3s", "order by idle desc, idle",
    "prefer skill.a > 3", "require skill.a > 3; require skill.a > 3",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_no_part_of_a_mistake_stays_english(text: str) -> None:
    found = strategy_check(None, UTC)(text)
    assert found
    for _, said in found:
        assert isinstance(said, Phrase), said
        assert [one for one in said.templates() if one not in CHINESE] == []


def test_in_the_interface() -> None:
    choose_language("zh_CN")
    try:
        ((_, said),) = strategy_check(None, UTC)("order by idel")
        assert told(said) == "idel：不能按“idel”给坐席排序（是不是“idle”？）"
    finally:
        choose_language("en")
