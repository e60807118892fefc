"""What there is to say of a strategy while it is chosen or written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, Protocol

from contact_center.core.strategy.choose import as_text
from contact_center.core.strategy.expressions import Expressions, SkillKinds
from contact_center.core.strategy.names import NAMED, Field, Named, find
from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.scan import DURATION
from contact_center.core.strategy.strategy import StrategyError, find_problems


class Skilled(Protocol):
    """An agent as a configuration has it."""

    @property
    def queues(self) -> Mapping[str, int]:
        """The level in each queue, which is a skill too."""

    @property
    def skills(self) -> Mapping[str, int | str]:
        """Levels and words."""


def skill_kinds(agents: Iterable[Skilled]) -> SkillKinds:
    """What each skill that any of *agents* has is: a level, or a word."""
    kinds: dict[str, Literal["level", "word"]] = {}
    for agent in agents:
        for skill, value in agent.skills.items():
            kinds.setdefault(skill, "word" if isinstance(value, str) else "level")
        for queue in agent.queues:
            kinds.setdefault(queue, "level")
    return kinds


def find_spec_problems(
    text: str, expressions: Expressions, skills: SkillKinds | None = None
) -> tuple[Problem, ...]:
    """What is wrong with *text*, which may be the name of a strategy, or nearly one."""
    if find(text) is not None:
        return ()
    try:
        return find_problems(as_text(text), expressions, skills)
    except StrategyError as error:
        return error.problems


# --- from a text back to a form -------------------------------------------------------------------

_BETWEEN: Final = re.compile(r"\s*[;\n]\s*")
_PATTERNS: Final[Mapping[str, str]] = {
    "duration": DURATION.pattern,
    "level": r"[0-9]{1,3}",
    "skill": r'level|skill\["[^"\\{}\n]*"\]|skill\.[^\W\d]\w*',
    "strategy": r".+",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A strategy by name with the values of its fields."""

    named: Named
    values: Mapping[str, Any]

    @property
    def text(self) -> str:
        """How it is written: by its name where all fields have their defaults, else as a text.

        A value that is not allowed makes a text that has a mistake there.
        """
        if all(self.values.get(one.name, one.default) == one.default for one in self.named.fields):
            return self.named.name
        written = {one.name: _written(one, self.values.get(one.name)) for one in self.named.fields}
        return in_a_line(self.named.text(written))


def chosen(text: str) -> Chosen | None:
    """The strategy by name that *text* names, or means to the letter; None for any other text."""
    named = find(text)
    if named is not None:
        return Chosen(named, {field.name: field.default for field in named.fields})
    plain = _BETWEEN.sub("\n", text.strip())
    for named, pattern in _templates():
        match = pattern.fullmatch(plain)
        if match is not None:
            values = {field.name: _value(field, match[field.name]) for field in named.fields}
            if all(_is_possible(field, values[field.name]) for field in named.fields):
                return Chosen(named, values)
    return None


def in_a_line(text: str) -> str:
    """*text* with its statements behind one another, unless it has comments."""
    return text if "#" in text else "; ".join(text.strip().split("\n"))


@cache
def _templates() -> tuple[tuple[Named, re.Pattern[str]], ...]:
    """What the text of each strategy looks like; those with the most fixed text come first."""
    found = []
    for named in NAMED.values():
        text = re.escape(named.text({field.name: f"\0{field.name}\0" for field in named.fields}))
        for field in named.fields:
            mark = re.escape(f"\0{field.name}\0")
            text = text.replace(mark, f"(?P<{field.name}>{_PATTERNS[field.kind]})", 1)
            text = text.replace(mark, f"(?P={field.name})")
        found.append((named, re.compile(text, re.DOTALL)))
    return tuple(found)


def _written(field: Field, value: Any) -> Any:
    """*value* as it stands in the text of the strategy."""
    match field.kind:
        case "skill":
            return f'skill["{value}"]' if value else "level"
        case "strategy":
            named = find(str(value))
            return value if named is None else as_text(named.name)
    return value


def _value(field: Field, written: str) -> Any:
    match field.kind:
        case "level":
            return int(written)
        case "skill":
            plain = written.startswith("skill.")
            name = written[len("skill.") :] if plain else written[len('skill["') : -len('"]')]
            return "" if written == "level" else name
        case "strategy":
            inner = chosen(written)
            return written if inner is None or inner.text not in NAMED else inner.text
    return written


def _is_possible(field: Field, value: Any) -> bool:
    if field.kind == "level":
        return bool(field.low <= value <= field.high)
    return True
