"""What VoiceXML 2.1 has, and what is said of a document that has something else."""

import pytest

from cordboard.vxml.elements import Element
from cordboard.vxml.reading import read_xml
from cordboard.vxml.vocabulary import ELEMENTS, structure_problems


def said(inside: str) -> list[str]:
    root = read_xml(f'<vxml version="2.1">\n{inside}</vxml>'.encode())
    assert isinstance(root, Element)
    return [p.line("")[1:] for p in structure_problems(root)]


def test_the_table_names_only_what_is_in_it() -> None:
    for name, kind in ELEMENTS.items():
        assert kind.children <= ELEMENTS.keys(), name
        assert kind.needs <= kind.attributes, name
    parents = {child for kind in ELEMENTS.values() for child in kind.children}
    assert ELEMENTS.keys() - parents == {"vxml"}


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<form><block>a</block></form>", []),
        ("<frm/>", ['2:1: error vxml-unknown: <frm> is no element of VoiceXML 2.1 (did you mean'
                    ' "form"?)']),
        ("<x:form xmlns:x='urn:x'/>", ["2:1: error vxml-unknown: <{urn:x}form> is no element of"
                                       " VoiceXML 2.1"]),
        ("<block/>", ["2:1: error vxml-unknown: <block> may not stand in <vxml>"]),
        ("<form>words</form>", ["2:1: error vxml-unknown: <form> holds text, which may not stand"
                                " there"]),
        ("<form><block><goto next='#a'>x</goto></block></form>",
         ["2:14: error vxml-unknown: <goto> holds text, which may not stand there"]),
        ("<form nmae='a'/>", ['2:1: warning vxml-unknown: <form> has no attribute "nmae" in'
                              " VoiceXML 2.1 (known: id, scope)"]),
        ("<form><block><assign name='a'/></block></form>",
         ['2:14: error vxml-unknown: <assign> lacks its attribute "expr"']),
        ("<metadata><any/></metadata><form/>", []),
        ("<form><blok><goto/></blok></form>", ["2:7: error vxml-unknown: <blok> is no element of"
                                               ' VoiceXML 2.1 (did you mean "block"?)']),
    ],
)  # fmt: skip
def test_what_is_no_voicexml(inside: str, expected: list[str]) -> None:
    assert said(inside) == expected


def test_another_document() -> None:
    root = read_xml(b"<html><form/></html>")
    assert isinstance(root, Element)
    (problem,) = structure_problems(root)
    assert problem.text == "the document is a <html>; VoiceXML begins with <vxml>"
