"""Texts for people that keep what they were made of, so that other languages can say them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Final

_SIDE_BY_SIDE: Final = "{before}{after}"


class Phrase(str):
    """An English text with the *template* and the *values* it was made of.

    Wherever a text is wanted it is one. Adding something to it keeps its parts, and so does
    ``str()``; formatting it into another text does not: make that a phrase too.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        """Itself, so that an exception's text is still a phrase."""
        return self

    def __add__(self, other: str, /) -> Phrase:
        return phrase(_SIDE_BY_SIDE, before=self, after=other) if other else self

    def __radd__(self, other: str, /) -> Phrase:
        return phrase(_SIDE_BY_SIDE, before=other, after=self) if other else self

    def but(self, **values: str) -> Phrase:
        """The same phrase with other *values*, also in the phrases within it."""
        within = {
            name: value.but(**values) if isinstance(value, Phrase) else values.get(name, value)
            for name, value in self.values.items()
        }
        return phrase(self.template, **within)

    def said(self, template_of: Callable[[str], str]) -> str:
        """The text with other templates: those that *template_of* gives for the English ones."""
        if not self.values:
            return template_of(self.template)
        values = {
            name: value.said(template_of) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        template = self.template
        return (template if template == _SIDE_BY_SIDE else template_of(template)).format(**values)

    def templates(self) -> Iterable[str]:
        """All templates of it and of the phrases within it, which another language has to know."""
        if self.template != _SIDE_BY_SIDE:
            yield self.template
        for value in self.values.values():
            if isinstance(value, Phrase):
                yield from value.templates()


def phrase(template: str, /, **values: object) -> Phrase:
    """*template* with *values* at its ``{name}`` places; without values it is taken as it is."""
    kept = {name: str(value) for name, value in values.items()}
    made = Phrase(template.format(**kept) if kept else template)
    made.template, made.values = template, kept
    return made


def listed(words: Iterable[str], last: str = ", ") -> str:
    """``a, b or c`` with *last* between the last two."""
    *rest, end = words
    return reduce(lambda all, word: all + _COMMA + word, rest) + last + end if rest else end


_COMMA: Final = phrase(", ")
