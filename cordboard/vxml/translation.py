"""What all parts of the import share: one flow being made of one document."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from cordboard.vxml.document import Dialog, Document
from cordboard.vxml.elements import Element
from cordboard.vxml.events import Catches
from cordboard.vxml.import_sounds import Listing
from cordboard.vxml.report import DIFFERS, NOT_UNDERSTOOD, Report
from cordboard.vxml.script_meaning import ScriptError
from cordboard.vxml.script_reading import read_condition, read_script
from cordboard.vxml.sketch import Label, Sketch, Step, Target, Way
from cordboard.vxml.variables import DialogScope, Variables
from flow_runtime.core.expr.tree import Expr, HalfTyped, Literal
from flow_runtime.core.model import ERROR
from flow_runtime.core.problems import Place

Then: TypeAlias = Callable[[int | None], Target]
"""Where a call goes on when a stretch of content is through.

It is told the number of the first form item that was cleared on the way, None if none was.
"""


def always(target: Target) -> Then:
    """On to *target*, whatever was cleared."""
    return lambda cleared: target


def earlier(one: int | None, other: int | None) -> int | None:
    """The first of two form items, None when there is none."""
    return min((n for n in (one, other) if n is not None), default=None)


@dataclass(frozen=True)
class Order:
    """The items of a form: their *numbers* by name, and where each of them begins.

    *visits* are the same places behind the test whether the item is passed by. *resets* are the
    variables, with their values, by which an item is visited again.
    """

    numbers: Mapping[str, int]
    labels: Sequence[Label]
    visits: Sequence[Label]
    resets: Mapping[int, tuple[str, Expr]]


@dataclass(frozen=True)
class Context:
    """Where in the document something stands.

    *within* are the elements around it, from the inside out; *failure* is where its steps lead
    when they fail, None for the flow's ``on_error``. *handling* are the handlers that it is part
    of.
    """

    dialog: Dialog | None
    within: tuple[Element, ...]
    catches: Catches
    scope: DialogScope
    failure: Label | None = None
    order: Order | None = None
    listing: Listing = lambda element: ()
    handling: frozenset[int] = frozenset()
    late: bool = False
    """Whether it is done in a dialog, but stands outside it."""

    def knowing(self, name: str, value: Expr) -> Context:
        """The same where the variable *name* has this *value*."""
        return replace(self, scope=self.scope.knowing(name, value))

    @property
    def rank(self) -> int:
        """Steps of a dialog stay together; what stands outside of it comes behind them."""
        return _LAST if self.dialog is None else 2 * self.dialog.number + self.late


_LAST: Final = 1_000_000
_SHOWN: Final = 200
"""Characters of a script that are shown in a message."""


class Translation:
    """One flow: its steps, variables and findings, and what is still to be done."""

    def __init__(self, document: Document, variables: Variables, report: Report) -> None:
        self.document = document
        self.variables = variables
        self.report = report
        self.sketch = Sketch()
        self.goodbye = Label()
        """Where a call ends that the document leads no further."""
        self.subdialogs: dict[str, None] = {}
        """The dialogs of this document that are called, and become flows of their own."""
        self.results: list[tuple[Step, str]] = []
        """Steps that call, with the variable of their result."""
        self._todo: deque[Callable[[], None]] = deque()
        self._told: set[str] = set()

    # --- work -----------------------------------------------------------------------------------

    def later(self, label: Label, find: Callable[[], Target]) -> None:
        """Find out what stands at *label* when there is time: so that nothing is nested deep."""

        def work() -> None:
            label.at = find()

        self._todo.append(work)

    def finish(self) -> None:
        """Do all that was put off."""
        while self._todo:
            self._todo.popleft()()

    def step(
        self,
        context: Context,
        type: str,
        place: Place,
        parameters: Mapping[str, Expr] | Iterable[tuple[str, Expr]] = (),
        ways: Mapping[str, Target] | Iterable[Way] = (),
        wanted: str = "",
    ) -> Step:
        """A new step of *context*."""
        dialog = context.dialog.id if context.dialog is not None else None
        name = wanted or (f"{dialog}_{type}" if dialog else type)
        step = self.sketch.add(type, place, context.rank, name, parameters, ways)
        if context.failure is not None:
            step.ways.append(Way(ERROR, context.failure))
        return step

    # --- findings -------------------------------------------------------------------------------

    def lost(self, element: Element, text: str) -> None:
        """Report what is left to be done by hand."""
        self.report.error(NOT_UNDERSTOOD, text, element.place, element.name)

    def differs(self, element: Element, text: str) -> None:
        """Report what is not quite the same."""
        self.report.warning(DIFFERS, text, element.place, element.name)

    def differs_once(self, element: Element, text: str) -> None:
        """The same, but only at the first place."""
        if text not in self._told:
            self._told.add(text)
            self.differs(element, text)

    # --- scripts --------------------------------------------------------------------------------

    def value(self, element: Element, attribute: str, context: Context) -> Expr:
        """The expression in an attribute, half-typed when it is not understood."""
        return self._script(element, attribute, context, read_script)

    def condition(self, element: Element, context: Context) -> Expr:
        """The ``cond`` of *element*; true when there is none."""
        if element.get("cond") is None:
            return Literal(True, "true")
        return self._script(element, "cond", context, read_condition)

    def _script(
        self,
        element: Element,
        attribute: str,
        context: Context,
        read: Callable[[str, DialogScope], Expr],
    ) -> Expr:
        text = element.get(attribute) or ""
        try:
            return read(text, context.scope)
        except ScriptError as error:
            said = (
                f'{attribute}="{text[:_SHOWN]}" is not understood: {error}; it is left unfinished'
            )
            self.lost(element, said)
            return HalfTyped(text or "?")

    def property(self, name: str, context: Context) -> str | None:
        """The nearest property *name*."""
        return self.document.property(name, context.within)

    def mentions(self, name: str | None, context: Context) -> int:
        """How often scripts that can see the variable *name* of a dialog mention it."""
        if not name or context.dialog is None:
            return 0
        return context.dialog.mentions[name] + self.document.outer_mentions[name]
