"""Writes a strategy in its one canonical form: a statement a line, comments and all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, assert_never

from contact_center.core.strategy.model import (
    Agent,
    Asked,
    LastAgent,
    Order,
    OrderTerm,
    Owner,
    Prefer,
    Require,
    ReserveWhen,
    RingAll,
    Script,
    Statement,
    Step,
)
from contact_center.core.strategy.scan import split_comparison


def print_script(script: Script) -> str:
    """The whole strategy, ending with a line feed; empty for an empty one."""
    lines = []
    for line in script.lines:
        lines += [_comment(text) for text in line.above]
        behind = "" if line.behind is None else f"  {_comment(line.behind)}"
        lines.append(print_statement(line.statement) + behind)
    lines += [_comment(text) for text in script.tail]
    return "".join(f"{line}\n" for line in lines)


def one_line(script: Script) -> str:
    """The statements in one line, without comments, as they stand in a configuration."""
    return "; ".join(print_statement(statement) for statement in script.statements())


def print_statement(statement: Statement) -> str:
    """One statement."""
    match statement:
        case Require(wanted):
            return f"require {wanted.text}"
        case Prefer(steps):
            return f"prefer {_steps(steps)}"
        case Order(terms):
            return "order by " + ", ".join(print_term(term) for term in terms)
        case LastAgent(within, wait):
            return f"last_agent within {duration_text(within)} wait {duration_text(wait)}"
        case Owner(wait):
            return f"owner wait {duration_text(wait)}"
        case Agent(who, wait):
            return f"agent {who.text} wait {duration_text(wait)}"
        case RingAll():
            return "ring all"
        case ReserveWhen(above, below):
            times = f"> {duration_text(above)} until < {duration_text(below)}"
            return f"reserve when wait_estimate {times}"
        case _:
            assert_never(statement)


def print_term(term: OrderTerm) -> str:
    """One term of ``order by``."""
    name: str = term.by
    if term.by == "skill":
        name = _skill(term.skill)
    return f"{name} desc" if term.most_first else name


def _skill(skill: str | Asked | None) -> str:
    match skill:
        case None:
            return "level"
        case str():
            return f"skill.{skill}" if _NAME.fullmatch(skill) else f'skill["{skill}"]'
    return f"skill[{skill.text}]"


def _steps(steps: tuple[Step, ...]) -> str:
    """Steps that compare the same as the last one in full leave the left side out."""
    left: str | None = None
    written = []
    for step in steps:
        text = "any"
        if step.wanted is not None:
            text = step.wanted.text
            compared = split_comparison(text)
            if compared is not None and compared[0] == left:
                text = f"{compared[1]} {compared[2]}"
            else:
                left = compared[0] if compared else None
        lasts = "" if step.lasts is None else f" for {duration_text(step.lasts)}"
        written.append(text + lasts)
    return " then ".join(written)


_NAME: Final = re.compile(r"[^\W\d]\w*")
_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


def duration_text(value: timedelta) -> str:
    """``90s``, ``2m``, ``7d``: the largest unit that divides it, but seconds up to two minutes."""
    total = value // timedelta(milliseconds=1)
    if total % 1000 == 0 and total < 120_000:
        return f"{total // 1000}s"
    return next(f"{total // size}{unit}" for unit, size in _UNITS if total % size == 0)


def _comment(text: str) -> str:
    return f"# {text}" if text else "#"
