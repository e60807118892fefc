"""What is wrong with a flow, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of a flow file: lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Place(1, 1, 1, 1)
"""The place of things that were made by a program and stand in no file."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a counter-example: the call enters *node* and leaves it by *port*."""

    node: str
    port: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. *code* is stable kebab-case, for example ``unknown-node``.

    *text* says what is wrong and what to do next (with the nearest known name), in English;
    *subject* is the node or item concerned, so that a canvas can mark it. *path* is a
    counter-example where the check has one.
    """

    severity: Literal["error", "warning"]
    code: str
    text: str
    place: Place
    subject: str | None = None
    path: tuple[Step, ...] = ()

    def line(self, file: str) -> str:
        """One line as printed by ``cordboard check``: ``FILE:LINE:COL: severity CODE: text``."""
        at = f"{file}:{self.place.line}:{self.place.column}"
        return f"{at}: {self.severity} {self.code}: {self.text}"
