"""XML that strangers wrote: read, or refused with a reason and a place."""

import pytest

from cordboard.vxml.elements import (
    VOICEXML,
    Comment,
    Content,
    Element,
    element,
    write_document,
    write_inline,
)
from cordboard.vxml.importing import import_document
from cordboard.vxml.reading import DEEPEST, MOST_BYTES, read_xml
from flow_runtime.core.problems import Place, Problem


def refused(content: bytes) -> str:
    found = read_xml(content)
    assert isinstance(found, Problem)
    assert found.code == "vxml-xml"
    assert import_document(content, "line").flows == {}
    return f"{found.place.line}:{found.place.column}: {found.text}"


def root(content: str | bytes) -> Element:
    found = read_xml(content.encode() if isinstance(content, str) else content)
    assert isinstance(found, Element), found
    return found


# --- what is read ---------------------------------------------------------------------------------


def test_elements_have_bare_names_and_places() -> None:
    read = root(f'<vxml xmlns="{VOICEXML}">\n  <form id="a"> x </form>\n</vxml>')
    (form,) = read.elements()
    assert (read.name, form.name, form.attributes) == ("vxml", "form", {"id": "a"})
    assert form.place == Place(2, 3, 2, 4)
    assert form.text == "x"


def test_namespaces_of_others_stay_with_their_names() -> None:
    read = root(
        '<vxml xmlns:x="urn:x" xml:lang="en" x:y="1"><x:form/>'
        '<g:grammar xmlns:g="http://www.w3.org/2001/06/grammar"/></vxml>'
    )
    assert read.attributes == {"xml:lang": "en", "{urn:x}y": "1"}
    assert [child.name for child in read.elements()] == ["{urn:x}form", "grammar"]


def test_comments_and_instructions_are_kept_those_outside_too() -> None:
    read = root("<!-- a --><?x y?><vxml>b<!--c-->d</vxml><!-- e -->")
    texts = [part.text if isinstance(part, Comment) else part for part in read.content]
    assert texts == ["a", "<?x y?>", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"), ("UTF-8", "utf-8-sig"), ("utf-16", "utf-16"), ("gbk", "gbk"),
        ("GB18030", "gb18030"), ("big5", "big5"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16-be"),
    ],
)  # fmt: skip
def test_encodings(declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><vxml>電話</vxml>'
    assert root(text.encode(encoding)).text == "電話"


def test_latin_1() -> None:
    assert root('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode("latin-1")).text == "é"


def test_entities_of_xml_itself_and_numbers() -> None:
    assert root("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a>").text == "<&>\"'AB"


def test_the_dtd_of_the_standard_is_not_loaded_and_does_no_harm() -> None:
    doctype = '<!DOCTYPE vxml PUBLIC "-//W3C//DTD VOICEXML 2.1//EN" "http://127.0.0.1:9/vxml.dtd">'
    assert root(f"{doctype}<vxml>a</vxml>").text == "a"
    assert root('<!DOCTYPE vxml SYSTEM "file:///etc/passwd"><vxml>a</vxml>').text == "a"


# --- what is refused ------------------------------------------------------------------------------

LAUGHS = (
    "<!DOCTYPE vxml [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {y} '{f'&{x};' * 10}'>" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><vxml>&i;</vxml>"
)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><a/>',
        f'<!DOCTYPE a [<!ENTITY x "{"a" * 100_000}">]><a>{"&x;" * 1000}</a>',
        '<!DOCTYPE a SYSTEM "x.dtd" [<!ATTLIST a b CDATA "c">]><a/>',
        "<!DOCTYPE a []><a/>",
    ],
)
def test_declarations_are_refused_before_anything_grows(content: str) -> None:
    assert "the DOCTYPE holds declarations of its own" in refused(content.encode())


def test_an_unknown_entity() -> None:
    assert refused(b"<a>\n &nbsp;</a>") == "2:2: this is not well-formed XML: undefined entity"
    outer = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">\n<a>&x;</a>'
    assert refused(outer) == "2:4: this is not well-formed XML: undefined entity"


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x00\x01", b"<", b"<a>", b"<a></b>", b"<a><b></a></b>", b"<a/><b/>", b"{}",
     b"flow f\nschema 1\n", b"<a b=1/>", b"<a b='1' b='2'/>", b"<a>\x0b</a>",
     b"<x:a/>", b"<a>\xef\xbf\xbe</a>"],
)  # fmt: skip
def test_what_is_no_xml(content: bytes) -> None:
    assert "this is not well-formed XML: " in refused(content)


def test_a_document_that_is_too_large() -> None:
    said = refused(b"<vxml>" + b" " * MOST_BYTES + b"</vxml>")
    assert said == "1:1: the document has more than 4,000,000 bytes; divide it"


def test_a_document_that_is_too_deep() -> None:
    deep = "<a>" * DEEPEST + "</a>" * DEEPEST
    assert root(deep).name == "a"
    said = refused(f"<a>\n{deep}</a>".encode())
    assert said == f"2:{3 * DEEPEST - 2}: elements are more than {DEEPEST} deep in each other"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<a>\n\xff</a>", "2:1: the document is not utf-8; save it as UTF-8"),
        ('<?xml version="1.0" encoding="ascii"?><a>é</a>'.encode(),
         "1:1: the document is not ascii; save it as UTF-8"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>',
         "1:1: the encoding klingon is not known; save the document as UTF-8"),
        (b'<?xml version="1.0" encoding="base64"?><a/>',
         "1:1: the encoding base64 is not known; save the document as UTF-8"),
        (b"\xff\xfe<", "1:1: the document is not utf-16; save it as UTF-8"),
        (b'<?xml version="1.0" encoding="utf-7"?><a>+2AA-</a>',
         "1:1: the document holds characters that XML does not allow; save it as UTF-8"),
    ],
)  # fmt: skip
def test_wrong_encodings(content: bytes, said: str) -> None:
    assert refused(content) == said


# --- what is written ------------------------------------------------------------------------------


def test_what_is_written_is_read_again() -> None:
    content: list[Content] = [
        Comment("two -- hyphens -"),
        element(
            "form", {"id": 'a"b\n\tc<&>'}, element("block", {}, " a <b> & \x0b é ", element("x"))
        ),
        element("empty"),
    ]
    text = write_document(Element("vxml", {"version": "2.1"}, content), [Comment("before")])
    read = root(text)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!-- before -->\n<vxml xmlns=')
    (form, _) = read.elements()
    assert form.attributes == {"id": 'a"b\n\tc<&>'}
    assert form.elements()[0].content[0] == " a <b> &   é "
    comments = [part.text for part in read.content if isinstance(part, Comment)]
    assert comments == ["before", "two - - hyphens -"]


def test_blanks_that_are_heard_are_not_added() -> None:
    inner = element("prompt", {}, "a", element("value", {"expr": "x"}), "b")
    assert write_inline(inner) == '<prompt>a<value expr="x"/>b</prompt>'
    assert "  <prompt>a<value" in write_document(element("vxml", {}, inner))
