"""YAML as a tree of texts, lists and mappings that know their places; nothing is guessed.

Only PyYAML's parser is used: no tag makes an object, and ``no`` stays the word it is. Anchors,
aliases and merge keys (``<<``) work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import NOWHERE, Place, Problem

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST: Final = 40
_LARGEST: Final = 200_000
"""Values in one document, those behind an alias counted at each use of it."""
_MERGE: Final = "<<"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. *plain* says that it stands without quotes, so that it may mean a number."""

    text: str
    plain: bool = True
    place: Place = field(default=NOWHERE, compare=False)
    size: int = field(default=1, compare=False)

    @property
    def empty(self) -> bool:
        """Whether nothing is written: ``key:`` or ``~``."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    place: Place = field(default=NOWHERE, compare=False)
    size: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: its pairs in their order, each key with its place."""

    pairs: tuple[tuple[Scalar, Tree], ...]
    place: Place = field(default=NOWHERE, compare=False)
    size: int = field(default=1, compare=False)

    def get(self, key: str) -> Tree | None:
        """The value of *key*."""
        return next((value for name, value in self.pairs if name.text == key), None)


Tree: TypeAlias = Scalar | Items | Table


class YamlMistake(Exception):
    """The text is no YAML, or none that can be used; *problem* says where and what to do."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.problem = Problem("error", "test-yaml", text, place)


def read_tree(text: str) -> Tree | None:
    """The only document in *text*, None when it is empty; raises `YamlMistake`."""
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        raise YamlMistake(_worded(error, text), _place(error.problem_mark)) from None
    except yaml.YAMLError as error:
        character = getattr(error, "character", "")
        code = f" (U+{ord(character):04X})" if isinstance(character, str) and character else ""
        raise YamlMistake(
            phrase("a character{code} that YAML does not allow", code=code), NOWHERE
        ) from None


class _Builder:
    """Makes trees of the parser's events; the events bound neither depth nor size, this does."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, Tree] = {}
        self._size = 0

    def document(self) -> Tree | None:
        found: Tree | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    raise YamlMistake(
                        phrase("a second document begins here: only one may"), _at(event)
                    )
                found = self._tree(next(self._events), 0)
        return found

    def _tree(self, event: Any, depth: int) -> Tree:
        if depth > _DEEPEST:
            raise YamlMistake(
                phrase("more than {deepest} lists and mappings in each other", deepest=_DEEPEST),
                _at(event),
            )
        tree = self._made(event, depth)
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = tree
        return tree

    def _made(self, event: Any, depth: int) -> Tree:
        place = _at(event)
        match event:
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise YamlMistake(
                        phrase("no anchor &{anchor} stands above this", anchor=event.anchor), place
                    )
                tree = self._anchors[event.anchor]
                self._grow(tree.size, place)
                return tree
            case yaml.ScalarEvent():
                self._grow(1, place)
                return Scalar(event.value, not event.style and event.tag is None, place)
            case yaml.SequenceStartEvent():
                items = tuple(self._tree(e, depth + 1) for e in self._until(yaml.SequenceEndEvent))
                self._grow(1, place)
                return Items(items, place, 1 + sum(item.size for item in items))
        pairs = tuple(self._pairs(depth + 1))
        self._grow(1, place)
        return Table(pairs, place, 1 + sum(1 + value.size for _, value in pairs))

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Tree]]:
        """The pairs of a mapping, its own before those that are merged in."""
        own: dict[str, tuple[Scalar, Tree]] = {}
        merged: list[tuple[Scalar, Tree]] = []
        for event in self._until(yaml.MappingEndEvent):
            key = self._tree(event, depth)
            if not isinstance(key, Scalar):
                raise YamlMistake(phrase("a key has to be a text"), key.place)
            value = self._tree(next(self._events), depth)
            if key.text == _MERGE and key.plain:
                merged += _merged(value)
            elif key.text in own:
                first = own[key.text][0].place.line
                raise YamlMistake(
                    phrase(
                        "{text} is written twice (first in line {first})",
                        text=key.text,
                        first=first,
                    ),
                    key.place,
                )
            else:
                own[key.text] = (Scalar(key.text, place=key.place), value)
        for key, value in merged:
            own.setdefault(key.text, (key, value))
        yield from own.values()

    def _until(self, end: type[Any]) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _grow(self, size: int, place: Place) -> None:
        self._size += size
        if self._size > _LARGEST:
            raise YamlMistake(
                phrase("more than {largest} values in one file: split it", largest=_LARGEST), place
            )


def _merged(value: Tree) -> Iterator[tuple[Scalar, Tree]]:
    for table in value.items if isinstance(value, Items) else (value,):
        if not isinstance(table, Table):
            raise YamlMistake(phrase("<< needs a mapping, or a list of mappings"), table.place)
        yield from table.pairs


_HINTS: Final[Mapping[str, str]] = {
    "*": phrase('a text that begins with * stands in quotes: "*"'),
    "&": phrase("a text that begins with & stands in quotes"),
    "%": phrase("a text that begins with % stands in quotes"),
    "@": phrase("a text that begins with @ stands in quotes"),
    "`": phrase("a text that begins with ` stands in quotes"),
    "\t": phrase("indent with spaces, not with tabs"),
}


def _worded(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the parser found, and what to do about it."""
    said = phrase("this is no YAML: {problem}", problem=error.problem or error)
    if error.context:
        said += f", {error.context}"
    mark = error.problem_mark
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines):
        return said
    line, column = lines[mark.line], mark.column
    for character in (line[column : column + 1], line[column - 1 : column] if column else ""):
        if character in _HINTS:
            return phrase("{said}; {hints}", said=said, hints=_HINTS[character])
    if "mapping values are not allowed" in said:
        return phrase('{said}; a text with ": " in it stands in quotes', said=said)
    return said


def _at(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    return Place(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _place(mark: Any) -> Place:
    if mark is None:
        return NOWHERE
    return Place(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
