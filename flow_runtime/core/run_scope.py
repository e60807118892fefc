"""What local commands read and change in a run: variables, facts, language, prompts, calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import VALUE_CLASSES, from_outside
from flow_runtime.core.frame import Frame
from flow_runtime.core.last_words import find_prompt
from flow_runtime.core.outcome import MASK, Observer
from flow_runtime.core.phrase import phrase
from flow_runtime.core.program import Program
from flow_runtime.core.sound import Sound


class RunScope:
    """The part of a run that answers local commands; see `commands.Scope` for each method.

    *_program* and *_secrets* (the names of secret variables) are those of the flow the call is in.
    """

    __slots__ = ("_observer", "_program", "_secrets", "frame")

    def __init__(self, program: Program, frame: Frame, observer: Observer | None) -> None:
        self.frame = frame
        self._program = program
        self._observer = observer
        self._secrets: set[str] = set()

    def assign(self, target: str, value: Any, secret: bool = False) -> None:
        """Set a variable or an attribute of the contact."""
        variables = self.frame.variables
        if value.__class__ not in VALUE_CLASSES:
            value = from_outside(value, self.frame.zone)
        if target in variables:
            variables[target] = value
        elif target.startswith("contact."):
            self.frame.contact[target[8:]] = value
        else:
            raise _unknown_variable(target)
        if secret:
            self._secrets.add(target)
        if self._observer is not None:
            self._observer.assigned(target, MASK if target in self._secrets else value)

    def value(self, variable: str) -> Any:
        """What a variable holds."""
        if variable not in self.frame.variables:
            raise _unknown_variable(variable)
        return self.frame.variables[variable]

    def fact(self, name: str) -> Any:
        """A fact of the call."""
        return self.frame.call.get(name)

    def set_language(self, language: str) -> None:
        """Switch the caller's language; the facts of the call are shared with the driver."""
        self.frame.language = language
        cast("dict[str, Any]", self.frame.call)["language"] = language
        if self._observer is not None:
            self._observer.assigned("call.language", language)

    def find_file(self, name: str) -> str | None:
        """The path of a file that the flow names."""
        return None if self.frame.files is None else self.frame.files(name)

    def calendar_state(self, calendar: str) -> Literal["open", "closed", "holiday"]:
        """What a calendar says of now."""
        known = self._program.surroundings.calendars
        if calendar not in known:
            raise NodeFailure(
                "unknown-calendar", phrase('no calendar is called "{calendar}"', calendar=calendar)
            )
        return known[calendar].state(self.frame.now)

    def prompt(self, key: str, values: Mapping[str, Any], language: str = "") -> Sound:
        """A prompt in the caller's language, or in *language*."""
        return find_prompt(self.frame, key, values, language)


def _unknown_variable(name: str) -> NodeFailure:
    return NodeFailure("unknown-variable", phrase("there is no variable {name}", name=name))
