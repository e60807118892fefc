"""switch: go one of several ways by a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal

from flow_runtime.core.card import joined, shown
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase

_ELSE = "else"
_NONE = "none"


class Switch(Node):
    """Go by the port that names the value, or by `else` when none does.

    A port is a number (`1 -> a`), a text (`"gold" -> b`, `gold -> b`), or one of the words
    `true`, `false` and `none`. A number and a text are never the same: `1` is not `"1"`.
    The texts "else" and "error" cannot be told from the ports of that name and take `else`.
    """

    type, title, group, icon = "switch", "Switch", "Logic", "switch"
    keys_are_text = False
    instant = True

    on: Any = param(help="The value to look at, for example  customer?.level.")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """One for each value drawn, then ``else``."""
        values = [Port(p, narrows=_told_by(p)) for p in draft.drawn if p not in (_ELSE, ERROR)]
        otherwise = Port(
            _ELSE,
            "None of the values.",
            narrows=("on", "value") if _NONE in draft.drawn else None,
        )
        return (*values, otherwise)

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """A switch without values always takes ``else``."""
        if len(cls.ports(draft)) == 1:
            yield Finding(
                "no-values",
                phrase('has no value to go by: draw a port for each, for example  "gold" -> node'),
                None,
                "warning",
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``customer?.level · 3 values``."""
        count = len(cls.ports(draft)) - 1
        return joined(
            shown(draft, "on"), phrase("{count} value{s}", count=count, s="" if count == 1 else "s")
        )

    async def run(self) -> PortValue:
        """Find the port of the value."""
        port = _port_of(self.on)
        if port is None or port == ERROR:
            return _ELSE
        same = (p for p in self.drawn if p == port and p.__class__ is port.__class__)
        return next(same, _ELSE)

    examples = (
        Example(
            "A text goes by its own port.",
            {"on": "gold"},
            [],
            "gold",
            drawn=("gold", "silver", "else"),
        ),
        Example(
            "A value that is not drawn takes `else`.",
            {"on": "bronze"},
            [],
            "else",
            drawn=("gold", "silver", "else"),
        ),
        Example("A number goes by the number.", {"on": Decimal("2.0")}, [], 2, drawn=(1, 2, "2")),
        Example("The text of a number does not.", {"on": "2"}, [], "2", drawn=(1, 2, "2")),
        Example("Truth values have words.", {"on": False}, [], "false", drawn=("true", "false")),
        Example("So has the empty value.", {"on": None}, [], "none", drawn=("none", "else")),
    )


def _told_by(port: PortValue) -> tuple[str, Literal["true", "false", "value"]] | None:
    """What the port of a value tells of it; of "none" it may be the text."""
    match port:
        case "true":
            return ("on", "true")
        case "false":
            return ("on", "false")
    return None if port == _NONE else ("on", "value")


def _port_of(value: Any) -> PortValue | None:
    """The port that stands for *value*, None when none can."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return _NONE if value is None else None
