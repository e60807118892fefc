"""How a caller of a queue finds an agent: the queue's strategy with what the node adds to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from contact_center.core.strategy.choose import as_text, load
from contact_center.core.strategy.expressions import Expressions, Facts
from contact_center.core.strategy.plan import Person, Plan
from contact_center.core.strategy.strategy import Strategy, StrategyError, compile_strategy
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.tree import Text
from flow_runtime.core.expr.values import plain_number
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import EnterQueue
from flow_runtime.core.syntax.expressions import print_expression

PREFERRED_WAIT: Final = 15.0
"""Seconds that a node's preferred agent is waited for."""
_REMEMBERED: Final = 200


class Plans:
    """Binds strategies to callers. *strategies* are those of the queues, by the queues' names.

    Raises `StrategyError` for one that is wrong.
    """

    def __init__(self, strategies: Mapping[str, str], expressions: Expressions) -> None:
        self._texts = dict(strategies)
        self._expressions = expressions
        self._made: dict[tuple[str, str], Strategy] = {
            (text, ""): load(text, expressions) for text in strategies.values()
        }

    def use(self, queue: str, text: str) -> None:
        """Let *text* be the queue's strategy for callers from now on; raises `StrategyError`."""
        self._made[text, ""] = load(text, self._expressions)
        self._texts[queue] = text

    def plan(self, command: EnterQueue, facts: Facts) -> Plan:
        """The plan of one caller; `NodeFailure` ``bad-strategy`` or ``bad-value``."""
        given = self._texts[command.queue] if command.strategy is None else command.strategy
        plan = self._strategy(given, "; ".join(_required(command.skills))).bind(facts)
        if not command.preferred:
            return plan
        others = [person for person in plan.persons if person.agent != command.preferred]
        first = Person(command.preferred, PREFERRED_WAIT, "preferred")
        return replace(plan, persons=(first, *others))

    def _strategy(self, given: str, required: str) -> Strategy:
        known = self._made.get((given, required))
        if known is not None:
            return known
        try:
            if required:
                made = compile_strategy(f"{required}; {as_text(given)}", self._expressions)
            else:
                made = load(given, self._expressions)
        except StrategyError as error:
            raise NodeFailure("bad-strategy", str(error)) from None
        if len(self._made) >= _REMEMBERED:
            self._made.clear()
        self._made[given, required] = made
        return made


def _required(skills: Mapping[str, Any]) -> Iterator[str]:
    """The statements of a strategy that ask for *skills*."""
    for name, value in skills.items():
        skill = f"skill[{_quoted(name)}]"
        match value:
            case str():
                yield f"require {skill} == {_quoted(value)}"
            case Decimal():
                yield f"require {skill} >= {plain_number(value)}"
            case _:
                text = phrase("skill {name} has to be a level or a word", name=name)
                raise NodeFailure("bad-value", text)


def _quoted(text: str) -> str:
    return print_expression(Text((text,)))
