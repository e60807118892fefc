"""What an import reports of a document as a whole: parts that are read over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cordboard.vxml.document import Document
from cordboard.vxml.elements import Element
from cordboard.vxml.events import HANDLERS, handlers_in
from cordboard.vxml.report import DIFFERS, NOT_UNDERSTOOD, Report

_READ_OVER: Final[Mapping[tuple[str, str], str]] = {
    ("vxml", "application"): "the root document is not read: what it declares is missing here",
    ("vxml", "xml:base"): "addresses are taken as they stand, not from xml:base",
    ("transfer", "maxtime"): "a talk may last as long as it does here; maxtime is not kept",
    ("transfer", "transferaudio"): "the caller hears ringing; transferaudio is not kept",
    ("transfer", "aai"): "no data goes with the call; aai is not kept",
    ("transfer", "aaiexpr"): "no data goes with the call; aaiexpr is not kept",
    ("form", "scope"): "its grammars are listened to only in the form itself",
    ("menu", "scope"): "its choices are listened to only in the menu itself",
    ("prompt", "xml:lang"): "it is said in the caller's language; xml:lang is not kept",
    ("p", "xml:lang"): "it is said in the caller's language; xml:lang is not kept",
    ("s", "xml:lang"): "it is said in the caller's language; xml:lang is not kept",
    ("voice", "xml:lang"): "it is said in the caller's language; xml:lang is not kept",
}
"""Attributes that would make a difference."""
_USED: Final = frozenset({"timeout", "interdigittimeout", "termchar", "bargein"})
_HARMLESS: Final = ("fetch", "audio", "document", "grammar", "script", "data", "object")
"""How properties begin that only say how things are loaded."""
_HAPPENING: Final = (
    "noinput", "nomatch", "error", "connection.disconnect", "connection.disconnect.hangup",
    "error.connection", "error.connection.noroute",
)  # fmt: skip
"""Events that a flow can tell."""
_DISCONNECT: Final = ("connection.disconnect.hangup", "connection.disconnect")


def note(document: Document, report: Report) -> None:
    """Report what is read over in *document*."""
    language = document.root.get("xml:lang")
    thrown = set(_thrown(document.root))
    for element in document.root.walk():
        for name, value in element.attributes.items():
            text = _READ_OVER.get((element.name, name))
            if text is not None and not (name == "xml:lang" and value == language):
                report.warning(DIFFERS, text, element.place, element.name)
        if element.name == "property":
            _property(element, report)
        if element.name == "metadata":
            report.warning(DIFFERS, "<metadata> is not kept", element.place, element.name)
        if element.name == "link":
            _link(element, report)
        if element.elements(*HANDLERS):
            _handlers(element, thrown, document, report)
    for dialog in document.dialogs:
        if dialog.id is not None and document.dialog(dialog.id) is not dialog:
            text = f'there is a dialog "{dialog.id}" before it; nothing leads to this one'
            report.error(NOT_UNDERSTOOD, text, dialog.element.place, dialog.element.name)
    for script in document.root.elements("script", "data"):
        text = f"<{script.name}> has no counterpart; what it defines is missing here"
        report.error(NOT_UNDERSTOOD, text, script.place, script.name)


def _property(element: Element, report: Report) -> None:
    name = element.get("name") or ""
    if name not in _USED and not name.startswith(_HARMLESS) and name != "inputmodes":
        text = f"the property {name} has no counterpart"
        report.warning(DIFFERS, text, element.place, element.name)


def _link(element: Element, report: Report) -> None:
    if element.get("dtmf"):
        text = f"its key {element.get('dtmf')} is offered by menus only, not in other questions"
        report.warning(DIFFERS, text, element.place, element.name)
    else:
        text = "it can only be spoken; draw a key for it where it is needed"
        report.error(NOT_UNDERSTOOD, text, element.place, element.name)


def _handlers(element: Element, thrown: set[str], document: Document, report: Report) -> None:
    """Handlers of events that never happen here, and those in places where a flow has none."""
    for handler in handlers_in(element):
        for event in handler.events:
            if element.name == "subdialog" or _may_happen(event, thrown):
                if event in _DISCONNECT and element is not document.root:
                    text = f"{event} is handled for the whole call only (on_hangup); this is left"
                    report.error(
                        NOT_UNDERSTOOD, f"{text} out", handler.element.place, handler.element.name
                    )
                continue
            text = f'"{event}" does not happen in a flow; its handler is left out'
            report.warning(DIFFERS, text, handler.element.place, handler.element.name)


def _may_happen(event: str, thrown: set[str]) -> bool:
    return event in _HAPPENING or any(one == event or one.startswith(event + ".") for one in thrown)


def _thrown(root: Element) -> Iterator[str]:
    for element in root.walk():
        if element.name in ("throw", "choice", "link", "return"):
            yield element.get("event") or ""
