"""One mistake is told once: what only follows from a line that does not parse is left out."""

import pytest

from flow_kit import codes

GOOD = """flow f
schema 1
var tries: number = 0
start -> ask
on_error -> bye
on_hangup -> tidy
node ask: menu
  prompt = "Well?"
  1 -> count
  failed -> bye
node count: set
  tries = tries + 1
  -> bye
node bye: hangup
node tidy: log
  text = "gone"
"""


def test_the_flow_itself_is_fine() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('prompt = "Well?"', "prompt = 'Well?'", ["syntax-unexpected@8"]),
        ("1 -> count", "1 => count", ["syntax-unexpected@9"]),
        ("failed -> bye", "failed - bye", ["syntax-unexpected@10"]),
        ("  -> bye\nnode bye", "  > bye\nnode bye", ["syntax-unexpected@13"]),
        ("node count: set", "node count set", ["syntax-unexpected@11"]),
        ("node bye: hangup", "nod bye: hangup", ["syntax-unknown-word@14"]),
        ("var tries: number = 0", "vra tries: number = 0", ["syntax-unknown-word@3"]),
        ("var tries: number = 0", "var tries number = 0", ["syntax-unexpected@3"]),
        ("start -> ask", "start = ask", ["syntax-unexpected@4"]),
        ("on_hangup -> tidy", "on_hangup tidy", ["syntax-unexpected@6"]),
        ("flow f", "flow f'", ["syntax-unexpected@1"]),
    ],
)
def test_a_line_that_does_not_parse_is_one_problem(old: str, new: str, expected: list[str]) -> None:
    assert codes(GOOD.replace(old, new)) == expected


def test_what_has_nothing_to_do_with_it_is_still_told() -> None:
    text = GOOD.replace('prompt = "Well?"', "prompt = 'Well?'").replace("count: set", "count: sett")
    assert codes(text) == ["syntax-unexpected@8", "unknown-node@11"]
    text = GOOD.replace("failed -> bye", "failed - bye").replace('  text = "gone"\n', "")
    assert codes(text) == ["syntax-unexpected@10", "missing-parameter@15"]
