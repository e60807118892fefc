"""A flow as a VoiceXML 2.1 document, and a report of what has no counterpart there.

Each node becomes one dialog of its name. A node that VoiceXML cannot do becomes a dialog that
throws an error, and is reported; the error's message is the node's text, so that nothing is lost
on the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cordboard.vxml.document import OUTCOME, UNSUPPORTED
from cordboard.vxml.elements import Comment, Content, Element, element, write_document
from cordboard.vxml.export_nodes import NODES
from cordboard.vxml.export_sounds import SoundWriter
from cordboard.vxml.export_work import Outline, Work
from cordboard.vxml.report import DIFFERS, NO_COUNTERPART, Report
from cordboard.vxml.script_writing import RESERVED, NoCounterpart, ScriptWriter
from flow_runtime.core.expr.tree import Name, RecordOf
from flow_runtime.core.model import NO_COMMENTS, Comments, Declaration, Flow, NodeDecl
from flow_runtime.core.node import Node
from flow_runtime.core.problems import Problem
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.core.syntax.printer import print_node
from nodes.catalogue import built_in


@dataclass(frozen=True, slots=True)
class Exported:
    """The document, and what it does not or not quite do: errors and warnings."""

    document: str
    problems: tuple[Problem, ...]


def export_flow(flow: Flow, prompts: PromptBook = NO_PROMPTS, language: str = "en") -> Exported:
    """*flow*, which must have been checked, as a document; prompts are those of *language*."""
    return _Export(flow, prompts, language).exported()


class _Export:
    """Writes one flow."""

    def __init__(self, flow: Flow, prompts: PromptBook, language: str) -> None:
        self._flow = flow
        self._prompts = prompts
        self._language = language
        self._report = Report()
        self._library = built_in()
        self._declared = {d.name: d for d in flow.declarations}
        self._made = list(dict.fromkeys(self._variables_of_nodes()))
        self._outline = Outline(
            ids=_unique({node.name: _identifier(node.name) for node in flow.nodes}),
            variables=self._variable_names(),
            always_set=frozenset(
                d.name for d in flow.declarations if d.default is not None and not d.type.optional
            ),
            outputs=tuple(d.name for d in flow.declarations if d.kind == "output"),
            recordings=frozenset(self._recordings()),
            report=self._report,
            flow_differs=self._differs,
        )

    def exported(self) -> Exported:
        """The document and the report."""
        content: list[Content] = []
        if self._flow.title is not None:
            content.append(element("meta", {"name": "description", "content": self._flow.title}))
        content.append(element("property", {"name": "inputmodes", "value": "dtmf"}))
        content += self._declarations()
        content += self._handlers()
        content += self._entry()
        for node in self._in_order():
            content += _comments(_node_comments(node))
            content.append(self._dialog(node))
        content += _comments(self._flow.tail)
        root = element("vxml", {"version": "2.1", "xml:lang": self._language}, *content)
        document = write_document(root, _comments(self._flow_comments()))
        return Exported(document, self._report.problems())

    def _differs(self, text: str) -> None:
        self._report.warning(DIFFERS, text, self._flow.place)

    # --- the head of the document ---------------------------------------------------------------

    def _declarations(self) -> Iterator[Element]:
        """The variables: those of the flow, those that only nodes make, and the outcome."""
        scripts = ScriptWriter(self._name, self._differs)
        for declaration in self._flow.declarations:
            script: str | None = "null"
            if declaration.default is not None:
                script = self._default(declaration, scripts)
            yield element("var", {"name": self._name(declaration.name), "expr": script})
        for name in self._made:
            yield element("var", {"name": self._name(name)})
        if any(node.type == "end" for node in self._flow.nodes):
            yield element("var", {"name": OUTCOME})

    def _default(self, declaration: Declaration, scripts: ScriptWriter) -> str | None:
        assert declaration.default is not None
        try:
            return scripts.script(declaration.default)
        except NoCounterpart as lost:
            text = f"{declaration.kind} {declaration.name}: {lost}; it has no value at first"
            self._report.error(NO_COUNTERPART, text, declaration.place, declaration.name)
            return None

    def _handlers(self) -> Iterator[Element]:
        """Where failures and hang-ups lead."""
        for kind, name, event in (
            ("on_error", "error", None),
            ("on_hangup", "catch", "connection.disconnect"),
        ):
            target = next((j.target for j in self._flow.jumps if j.kind == kind), "")
            dialog = self._outline.ids.get(target)
            if dialog is not None:
                yield element(name, {"event": event}, element("goto", {"next": f"#{dialog}"}))

    def _entry(self) -> Iterator[Element]:
        """A dialog that takes the inputs of a sub-flow, which are set only in a dialog's scope."""
        inputs = [d for d in self._flow.declarations if d.kind == "input"]
        start = self._outline.ids.get(self._flow.jump("start") or "")
        if not inputs or start is None:
            return
        scripts = ScriptWriter(self._name, self._differs)
        taken = set(self._outline.ids.values())
        content: list[Content] = []
        copies: list[Content] = []
        for declaration in inputs:
            name = self._name(declaration.name)
            script = None
            if declaration.default is not None:
                script = self._default(declaration, scripts)
            content.append(element("var", {"name": name, "expr": script}))
            copies.append(element("assign", {"name": f"document.{name}", "expr": f"dialog.{name}"}))
        goto = element("goto", {"next": f"#{start}"})
        content.append(element("block", {}, *copies, goto))
        yield element("form", {"id": _free("inputs", taken)}, *content)

    # --- dialogs --------------------------------------------------------------------------------

    def _in_order(self) -> list[NodeDecl]:
        """The nodes; the first one first, for a document begins with its first dialog."""
        start = self._flow.jump("start")
        if self._flow.node(start or "") is None:
            text = "the flow does not say where it starts; the document begins with its first node"
            self._report.error(NO_COUNTERPART, text, self._flow.place)
        return sorted(self._flow.nodes, key=lambda node: node.name != start)

    def _dialog(self, node: NodeDecl) -> Element:
        write = NODES.get(node.type)
        reason = f"{node.type} has no counterpart in VoiceXML"
        if write is not None:
            work = Work(node, self._library[node.type], self._outline, self._sounds)
            try:
                return write(work)
            except NoCounterpart as lost:
                reason = str(lost)
        text = f"{node.name}: {reason}; the document throws an error in its place"
        self._report.error(NO_COUNTERPART, text, node.place, node.name)
        source = "\n".join(print_node(replace(node, comments=NO_COMMENTS)))
        event = f"{UNSUPPORTED}{node.type}"
        throw = element("throw", {"event": event, "message": source})
        return element(
            "form",
            {"id": self._outline.ids[node.name]},
            *Work(node, Node, self._outline, self._sounds).handlers(),
            element("block", {}, throw),
        )

    def _sounds(self, scripts: ScriptWriter) -> SoundWriter:
        return SoundWriter(
            scripts, self._prompts, self._language, self._outline.recordings, self._differs
        )

    # --- names ----------------------------------------------------------------------------------

    def _name(self, variable: str) -> str:
        return self._outline.variables.get(variable, variable)

    def _variable_names(self) -> dict[str, str]:
        """What each variable of the flow is called in the document."""
        wanted = {name: _variable(name) for name in (*self._declared, *self._made)}
        names = _unique(wanted)
        for name, other in names.items():
            if name != other:
                declared = self._declared.get(name)
                place = self._flow.place if declared is None else declared.place
                text = f"the variable {name} is called {other} in the document"
                self._report.warning(DIFFERS, text, place, name)
        return names

    def _variables_of_nodes(self) -> Iterator[str]:
        """Variables that nodes make and no line declares."""
        for node in self._flow.nodes:
            kind = self._library.get(node.type)
            for parameter in node.parameters if kind else ():
                spec = kind.params.get(parameter.name) if kind else None
                match parameter.value:
                    case Name(name=name) if spec and spec.variable and name not in self._declared:
                        yield name
                    case RecordOf(pairs=pairs) if spec and spec.outputs:
                        yield from (p.key for p in pairs if p.key not in self._declared)

    def _recordings(self) -> Iterator[str]:
        for declaration in self._flow.declarations:
            if declaration.type.name == "recording":
                yield declaration.name
        for node in self._flow.nodes:
            into = node.parameter("into")
            if node.type == "record" and into is not None and isinstance(into.value, Name):
                yield into.value.name

    # --- comments -------------------------------------------------------------------------------

    def _flow_comments(self) -> Iterator[str]:
        flow = self._flow
        yield from _lines(flow.comments)
        yield from _lines(flow.schema_comments)
        for declaration in flow.declarations:
            yield from _lines(declaration.comments)
        for jump in flow.jumps:
            yield from _lines(jump.comments)
        yield from (remark.text for remark in flow.layout.remarks)


def _comments(texts: Iterable[str]) -> list[Comment]:
    return [Comment(text) for text in texts if text.strip()]


def _lines(comments: Comments) -> Iterator[str]:
    yield from comments.above
    if comments.behind is not None:
        yield comments.behind


def _node_comments(node: NodeDecl) -> Iterator[str]:
    if node.title is not None:
        yield node.title
    yield from _lines(node.comments)
    for parameter in node.parameters:
        yield from _lines(parameter.comments)
    for edge in node.edges:
        yield from _lines(edge.comments)
    yield from node.tail


# --- names of VoiceXML ----------------------------------------------------------------------------

_ID = re.compile(r"[^\W\d][\w.-]*")


def _identifier(name: str) -> str:
    """A name of XML (an NCName) like *name*."""
    return name if _ID.fullmatch(name) else "n" + re.sub(r"[^\w.-]", "_", name)


def _variable(name: str) -> str:
    """A variable of ECMAScript like *name*: VoiceXML (5.1) keeps a leading ``_`` for itself."""
    plain = re.sub(r"\W", "_", name)
    plain = f"v{plain}" if plain.startswith("_") else plain
    return f"{plain}_" if plain in RESERVED or plain == OUTCOME else plain


def _unique(wanted: Mapping[str, str]) -> dict[str, str]:
    """Each name as wanted, or with a number behind it if another one has got it."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for name in sorted(wanted, key=lambda name: name != wanted[name]):
        names[name] = _free(wanted[name], taken)
        taken.add(names[name])
    return names


def _free(name: str, taken: Iterable[str]) -> str:
    known = set(taken)
    free, number = name, 1
    while free in known:
        number += 1
        free = f"{name}_{number}"
    return free
