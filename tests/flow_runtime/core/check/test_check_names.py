import pytest

from flow_kit import codes, problems_of

GOOD = """flow f "F"
schema 1
input hint: text = ""
var tries: number = 0
var note: text?
start -> a
on_error -> b
on_hangup -> c

node a: wait
  time = 1s
  -> b

node b: hangup

node c: log
  text = "gone"
"""


def one(text: str, code: str, **options: bool) -> str:
    """The text of the one problem with *code*."""
    found = [p for p in problems_of(text, **options) if p.code == code]
    assert len(found) == 1, found
    return found[0].text


def test_a_good_flow_has_no_problems() -> None:
    assert codes(GOOD) == []
    assert codes(GOOD, numbered=True) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "hint"),
    [
        ("node b: hangup", "node b: hangupp", "unknown-node", 14, 'did you mean "hangup"?'),
        ("start -> a", "start -> aa", "unknown-target", 6, 'did you mean "a"?'),
        ("on_hangup -> c", "on_hangup -> x", "unknown-target", 8, "known: a, b, c"),
        ("  -> b", "  -> bb", "unknown-target", 12, "port next of a leads to bb"),
        ("note: text?", "note: texte?", "unknown-type", 5, 'did you mean "text"?'),
        ("note: text?", "tries: text?", "duplicate-variable", 5, "line 4"),
        ("note: text?", "contact: text?", "reserved-name", 5, "word of the language"),
        ("on_error -> b", "start -> b", "duplicate-jump", 7, "line 6"),
        ("node b: hangup", "node a: hangup", "duplicate-node", 14, "line 10"),
        ("start -> a\n", "", "missing-start", 1, "start -> a"),
    ],
)
def test_names_that_are_wrong(old: str, new: str, code: str, line: int, hint: str) -> None:
    text = GOOD.replace(old, new)
    assert f"{code}@{line}" in codes(text)
    assert hint in one(text, code)


def test_a_flow_without_nodes_says_what_a_start_looks_like() -> None:
    assert "start -> NODE" in one("flow f\nschema 1\n", "missing-start")


def test_an_input_needs_a_default_where_a_number_leads_to_the_flow() -> None:
    text = GOOD.replace('hint: text = ""', "hint: text")
    assert codes(text) == []
    assert codes(text, numbered=True) == ["input-without-default@3"]


def test_an_unknown_node_type_hides_nothing_else() -> None:
    text = GOOD.replace("a: wait", "a: pause").replace("time = 1s", 'time = !"1 +"')
    assert codes(text) == ["unknown-node@10", "half-typed@11"]


def test_what_does_not_parse_does_not_hide_the_rest() -> None:
    text = GOOD.replace("note: text?", "note text?").replace("  -> b", "  -> bb")
    found = codes(text)
    assert "unknown-target@12" in found and len(found) == 2


def test_nothing_at_all() -> None:
    found = problems_of("")
    assert found and all(problem.severity == "error" for problem in found)
