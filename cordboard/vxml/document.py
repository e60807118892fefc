"""A VoiceXML document with its dialogs, and what can be looked up in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cordboard.vxml.elements import Comment, Element

ITEMS: Final = ("block", "field", "initial", "object", "record", "subdialog", "transfer")
"""The elements that a form goes through in turn (VoiceXML 2.0, 2.1.4)."""
OUTCOME: Final = "flow_outcome"
"""The variable by which an exported sub-flow tells its outcome."""
UNSUPPORTED: Final = "error.unsupported."
"""How the events begin that stand for nodes without a counterpart, before the node's type."""

_SCRIPTS: Final = frozenset(
    {"expr", "cond", "srcexpr", "destexpr", "eventexpr", "messageexpr", "expritem", "namelist",
     "nameexpr", "aaiexpr", "array"}
)  # fmt: skip
"""The attributes that use variables."""
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, eq=False)
class Dialog:
    """A form or menu. *number* counts from 1 in the order of the document."""

    element: Element
    number: int

    @property
    def id(self) -> str | None:
        """Its name, by which others go to it."""
        return self.element.get("id") or None

    @cached_property
    def mentions(self) -> Counter[str]:
        """How often each word stands in a script of the dialog."""
        return words_of(self.element)

    def mentions_of(self, member: str) -> int:
        """How often ``variable.member`` stands in a script of the dialog."""
        pattern = re.compile(rf"(?<![\w.$]){re.escape(member)}(?![\w$])")
        return sum(len(pattern.findall(text)) for text in scripts_of(self.element))


class Document:
    """What the translation asks of a document; *name* is its file without the ending."""

    def __init__(self, root: Element, name: str) -> None:
        self.root = root
        self.name = name
        self.dialogs = [
            Dialog(element, number)
            for number, element in enumerate(root.elements("form", "menu"), 1)
        ]
        self._by_id: dict[str, Dialog] = {}
        self._children: dict[tuple[object, ...], list[Element]] = {}
        for dialog in self.dialogs:
            if dialog.id is not None:
                self._by_id.setdefault(dialog.id, dialog)

    def dialog(self, id: str) -> Dialog | None:
        """The dialog called *id*."""
        return self._by_id.get(id)

    def reached_from(self, first: Dialog) -> list[Dialog]:
        """*first* and the dialogs that a call can come to from there, in their order."""
        outer = [e for e in self.root.elements() if e.name not in ("form", "menu")]
        if any((e.get("event") or "").startswith(UNSUPPORTED) for e in self.root.walk()):
            return self.dialogs  # where these lead is written in another language
        met = {first.number}
        pending = [first.element, *outer]
        while pending:
            for name in _gone_to(pending.pop()):
                dialog = self.dialog(name)
                if dialog is not None and dialog.number not in met:
                    met.add(dialog.number)
                    pending.append(dialog.element)
        return [dialog for dialog in self.dialogs if dialog.number in met]

    def given_to(self, dialog: Dialog) -> frozenset[str]:
        """What the document itself gives *dialog* when it calls it."""
        calls = (e for e in self.root.walk() if e.name == "subdialog")
        return frozenset(
            param.get("name") or ""
            for call in calls
            if dialog.id is not None and call.get("src") == f"#{dialog.id}"
            for param in call.elements("param")
        )

    def children(self, element: Element, *names: str) -> list[Element]:
        """The children of *element* of these *names*; they are looked for once only."""
        key = (id(element), *names)
        if key not in self._children:
            self._children[key] = element.elements(*names)
        return self._children[key]

    def property(self, name: str, scopes: Iterable[Element]) -> str | None:
        """The property *name* where it is set in the first of *scopes*, from the inside out."""
        for scope in scopes:
            for found in reversed(self.children(scope, "property")):
                if found.get("name") == name:
                    return found.get("value")
        return None

    @cached_property
    def called_here(self) -> frozenset[str]:
        """The dialogs that the document itself calls as subdialogs."""
        sources = (e.get("src") or "" for e in self.root.walk() if e.name == "subdialog")
        return frozenset(source[1:] for source in sources if source.startswith("#"))

    @cached_property
    def gone_to(self) -> frozenset[str]:
        """The dialogs that a ``goto``, ``choice`` or ``link`` leads to: entered more than once."""
        return frozenset(_gone_to(self.root))

    @cached_property
    def outer_mentions(self) -> Counter[str]:
        """How often each word stands in a script outside all dialogs."""
        found: Counter[str] = Counter()
        for element in self.root.elements():
            if element.name not in ("form", "menu"):
                found += words_of(element)
        return found


def comments_above(parent: Element) -> dict[int, list[str]]:
    """For the id() of each child of *parent*, the comments between it and the one before it."""
    above: dict[int, list[str]] = {}
    found: list[str] = []
    for part in parent.content:
        if isinstance(part, Comment) and part.place > parent.place:
            found.append(part.text)
        elif isinstance(part, Element):
            above[id(part)] = found
            found = []
    return above


def _gone_to(element: Element) -> Iterator[str]:
    """The dialogs that something in *element* leads to."""
    for part in element.walk():
        address = part.get("next") or ""
        if part.name in ("goto", "choice", "link") and address.startswith("#"):
            yield address[1:]


def words_of(element: Element) -> Counter[str]:
    """How often each word stands in the scripts in and below *element*."""
    return Counter(word for text in scripts_of(element) for word in _WORD.findall(text))


def scripts_of(element: Element) -> Iterator[str]:
    """The scripts in and below *element*."""
    for part in element.walk():
        yield from (value for name, value in part.attributes.items() if name in _SCRIPTS)
        if part.name == "script":
            yield part.text
