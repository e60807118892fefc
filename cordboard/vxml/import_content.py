"""The shape of executable content: what belongs together, what only speaks, what leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cordboard.vxml.document import OUTCOME
from cordboard.vxml.elements import Comment, Content, Element, write_inline
from cordboard.vxml.import_sounds import is_heard
from cordboard.vxml.script_reading import read_quoted

_SETTING: Final = ("assign", "var")
_LEAVING: Final = ("goto", "submit", "exit", "return", "disconnect", "throw")


@dataclass(frozen=True)
class Part:
    """Neighbours that become one step: texts, equal prompts, assignments, or one element."""

    kind: str
    content: tuple[Content, ...]
    comments: tuple[str, ...]
    outcome: str | None = None
    """What was assigned to the variable of a sub-flow's outcome before."""

    @property
    def element(self) -> Element | None:
        """The first element in it."""
        return next((part for part in self.content if isinstance(part, Element)), None)


def parts_of(content: Sequence[Content]) -> Iterator[Part]:
    """*content* in turn, with the comments above each part."""
    kind = ""
    inside: list[Content] = []
    comments: list[str] = []
    outcome: str | None = None
    for part in content:
        if isinstance(part, Comment):
            comments.append(part.text)
            continue
        found = _kind_of(part)
        if found == kind and _joins(found) or (not found and kind == "text"):
            inside.append(part)
        elif found:
            if inside:
                yield Part(kind, tuple(inside), tuple(comments), outcome)
                comments = []
            kind, inside = found, [part]
        if isinstance(part, Element) and part.name == "assign" and part.get("name") == OUTCOME:
            outcome = read_quoted(part.get("expr") or "")
    if inside:
        yield Part(kind, tuple(inside), tuple(comments), outcome)


def _kind_of(part: Content) -> str:
    """The same for what may belong together; empty for blanks."""
    if isinstance(part, str):
        return "text" if part.strip() else ""
    if not isinstance(part, Element):
        return ""
    if part.name == "prompt":
        return write_inline(part)
    if is_heard(part):
        return "text"
    return "set" if part.name in _SETTING else part.name


def _joins(kind: str) -> bool:
    """Whether neighbours of this kind are one part."""
    return kind in ("text", "set") or kind.startswith("<")


def is_quiet(content: Sequence[Content]) -> bool:
    """Whether a handler only speaks, and then leaves the caller with the same question."""
    return all(_joins(kind) and kind != "set" or kind == "reprompt" for kind in _kinds_of(content))


def _kinds_of(content: Sequence[Content]) -> Iterator[str]:
    return filter(None, map(_kind_of, content))


def words(content: Sequence[Content]) -> list[Content]:
    """What a quiet handler says."""
    return [part for part in content if is_heard(part)]


def leaves(content: Sequence[Content]) -> bool:
    """Whether no call comes through *content* to its end."""
    for part in content:
        if isinstance(part, Element):
            if part.name in _LEAVING:
                return True
            if part.name == "if" and _has_else(part) and all(leaves(b) for _, b in branches(part)):
                return True
    return False


def _has_else(element: Element) -> bool:
    return bool(element.elements("else"))


def branches(element: Element) -> Iterator[tuple[Element, list[Content]]]:
    """The ``if``, each ``elseif`` and the ``else``, with what stands behind them."""
    head, inside = element, list[Content]()
    for part in element.content:
        if isinstance(part, Element) and part.name in ("elseif", "else"):
            yield head, inside
            head, inside = part, []
        else:
            inside.append(part)
    yield head, inside
