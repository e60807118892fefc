"""The pages about strategies and staffing say what the program does."""

import shlex

import pytest

from contact_center.core.rule_reading import KEYS
from contact_center.core.strategy.names import NAMED
from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.roster import check_roster
from contact_center.core.strategy.strategy import compile_strategy, find_problems
from contact_center.core.strategy.terms import SPELLINGS, TERMS
from cordboard.__main__ import main
from docs_kit import DOCS, REFERENCE, Block, blocks
from routing_kit import FLOW, SKILLS

PAGE = DOCS / "strategies.md"
STRATEGIES = [block for block in blocks(PAGE) if block.word == "strategy"]


@pytest.mark.parametrize("block", STRATEGIES, ids=str)
def test_a_strategy_is_what_it_is_said_to_be(block: Block) -> None:
    codes = {problem.code for problem in find_problems(block.text, FLOW, SKILLS)}
    if block.claim != "fine":
        assert codes == {block.claim}
        return
    assert codes == set()
    if ";" not in block.text.splitlines()[0] or block.text.startswith("#"):
        assert compile_strategy(block.text, FLOW).text == block.text


def test_every_statement_and_term_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for word in [*SPELLINGS, *TERMS, "level"]:
        assert f"`{word}" in text
    for key in set(KEYS) - {"name", "enabled"}:
        assert f"`{key}`" in text


@pytest.mark.parametrize("example", SPELLINGS.values())
def test_the_examples_of_messages_are_strategies(example: str) -> None:
    text = example.replace("CONDITION", "skill.NAME >= 30", 1).replace("CONDITION", "any", 1)
    text = text.replace("any for 30s then any", "any")
    assert compile_strategy(text, FLOW).script.lines


def test_every_check_of_a_roster_is_on_the_page() -> None:
    import ast
    import inspect

    from contact_center.core.strategy import roster

    codes = {
        call.args[1].value
        for call in ast.walk(ast.parse(inspect.getsource(roster)))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == Problem.__name__
        if isinstance(call.args[1], ast.Constant)
    }
    assert len(codes) == 8 and check_roster.__doc__
    for code in codes:
        assert f"| `{code}` |" in PAGE.read_text(encoding="utf-8")
        assert str(code) in check_roster.__doc__


def test_every_named_strategy_has_its_section() -> None:
    text = (REFERENCE / "strategies.md").read_text(encoding="utf-8")
    for named in NAMED.values():
        assert f"## {named.number}. {named.title.en} · {named.title.zh}\n" in text
        assert named.help.en in text and named.help.zh in text


def test_the_staffing_table_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    command, output = list(blocks(DOCS / "staffing.md"))[:2]
    assert main(shlex.split(command.text)[1:]) == 0

    def rows(text: str) -> list[list[str]]:
        return [line.split() for line in text.splitlines() if line.strip()]

    assert rows(output.text) == rows(capsys.readouterr().out)
