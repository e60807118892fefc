"""An XML document as data: elements and comments with their places, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.sax.saxutils import escape

from flow_runtime.core.problems import NOWHERE, Place

VOICEXML = "http://www.w3.org/2001/vxml"
"""The namespace of VoiceXML 2.0 and 2.1."""


@dataclass(slots=True)
class Comment:
    """``<!-- text -->``."""

    text: str
    place: Place = NOWHERE


@dataclass(slots=True)
class Element:
    """One element. *name* is bare in VoiceXML, else ``{namespace}name``; so are attributes.

    Neighbouring texts in *content* are one text.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Content] = field(default_factory=list)
    place: Place = NOWHERE

    def get(self, attribute: str) -> str | None:
        """The attribute's value without blanks around it, None when it is not there."""
        value = self.attributes.get(attribute)
        return None if value is None else value.strip()

    def elements(self, *names: str) -> list[Element]:
        """The children that are elements, of these *names* if any are given."""
        found = (part for part in self.content if isinstance(part, Element))
        return [element for element in found if not names or element.name in names]

    def walk(self) -> Iterator[Element]:
        """The element itself and all below it, in the order of the document."""
        yield self
        for child in self.elements():
            yield from child.walk()

    @property
    def text(self) -> str:
        """All text in it and below, each stretch of white space as one blank."""
        return " ".join("".join(_texts(self)).split())


Content: TypeAlias = Element | Comment | str


def _texts(element: Element) -> Iterator[str]:
    for part in element.content:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Element):
            yield from _texts(part)


def element(
    name: str, attributes: Mapping[str, str | None] | None = None, *content: Content
) -> Element:
    """An element made by a program; attributes that are None are left out."""
    given = {key: value for key, value in (attributes or {}).items() if value is not None}
    return Element(name, given, list(content))


# --- writing --------------------------------------------------------------------------------------

_WIDTH = 100
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document can hold (section 2.2)."""
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def write_document(root: Element, before: Iterable[Comment] = ()) -> str:
    """The document: indented by two spaces, in UTF-8, a default namespace of VoiceXML.

    Elements with text in them stand on one line, for blanks there are heard.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines += [_comment(comment) for comment in before]
    spaced = Element(root.name, {"xmlns": VOICEXML} | root.attributes, root.content)
    lines += _lines(spaced, "")
    return "\n".join(lines) + "\n"


def write_inline(part: Content) -> str:
    """*part* on one line, as it would stand in a document."""
    match part:
        case str():
            return escape(writable(part), {"\r": "&#13;"})
        case Comment():
            return _comment(part)
        case Element():
            inside = "".join(map(write_inline, part.content))
            start = _start(part)
            return f"<{start}>{inside}</{part.name}>" if inside else f"<{start}/>"


def writable(text: str) -> str:
    """*text* with a blank for each character that XML cannot hold."""
    return _NO_CHARACTER.sub(" ", text)


def _lines(item: Element, indentation: str) -> list[str]:
    if not item.content or any(isinstance(part, str) for part in item.content):
        return [indentation + write_inline(item)]
    inner = indentation + "  "
    lines = [f"{indentation}<{_start(item)}>"]
    for part in item.content:
        lines += _lines(part, inner) if isinstance(part, Element) else [inner + write_inline(part)]
    return [*lines, f"{indentation}</{item.name}>"]


def _start(item: Element) -> str:
    attributes = (
        f' {name}="{escape(writable(value), _IN_ATTRIBUTES)}"'
        for name, value in item.attributes.items()
    )
    return item.name + "".join(attributes)


def _comment(comment: Comment) -> str:
    """Two hyphens may not stand in a comment, nor one at its end."""
    text = re.sub(r"-(?=-)", "- ", writable(comment.text).strip())
    return f"<!-- {text} -->" if text else "<!-- -->"
