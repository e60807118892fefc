"""What happens when a caller is silent or keys in something else: attempts, excuses, counters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cordboard.vxml.elements import Content, Element, write_inline
from cordboard.vxml.events import Handler, Phase
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_content import is_quiet, leaves, words
from cordboard.vxml.import_sounds import is_heard
from cordboard.vxml.script_meaning import number, quoted
from cordboard.vxml.sketch import Label, Step, Target
from cordboard.vxml.times import duration, read_time
from cordboard.vxml.translation import Context, Then, Translation
from flow_runtime.core.expr.tree import Binary, Expr, Name

ATTEMPTS: Final = 3
"""How often a question is said when the document does not say it: the default of the nodes."""
FAILED: Final = "failed"
"""The port of questions that nobody has answered."""
_MOST_ATTEMPTS: Final = 20
_SHORTEST, _LONGEST = timedelta(milliseconds=100), timedelta(minutes=10)


@dataclass(frozen=True)
class Asked:
    """Something of which the caller may do nothing, or something else.

    *again* is where a call comes in to be asked once more; *then* where it goes on when a handler
    has done its work.
    """

    element: Element
    context: Context
    again: Label
    then: Then


@dataclass(frozen=True)
class Question(Asked):
    """Something to be keyed in.

    *make* gives the step that asks for so many attempts: it leads to the target when they have
    failed. With *excuses* the step can say something before it asks again. *apart* gives a step
    that tells silence from a wrong entry.
    """

    make: Callable[[int, Target, dict[str, Expr]], Step]
    excuses: bool = False
    apart: Callable[[Target, Target], Step] | None = None


class Asking:
    """Makes the steps of questions."""

    def __init__(self, translation: Translation, actions: Actions) -> None:
        self._translation = translation
        self._actions = actions

    def asked(self, question: Question) -> Target:
        """The steps of *question*, with what its handlers do."""
        catches = question.context.catches
        silence, wrong = catches.phases("noinput"), catches.phases("nomatch")
        self._note_silent_returns([*silence, *wrong])
        step = self._plain(question, silence, wrong)
        if step is not None:
            question.again.at = step
            return question.again
        return self._counted(question, silence, wrong)

    def _note_silent_returns(self, phases: Sequence[Phase]) -> None:
        for handler in (phase.handler for phase in phases):
            if handler is None or leaves(handler.element.content):
                continue
            if not any(part.name == "reprompt" for part in handler.element.walk()):
                text = "without <reprompt/> the question is not said again there; here it is"
                self._translation.differs_once(handler.element, text)

    def _plain(
        self, question: Question, silence: Sequence[Phase], wrong: Sequence[Phase]
    ) -> Step | None:
        """One step that makes all attempts by itself; None when it cannot do all that is asked."""
        loud = min(filter(None, (_first_loud(silence), _first_loud(wrong))), default=None)
        attempts = loud or ATTEMPTS
        spoken = [_said_before(phases, attempts) for phases in (silence, wrong)]
        if not question.excuses and any(any(said) for said in spoken):
            return None
        if loud is None:
            failed: Target = question.again
            text = "it is asked without end; lead failed to where a call should go after a while"
            self._translation.differs(question.element, text)
        else:
            at = [_at(phases, loud) for phases in (silence, wrong)]
            if not _same(*at) and question.apart is not None:
                return None
            body = self._one_of(question, at[0], at[1])
            goes_on = any(phase.start > loud for phase in (*silence, *wrong))
            if goes_on and body is not None and not leaves(body.element.content):
                return None
            failed = self._handled(question, body)
        if attempts > _MOST_ATTEMPTS:
            text = f"it is asked {_MOST_ATTEMPTS} times at most"
            self._translation.differs(question.element, text)
            attempts = _MOST_ATTEMPTS
        return question.make(attempts, failed, self._excuses(question, spoken))

    def _excuses(
        self, question: Question, spoken: Sequence[Sequence[Sequence[Content]]]
    ) -> dict[str, Expr]:
        """What a `menu` says before it asks again: after a wrong key, after silence."""
        excuses: dict[str, Expr] = {}
        for name, said in (("invalid_prompt", spoken[1]), ("silence_prompt", spoken[0])):
            if len({"".join(map(write_inline, words)) for words in said}) > 1:
                text = "what is said at later attempts is not kept; the first excuse is repeated"
                self._translation.differs(question.element, text)
            sound = self._actions.sound(said[0], question.context) if said and said[0] else None
            if sound is not None:
                excuses[name] = sound
        return excuses

    def _one_of(
        self, question: Question, silence: Handler | None, wrong: Handler | None
    ) -> Handler | None:
        """The handler that acts when a step cannot tell the two apart."""
        if _same(silence, wrong):
            return wrong or silence
        loud = [h for h in (silence, wrong) if h is not None and not is_quiet(h.element.content)]
        chosen = loud[0] if loud else (silence or wrong)
        assert chosen is not None
        text = "its port failed does not tell silence from wrong keys: both are handled like this"
        self._translation.differs(chosen.element, text)
        return chosen

    def _handled(self, question: Asked, handler: Handler | None) -> Target:
        if handler is None:
            return question.again
        return self._actions.handle(handler, question.then, question.context)

    def _counted(
        self, question: Question, silence: Sequence[Phase], wrong: Sequence[Phase]
    ) -> Target:
        """A step for one attempt, and counters behind it."""
        counters: list[str] = []
        if question.apart is not None and not _alike(silence, wrong):
            two = [
                self.chain(question, phases, word, counters)
                for phases, word in ((silence, "silences"), (wrong, "mistakes"))
            ]
            question.again.at = question.apart(two[0], two[1])
        else:
            phases = self._merged(question, silence, wrong)
            failed = self.chain(question, phases, "tries", counters)
            question.again.at = question.make(1, failed, {})
        lines = [(counter, number(0)) for counter in counters]
        return self._actions.set(lines, question.again, question.context, question.element)

    def _merged(
        self, question: Question, silence: Sequence[Phase], wrong: Sequence[Phase]
    ) -> list[Phase]:
        """The phases of both events as those of one."""
        if _alike(silence, wrong):
            return list(wrong)
        starts = sorted({phase.start for phase in (*silence, *wrong)})
        return [
            Phase(start, self._one_of(question, _at(silence, start), _at(wrong, start)))
            for start in starts
        ]

    def chain(
        self, question: Asked, phases: Sequence[Phase], word: str, counters: list[str]
    ) -> Target:
        """Where failed attempts lead: counted, when handlers differ by their number."""
        bodies = [self._handled(question, phase.handler) for phase in phases]
        if len(bodies) == 1:
            return bodies[0]
        place, context = question.element.place, question.context
        name = question.element.get("name") or question.element.get("id")
        counter = self._translation.variables.own(f"{name}_{word}" if name else word)
        counters.append(counter)
        target = bodies[-1]
        for n in range(len(bodies) - 2, 0, -1):
            below: dict[str, Expr] = {
                "when": Binary("<", Name(counter), number(phases[n + 1].start))
            }
            two = {"true": bodies[n], "false": target}
            target = self._translation.step(context, "if", place, below, two)
        parameters: dict[str, Expr] = {
            "variable": Name(counter),
            "limit": number(phases[1].start - 1),
        }
        two = {"under": bodies[0], "over": target}
        return self._translation.step(context, "count", place, parameters, two)

    # --- prompts and times ------------------------------------------------------------------------

    def prompt(self, element: Element, context: Context) -> Expr:
        """What is said at the first attempt; an empty text when it is nothing."""
        content: list[Content] = []
        for part in element.content:
            if not is_heard(part):
                continue
            if isinstance(part, Element) and part.name == "prompt":
                if part.get("count") not in (None, "1"):
                    text = "a prompt for later attempts is not said; the first one is said again"
                    self._translation.differs(part, text)
                    continue
                if (part.get("bargein") or "true") == "false":
                    text = "a key always cuts a question short here, whatever bargein says"
                    self._translation.differs_once(part, text)
            content.append(part)
        return self._actions.sound(content, context) or quoted("")

    def timeout(self, element: Element, context: Context) -> Expr | None:
        """How long silence may last: as the last prompt says, else a property."""
        own = [part.get("timeout") for part in element.elements("prompt") if part.get("timeout")]
        return self.time(
            element, own[-1] if own else self._translation.property("timeout", context)
        )

    def time(self, element: Element, written: str | None) -> Expr | None:
        """The duration that *written* says, within what the nodes take."""
        if written is None:
            return None
        time = read_time(written)
        if time is None:
            self._translation.differs(element, f'"{written}" is no time; the usual one is taken')
            return None
        return duration(min(max(time, _SHORTEST), _LONGEST))


def _first_loud(phases: Sequence[Phase]) -> int | None:
    """The first occurrence at which a handler does more than speak."""
    return next(
        (p.start for p in phases if p.handler and not is_quiet(p.handler.element.content)), None
    )


def _said_before(phases: Sequence[Phase], attempts: int) -> list[list[Content]]:
    """What is said at each of the first attempts but the last, as far as it differs."""
    before = [phase.handler for phase in phases if phase.start < attempts]
    return [[] if handler is None else words(handler.element.content) for handler in before]


def _at(phases: Sequence[Phase], count: int) -> Handler | None:
    return next((p.handler for p in reversed(phases) if p.start <= count), None)


def _same(one: Handler | None, other: Handler | None) -> bool:
    """Whether two handlers do the same."""
    if one is None or other is None:
        return one is other
    written = (write_inline(Element("", {}, h.element.content)) for h in (one, other))
    return next(written).split() == next(written).split()


def _alike(one: Sequence[Phase], other: Sequence[Phase]) -> bool:
    return len(one) == len(other) and all(
        a.start == b.start and _same(a.handler, b.handler) for a, b in zip(one, other, strict=True)
    )


def back(context: Context, element: Element, again: Label) -> Then:
    """On with the same question, or with an earlier item that a handler has cleared."""

    def on(cleared: int | None) -> Target:
        order = context.order
        own = order.numbers.get(element.get("name") or "") if order is not None else None
        if order is None or cleared is None or own is None or cleared >= own:
            return again
        return order.labels[cleared]

    return on
