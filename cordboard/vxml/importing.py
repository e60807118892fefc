"""A VoiceXML document as flows, and a report of what was not understood.

The document becomes one flow; each dialog that it calls as a subdialog becomes one more, for
VoiceXML runs it with variables of its own. What is not understood leaves a mark in the flow that
``cordboard check`` finds: an unfinished expression, or a port that leads nowhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cordboard.vxml.document import OUTCOME, Dialog, Document, comments_above
from cordboard.vxml.elements import Comment, Element
from cordboard.vxml.grammars import FALSE
from cordboard.vxml.import_forms import Forms
from cordboard.vxml.import_notes import note
from cordboard.vxml.reading import read_xml
from cordboard.vxml.report import DIFFERS, Report
from cordboard.vxml.script_meaning import NONE
from cordboard.vxml.sketch import (
    MOST_STEPS,
    Step,
    Target,
    TooLarge,
    comment_lines,
    nodes,
    reached,
    step_at,
    written_name,
)
from cordboard.vxml.translation import Translation
from cordboard.vxml.variables import DialogScope, Uses, Variables, type_name
from cordboard.vxml.vocabulary import structure_problems
from flow_runtime.core.expr.tree import Expr, Name, Pair, RecordOf
from flow_runtime.core.model import Comments, Declaration, Flow, Jump
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import print_flow
from flow_runtime.core.types import ANY, BOOLEAN, Type
from nodes.catalogue import built_in

_ROUNDS: Final = 4
"""How often types are found out anew; mostly the second time changes nothing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The flows by the names of their files without the ending, the document's own one first.

    *problems* is the report; without flows its only line says why there are none.
    """

    flows: Mapping[str, Flow]
    problems: tuple[Problem, ...]

    def texts(self) -> dict[str, str]:
        """The flows in their canonical form."""
        library = built_in()
        return {
            name: print_flow(flow, lambda word: tuple(library[word].params))
            for name, flow in self.flows.items()
        }


def import_document(content: bytes, name: str, dialog: str | None = None) -> Imported:
    """The document *content*, whose file is called *name* without its ending.

    With *dialog* the flow begins at that dialog, as for documents that lead there.
    """
    root = read_xml(content)
    if isinstance(root, Problem):
        return Imported({}, (root,))
    document = Document(root, name)
    refusal = _refusal(document, dialog)
    if refusal is not None:
        return Imported({}, (refusal,))
    report = Report()
    for problem in structure_problems(root):
        report.add(problem)
    try:
        note(document, report)
        return Imported(dict(_flows(document, dialog, report)), report.problems())
    except TooLarge as limit:
        text = f"{limit}; divide the document"
        return Imported({}, (Problem("error", "vxml-xml", text, root.place),))


def _refusal(document: Document, dialog: str | None) -> Problem | None:
    """Why there is nothing to import, None when there is."""
    root = document.root
    text = None
    count = len(document.dialogs)
    if root.name != "vxml":
        text = f"the document is a <{root.name}>; VoiceXML begins with <vxml>"
    elif not document.dialogs:
        text = "the document has no <form> and no <menu>: there is nothing to import"
    elif count > MOST_STEPS:
        text = f"the document has {count:,} dialogs, more than a flow may have nodes; divide it"
    elif dialog is not None and document.dialog(dialog) is None:
        text = f'there is no dialog "{dialog}" in the document'
    return None if text is None else Problem("error", "vxml-xml", text, root.place)


def _flows(document: Document, dialog: str | None, report: Report) -> Iterator[tuple[str, Flow]]:
    """The flow, and those of the dialogs that it calls, and that these call."""
    done: set[str | None] = set()
    pending: list[str | None] = [dialog]
    while pending:
        first = pending.pop(0)
        if first in done:
            continue
        done.add(first)
        name = document.name if first is None else f"{document.name}_{written_name(first)}"
        flow, called = _flow(document, first, name, report)
        yield name, flow
        pending += called


def _flow(
    document: Document, first: str | None, name: str, report: Report
) -> tuple[Flow, list[str]]:
    """One flow; its types are those that a first, blind translation finds."""
    types: dict[str, Type] = {}
    for _ in range(_ROUNDS):
        drawing = _Drawing(document, first, types)
        flow = drawing.flow(written_name(name.rpartition("/")[2]))
        found = drawing.types()
        if found == types:
            break
        types = found
    for problem in drawing.report.problems():
        report.add(problem)
    return flow, list(drawing.translation.subdialogs)


class _Drawing:
    """Draws one flow."""

    def __init__(self, document: Document, first: str | None, types: Mapping[str, Type]) -> None:
        self._document = document
        self._first = document.dialogs[0] if first is None else document.dialog(first)
        self._whole = first is None
        self._known = types
        self.report = Report()
        self._variables = Variables(document, self._first, types)
        self.translation = Translation(document, self._variables, self.report)
        self._forms = Forms(self.translation)

    def types(self) -> dict[str, Type]:
        """The types of the variables, as far as they are known now."""
        return self._variables.types()

    def flow(self, name: str) -> Flow:
        """The flow called *name*; raises `TooLarge`."""
        assert self._first is not None
        translation = self.translation
        context = self._forms.document()
        translation.goodbye.at = translation.step(context, "hangup", self._document.root.place)
        jumps: dict[str, Target] = {"start": self._forms.enter(self._first)}
        jumps["on_error"] = self._forms.handler("error")
        jumps["on_hangup"] = self._forms.handler("connection.disconnect.hangup")
        others = [self._forms.enter(dialog) for dialog in self._others()]
        declared = list(self._document_variables())
        translation.finish()
        self._finish_results()
        self._note_returned_inputs()
        steps = reached([*jumps.values(), *others])
        self._name_dialogs()
        if step_at(jumps["start"]) is None:
            self._say_endless()
        self._mark(steps)
        declarations = [*self._undeclared(), *declared]
        drawn, name_of = nodes(steps)
        targets = ((kind, name_of(target)) for kind, target in jumps.items())
        return Flow(
            name,
            self._title(),
            declarations=(*declarations, *self._more_variables(declarations, steps)),
            jumps=tuple(Jump(kind, node) for kind, node in targets if node is not None),  # type: ignore[arg-type]
            nodes=tuple(drawn),
            comments=Comments(above=tuple(comment_lines(self._comments()))),
        )

    def _others(self) -> list[Dialog]:
        """Dialogs that are drawn even if no way leads to them: other documents may."""
        if not self._whole:
            return []
        called = self._document.called_here
        return [d for d in self._document.dialogs if d.id is None or d.id not in called]

    def _finish_results(self) -> None:
        """Now it is known what is used of the results of subdialogs."""
        for step, result in self.translation.results:
            pairs = tuple(
                Pair(into, Name(written_name(member)))
                for member, into in self._variables.results(result).items()
                if member != OUTCOME
            )
            for pair in pairs:
                self._variables.gets(pair.key, ANY)
            if pairs:
                step.parameters.append(("outputs", RecordOf(pairs)))

    def _note_returned_inputs(self) -> None:
        for name in self._variables.taken_and_returned:
            text = f"{name} is taken and returned; a flow cannot give an input back"
            self.translation.lost(self._document.root, text)

    def _name_dialogs(self) -> None:
        """The first step of a dialog gets the dialog's name, and the comments above it."""
        comments = comments_above(self._document.root)
        for dialog in self._document.dialogs:
            first = step_at(self._forms.enter(dialog))
            if first is not None and first.rank == 2 * dialog.number:
                first.wanted = dialog.id or first.wanted
                first.comments[:0] = comments[id(dialog.element)]

    def _say_endless(self) -> None:
        text = "its dialogs lead to each other and do nothing; say where a call begins"
        self.translation.lost(self._document.root, text)

    # --- variables ------------------------------------------------------------------------------

    def _document_variables(self) -> Iterator[Declaration]:
        """Inputs, outputs, and what the document itself declares."""
        variables = self._variables
        for name, var in variables.inputs.items():
            yield self._declared("input", name, self._initial(var, self._first))
        for name in variables.outputs:
            yield self._declared("output", name, None)
        taken = {*variables.inputs, *variables.outputs}
        for var in self._document.root.elements("var"):
            written = var.get("name") or OUTCOME
            name = written if written == OUTCOME else variables.in_document(written)
            if written != OUTCOME and name not in taken:
                taken.add(name)
                yield self._declared("var", name, self._initial(var, None))

    def _undeclared(self) -> Iterator[Declaration]:
        """What the document uses, but declares nowhere: it may be in a root document."""
        for name, written in self._variables.undeclared.items():
            text = f"{written} is declared nowhere in the document"
            self.report.warning(DIFFERS, text, self._document.root.place, written)
            yield Declaration("var", name, type_name(self._known.get(name, ANY)))

    def _initial(self, var: Element, dialog: Dialog | None) -> Expr | None:
        """The value of a variable of *dialog*, or of the document, to begin with."""
        if var.get("expr") is None:
            return None
        inside = replace(self._forms.document(), scope=DialogScope(self._variables, dialog))
        return self.translation.value(var, "expr", inside)

    def _declared(self, kind: str, name: str, initial: Expr | None) -> Declaration:
        initial = None if initial == NONE else initial
        self._variables.gets(name, self._variables.type_of(initial if initial else NONE))
        known = self._known.get(name, ANY)
        return Declaration(kind, name, type_name(known), initial)  # type: ignore[arg-type]

    def _more_variables(
        self, declared: Sequence[Declaration], steps: Sequence[Step]
    ) -> Iterator[Declaration]:
        """Declarations of what is set or used, and not made by a node alone."""
        taken = {declaration.name for declaration in declared}
        uses = Uses(steps)
        for name in uses.names:
            kind = self._known.get(name, ANY)
            mixed = name in uses.filled and kind == ANY
            if name not in taken and (name not in uses.made or mixed):
                first = FALSE if name in self._variables.flags else None
                kind = BOOLEAN if first is not None else kind
                yield Declaration("var", name, type_name(kind), first)

    # --- what stands beside the steps -------------------------------------------------------------

    def _title(self) -> str | None:
        """The description of the document, which an exported flow has for its title."""
        for meta in self._document.root.elements("meta"):
            if meta.get("name") == "description":
                return meta.get("content") or None
        return None

    def _comments(self) -> Iterator[str]:
        """Comments that belong to no dialog, and what the document says of itself."""
        root = self._document.root
        first = self._document.dialogs[0].element
        near = comments_above(root)[id(first)]
        for part in root.content:
            if part is first:
                break
            if isinstance(part, Comment) and part.text not in near:
                yield part.text
        for meta in root.elements("meta"):
            name = meta.get("name") or meta.get("http-equiv") or ""
            if name != "description":
                yield f"{name}: {meta.get('content') or ''}"

    def _mark(self, steps: Sequence[Step]) -> None:
        """Put what was not understood as a comment above the step it belongs to."""
        if not steps:
            return
        by_place = sorted(steps, key=lambda step: step.place)
        places = [step.place for step in by_place]
        for problem in self.report.problems():
            if problem.severity == "error":
                step = by_place[max(bisect_right(places, problem.place) - 1, 0)]
                step.comments.append(f"VoiceXML line {problem.place.line}: {problem.text}")
