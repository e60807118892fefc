"""Every text of the forms, and what node classes say of their parameters, is there in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

import designer
from designer.forms import flow_form, labels
from designer.forms.editors import sound
from designer.look.i18n import table
from nodes.catalogue import library

ROOT = Path(designer.__file__).parent


def said(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from said(body)
            yield from said(orelse)


def texts_of_sources() -> Iterator[str]:
    for folder in ("forms", "prompts"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr":
                    for argument in node.args[:1]:
                        yield from said(argument)


def texts_of_tables() -> Iterator[str]:
    yield from sound.KINDS.values()
    for words in (*flow_form._KINDS.values(), *flow_form._JUMPS.values()):
        yield from words
    yield from ("ms", "s", "min", "h", "d")
    for cls in library().values():
        yield cls.title
        for spec in cls.params.values():
            yield spec.help
            yield labels._LABELS.get(spec.name) or spec.name.replace("_", " ").capitalize()


def test_all_is_translated():
    known = table("zh_CN")
    missing = {text for text in (*texts_of_sources(), *texts_of_tables()) if text not in known}
    assert not missing


def test_values_stay_in_their_places():
    for english, chinese in table("zh_CN").items():
        for place in ("{what}", "{name}", "{n}", "{file}", "{why}", "{value}"):
            assert (place in english) == (place in chinese), english
