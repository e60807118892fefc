"""Documents in the manner of the standard's examples: imported, checked, and called."""

from pathlib import Path

import pytest

from cordboard.call_tests import CallTests
from cordboard.vxml.elements import Element
from cordboard.vxml.importing import import_document
from cordboard.vxml.reading import read_xml
from cordboard.vxml.vocabulary import structure_problems
from flow_runtime.core.check import check_text, has_errors
from vxml.vxml_kit import SITE

FOLDER = Path(__file__).parents[1] / "vxml"
EXAMPLES = sorted(FOLDER.glob("*.vxml"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_voicexml(path: Path) -> None:
    root = read_xml(path.read_bytes())
    assert isinstance(root, Element)
    assert list(structure_problems(root)) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_calls_to_the_flow_of_an_example(path: Path, tmp_path: Path) -> None:
    for document in EXAMPLES:
        found = import_document(document.read_bytes(), document.stem)
        assert not has_errors(found.problems), [p.line(document.name) for p in found.problems]
        for name, text in found.texts().items():
            assert not has_errors(check_text(text, SITE)[1]), text
            (tmp_path / f"{name}.flow").write_text(text, encoding="utf-8")
    calls = path.with_suffix(".call.yaml")
    if calls.exists():
        (tmp_path / calls.name).write_bytes(calls.read_bytes())
        done = CallTests().run(tmp_path / calls.name)
        assert done.problems == []
        assert [line for result in done.results for line in result.lines()] == []
        assert done.passed
