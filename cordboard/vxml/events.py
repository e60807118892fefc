"""Who handles an event: the choice among ``catch``, ``noinput``, ``nomatch``, ``error``, ``help``.

After VoiceXML 2.0, sections 5.2.2 and 5.2.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cordboard.vxml.elements import Element
from cordboard.vxml.sketch import TooLarge

HANDLERS: Final = ("catch", "error", "help", "noinput", "nomatch")
_MOST_COUNT: Final = 1_000
_MOST_HANDLERS: Final = 100


@dataclass(frozen=True, eq=False)
class Handler:
    """One handler: *events* as written (empty: all), *count* from which occurrence on it acts."""

    element: Element
    events: tuple[str, ...]
    count: int

    def takes(self, event: str) -> bool:
        """Whether it is meant for *event*: by its name or a beginning of it, ``error`` of all."""
        if not self.events:
            return True
        return any(event == own or event.startswith(own + ".") for own in self.events)


def handlers_in(element: Element | None) -> tuple[Handler, ...]:
    """The handlers that stand in *element*; raises `TooLarge`."""
    found = [] if element is None else element.elements(*HANDLERS)
    if len(found) > _MOST_HANDLERS:
        raise TooLarge(f"more than {_MOST_HANDLERS} event handlers in one element")
    return tuple(map(_handler, found))


def _handler(element: Element) -> Handler:
    if element.name != "catch":
        events: tuple[str, ...] = (element.name,)
    else:
        named = (event.removesuffix(".") for event in (element.get("event") or "").split())
        events = tuple(event for event in named if event not in ("", "*"))
    written = element.get("count") or "1"
    count = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 1
    return Handler(element, events, min(max(count, 1), _MOST_COUNT))


@dataclass(frozen=True)
class Phase:
    """From which occurrence on which handler acts; None: what the platform does by itself."""

    start: int
    handler: Handler | None


class Catches:
    """The handlers around a place; *scopes* go from the inside out."""

    def __init__(self, scopes: Sequence[Sequence[Handler]]) -> None:
        self.scopes = tuple(map(tuple, scopes))

    def find(self, event: str, count: int = 1) -> Handler | None:
        """The handler that acts when *event* occurs for the *count*-th time."""
        fitting = [
            handler
            for scope in self.scopes
            for handler in scope
            if handler.takes(event) and handler.count <= count
        ]
        highest = max((handler.count for handler in fitting), default=0)
        return next((handler for handler in fitting if handler.count == highest), None)

    def phases(self, event: str) -> list[Phase]:
        """Which handler acts from the first occurrence of *event* on, and which ones follow."""
        counts = {h.count for scope in self.scopes for h in scope if h.takes(event)}
        return list(self._phases(event, sorted({1, *counts})))

    def _phases(self, event: str, counts: Sequence[int]) -> Iterator[Phase]:
        before: Handler | None = None
        for number, count in enumerate(counts):
            handler = self.find(event, count)
            if number == 0 or handler is not before:
                yield Phase(count, handler)
            before = handler

    def named(self, event: str) -> bool:
        """Whether a handler names *event* or its family; one for all events does not count."""
        return any(h.events and h.takes(event) for scope in self.scopes for h in scope)
