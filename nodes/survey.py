"""survey: ask questions that are answered with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Assign, ClearKeys, Keys, Play, ReadKeys
from flow_runtime.core.expr.tree import ListOf
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Sound, Utterance
from flow_runtime.core.types import NUMBER, SOUND, Type

_FAILED = "failed"
_ATTEMPTS: Final = 3
_FIRST: Final = timedelta(seconds=5)
_BETWEEN: Final = timedelta(seconds=2)


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_POLITE, _HELPED = _says("Were we polite? From 1 to 5."), _says("Did we help? From 1 to 5.")
_READ = ReadKeys(1, _FIRST, _BETWEEN)
_TO_TEN = ReadKeys(1, _FIRST, _BETWEEN, "#")
_MORE = ReadKeys(1, _BETWEEN, _BETWEEN, "#")
_GIVEN = {"questions": (_POLITE, _HELPED), "into": "marks"}


def _marks(*marks: int) -> Assign:
    return Assign("marks", tuple(Decimal(mark) for mark in marks))


class Survey(Node):
    """Ask for marks: each question is answered with a number from `low` to `high`.

    A question that gets no fitting answer is asked three times, then the call leaves by `failed`.
    The variable holds the answers so far after each question: those of a caller who gives up, or
    hangs up, are not lost. With a `high` of 10 a single 1 is taken after a pause, or with `#`.
    """

    type, title, group, icon = "survey", "Survey", "Ask", "survey"
    waits = speaks = True

    questions: tuple[Sound, ...] = param(
        help='What the caller hears:  [t"survey.polite", t"survey.helped"].',
        type=Type("list", item=SOUND),
    )
    low: int = param(help="The lowest mark.", default=1, low=0, high=99)
    high: int = param(help="The highest mark.", default=5, low=1, high=99)
    into: Variable = param(
        help="The variable that gets the list of marks, in the order of the questions.",
        makes=Type("list", item=NUMBER),
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """All questions answered, or not."""
        return (
            Port(NEXT, "Every question has its mark.", sets=("into",)),
            Port(_FAILED, "A question got no mark; the variable has those before it."),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """There are questions, and marks to give."""
        written = draft.written.get("questions")
        if isinstance(written, ListOf) and not written.items:
            yield Finding("no-questions", phrase("asks nothing: write a question"), "questions")
        low, high = draft.constants.get("low"), draft.constants.get("high")
        if low is not None and high is not None and low >= high:
            at = "low" if "low" in draft.written else "high"
            yield Finding(
                "empty-range",
                phrase("low is {low}, but high is only {high}", low=low, high=high),
                at,
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``3 questions · 1-5 → marks``."""
        written = draft.written.get("questions")
        count = len(written.items) if isinstance(written, ListOf) else None
        asked = (
            ""
            if count is None
            else phrase("{count} question{s}", count=count, s="" if count == 1 else "s")
        )
        span = f"{shown(draft, 'low')}-{shown(draft, 'high')} → {shown(draft, 'into')}"
        return joined(asked, span)

    async def run(self) -> PortValue:
        """Ask one after the other."""
        marks: tuple[Decimal, ...] = ()
        await Assign(self.into, marks)
        for question in self.questions:
            mark = await self._ask(question)
            if mark is None:
                return _FAILED
            marks += (Decimal(mark),)
            await Assign(self.into, marks)
        return NEXT

    async def _ask(self, question: Sound) -> int | None:
        for _ in range(_ATTEMPTS):
            await Play(question)
            answer = await self._read()
            if answer.isdecimal() and self.low <= int(answer) <= self.high:
                return int(answer)
            if answer:
                await ClearKeys()
        return None

    async def _read(self) -> str:
        """The keys of one answer: as many as it takes to know which mark is meant."""
        end_key = "#" if self.high > 9 else ""
        read: Keys = await ReadKeys(1, _FIRST, _BETWEEN, end_key)
        answer = read.keys
        while read.keys.isdecimal() and int(answer) and int(answer) * 10 <= self.high:
            read = await ReadKeys(1, _BETWEEN, _BETWEEN, end_key)
            answer += read.keys
        return answer

    examples = (
        Example(
            "Two questions, two marks.",
            _GIVEN,
            [
                _marks(), None,
                Play(_POLITE), True, _READ, Keys("5", "full"), _marks(5), None,
                Play(_HELPED), True, _READ, Keys("3", "full"), _marks(5, 3), None,
            ],
            NEXT,
        ),
        Example(
            "Nobody gives a 9 out of 5: asked again, the caller gives a mark.",
            {**_GIVEN, "questions": (_POLITE,)},
            [
                _marks(), None,
                Play(_POLITE), True, _READ, Keys("9", "full"), ClearKeys(), None,
                Play(_POLITE), True, _READ, Keys("4", "full"), _marks(4), None,
            ],
            NEXT,
        ),
        Example(
            "From 0 to 10: a ten has two keys, a one is a one when nothing follows.",
            {**_GIVEN, "low": 0, "high": 10},
            [
                _marks(), None,
                Play(_POLITE), True, _TO_TEN, Keys("1", "full"), _MORE, Keys("0", "full"),
                _marks(10), None,
                Play(_HELPED), True, _TO_TEN, Keys("1", "full"), _MORE, Keys("", "end_key"),
                _marks(10, 1), None,
            ],
            NEXT,
        ),
        Example(
            "The second question is met with silence; the first mark is kept.",
            _GIVEN,
            [
                _marks(), None,
                Play(_POLITE), True, _READ, Keys("5", "full"), _marks(5), None,
                Play(_HELPED), False, _READ, Keys("", "timeout"),
                Play(_HELPED), False, _READ, Keys("", "timeout"),
                Play(_HELPED), False, _READ, Keys("", "timeout"),
            ],
            _FAILED,
        ),
    )  # fmt: skip
