"""The page about VoiceXML says what the program does."""

import re
from pathlib import Path

import pytest

from cordboard.__main__ import main
from cordboard.vxml import report
from cordboard.vxml.events import _MOST_HANDLERS
from cordboard.vxml.export_nodes import NODES
from cordboard.vxml.reading import DEEPEST, MOST_BYTES
from cordboard.vxml.script_meaning import FUNCTIONS, METHODS
from cordboard.vxml.sketch import MOST_STEPS
from cordboard.vxml.variables import _MOST
from docs_kit import DOCS, blocks

PAGE = DOCS / "voicexml.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_becomes_the_flow_of_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    by_language = {block.language: block.text for block in blocks(PAGE)}
    (tmp_path / "doc.vxml").write_text(by_language["xml"], encoding="utf-8")
    assert main(["import", "doc.vxml"]) == 1
    assert (tmp_path / "doc.flow").read_text(encoding="utf-8") == by_language["flow"]
    assert capsys.readouterr().out == by_language["text"]


def test_the_limits_are_those_of_the_program() -> None:
    section = TEXT.split("### Documents of strangers")[1].split("## Export")[0]
    told = {int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]*\b", section)}
    assert {MOST_BYTES, DEEPEST, _MOST_HANDLERS, _MOST, MOST_STEPS} <= told


def test_every_node_with_a_counterpart_is_named() -> None:
    table = TEXT.split("## Export")[1].split("## What the report says")[0]
    assert {name for name in NODES if f"`{name}`" not in table} == set()


def test_every_function_that_is_understood_is_named() -> None:
    names = {name.removeprefix("Math.") for name in (*FUNCTIONS, *METHODS)} - {"length", "toString"}
    assert {name for name in names if f"`{name}`" not in TEXT and f".{name}`" not in TEXT} == set()


def test_every_code_is_explained() -> None:
    codes = {report.NO_COUNTERPART, report.NOT_UNDERSTOOD, report.DIFFERS}
    codes |= {"vxml-xml", "vxml-unknown"}
    table = TEXT.split("## What the report says")[1]
    assert set(re.findall(r"^\| `([\w-]+)`", table, re.M)) == codes
