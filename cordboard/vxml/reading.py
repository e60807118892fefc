"""Reads XML that strangers wrote: no entities, no other files, bounded depth and size.

Expat, which Python brings, is used as it is: it loads nothing by itself, and its handlers see
declarations before anything can grow from them. What a wrapper (defusedxml) would refuse is
refused here, and every finding has its line and column.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from cordboard.vxml.elements import VOICEXML, Comment, Content, Element
from flow_runtime.core.problems import NOWHERE, Place, Problem

MOST_BYTES: Final = 4_000_000
DEEPEST: Final = 50

_OURS = frozenset(
    {
        VOICEXML,
        "http://www.w3.org/2001/06/grammar",
        "http://www.w3.org/2001/10/synthesis",
    }
)
"""VoiceXML, and the languages of grammars and of speech that may stand in it."""
_XML = "http://www.w3.org/XML/1998/namespace"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_SEPARATOR = " "
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xfe\xff", "utf-16"), (b"\xff\xfe", "utf-16"),
    (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
"""How a document begins whose encoding need not be looked up in it (XML 1.0, appendix F)."""
_OUTER_DTD = re.compile(
    r"""\A((?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE\s+[^\s\[>]+)
        (\s+(?:PUBLIC\s+(?:"[^"]*"|'[^']*')|SYSTEM)\s+(?:"[^"]*"|'[^']*'))""",
    re.S | re.X,
)


class _Refused(Exception):
    """The document is not read any further."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.problem = Problem("error", "vxml-xml", text, place)


def read_xml(content: bytes) -> Element | Problem:
    """The root element of a document, or why it cannot be read.

    Comments before and behind the root are put into it. Names of VoiceXML, also in a document
    without namespaces, are bare.
    """
    if len(content) > MOST_BYTES:
        text = f"the document has more than {MOST_BYTES:,} bytes; divide it"
        return Problem("error", "vxml-xml", text, NOWHERE)
    try:
        return _Reader().read(_without_outer_dtd(_decoded(content)))
    except _Refused as refusal:
        return refusal.problem
    except expat.ExpatError as error:
        place = _point(error.lineno, error.offset + 1)
        text = f"this is not well-formed XML: {expat.ErrorString(error.code)}"
        return Problem("error", "vxml-xml", text, place)
    except UnicodeEncodeError:  # half a pair of characters, which UTF-7 can spell
        text = "the document holds characters that XML does not allow; save it as UTF-8"
        return Problem("error", "vxml-xml", text, NOWHERE)


def _decoded(content: bytes) -> str:
    """The text of the document; raises `_Refused`.

    It is decoded here because Expat knows few encodings: neither GBK nor Big5.
    """
    found = _DECLARED.match(content)
    name = found[1].decode("ascii").lower() if found else "utf-8"
    name = next((known for mark, known in _MARKS if content.startswith(mark)), name)
    try:
        return content.decode(name)
    except LookupError:
        text = f"the encoding {name} is not known; save the document as UTF-8"
        raise _Refused(text, NOWHERE) from None
    except UnicodeError as error:
        at = NOWHERE
        if isinstance(error, UnicodeDecodeError):
            at = _point(content.count(b"\n", 0, error.start) + 1, 1)
        raise _Refused(f"the document is not {name}; save it as UTF-8", at) from None


def _without_outer_dtd(text: str) -> str:
    """*text* with blanks for the address of its DTD, which is never read.

    While there is one, Expat takes every unknown entity for declared there, and drops it.
    """

    def blank(found: re.Match[str]) -> str:
        return found[1] + re.sub(r"[^\n]", " ", found[2])

    return _OUTER_DTD.sub(blank, text)


class _Reader:
    """Builds the tree while Expat tells what it sees."""

    def __init__(self) -> None:
        self._document = Element("")
        self._open = [self._document]
        self._parser = parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction

    def read(self, content: str) -> Element:
        """The root; raises `_Refused`, `expat.ExpatError` and UnicodeEncodeError."""
        self._parser.Parse(content, True)
        parts = self._document.content
        at = next(n for n, part in enumerate(parts) if isinstance(part, Element))
        root = parts[at]
        assert isinstance(root, Element)
        root.content = [*parts[:at], *root.content, *parts[at + 1 :]]
        return root

    @property
    def _here(self) -> Place:
        return _point(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _add(self, part: Content) -> None:
        self._open[-1].content.append(part)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            raise _Refused(f"elements are more than {DEEPEST} deep in each other", self._here)
        named = {_attribute(key): value for key, value in attributes.items()}
        found = Element(_bare(name), named, [], self._here)
        self._add(found)
        self._open.append(found)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        content = self._open[-1].content
        if content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    def _comment(self, text: str) -> None:
        self._add(Comment(text.strip(), self._here))

    def _instruction(self, target: str, text: str) -> None:
        self._add(Comment(f"<?{target} {text}?>", self._here))

    def _doctype(self, name: str, system: str | None, public: str | None, inside: int) -> None:
        """Refuse declarations before Expat has read the first of them."""
        if inside:
            raise _Refused(
                "the DOCTYPE holds declarations of its own, in [ ]: they are not read, for entities"
                " can grow without end and name other files; write what they stand for where they"
                " are used, and take them out",
                self._here,
            )


def _point(line: int, column: int) -> Place:
    return Place(line, column, line, column + 1)


def _bare(name: str) -> str:
    space, _, local = name.rpartition(_SEPARATOR)
    return local if not space or space in _OURS else f"{{{space}}}{local}"


def _attribute(name: str) -> str:
    space, _, local = name.rpartition(_SEPARATOR)
    if not space:
        return local
    return {_XML: "xml:", _SCHEMA: "xsi:"}.get(space, f"{{{space}}}") + local
