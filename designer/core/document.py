"""A flow being drawn: its text and its model, in step, with a history of named edits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from designer.core.lines import FlowLines, flow_lines
from flow_runtime.core.model import Flow
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import Memory, parse, print_flow
from flow_runtime.core.syntax.printer import Printed

Order = Callable[[str], Sequence[str]]
"""The parameters of a node type in their order, for printing."""


class Refused(Exception):
    """An edit that cannot be made now; the text says why, and what to do first."""


@dataclass(slots=True, eq=False)
class _State:
    """What the document is after one edit.

    *text* and *lines* are None until somebody wants them. *partial*: the model is what could be
    understood of a text that was broken from the first. *written* has the lines of nodes whose
    type is unknown, as they were read.
    """

    flow: Flow | None
    text: str | None
    misread: tuple[Problem, ...] = ()
    edit: str = ""
    merge: str | None = None
    partial: bool = False
    written: Printed = field(default_factory=dict)
    lines: FlowLines | None = None


class Document:
    """One flow: as a model while it can be understood, as text always.

    The model and the text say the same, unless the text does not parse (`broken`): then the
    model is the last one that did, the canvas shows it, and only the text can be changed.
    An edit is a name (for the undo menu) and a whole new flow; flows share what they have in
    common. Edits with the same *merge* key in a row are one step: keystrokes in one field.
    """

    def __init__(
        self, text: str, order: Order | None = None, known: Callable[[str], bool] | None = None
    ) -> None:
        """*known* tells whether a node type is known; a node of another stays as it is written."""
        self._order, self._known = order, known
        self._memory = Memory()
        self._printed: Printed = {}
        first = self._read(text, "", None, None)
        self._states = [first]
        self._at = 0
        self._saved: _State | None = first
        self._merging = True

    # --- what it is -----------------------------------------------------------------------------

    @property
    def flow(self) -> Flow | None:
        """The model: that of the text, or the last one while the text is broken.

        Of a text that was broken from the first it is what could be understood; None if nothing.
        """
        return self._state.flow

    @property
    def text(self) -> str:
        """What would be saved: canonical after an edit on the canvas, as typed after typing."""
        return self._text_of(self._state)

    @property
    def lines(self) -> FlowLines:
        """Which line of the text says what."""
        state = self._state
        if state.lines is None:
            state.lines = flow_lines(self.text, self._memory)
        return state.lines

    @property
    def misread(self) -> tuple[Problem, ...]:
        """What of the text could not be understood."""
        return self._state.misread

    @property
    def broken(self) -> bool:
        """Whether the text does not parse as a whole: it must not be replaced by the model."""
        return any(problem.severity == "error" for problem in self._state.misread)

    @property
    def dirty(self) -> bool:
        """Whether it differs from what was saved last."""
        saved, state = self._saved, self._state
        if saved is state:
            return False
        return saved is None or self._text_of(saved) != self.text

    # --- edits ----------------------------------------------------------------------------------

    def apply(self, edit: str, flow: Flow, merge: str | None = None) -> None:
        """Take *flow* as the result of *edit*; raises `Refused` while the text is broken."""
        if self.broken:
            line = self._state.misread[0].place.line
            raise Refused(
                phrase(
                    "line {line} of the text cannot be read; mend it there before drawing, so that"
                    " nothing of it is lost",
                    line=line,
                )
            )
        if flow != self.flow:
            written = self._state.written
            self._push(_State(flow, None, (), edit, merge, written=written))

    def type_text(self, text: str, edit: str, merge: str | None = "text") -> None:
        """The text was changed by hand."""
        if text != self.text:
            self._push(self._read(text, edit, merge, self._state))

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self.undo_name is not None:
            self._at -= 1
            self._merging = False

    def redo(self) -> None:
        """Go one step forward again, if there is one."""
        if self.redo_name is not None:
            self._at += 1
            self._merging = False

    @property
    def undo_name(self) -> str | None:
        """The edit that `undo` takes back."""
        return self._state.edit if self._at > 0 else None

    @property
    def redo_name(self) -> str | None:
        """The edit that `redo` makes again."""
        following = self._at + 1
        return self._states[following].edit if following < len(self._states) else None

    def end_merging(self) -> None:
        """The next edit is a step of its own: another field was entered."""
        self._merging = False

    def saved(self) -> None:
        """What it is now stands in the file."""
        self._saved = self._state
        self._merging = False

    def unsaved(self) -> None:
        """What it is stands in no file: it was recovered, or is a template."""
        self._saved = None

    # --- inside ---------------------------------------------------------------------------------

    @property
    def _state(self) -> _State:
        return self._states[self._at]

    def _text_of(self, state: _State) -> str:
        if state.text is None:
            assert state.flow is not None
            self._printed.update(state.written)
            state.text = print_flow(state.flow, self._order, self._printed)
        return state.text

    def _push(self, state: _State) -> None:
        del self._states[self._at + 1 :]
        merges = self._merging and state.merge is not None and state.merge == self._state.merge
        if merges and self._state is not self._saved and self._at > 0:
            self._states[self._at] = state
        else:
            self._states.append(state)
            self._at += 1
        self._merging = True

    def _read(self, text: str, edit: str, merge: str | None, last: _State | None) -> _State:
        """*text* as it is understood; while it is broken, the model of *last* if it had a whole."""
        parsed = parse(text, self._memory)
        if all(problem.severity != "error" for problem in parsed.problems):
            written = self._unknown(parsed.flow, text)
            return _State(parsed.flow, text, parsed.problems, edit, merge, written=written)
        if last is None or last.partial:
            return _State(parsed.flow, text, parsed.problems, edit, merge, partial=True)
        return _State(last.flow, text, parsed.problems, edit, merge)

    def _unknown(self, flow: Flow | None, text: str) -> Printed:
        """The lines of nodes of which nothing is known, not even how they are printed."""
        known, written = self._known, Printed()
        if flow is None or known is None or all(known(node.type) for node in flow.nodes):
            return written
        blocks, lines = flow_lines(text, self._memory).blocks, re.split("\r\n|\r|\n", text)
        for node in flow.nodes:
            first, last = blocks[node.name]
            # Of two with one name only one has its block there.
            if not known(node.type) and first <= node.place.line <= last:
                written[id(node)] = node, lines[first - 1 : last]
        return written
