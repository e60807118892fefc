"""One entry of a prompt table changes; every other byte stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.core.prompt_tables import BrokenTable, texts, with_text, without_text

TABLE = """\
# What callers hear.
welcome = "Hello."   # kept short
"you.owe" = "You owe {account.owed:money}."

[menu]
# said twice
again = "Again?"
"""


def test_an_entry_changes_in_its_place_with_its_comment():
    changed = with_text(TABLE, "welcome", "Good day.")
    assert changed == TABLE.replace('"Hello."', '"Good day."')


def test_keys_with_dots_are_found_quoted_and_in_tables():
    assert texts(TABLE)["you.owe"] == "You owe {account.owed:money}."
    assert with_text(TABLE, "menu.again", "Once more?") == TABLE.replace("Again?", "Once more?")
    assert with_text(TABLE, "you.owe", "Pay.") == TABLE.replace(
        "You owe {account.owed:money}.", "Pay."
    )


def test_a_new_entry_stands_before_the_first_table():
    changed = with_text(TABLE, "good.bye", "Goodbye.")
    assert texts(changed)["good.bye"] == "Goodbye."
    assert changed.replace('"good.bye" = "Goodbye."\n', "") == TABLE


def test_a_new_entry_of_an_empty_table_and_of_one_without_a_last_line_end():
    assert with_text("", "a", "x") == 'a = "x"\n'
    assert with_text('b = "y"', "a", "x") == 'b = "y"\na = "x"\n'


def test_an_entry_is_taken_out():
    changed = without_text(TABLE, "you.owe")
    assert "you.owe" not in changed and "# said twice" in changed
    assert without_text(TABLE, "nothing") == TABLE


def test_a_broken_table_is_told_and_not_touched():
    with pytest.raises(BrokenTable):
        with_text("a = ", "b", "x")


@given(
    key=st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5}){0,2}", fullmatch=True),
    text=st.text(
        st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=40
    ),
)
def test_what_is_written_is_read_again_and_nothing_else_changes(key, text):
    before = texts(TABLE)
    after = texts(with_text(TABLE, key, text))
    assert after[key] == text
    assert {k: v for k, v in after.items() if k != key} == {
        k: v for k, v in before.items() if k != key
    }
    tomllib.loads(with_text(TABLE, key, text))
