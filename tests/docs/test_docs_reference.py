"""The reference pages are up to date, and nothing that a person can meet is left out of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cordboard.__main__ import main
from cordboard.manual.__main__ import main as manual
from cordboard.manual.__main__ import pages, stale
from cordboard.manual.functions import _VALUES
from cordboard.manual.trial import findings
from docs_kit import REFERENCE, ROOT
from flow_runtime.core.explanations import Explanation, failure_groups, read_chapter
from flow_runtime.core.expr.formats import FORMATS
from nodes.catalogue import built_in
from nodes.explanations import explanations

CODE = re.compile(r"[a-z]+(-[a-z]+)*")
EMITTERS = {"error", "warning", "_error", "Problem", "Finding", "Mistake", "_complain", "_Kind"}
FAILURES = {"NodeFailure", "ExpressionFailure", "BudgetSpent"}
CHECKED = (
    *(ROOT / "flow_runtime/core").glob("syntax/*.py"),
    *(ROOT / "flow_runtime/core").glob("check/*.py"),
    *(ROOT / "flow_runtime/core").glob("expr/*.py"),
    ROOT / "flow_runtime/prompt_files.py",
    *(ROOT / "nodes").glob("*.py"),
)
OTHER_WORDS = {"utf-8", "utf-8-sig", "mon-fri", "sub-flow"}
"""Words with hyphens that are no codes."""
TEST_ONLY = {"no-answer"}
"""A call test that gives no answer; its page says so."""


def test_the_committed_pages_are_up_to_date() -> None:
    assert stale(REFERENCE) == [], "run make reference"


# --- problems -------------------------------------------------------------------------------------


def emitted(file: Path) -> Iterator[str]:
    """The codes that *file* gives to problems, as far as they are written out in it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for scope in [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))]:
        named = dict(assigned(scope)) if isinstance(scope, ast.FunctionDef) else {}
        for call in [n for n in ast.walk(scope) if isinstance(n, ast.Call)]:
            if callee(call) in EMITTERS:
                given = [*call.args, *(k.value for k in call.keywords if k.arg == "code")]
                yield from code_among([literals(arg, named) for arg in given])


def assigned(scope: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(scope):
        match node:
            case ast.Assign([ast.Name(name)], value):
                yield name, value
            case ast.AnnAssign(ast.Name(name), _, value) if value is not None:
                yield name, value


def callee(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
    return ""


def literals(value: ast.expr, named: dict[str, ast.expr]) -> list[str]:
    """The texts that *value* may be: itself, those of a choice, those of a name's assignment."""
    match value:
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(_, one, other):
            return literals(one, named) + literals(other, named)
        case ast.Name(name) if name in named:
            return literals(named[name], {})
    return []


def code_among(arguments: list[list[str]]) -> list[str]:
    """The first argument that holds codes; the severity is none."""
    for texts in arguments:
        if texts and all(CODE.fullmatch(t) for t in texts) and not {*texts} & {"error", "warning"}:
            return texts
    return []


def hyphenated(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Constant(str(text)) if "-" in text and CODE.fullmatch(text):
                yield text


def failure_names() -> set[str]:
    return {failure.name for group in failure_groups().values() for failure in group}


def test_every_code_is_explained_and_every_explanation_has_a_code() -> None:
    codes = {code for file in CHECKED for code in emitted(file)}
    assert len(codes) > 60  # the search itself works
    assert codes == set(explanations())


def test_no_word_that_looks_like_a_code_is_unknown() -> None:
    words = {word for file in CHECKED for word in hyphenated(file)}
    assert words - set(explanations()) - failure_names() - OTHER_WORDS == set()


@pytest.mark.parametrize("explanation", explanations().values(), ids=lambda e: e.code)
def test_an_example_has_its_problem_and_the_mended_one_has_none(explanation: Explanation) -> None:
    said = [line for line in findings(explanation) if f" {explanation.code}: " in line]
    assert said
    if explanation.severity != "either":
        assert all(f": {explanation.severity} " in line for line in said)
    assert findings(explanation, mended=True) == []
    for text in (explanation.means, explanation.mend):
        assert text.rstrip(")").endswith((".", "`."))


def test_an_explanation_with_a_mistake_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "problems.toml"
    for entry in ('severity = "bad"', 'severity = "error"\nmeans = ""\nmend = ""\nexampel = ""'):
        table.write_text(f'title = "T"\nabout = ""\n[a-code]\n{entry}\n', encoding="utf-8")
        with pytest.raises((ValueError, TypeError)):
            read_chapter(table)


def test_a_change_that_does_not_fit_its_example_is_refused() -> None:
    wrong = Explanation("a-code", "error", "", "", "flow a\n", change=(("flow b", "flow c"),))
    with pytest.raises(ValueError, match="a-code"):
        _ = wrong.mended


# --- failures -------------------------------------------------------------------------------------


def raised() -> Iterator[str]:
    """The names that are given to failures, as regular expressions."""
    sources = [*(ROOT / "flow_runtime").rglob("*.py"), *(ROOT / "nodes").glob("*.py")]
    for file in (*sources, ROOT / "cordboard/simulator.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and callee(node) in FAILURES and node.args:
                yield from (re.escape(text) for text in literals(node.args[0], {}))
                if isinstance(node.args[0], ast.JoinedStr):
                    parts = node.args[0].values
                    yield "".join(p.value if isinstance(p, ast.Constant) else ".+" for p in parts)


def test_every_failure_has_its_line() -> None:
    names = failure_names() | TEST_ONLY
    unknown = {pattern for pattern in raised() if not any(re.fullmatch(pattern, n) for n in names)}
    assert not unknown


def test_every_line_of_the_failures_is_one() -> None:
    files = [*(ROOT / "flow_runtime").rglob("*.py"), *(ROOT / "nodes").glob("*.py")]
    written = " ".join(file.read_text(encoding="utf-8") for file in files)
    patterns = set(raised())
    strange = {
        name
        for name in failure_names()
        if not any(re.fullmatch(pattern, name) for pattern in patterns)
        and f'"{name}"' not in written
    }
    assert not strange


# --- nodes, functions, formats --------------------------------------------------------------------


def test_every_node_type_has_a_section() -> None:
    made = pages()
    for cls in built_in().values():
        page = made[f"nodes/{cls.group.lower()}.md"]
        section = page.partition(f"\n## {cls.type}\n")[2].partition("\n## ")[0]
        for spec in cls.params.values():
            assert f"| `{spec.name}` |" in section and spec.help in section
        assert all(example.says in section for example in cls.examples)
        assert f"#{cls.type})" in made["nodes/index.md"]


def test_every_format_is_shown_with_a_value() -> None:
    assert set(_VALUES) == set(FORMATS)


# --- explain --------------------------------------------------------------------------------------


def explain(code: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    result = main(["check", "--explain", code])
    printed = capsys.readouterr()
    return result, printed.out + printed.err


def test_check_explains_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    result, text = explain("unknown-function", capsys)
    assert result == 0
    assert text.startswith("unknown-function\nError")
    assert "-  when = length(name) > 0" in text and "+  when = len(name) > 0" in text
    assert "](" not in text, "links are for pages"


def test_check_explains_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    result, text = explain("database-timeout", capsys)
    assert result == 0
    assert "within `timeout`" in text


def test_check_knows_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    result, text = explain("unknown-functon", capsys)
    assert result == 2
    assert 'did you mean "unknown-function"?' in text


def test_check_wants_a_file_or_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert "--explain CODE" in capsys.readouterr().err


# --- the command that writes ----------------------------------------------------------------------


def test_pages_are_written_checked_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.md").write_text("# A page of a group that is gone\n", encoding="utf-8")
    assert manual([str(tmp_path), "--check"]) == 1
    assert "old.md: run make reference" in capsys.readouterr().out
    assert manual([str(tmp_path)]) == 0
    assert not (tmp_path / "old.md").exists()
    assert manual([str(tmp_path), "--check"]) == 0
    assert "<!-- Made by" in (tmp_path / "nodes/ask.md").read_text(encoding="utf-8")
