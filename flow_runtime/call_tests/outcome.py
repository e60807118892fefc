"""What came of a tested call, and how a failure is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Any, Final

from flow_runtime.call_tests.model import CallTest
from flow_runtime.call_tests.scene import Heard, Visit
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place

_WIDTH: Final = 100
_MARGIN: Final = 11
_MOST_HEARD: Final = 8
_MOST_WORDS: Final = 80


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed: what the test *expected*, what came *instead*, and where that stands.

    *expected* is a step as it is written, or empty when the test itself does not fit its flow.
    *heard* is how much the caller had heard when the step before was met.
    """

    place: Place
    expected: str
    instead: str
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell of a failure; without a *label* it goes on with the item before.

    From its second line on the text is indented by *hang*.
    """

    label: str
    text: str
    hang: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One call that was made. *seconds* is how long it took on its own clock.

    *heard* is all that the caller heard, *path* all nodes the call came to, in order.
    """

    test: CallTest
    failure: Failure | None = None
    heard: Sequence[Heard] = ()
    path: Sequence[Visit] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the call was as the test says."""
        return self.failure is None

    def lines(self) -> list[str]:
        """The failure for people, below a line that names the call; empty when there is none."""
        return [line for item in self.items() for line in _lines(item)]

    def items(self) -> Iterator[Item]:
        """What there is to tell of the failure, for those who set it in lines of their own."""
        failure = self.failure
        if failure is None:
            return
        if failure.expected:
            yield Item(phrase("expected"), failure.expected)
        yield Item(phrase("but"), failure.instead)
        if self.heard:
            yield from _heard(self.heard, failure.heard)
        elif self.path:
            yield Item(phrase("heard"), phrase("nothing"))
        for visit in self.path:
            if visit.error:
                yield Item(phrase("failed"), f"{visit.node}: " + visit.error)
        if self.path:
            yield Item(phrase("path"), path_text(self.path))

    def plain(self) -> dict[str, Any]:
        """The result as plain data, for programs."""
        failure = self.failure
        return {
            "name": self.test.name,
            "line": self.test.place.line,
            "passed": self.passed,
            "seconds": round(self.seconds, 3),
            "failure": None
            if failure is None
            else {
                "line": failure.place.line,
                "column": failure.place.column,
                "expected": failure.expected,
                "but": failure.instead,
            },
            "heard": [
                {"at": round(h.at, 3), "text": h.shown, "prompts": list(h.keys)} for h in self.heard
            ],
            "path": [
                {"flow": v.flow, "node": v.node, "port": v.port, "error": v.error or None}
                for v in self.path
            ],
        }


def path_text(path: Sequence[Visit]) -> str:
    """``hours -open-> menu -1-> ask => pin.key -next-> pin.end => ask -ok-> balance``.

    A double arrow leads into a flow that is called, and back to the node that has called it.
    """
    first = path[0].flow
    words = list(_words(path, first))
    left_out = len(words) - _MOST_WORDS
    if left_out > 0:
        start = _MOST_WORDS // 4
        words[start : start + left_out] = [f"… {left_out} more …"]
    return " ".join(words)


def _words(path: Sequence[Visit], first: str) -> Iterator[str]:
    callers: list[Visit] = []
    for visit, following in zip_longest(path, path[1:]):
        yield visit.node if visit.flow == first else f"{visit.flow}.{visit.node}"
        if following is None:
            if visit.port is not None:
                yield f"-{visit.port}->"
        elif following.flow == visit.flow:
            yield f"-{visit.port}->" if visit.port is not None else "->"
        elif callers and callers[-1].flow == following.flow:
            caller = callers.pop()
            name = caller.node if caller.flow == first else f"{caller.flow}.{caller.node}"
            yield f"=> {name} -{caller.port}->"
        else:
            callers.append(visit)
            yield "=>"


def _heard(heard: Sequence[Heard], before: int) -> Iterator[Item]:
    """What was heard since the last step that heard something, and that itself; not too much."""
    first = max(0, before - 1)
    shown = list(heard[first:])
    left_out = len(shown) - _MOST_HEARD
    label: str = phrase("heard")
    for number, sound in enumerate(shown):
        if left_out > 0 and 2 <= number < 2 + left_out:
            if number == 2:
                yield Item(label, phrase("… {count} more …", count=left_out))
            continue
        yield Item(label, f"{sound.at:6.1f} s  {sound.shown}", hang=10)
        label = ""


def _lines(item: Item) -> Iterator[str]:
    """The label in the margin, and the text beside it, in lines that fit a screen."""
    begin = f"  {item.label:<{_MARGIN - 2}}"
    rest = " " * (_MARGIN + item.hang)
    lines = [
        line
        for part in item.text.splitlines() or [""]
        for line in wrap(part, _WIDTH - _MARGIN - item.hang, break_long_words=False) or [""]
    ]
    yield (begin + lines[0]).rstrip()
    yield from (rest + line for line in lines[1:])
