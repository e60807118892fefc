"""Feature codes: what agents dial on their own telephones in place of a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

Feature: TypeAlias = Literal[
    "sign_in",
    "sign_out",
    "ready",
    "not_ready",
    "done",
    "park",
    "retrieve",
    "pick",
    "monitor",
    "whisper",
    "barge",
    "intercept",
    "stop_intercept",
]


class Code(NamedTuple):
    """What agents dial for a feature unless the site says otherwise; *then* may follow it."""

    dialled: str
    then: Literal["", "reason", "agent"] = ""


CODES: Final[Mapping[Feature, Code]] = {
    "sign_in": Code("*11"),
    "sign_out": Code("*12"),
    "ready": Code("*45"),
    "not_ready": Code("*46", "reason"),
    "done": Code("*48"),
    "park": Code("*84"),
    "retrieve": Code("*85"),
    "pick": Code("*8"),
    "monitor": Code("*34", "agent"),
    "whisper": Code("*35", "agent"),
    "barge": Code("*36", "agent"),
    "intercept": Code("*37", "agent"),
    "stop_intercept": Code("*38", "agent"),
}
"""Sign-in and sign-out, pause and pick-up are dialled as on FreePBX."""

IN_CALL: Final[frozenset[Feature]] = frozenset({"park", "retrieve"})
"""What may be pressed as keys while the agent talks."""
SUPERVISING: Final[frozenset[Feature]] = frozenset(
    {"monitor", "whisper", "barge", "intercept", "stop_intercept"}
)
"""What needs more trust than an address."""
PAUSE: Final = 3.0
"""Seconds between two keys after which a code begins anew."""
LOOKS_LIKE_ONE: Final = re.compile(r"[*#]")
_WRITTEN: Final = re.compile(r"[*#0-9]{1,16}")


class Dialled(NamedTuple):
    """A feature code that was dialled, and the digits behind it."""

    feature: Feature
    rest: str = ""


class BadCode(ValueError):
    """A code that cannot be used. *feature* is whose; the message says why."""

    def __init__(self, feature: str, text: str) -> None:
        super().__init__(text)
        self.feature = feature


@dataclass(frozen=True)
class FeatureCodes:
    """The codes of a site, by feature; one that is "" is switched off.

    *reasons* are the words for digits that follow the code of `not_ready`. Raises `BadCode`.
    """

    codes: Mapping[Feature, str] = field(
        default_factory=lambda: {feature: code.dialled for feature, code in CODES.items()}
    )
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for feature, code in self._used():
            if not _WRITTEN.fullmatch(code):
                raise BadCode(feature, f'{code!r} cannot be dialled; write digits, "*" and "#"')
            if code in taken:
                raise BadCode(feature, f'"{code}" is the code of {taken[code]} already')
            taken[code] = feature

    def read(self, number: str) -> Dialled | None:
        """The code that *number* begins with, the longest one; None when it is no code."""
        found: Dialled | None = None
        longest = 0
        for feature, code in self._used():
            fits = number.startswith(code) if CODES[feature].then else number == code
            if fits and len(code) > longest:
                found, longest = Dialled(feature, number[len(code) :]), len(code)
        return found

    def reason(self, digits: str) -> str:
        """The reason that *digits* stand for: they themselves unless the site has a word."""
        return self.reasons.get(digits, digits)

    def _used(self) -> Iterator[tuple[Feature, str]]:
        return ((feature, code) for feature, code in self.codes.items() if code)


class KeysInCall:
    """Finds codes among the keys that an agent presses during a call; the customer hears them."""

    def __init__(self, codes: FeatureCodes) -> None:
        self._codes = {code: f for f, code in codes.codes.items() if code and f in IN_CALL}
        self._typed, self._last = "", 0.0

    def press(self, key: str, now: float) -> Feature | None:
        """The feature whose code is complete with *key*, pressed at *now* seconds."""
        if now - self._last > PAUSE:
            self._typed = ""
        self._typed, self._last = self._typed + key, now
        for code, feature in self._codes.items():
            if self._typed.endswith(code):
                self._typed = ""
                return feature
        return None
