"""Whatever an analyst can read in the designer is there in Chinese, and only once."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import designer
import flow_runtime
import nodes
from designer.forms import flow_form, labels
from designer.forms.editors import sound
from designer.forms.values import UNIT_WORDS
from designer.look.i18n import table
from flow_runtime.core.binding import bind
from flow_runtime.core.expr import env, facts, formats, functions
from flow_runtime.core.expr.assist import at_node, offers, words
from flow_runtime.core.node import Node
from flow_runtime.core.phrase import Phrase, phrase
from flow_runtime.core.syntax import parse
from mistake_kit import AROUND, problems
from nodes.catalogue import GROUPS, library
from nodes.explanations import explanations

CHINESE = table("zh_CN")
DESIGNER, RUNTIME, NODES = (Path(p.__path__[0]) for p in (designer, flow_runtime, nodes))
SAID = (RUNTIME / "core", RUNTIME / "call_tests", RUNTIME / "data", NODES, DESIGNER)
"""Where the texts come from that the designer shows."""
GOLDEN = Path(__file__).parents[2] / "flow_runtime" / "syntax" / "golden" / "mistakes.txt"
CARRIERS = {
    "error", "warning", "Problem", "Finding", "Mistake", "NodeFailure", "ExpressionFailure",
    "type_error", "bad_value", "too_large", "Disappointed", "Misfit", "YamlMistake", "CannotSave",
    "Refused",
}  # fmt: skip
"""What takes a text that a person will read."""


def needs_words(template: str) -> bool:
    """Whether *template* has more than values, signs and names in capital letters."""
    return re.search("[a-z]", re.sub(r"\{\w+\}", "", template)) is not None


def trees(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)


def test_no_text_stands_in_two_tables() -> None:
    counted: Counter[str] = Counter()
    for file in (files("designer.look") / "words").iterdir():
        if file.name.startswith("zh_CN"):
            counted.update(tomllib.loads(file.read_text(encoding="utf-8")).keys())
    assert [text for text, count in counted.items() if count > 1] == []


# --- what the code says ---------------------------------------------------------------------------


def test_every_phrase_has_its_chinese() -> None:
    missing, computed = set(), []
    for path, tree in trees(*SAID):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node) == "phrase":
                found = list(literals(node.args[0]))
                missing |= {text for text in found if needs_words(text) and text not in CHINESE}
                computed += [path.name] * (not found)
    assert not missing
    assert set(computed) == {"card.py", "phrase.py"}  # a parameter's choice: see below; itself


def shown_parts(tree: ast.AST) -> Iterator[ast.AST]:
    """All parts of *tree* but the examples of node classes, which are for the manual."""
    for child in ast.iter_child_nodes(tree):
        targets = child.targets if isinstance(child, ast.Assign) else []
        if not any(getattr(target, "id", "") == "examples" for target in targets):
            yield child
            yield from shown_parts(child)


def plain(node: ast.AST) -> Iterator[str]:
    """The texts with words in *node* that are not within a phrase."""
    if isinstance(node, ast.Call) and name_of(node) in ("phrase", "tr"):
        return
    if isinstance(node, ast.JoinedStr):
        said = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
        if re.search("[a-z]{2,}", said):
            yield said
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.search("[a-z],? [a-z]", node.value):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from plain(child)


def test_no_message_is_a_text_without_its_values() -> None:
    """Not all of them: those that are handed straight to what carries them, and summaries."""
    found = []
    for path, tree in trees(*SAID):
        for node in shown_parts(tree):
            if isinstance(node, ast.Call) and name_of(node) in CARRIERS:
                texts = [text for argument in node.args for text in plain(argument)]
                found += [(path.name, text) for text in texts if not text.startswith("unknown-")]
            elif isinstance(node, ast.FunctionDef) and node.name == "summary":
                found += [(path.name, text) for part in node.body[1:] for text in plain(part)]
    assert found == []


def test_every_text_of_the_designer_has_its_chinese() -> None:
    missing = set()
    for path, tree in trees(DESIGNER):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node) in ("tr", "told") and node.args:
                texts = {text for text in literals(node.args[0]) if needs_words(text)}
                missing |= {(path.name, text) for text in texts - CHINESE.keys()}
    assert not missing


# --- what classes and tables say of themselves ----------------------------------------------------


def of_class(cls: type[Node]) -> Iterator[str]:
    yield from (cls.title, cls.group, (cls.__doc__ or "").partition("\n")[0])
    for spec in cls.params.values():
        yield spec.help
        yield labels._LABELS.get(spec.name) or spec.name.replace("_", " ").capitalize()
        yield UNIT_WORDS.get(spec.unit or "", "")
        yield from (choice for choice in spec.choices if needs_words(choice))
    flow = parse(f"flow f\nnode n: {cls.type}\n").flow
    assert flow is not None
    bound = bind(flow.nodes[0], cls)
    for port in bound.ports.values():
        yield from (port.help, str(port.name).replace("_", " "))


def test_every_node_class_is_told_in_chinese() -> None:
    texts = {(cls.type, text) for cls in library().values() for text in of_class(cls)}
    assert {(kind, text) for kind, text in texts if needs_words(text) and text not in CHINESE} == (
        set()
    )


def helps() -> Iterator[str]:
    """The lines of help of the expression editor."""
    tables: tuple[Mapping[str, Any], ...] = (
        functions.FUNCTIONS, formats.FORMATS, facts.CALL, facts.QUEUE, facts.AGENT, facts.RECORDED,
    )  # fmt: skip
    for one in tables:
        yield from (item.help for item in one.values())
    for texts in (env.VIEW_HELP, words.CONSTANTS, words.PREFIXES, words.CHOICE, words.OPERATORS):
        yield from texts.values()
    yield words.ALLOWED
    yield from offers._NAMED.values()
    yield from at_node._KINDS.values()


def test_all_help_of_the_expression_editor_is_told_in_chinese() -> None:
    assert {text for text in helps() if text not in CHINESE} == set()


def other_texts() -> Iterator[str]:
    yield from GROUPS
    yield from (one.code.replace("-", " ") for one in explanations().values())
    yield from sound.KINDS.values()
    for said in (*flow_form._KINDS.values(), *flow_form._JUMPS.values()):
        yield from said
    yield from ("ms", "s", "min", "h", "d")


def test_other_tables_are_told_in_chinese() -> None:
    assert {text for text in other_texts() if text not in CHINESE} == set()


# --- what is said of real mistakes ----------------------------------------------------------------


def cases() -> Iterator[tuple[str, str]]:
    section = ""
    for block in GOLDEN.read_text(encoding="utf-8").strip("\n").split("\n\n")[1:]:
        if block.startswith("== "):
            section = block[3:]
        elif section in AROUND:
            yield section, block.split("\n")[0]


def english_in(text: str) -> list[str]:
    """The templates in *text* that nobody has translated; itself if it is no phrase."""
    if not isinstance(text, Phrase):
        return [text]
    return [one for one in text.templates() if needs_words(one) and one not in CHINESE]


@pytest.mark.parametrize(("section", "written"), list(cases()))
def test_a_mistake_is_told_in_chinese(section: str, written: str) -> None:
    for problem in problems(section, written):
        assert english_in(problem.text) == []


def test_what_a_phrase_is_made_of_is_seen_through_others_and_sums() -> None:
    inner = phrase("nobody translates {what}", what="this")
    assert english_in(phrase("; write {word}", word=inner)) == [inner.template]
    assert english_in(phrase("at once") + inner) == [inner.template]
