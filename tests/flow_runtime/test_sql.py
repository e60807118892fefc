"""What is told of a statement without a database agrees with what SQLAlchemy makes of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from flow_runtime.core.sql import changing_word, is_one_statement, parameters


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select owed from account where phone = :phone", ("phone",)),
        (":a,:b,:a", ("a", "b")),
        ("select x::text, :y::int", ()),
        ("select time '09:30:00'", ()),
        (r"select '\:x', :y", ("y",)),
        ("(:名)", ("名",)),
        ("a:b", ()),
        ("", ()),
    ],
)
def test_parameters(sql: str, names: tuple[str, ...]) -> None:
    assert parameters(sql) == names


@settings(max_examples=200)
@given(st.text(alphabet=": ab1_'\"\\(),;\n", max_size=40))
def test_parameters_are_those_of_sqlalchemy(sql: str) -> None:
    assert set(parameters(sql)) == set(text(sql)._bindparams)


@pytest.mark.parametrize(
    ("sql", "one"),
    [
        ("select 1", True),
        ("select 1;", True),
        ("select 1 ; ; \n", True),
        ("select 1; -- done; really", True),
        ("select ';'; /* ; */", True),
        ('select ";" from a', True),
        ("select 'it''s; fine'", True),
        ("select $$ ; $$, $tag$ ; $ ; $tag$", True),
        ("", True),
        ("select 1; select 2", False),
        ("commit; delete from a", False),
        ("select ''; delete from a --'", False),
        ("select 1 -- it's\n; delete from a", False),
        ("select 1 /* ' */ ; delete from a /* ' */", False),
        ("select 'open; delete from a", False),
    ],
)
def test_one_statement(sql: str, one: bool) -> None:
    assert is_one_statement(sql) == one


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("insert into a values (1)", "insert"),
        ("  -- why\n DELETE from a", "delete"),
        ("(update a set b = 1)", "update"),
        ("select 'insert'", None),
        ("with x as (select 1) select * from x", None),
        ("inserted", None),
        ("", None),
    ],
)
def test_changing_word(sql: str, word: str | None) -> None:
    assert changing_word(sql) == word
