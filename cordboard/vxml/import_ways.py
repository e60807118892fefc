"""Where executable content leads: to dialogs, documents and handlers, or to the end of the call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from cordboard.vxml.document import UNSUPPORTED
from cordboard.vxml.elements import Element, write_inline
from cordboard.vxml.events import Handler
from cordboard.vxml.script_meaning import ScriptError, quoted
from cordboard.vxml.script_reading import read_script
from cordboard.vxml.sketch import Label, Step, Target, Way, written_name
from cordboard.vxml.translation import Context, Then, Translation, earlier
from flow_runtime.core.expr.tree import Expr, HalfTyped, Name, Text
from flow_runtime.core.model import NEXT
from flow_runtime.core.syntax import parse
from nodes.catalogue import built_in

_ADDRESS = re.compile(r"([^?#:]*?)\.(?:vxml|xml)(?:#(.*))?", re.I | re.S)
_LONGEST_NODE: Final = 20_000
"""Characters of a node's text."""
_LONGEST: Final = 300
"""Characters of a document that are shown in a flow where they were not understood."""
_ASKED_AGAIN: Final = frozenset({"noinput", "nomatch", "help", "cancel"})
"""Events after which a platform goes on when nobody handles them (VoiceXML 2.0, 5.2.5)."""


def flow_file(address: str) -> tuple[str, str | None] | None:
    """The flow file that the document at *address* becomes, and the dialog meant in it.

    None for addresses of servers and of anything that is no VoiceXML file.
    """
    found = _ADDRESS.fullmatch(address.strip())
    if found is None or found[1].startswith("//"):
        return None
    path, dialog = unquote(found[1]), found[2]
    return f"{path}_{written_name(dialog)}.flow" if dialog else f"{path}.flow", dialog or None


class Ways:
    """Follows what leads elsewhere.

    *enter* gives the place where a dialog begins; *handle*, set by `Actions`, the first step of
    an event handler.
    """

    handle: Callable[[Handler, Then, Context], Label]
    enter: Callable[[str], Label | None]

    def __init__(self, translation: Translation) -> None:
        self._translation = translation

    def leave(self, element: Element, then: Then, context: Context, cleared: int | None) -> Target:
        """Where *element* leads, or the hole that it leaves."""
        match element.name:
            case "goto":
                return self._goto(element, context)
            case "exit":
                return self._exit(element, context)
            case "disconnect":
                return self._translation.step(context, "hangup", element.place)
            case "throw":
                return self._throw(element, then, context, cleared)
            case "submit":
                text = "<submit> asks a web server for the next document; a flow asks with http"
                return self.hole(element, context, text)
        text = f"<{element.name}> has no counterpart; an unfinished log node stands there"
        return self.gap(element, context, text, then(cleared))

    # --- what is not understood -------------------------------------------------------------------

    def hole(self, element: Element, context: Context, text: str) -> Step:
        """A log node that leads nowhere, for something that would lead on."""
        self._translation.lost(element, f"{text}; a log node stands there, and leads nowhere yet")
        said = quoted(f"not understood: {shown(element)}")
        return self._translation.step(context, "log", element.place, {"text": said}, {NEXT: None})

    def gap(self, element: Element, context: Context, text: str, then: Target) -> Step:
        """A log node that is not finished, for something behind which a call goes on."""
        self._translation.lost(element, text)
        half = HalfTyped(shown(element))
        return self._translation.step(context, "log", element.place, {"text": half}, {NEXT: then})

    # --- to other places --------------------------------------------------------------------------

    def _goto(self, element: Element, context: Context) -> Target:
        item = element.get("nextitem")
        if item is not None:
            order = context.order
            if order is None or item not in order.numbers:
                return self.hole(element, context, f'there is no item "{item}" in this form')
            return order.visits[order.numbers[item]]
        if element.get("next") is None:
            return self.hole(element, context, "where it leads is computed; a flow is drawn")
        return self.address(element, element.get("next") or "", context)

    def address(self, element: Element, address: str, context: Context) -> Target:
        """The dialog or document at *address*."""
        name, _, dialog = address.partition("#")
        if dialog and name in ("", f"{self._translation.document.name}.vxml"):
            label = self.enter(dialog)
            if label is None:
                return self.hole(element, context, f'there is no dialog "{dialog}" in the document')
            return label
        found = flow_file(address)
        if found is None:
            return self.hole(element, context, f'"{address}" is no VoiceXML file beside this one')
        file, dialog_there = found
        self.import_too(element, file, address, dialog_there)
        flow = {"flow": quoted(file)}
        return self._translation.step(context, "jump_flow", element.place, flow)

    def import_too(self, element: Element, file: str, address: str, dialog: str | None) -> None:
        """Say how the flow *file* comes from the document at *address*."""
        document = address.partition("#")[0]
        how = f"cordboard import {document}" + (f" --dialog {dialog}" if dialog else "")
        self._translation.differs(element, f"it becomes the flow {file}: {how} makes it")

    def _exit(self, element: Element, context: Context) -> Target:
        parameters: dict[str, Expr] = {}
        if element.get("expr") is not None:
            try:
                reason = read_script(element.get("expr") or "", context.scope)
            except ScriptError:
                reason = None
            if isinstance(reason, Text) and reason.parts:
                parameters["reason"] = reason
            else:
                self._translation.differs(element, "what it gives back to the platform is dropped")
        elif element.get("namelist"):
            self._translation.differs(element, "what it gives back to the platform is dropped")
        return self._translation.step(context, "hangup", element.place, parameters)

    # --- events -----------------------------------------------------------------------------------

    def _throw(self, element: Element, then: Then, context: Context, cleared: int | None) -> Target:
        event = element.get("event")
        if event is None:
            return self.hole(element, context, "which event it throws is computed")
        if event.startswith(UNSUPPORTED):
            node = self._restored(element, event.removeprefix(UNSUPPORTED), context)
            if node is not None:
                return node
        return self.event(element, event, lambda more: then(earlier(cleared, more)), context)

    def _restored(self, throw: Element, type: str, context: Context) -> Step | None:
        """The node that an exported flow could only name, if its text is still there."""
        read = parse(f"flow f\nschema 1\n\n{(throw.get('message') or '')[:_LONGEST_NODE]}\n").flow
        node = read.nodes[0] if read is not None and len(read.nodes) == 1 else None
        if node is None or node.type != type or type not in built_in():
            return None
        ways = [Way(e.port, self.enter(e.target or ""), e.label) for e in node.edges]
        text = f"{node.name} is taken as the flow had it that this document was made of"
        self._translation.differs(throw, text)
        parameters = [(p.name, p.value) for p in node.parameters]
        for name, value in parameters:
            spec = built_in()[type].params.get(name)
            if spec is not None and spec.makes is not None and isinstance(value, Name):
                self._translation.variables.gets(value.name, spec.makes)
        inside = replace(context, failure=None)
        return self._translation.step(inside, type, throw.place, parameters, ways, node.name)

    def event(self, element: Element, event: str, then: Then, context: Context) -> Target:
        """Where *event* leads when *element* throws it."""
        handler = context.catches.find(event)
        if handler is None:
            return self._unhandled(element, event, then, context)
        if id(handler.element) in context.handling:
            return self.hole(element, context, f'the handler of "{event}" throws it again')
        if len(context.catches.phases(event)) > 1:
            text = f'"{event}" has handlers for later occurrences; here the first one always acts'
            self._translation.differs(element, text)
        return self.handle(handler, then, context)

    def _unhandled(self, element: Element, event: str, then: Then, context: Context) -> Target:
        if event in _ASKED_AGAIN:
            return then(None)
        if event != "exit":
            text = f'nothing in the document handles "{event}"; the call ends there'
            self._translation.differs(element, text)
        reason = {} if event == "exit" else {"reason": quoted(event)}
        return self._translation.step(context, "hangup", element.place, reason)


def shown(element: Element) -> str:
    """*element* as it stands in the document, cut to what can be read."""
    text = " ".join(write_inline(element).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
