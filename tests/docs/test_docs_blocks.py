"""Every block of code in the manual and the README is what it is said to be."""

import re
import shlex
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cordboard.__main__ import COMMANDS, command_module
from cordboard.config import parse_config
from cordboard.manual.trial import checked, furnish
from docs_kit import Block, all_blocks, page_files, written_pages
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.frame import Frame
from flow_runtime.core.syntax import parse, print_flow
from flow_runtime.core.syntax.parser import ExpressionError, parse_expression
from flow_runtime.core.types import NUMBER, RECORD, Type
from nodes.catalogue import built_in

LANGUAGES = {"flow", "expression", "toml", "sh", "python", "yaml", "text", "diff", "ini", "xml"}


def is_whole(block: Block) -> bool:
    return re.search(r"^flow ", block.text, re.M) is not None


FLOWS = [b for b in all_blocks("flow") if is_whole(b) and b.word != "with"]
PARTS = [b for b in all_blocks("flow") if not is_whole(b)]


@pytest.mark.parametrize("block", FLOWS, ids=str)
def test_a_flow_checks_as_it_is_claimed(block: Block, tmp_path: Path) -> None:
    furnish(tmp_path, page_files(block.page))
    (tmp_path / "here.flow").write_text(block.text, encoding="utf-8")
    printed = checked(tmp_path, "here.flow")
    codes = [line.split(": ")[1].split()[1] for line in printed]
    assert codes == (block.claim.split() if block.word == "problems" else []), printed


@pytest.mark.parametrize("block", FLOWS, ids=str)
def test_a_flow_is_in_canonical_form(block: Block) -> None:
    parsed = parse(block.text)
    library = built_in()

    def order(word: str) -> tuple[str, ...]:
        return tuple(library[word].params) if word in library else ()

    assert parsed.flow is not None
    assert print_flow(parsed.flow, order) == block.text


@pytest.mark.parametrize("block", PARTS, ids=str)
def test_a_part_of_a_flow_is_read(block: Block) -> None:
    inside = "node x: y\n" if block.text[:1] in " \t" else ""
    parsed = parse(f"flow part\nschema 1\n{inside}{block.text}")
    assert not parsed.problems


# --- expressions ----------------------------------------------------------------------------------

VARIABLES = {"account": {"owed": Decimal("12.5")}, "note": None, "tries": Decimal(2)}
ENV = TypeEnv({"account": RECORD, "note": Type("text", optional=True), "tries": NUMBER})
LINES = [
    pytest.param(*re.split(r"\s+# ", line, maxsplit=1), id=f"{block}+{number}")
    for block in all_blocks("expression")
    for number, line in enumerate(block.text.splitlines(), 1)
]


@pytest.mark.parametrize(("text", "claim"), LINES)
def test_an_expression_gives_what_is_claimed(text: str, claim: str) -> None:
    if claim.startswith("error "):
        assert codes_of(text) == [claim.removeprefix("error ")]
        return
    assert codes_of(text) == []
    assert value(parse_expression(text)) == value(parse_expression(claim))


def codes_of(text: str) -> list[str]:
    try:
        return [problem.code for problem in infer(parse_expression(text), ENV)[1]]
    except ExpressionError as error:
        return [error.problem.code]


def value(expr: Expr) -> object:
    frame = Frame(now=datetime(2026, 11, 23, 10, tzinfo=UTC), variables=dict(VARIABLES))
    return compile_expression(expr, None, ENV)(frame)


# --- other languages ------------------------------------------------------------------------------


@pytest.mark.parametrize("block", all_blocks("toml"), ids=str)
def test_toml_is_a_configuration_or_a_prompt_table(block: Block, tmp_path: Path) -> None:
    document = tomllib.loads(block.text)
    if document and all(isinstance(entry, str) for entry in document.values()):
        return  # a prompt table
    if "project" in document:
        return  # the pyproject.toml of a plug-in
    named = "" if "[trunks" in block.text else '[trunks.carrier]\naddress = "192.0.2.1:5060"\n'
    parse_config(block.text + named, tmp_path, secrets=False)


@pytest.mark.parametrize("block", all_blocks("python"), ids=str)
def test_python_is_python(block: Block) -> None:
    compile(block.text, str(block), "exec")


COMMAND_LINES = [
    pytest.param(line, id=f"{block}+{number}")
    for block in all_blocks("sh")
    for number, line in enumerate(block.text.splitlines(), 1)
    if re.search(r"\bcordboard\b(?! ?=)(?!\[)", line) and not line.startswith(("#", "alias", "pip"))
]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_a_command_line_is_one(line: str) -> None:
    import argparse

    words = shlex.split(line, comments=True)
    name, *arguments = words[next(n for n, w in enumerate(words) if w.endswith("cordboard")) + 1 :]
    assert name in COMMANDS
    parser = argparse.ArgumentParser(exit_on_error=False)
    command_module(name).add_arguments(parser)
    assert parser.parse_known_args(arguments)[1] == []


def test_every_block_has_a_language_that_is_known() -> None:
    from docs_kit import blocks

    strange = [
        str(block)
        for page in written_pages()
        for block in blocks(page)
        if block.language not in LANGUAGES and not block.language.startswith("{")
    ]
    assert not strange


def test_the_limits_are_those_of_the_program() -> None:
    from docs_kit import DOCS
    from flow_runtime.core.expr import failure
    from flow_runtime.core.levels import DEEPEST
    from flow_runtime.core.syntax.blocks import MAX_PROBLEMS
    from flow_runtime.core.trouble import BUDGET

    section = (DOCS / "language.md").read_text(encoding="utf-8").split("## Limits")[1]
    told = [int(cell.replace(",", "")) for cell in re.findall(r"\| ([\d,]+) \|$", section, re.M)]
    limits = [failure.MAX_NODES, failure.MAX_DEPTH, failure.MAX_TEXT, failure.MAX_WEIGHT]
    limits += [failure.MAX_NESTING, failure.MAX_DIGITS, failure.MAX_PATTERN, BUDGET, DEEPEST]
    limits += [MAX_PROBLEMS]
    assert told == limits
