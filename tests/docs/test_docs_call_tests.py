"""The call tests of the manual are run, and print what the manual says."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from cordboard.__main__ import main
from cordboard.call_tests import CallTests
from cordboard.manual.trial import furnish
from docs_kit import DOCS, Block, blocks, page_files
from flow_runtime.call_tests.model import CallTest, QueueScript
from flow_runtime.call_tests.reading import CALL_KEYS, QUEUE_KEYS
from flow_runtime.call_tests.steps import STEP_KEYS

PAGE = DOCS / "call-tests.md"
FILES = page_files(PAGE)
BROKEN = {"wrong.call.yaml", "mistakes.call.yaml"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    furnish(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", sorted(n for n in FILES if n.endswith(".yaml")))
def test_the_calls_of_a_file_pass(file: str, site: Path) -> None:
    done = CallTests().run(site / file)
    failed = [line for result in done.results for line in result.lines()] + done.problems
    assert bool(failed) is (file in BROKEN), failed


OUTPUTS = [block for block in blocks(PAGE) if block.word == "output"]


@pytest.mark.parametrize("block", OUTPUTS, ids=str)
def test_the_command_prints_what_is_shown(block: Block, site: Path) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        main(["test", block.claim])
    shown = printed.getvalue()
    if block.claim == "wrong.call.yaml":
        shown = shown.split("\n\n")[0] + "\n"
    assert shown == block.text


def test_every_key_and_every_step_is_in_the_manual() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for key in CALL_KEYS:
        assert f"`{key}`" in text, key
    for step in STEP_KEYS:
        assert f"| `{step}: " in text, step
    assert {*CALL_KEYS} == {*CallTest.__annotations__} - {"place", "places"}
    assert {"timeout", "full", "closed"} < {*QUEUE_KEYS} and "agent" in QueueScript.__annotations__
