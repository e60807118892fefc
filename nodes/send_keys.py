"""send_keys: press keys towards the caller's side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from flow_runtime.core.card import shown
from flow_runtime.core.commands import NodeFailure, Pause
from flow_runtime.core.commands import SendKeys as PressKeys
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, param
from flow_runtime.core.phrase import phrase

_KEYS: Final = frozenset("0123456789*#ABCD")
_COMMA: Final = timedelta(seconds=1)


class SendKeys(Node):
    """Press telephone keys: 0 to 9, `*`, `#`, and A to D. The other side hears them as a phone's.

    A comma is a pause of one second, for a machine at the other end that takes its time.
    """

    type, title, group, icon = "send_keys", "Send keys", "Call", "send_keys"
    waits = speaks = True

    keys: str = param(help='The keys in turn, for example  "1,,4711#".')

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Keys that no telephone has."""
        wrong = _wrong(draft.constants.get("keys") or "")
        if wrong:
            yield Finding("bad-keys", _advice(wrong), "keys")
        elif draft.constants.get("keys") == "":
            yield Finding("bad-keys", phrase("presses no key: write some"), "keys", "warning")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``keys "1,,4711#"``."""
        return phrase("keys {keys}", keys=shown(draft, "keys"))

    async def run(self) -> PortValue:
        """Press, and pause at the commas."""
        wrong = _wrong(self.keys)
        if wrong:
            raise NodeFailure("bad-value", _advice(wrong))
        for number, keys in enumerate(self.keys.split(",")):
            if number:
                await Pause(_COMMA)
            if keys:
                await PressKeys(keys)
        return NEXT

    examples = (
        Example("Three keys.", {"keys": "42#"}, [PressKeys("42#"), None], NEXT),
        Example(
            "The machine at the other end needs two seconds before it listens.",
            {"keys": "1,,4711#"},
            [PressKeys("1"), None, Pause(_COMMA), None, Pause(_COMMA), None,
             PressKeys("4711#"), None],
            NEXT,
        ),
        Example(
            "The line has no keys to press.",
            {"keys": "1"},
            [
                PressKeys("1"),
                NodeFailure("unsupported", "the pyvoip line cannot press keys"),
            ],
            ERROR,
        ),
    )  # fmt: skip


def _wrong(keys: str) -> str:
    """The first character that is no key and no comma; empty when all are fine."""
    return next((key for key in keys if key not in _KEYS and key != ","), "")


def _advice(wrong: str) -> str:
    return phrase(
        'keys holds "{wrong}", which no telephone has; use 0-9 * # A-D, and a comma to pause',
        wrong=wrong,
    )
