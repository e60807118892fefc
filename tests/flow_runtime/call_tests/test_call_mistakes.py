"""What people are told about mistakes in call tests: golden/mistakes.txt is meant to be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from flow_runtime.call_tests import read_call_file
from flow_runtime.core.phrase import Phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import decode

GOLDEN = Path(__file__).with_name("golden") / "mistakes.txt"
CALL = "flow: a.flow\ncalls:\n"
BEFORE = {
    "the file": (0, ""),
    "a call": (2, CALL),
    "the steps of a call": (4, CALL + "  - name: x\n    steps:\n"),
}


def cases() -> Iterator[tuple[str, str, list[str]]]:
    """Section, what is written, what is told."""
    section = ""
    for block in GOLDEN.read_text(encoding="utf-8").strip("\n").split("\n\n")[1:]:
        if block.startswith("== "):
            section = block[3:]
            continue
        lines = block.split("\n")
        told = [line.strip() for line in lines if line.startswith("      ")]
        yield section, "\n".join(line for line in lines if not line.startswith("      ")), told


def problems(section: str, written: str) -> list[Problem]:
    """The problems, as the file has them."""
    depth, before = BEFORE[section]
    if section == "a call":
        written = "- " + indent(written, "  ")[2:]
    return read_call_file(before + indent(written, " " * depth))[1]


def told(section: str, written: str) -> list[str]:
    """The problems, with places counted in what is written alone."""
    depth, before = BEFORE[section]
    above = before.count("\n")
    left = 0 if section == "the file" else depth + (2 if section == "a call" else 0)
    return [
        f"{p.place.line - above}:{p.place.column - left} {p.code}: {p.text}"
        for p in problems(section, written)
    ]


@pytest.mark.parametrize(("section", "written", "expected"), list(cases()))
def test_a_mistake_is_told_well(section: str, written: str, expected: list[str]) -> None:
    assert [_ours(line) for line in told(section, written)] == [_ours(line) for line in expected]


@pytest.mark.parametrize(("section", "written", "expected"), list(cases()))
def test_a_mistake_can_be_told_in_other_languages(
    section: str, written: str, expected: list[str]
) -> None:
    assert all(isinstance(problem.text, Phrase) for problem in problems(section, written))


def _ours(line: str) -> str:
    """Without what PyYAML says where it lacks libyaml, for which the words are others."""
    return line if yaml.__with_libyaml__ else line.partition("this is no YAML")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but a comment",
        "flow: a.flow\ncalls: [{name: 'x\x00', steps: []}]",
        "[" * 2000,
        "- " * 2000,
        "{a: " * 2000,
        "&a [*a]",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{c}: &{c} [{', '.join([f'*{b}'] * 9)}]\n" for b, c in pairwise("abcdefg")),
        "? [a, b]\n: c",
        "<<: 1",
        "<<: [1]",
        "%TAG ! tag:example.com,2000:\n---\na: !b c",
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_no_text_is_too_odd(text: str) -> None:
    file, problems = read_call_file(text)
    assert file is None and problems


def test_a_file_that_is_no_text_is_a_problem() -> None:
    assert not isinstance(decode(b"\xff\xfe\x00"), str)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    _, problems = read_call_file(
        "flow: a.flow\ncalls:\n  - name: x\n    caler: 1\n    steps:\n      - pres: 1\n"
        "  - name: x\n    steps: [hears: a]\n"
    )
    assert [(p.place.line, p.code) for p in problems] == [
        (4, "test-key"), (6, "test-key"), (7, "test-value"),
    ]  # fmt: skip
