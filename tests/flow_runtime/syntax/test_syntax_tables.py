"""The parser's saved tables: those of this grammar, and never trusted for another one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flow_runtime.core.syntax import tables
from flow_runtime.core.syntax.build import Build

LINES = [
    ("item", 'node menu: menu "Main"'),
    ("item", "var tries: list of text? = [1, 2 + 3]"),
    ("line", 't.x = if a?.b ?? 1 >= 2 then f(x, {k: "v {n:money}"}) else """x {y} z"""'),
    ("line", '"*" "Again" -> menu'),
    ("spot", 'note "ask" 1,-2 3,4'),
    ("expression", "not a in [b] and -c[0] % 2 == 5m"),
    ("prompt", "You owe {owed:money}, {{really}}."),
]


def test_the_saved_tables_are_those_of_the_grammar() -> None:
    saved = json.loads(tables.SAVED.read_text(encoding="utf-8"))
    grammar = tables.GRAMMAR.read_text(encoding="utf-8")
    assert saved["grammar"] == grammar, "renew: python -m flow_runtime.core.syntax.tables"


@pytest.fixture(scope="module")
def fresh() -> str:
    return tables.tables()


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def save(text: str) -> None:
        monkeypatch.setattr(tables, "SAVED", tmp_path / "saved.json")
        tables.SAVED.write_text(text, encoding="utf-8")

    return save


def test_saved_tables_parse_as_fresh_ones_do(save: Callable[[str], None], fresh: str) -> None:
    save(fresh)
    loaded = tables.parser(Build())
    assert loaded.source_path == "<deserialized>"  # so lark says that it made nothing itself
    save("{}")
    made = tables.parser(Build())
    for start, line in LINES:
        assert loaded.parse(line, start=start) == made.parse(line, start=start)


def test_tables_of_another_lark_or_grammar_are_not_used(
    save: Callable[[str], None], fresh: str
) -> None:
    for change in ({"lark": "1.2.0"}, {"grammar": "item: NAME"}):
        other: dict[str, Any] = {**json.loads(fresh), **change, "parser": "would fail"}
        save(json.dumps(other))
        assert tables.parser(Build()).parse("1 + 2", start="expression")


def test_damaged_or_missing_tables_are_made_anew(save: Callable[[str], None], fresh: str) -> None:
    save(fresh[: len(fresh) // 2])
    assert tables.parser(Build()).parse("1", start="expression")
    tables.SAVED.unlink()
    assert tables.parser(Build()).parse("1", start="expression")
