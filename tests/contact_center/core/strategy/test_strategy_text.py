"""Strategies read back what they print, and bad text is told with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.core.strategy.model import Script
from contact_center.core.strategy.parser import MAX_LENGTH, parse
from contact_center.core.strategy.printer import one_line, print_script
from contact_center.core.strategy.strategy import StrategyError, find_problems
from routing_kit import FLOW, SCRIPTS, SKILLS, codes, compiled

CANONICAL = """\
# Everybody in their own language
require skill.language == call.language  # a tag
prefer skill.billing >= 60 for 20s then >= 30 for 30s then any
order by skill["zh-CN"] desc, level, idle desc
last_agent within 7d wait 15s
owner wait 10s
agent contact.adviser wait 1500ms
reserve when wait_estimate > 90s until < 40s
# the end
"""


def test_the_canonical_form_is_kept() -> None:
    assert compiled(CANONICAL).text == CANONICAL


def test_one_line_with_semicolons_says_the_same() -> None:
    text = "require  skill.billing>=60 ;order   by billing"
    assert codes(text) == ["unknown-term"]
    strategy = compiled(CANONICAL)
    again = compiled(one_line(strategy.script))
    assert again.script.statements() == strategy.script.statements()
    assert "#" not in again.text


def test_blanks_and_brackets_across_lines_are_put_in_order() -> None:
    text = (
        "require (skill.billing>=60 # senior\n  or skill.english>=80)\n\n\n;;order  by idle  desc"
    )
    assert compiled(text).text == (
        "require skill.billing >= 60 or skill.english >= 80  # senior\norder by idle desc\n"
    )


def test_words_of_the_language_may_name_skills() -> None:
    kinds = {"any": "level", "for": "level", "then": "level", "wait": "level"}
    text = "prefer skill.any >= 2 and skill.wait > 1 for 5s then skill.for >= 1 for 5s then any\n"
    assert find_problems(text, FLOW, kinds) == ()  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(SCRIPTS)
def test_what_is_printed_is_read_back(script: Script) -> None:
    text = print_script(script)
    parsed = parse(text, FLOW)
    assert parsed.problems == ()
    assert parsed.script == script
    assert print_script(parsed.script) == text


PIECES = st.sampled_from(
    [*CANONICAL.split(), *'; \n # " ( ) [ ] { } , . > == 20 20s 9999999999d " \\ ，'.split(" ")]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_gives_a_script_or_problems_with_places(text: str) -> None:
    lines = text.replace("\r\n", "\n").split("\n")
    problems = find_problems(text, FLOW, SKILLS)
    for problem in problems:
        assert problem.text
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
    if not any(problem.severity == "error" for problem in problems):
        assert compiled(compiled(text).text).text == compiled(text).text


# text, code, line, column, a part of what is said
MISTAKES = [
    ("requir skill.billing > 3", "unknown-statement", 1, 1, 'did you mean "require"'),
    ("if skill.billing > 3", "unknown-statement", 1, 1, "begin with require or prefer"),
    ("order by idle desc\nsort by idle", "unknown-statement", 2, 1, "order by"),
    ("require skill.billing > 3 for 20s", "syntax-unexpected", 1, 27, "write prefer"),
    ("owner wait 10", "syntax-unexpected", 1, 12, "10s"),
    ("owner wait 1.5s", "syntax-unexpected", 1, 12, "whole number"),
    ("owner wait 400d", "no-time", 1, 12, "at most 365d"),
    ("last_agent wait 3s", "syntax-unexpected", 1, 12, "within"),
    ("order idle", "syntax-unexpected", 1, 7, "“by”"),
    ("order by idle descending", "syntax-unexpected", 1, 15, "write desc"),
    ("order by idel", "unknown-term", 1, 10, 'did you mean "idle"'),
    ("order by billing", "unknown-term", 1, 10, "write skill.NAME"),
    ("order by skill.biling desc", "unknown-skill", 1, 10, 'did you mean "billing"'),
    ('order by skill["zh-cn"]', "unknown-skill", 1, 10, 'did you mean "zh-CN"'),
    ("order by skill[]", "syntax-unexpected", 1, 10, 'skill["NAME"]'),
    ("require skill.billing = 3", "syntax-unexpected", 1, 23, "write =="),
    ("require skill.billing > 3 && level > 2", "syntax-unexpected", 1, 27, "and, or, not"),
    ("require skill.language == 'zh'", "syntax-unexpected", 1, 27, "double quotes"),
    ('require skill.language == "zh', "syntax-unexpected", 1, 27, "no end"),
    ('require skill.language == "{x}"', "syntax-unexpected", 1, 27, "no slots"),
    ("require skill.billing > 3，level > 2", "syntax-unexpected", 1, 26, "write , instead"),
    ("require if level > 3 then true else false", "syntax-unexpected", 1, 22, "in brackets"),
    ("require (level > 3\norder by idle desc", "syntax-bracket", 1, 9, "not closed"),
    ("require level > 3)", "syntax-unexpected", 1, 18, "closes nothing"),
    ("require skill.biling > 3", "unknown-skill", 1, 9, 'did you mean "billing"'),
    ("require skil.billing > 3", "unknown-name", 1, 9, 'did you mean "skill"'),
    ("require skill.language > 3", "type-mismatch", 1, 9, "text and number"),
    ("require skill.billing", "type-mismatch", 1, 9, "boolean"),
    ("require skill == 3", "which-skill", 1, 9, "skill.NAME"),
    ("require skill.billing >= now()", "changing", 1, 26, "call.started"),
    ("prefer >= 3 for 20s then any", "syntax-unexpected", 1, 8, "write the whole condition"),
    ("prefer level >= 3 for 20s then >= nam then any", "unknown-name", 1, 35, "nam"),
    ("prefer any", "no-effect", 1, 1, "take it away"),
    ("prefer level > 3 then any", "unreachable-step", 1, 23, "for 20s"),
    ("prefer any for 5s then level > 3", "unreachable-step", 1, 24, "nobody is left"),
    ("prefer level > 3 for 20s", "open-end", 1, 8, "then any"),
    ("prefer level > 3", "never-widens", 1, 8, "write require"),
    ("prefer level >= 30 for 20s then >= 60", "never-widens", 1, 33, "adds nobody"),
    ("prefer level > 3 for 0s then any", "no-time", 1, 8, "at once"),
    ("reserve when wait_estimate > 40s until < 90s", "reserve-reversed", 1, 1, "shorter"),
    ("reserve when wait_estimate > 40s until < 40s", "reserve-oscillates", 1, 1, "20s"),
    ("reserve when wait_estimate < 40s until < 40s", "syntax-unexpected", 1, 28, "> 90s"),
    ("owner wait 5s\nowner wait 6s", "twice", 2, 1, "line 1"),
    ("require level > 3\nrequire level > 3", "twice", 2, 1, "line 1"),
    ("order by idle", "shortest-idle", 1, 10, "idle desc"),
    ("order by ring desc", "no-direction", 1, 10, "take desc away"),
    ("order by random, idle desc", "order-without-effect", 1, 18, "never looked at"),
    ("order by talk, talk desc", "twice", 1, 16, "already"),
    ("ring all; order by talk", "order-without-effect", 1, 11, "at once"),
    ("# nothing", "empty", 1, 1, "order by idle desc"),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "said"), MISTAKES)
def test_a_mistake_is_told(text: str, code: str, line: int, column: int, said: str) -> None:
    problems = find_problems(text, FLOW, SKILLS)
    found = [p for p in problems if p.code == code]
    assert found, problems
    assert (found[0].place.line, found[0].place.column) == (line, column)
    assert said in found[0].text


def test_one_mistake_hides_no_other() -> None:
    assert codes("owner wait 5\norder by idel\nrequire level > 3") == [
        "syntax-unexpected",
        "unknown-term",
    ]


def test_warnings_stay_with_the_strategy() -> None:
    assert [w.code for w in compiled("order by idle").warnings] == ["shortest-idle"]


def test_errors_are_raised_with_their_places() -> None:
    with pytest.raises(StrategyError) as caught:
        compiled("owner wait 5\norder by idel", "nights")
    assert str(caught.value).splitlines()[1].startswith("nights:2:10: error unknown-term: ")


def test_a_text_without_end_is_refused() -> None:
    assert codes("require level > 3\n" * (MAX_LENGTH // 18 + 1)) == ["too-long"]
    assert codes("owner wait 1s;" * 201) == ["too-long"]
