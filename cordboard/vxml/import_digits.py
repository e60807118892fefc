"""Fields of digits: the entry, its bounds, and what tells silence from mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from cordboard.vxml.grammars import Entry
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_answers import Item, taken_over
from cordboard.vxml.import_asking import ATTEMPTS, FAILED, Asking, Question, back
from cordboard.vxml.script_meaning import number, quoted
from cordboard.vxml.sketch import Label, Step, Target, Way
from cordboard.vxml.translation import Translation
from flow_runtime.core.expr.tree import Binary, Call, Expr, Name
from flow_runtime.core.model import NEXT
from flow_runtime.core.types import TEXT


class DigitsField:
    """One ``field`` as `digits`, or as `digits` for one attempt and nodes behind it."""

    def __init__(
        self,
        translation: Translation,
        actions: Actions,
        asking: Asking,
        item: Item,
        entry: Entry,
    ) -> None:
        self._translation = translation
        self._asking = asking
        self._item = item = taken_over(translation, item)
        self._entry = entry
        translation.variables.gets(item.into, TEXT)
        self._after = actions.run(item.filled, item.then, item.context)

    def asked(self) -> Target:
        """The steps that ask."""
        element, context = self._item.element, self._item.context
        again = Label()
        on = back(context, element, again)
        question = Question(element, context, again, on, self._step, apart=self._apart)
        return self._asking.asked(question)

    def _step(self, attempts: int, failed: Target, excuses: dict[str, Expr]) -> Step:
        return self._digits(attempts, self._entry.fewest, self._after, failed)

    def _apart(self, silence: Target, wrong: Target) -> Step:
        """None or too few digits are taken too, and told apart behind the entry."""
        count = Call("len", (Name(self._item.into),))
        target: Target = self._after
        if self._entry.fewest > 1:
            few = Binary("<", count, number(self._entry.fewest))
            target = self._if(few, wrong, target)
        target = self._if(Binary("==", count, number(0)), silence, target)
        return self._digits(1, 0, target, wrong)

    def _if(self, when: Expr, yes: Target, no: Target) -> Step:
        two = {"true": yes, "false": no}
        place = self._item.element.place
        return self._translation.step(self._item.context, "if", place, {"when": when}, two)

    def _digits(self, attempts: int, fewest: int, after: Target, failed: Target) -> Step:
        item = self._item
        parameters = {"prompt": self._asking.prompt(item.element, item.context)}
        parameters["min"], parameters["max"] = number(fewest), number(self._entry.most)
        parameters |= dict(self._timing())
        if attempts != ATTEMPTS:
            parameters["attempts"] = number(attempts)
        parameters["into"] = Name(item.into)
        ways = [Way(NEXT, after), Way(FAILED, failed)]
        place, name = item.element.place, item.name or ""
        return self._translation.step(item.context, "digits", place, parameters, ways, name)

    def _timing(self) -> Iterator[tuple[str, Expr]]:
        """What properties say of the entry."""
        element, context = self._item.element, self._item.context
        end_key = self._translation.property("termchar", context)
        if end_key in ("", "#", "*"):
            yield "end_key", quoted(end_key)
        elif end_key is not None:
            text = f'the key "{end_key}" cannot end an entry; # does'
            self._translation.differs(element, text)
        first = self._asking.timeout(element, context)
        if first is not None:
            yield "first_timeout", first
        written = self._translation.property("interdigittimeout", context)
        pause = self._asking.time(element, written)
        if pause is not None:
            yield "next_timeout", pause
