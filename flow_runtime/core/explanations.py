"""What codes of problems and names of failures mean: the tables beside the code, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

_HERE: Final = Path(__file__).parent
_TABLES: Final = (
    _HERE / "syntax" / "problems.toml",
    _HERE / "check" / "problems.toml",
    _HERE / "expr" / "problems.toml",
)
"""One table for each group of checks, in the order of the manual."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands in the manual under the code of a problem.

    *means* and *mend* are a few sentences of Markdown. *example* is a flow that has the problem;
    with the pairs of *change* applied (old text, new text) it no longer has it. *files* lie
    beside the example and go before those of the manual's example site; *mended_files* go before
    them when the problem is mended. In *repeats* a marker of the example stands for a text and
    how often it is repeated. *numbered*: a called number leads to the example. *encoding* is that
    of the example's file. *plugin* is the Python text of a node type that the example uses.
    """

    code: str
    severity: Literal["error", "warning", "either"]
    means: str
    mend: str
    example: str
    change: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    mended_files: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    numbered: bool = False
    encoding: str = "utf-8"
    plugin: str = ""

    @property
    def mended(self) -> str:
        """The example without the problem, as it is shown."""
        text = self.example
        for old, new in self.change:
            if text.count(old) != 1:
                raise ValueError(f"{self.code}: {old!r} stands {text.count(old)} times in example")
            text = text.replace(old, new)
        return text

    def whole(self, text: str) -> str:
        """*text*, the example or the mended one, with its repetitions written out."""
        for marker, (repeated, times) in self.repeats.items():
            text = text.replace(marker, repeated * times)
        return text


@dataclass(frozen=True, slots=True)
class Chapter:
    """The explanations of one table, with what the manual says above them."""

    title: str
    about: str
    explanations: tuple[Explanation, ...]


def read_chapter(table: Path) -> Chapter:
    """The chapter in the file *table*: ``title`` and ``about``, then a table for each code."""
    document = _read(table)
    title, about = document.pop("title"), document.pop("about")
    found = (_explanation(code, fields) for code, fields in document.items())
    return Chapter(title, about.strip(), tuple(found))


@cache
def chapters() -> tuple[Chapter, ...]:
    """The chapters of the language: how it is written, how it hangs together, expressions."""
    return tuple(read_chapter(table) for table in _TABLES)


@dataclass(frozen=True, slots=True)
class FailureName:
    """Why a node left by ``error``: what the *name* means, and what a person can do about it."""

    name: str
    means: str
    mend: str


@cache
def failure_groups() -> Mapping[str, tuple[FailureName, ...]]:
    """The names of failures, in the groups of the manual."""
    document = _read(_HERE.parent / "failures.toml")
    return {
        group: tuple(FailureName(name, means, mend) for name, (means, mend) in entries.items())
        for group, entries in document.items()
    }


def by_code(found: Iterable[Chapter]) -> dict[str, Explanation]:
    """All explanations of some chapters; ValueError when a code is explained twice."""
    known: dict[str, Explanation] = {}
    for chapter in found:
        for explanation in chapter.explanations:
            if explanation.code in known:
                raise ValueError(f"{explanation.code} is explained twice")
            known[explanation.code] = explanation
    return known


def _explanation(code: str, fields: Mapping[str, Any]) -> Explanation:
    """ValueError, TypeError: the entry of *code* is not what `Explanation` says."""
    values = dict(fields)
    if values["severity"] not in ("error", "warning", "either"):
        raise ValueError(f"{code}: there is no severity {values['severity']}")
    values["change"] = tuple((old, new) for old, new in values.get("change", ()))
    values["repeats"] = {m: (text, times) for m, (text, times) in values.get("repeats", {}).items()}
    for name in ("means", "mend"):
        values[name] = values[name].strip()
    return Explanation(code=code, **values)


def _read(table: Path) -> dict[str, Any]:
    import tomllib  # the node library imports this file at every start, and needs no TOML

    return tomllib.loads(table.read_text(encoding="utf-8"))
