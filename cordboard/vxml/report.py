"""What a translation has to say: each finding once, in the order of the file."""

from __future__ import annotations

from typing import Final, Literal

from flow_runtime.core.problems import Place, Problem

NO_COUNTERPART: Final = "vxml-no-counterpart"
"""A part of a flow that VoiceXML cannot do."""
NOT_UNDERSTOOD: Final = "vxml-not-understood"
"""A part of a document that was left to be done by hand."""
DIFFERS: Final = "vxml-differs"
"""Something that is not quite the same on the other side."""


class Report:
    """Collects problems. An error means work by hand, a warning that somebody should look."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, problem: Problem) -> None:
        """Note *problem*, unless it is known already."""
        self._found[problem] = None

    def error(self, code: str, text: str, place: Place, subject: str | None = None) -> None:
        """Note something that is missing in the translation."""
        self._note("error", code, text, place, subject)

    def warning(self, code: str, text: str, place: Place, subject: str | None = None) -> None:
        """Note something that is not quite the same in the translation."""
        self._note("warning", code, text, place, subject)

    def _note(
        self,
        severity: Literal["error", "warning"],
        code: str,
        text: str,
        place: Place,
        subject: str | None,
    ) -> None:
        self.add(Problem(severity, code, text, place, subject))

    def problems(self) -> tuple[Problem, ...]:
        """All findings by their places."""
        return tuple(sorted(self._found, key=lambda problem: problem.place))
