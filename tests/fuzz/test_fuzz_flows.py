"""Whatever becomes of a flow file, nobody sees a traceback and nothing that was written is lost.

``CORDBOARD_FUZZ=5000`` tries so many files in each test, which then wants ``--timeout=0``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cordboard.__main__ import main
from flow_runtime.core.check import check_text
from flow_runtime.core.syntax import decode, parse, print_flow
from flow_strategies import SITE
from mutations import broken_files, broken_texts, good_texts, lost_words
from strategies import without_comments

pytestmark = pytest.mark.slow
MANY = settings(
    max_examples=int(os.environ.get("CORDBOARD_FUZZ", "100")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
_LINE = re.compile(r"\S+:\d+:\d+: (error|warning) [a-z0-9-]+: \S.*", re.DOTALL)


@MANY
@given(broken_texts())
def test_a_broken_flow_is_checked_without_a_traceback(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    flow, problems = check_text(text, SITE)
    assert flow is not None or problems
    for problem in problems:
        assert problem.text and 1 <= problem.place.line <= lines and problem.place.column >= 1
        assert _LINE.fullmatch(problem.line("a.flow")), problem


@MANY
@given(broken_texts())
def test_what_can_be_read_is_written_without_a_loss(text: str) -> None:
    parsed = parse(text)
    if parsed.flow is None or parsed.problems:
        return
    written = print_flow(parsed.flow)
    assert not lost_words(text, written)
    again = parse(written)
    assert again.problems == () and again.flow is not None
    assert print_flow(again.flow) == written
    assert without_comments(again.flow).nodes == without_comments(parsed.flow).nodes


@MANY
@given(good_texts())
def test_a_good_flow_is_written_without_a_loss(text: str) -> None:
    parsed = parse(text)
    assert parsed.problems == () and parsed.flow is not None
    assert not lost_words(text, print_flow(parsed.flow))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.flow"


@MANY
@given(content=broken_files())
def test_the_command_fmt_writes_all_or_nothing(
    content: bytes, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    code = main(["fmt", str(file)])
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    after = file.read_bytes()
    if code != 0:
        assert after == content and told.out.startswith(f"{file}:")
        return
    before, now = decode(content), decode(after)
    assert isinstance(before, str) and isinstance(now, str)
    assert not lost_words(before, now)
    assert main(["fmt", "--check", str(file)]) == 0
    assert file.read_bytes() == after


@MANY
@given(content=broken_files())
def test_the_command_check_says_what_is_wrong_line_by_line(
    content: bytes, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    code = main(["check", str(file)])
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    lines = [line for line in told.out.split("\n") if line]
    assert code in (0, 1, 2) and (code == 0 or lines)
    assert code != 0 or not any(": error " in line for line in lines)
