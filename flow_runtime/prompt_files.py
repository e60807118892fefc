"""Reads a folder of prompt tables and recordings into a `PromptBook`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flow_runtime.core.check.prompts import unused_prompts
from flow_runtime.core.model import Flow
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import NOWHERE, Place, Problem
from flow_runtime.core.prompts import NO_PROMPTS, Prompt, PromptBook


@dataclass(frozen=True, slots=True)
class LoadedPrompts:
    """A book, what is wrong with its files, and what it was read from (for a watcher)."""

    book: PromptBook
    problems: tuple[tuple[Path, Problem], ...] = ()
    files: tuple[Path, ...] = ()


def load_prompts(
    folder: Path, languages: Sequence[str] | None = None, currency: str = ""
) -> LoadedPrompts:
    """Read ``<language>.toml`` and ``<language>/<key>.wav`` of *folder*.

    *languages* are those the site speaks, in order; by default all that the folder has, by name.
    Nothing raises: a file that cannot be read is a problem, and its language has fewer prompts.
    A folder that does not exist is as good as an empty one.
    """
    tables: dict[str, Mapping[str, Prompt]] = dict(NO_PROMPTS.tables)
    problems: list[tuple[Path, Problem]] = []
    files: list[Path] = [folder]
    wanted = tuple(languages) if languages is not None else _languages(folder)
    for language in wanted:
        table, sounds = folder / f"{language}.toml", folder / language
        files += [table, sounds]
        recordings = {path.stem: str(path) for path in _waves(sounds)}
        text = _text(table, wanted=folder.is_dir() and not recordings, problems=problems)
        entries = _entries(table, text, problems)
        book, wrong = PromptBook.build({language: entries}, {language: recordings})
        problems += [(table, _in_table(text, problem)) for problem in wrong]
        tables[language] = book.tables[language]
    return LoadedPrompts(PromptBook(wanted, currency, tables), tuple(problems), tuple(files))


def unused(
    loaded: LoadedPrompts, folder: Path, flows: Iterable[Flow]
) -> Iterator[tuple[Path, Problem]]:
    """A warning for each prompt in *folder* that none of *flows*, all those of the site, uses."""
    for prompt in unused_prompts(loaded.book, flows):
        text = phrase(
            "no flow of this site uses the prompt {key} ({language}); take it out",
            key=prompt.key,
            language=prompt.language,
        )
        problem = Problem("warning", "unused-prompt", text, NOWHERE, prompt.key)
        if prompt.recording is not None:
            yield Path(prompt.recording), problem
        if prompt.text is not None:
            table = folder / f"{prompt.language}.toml"
            yield table, _in_table(_text(table, wanted=False, problems=[]), problem)


def _languages(folder: Path) -> tuple[str, ...]:
    """The languages that *folder* has a table or recordings of."""
    if not folder.is_dir():
        return ()
    tables = {path.stem for path in folder.glob("*.toml")}
    sounds = {path.name for path in folder.iterdir() if path.is_dir() and _waves(path)}
    return tuple(sorted(tables | sounds))


def _waves(folder: Path) -> list[Path]:
    return sorted(path.resolve() for path in folder.glob("*.wav")) if folder.is_dir() else []


def _text(table: Path, wanted: bool, problems: list[tuple[Path, Problem]]) -> str:
    """The text of a prompt table, empty when it cannot be read.

    That there is none is a warning where it is *wanted*: a flow that names no prompt needs none.
    """
    try:
        return table.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if wanted:
            text = phrase(
                "the language {stem} has no prompt table; write this file", stem=table.stem
            )
            problems.append((table, Problem("warning", "prompt-table", text, NOWHERE)))
    except UnicodeDecodeError:
        problems.append(
            (table, _problem(phrase("the prompt table is not UTF-8 text; save it as UTF-8")))
        )
    except OSError as error:
        problems.append(
            (
                table,
                _problem(
                    phrase("the prompt table cannot be read: {strerror}", strerror=error.strerror)
                ),
            )
        )
    return ""


def _entries(table: Path, text: str, problems: list[tuple[Path, Problem]]) -> dict[str, str]:
    """Key and text of each prompt; a quoted ``"you.owe"`` and a bare ``you.owe`` are one key."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+), column (\d+)", str(error))
        place = _place(int(at[1]), int(at[2])) if at else NOWHERE
        problems.append(
            (table, _problem(phrase("the prompt table is no TOML: {error}", error=error), place))
        )
        return {}
    entries: dict[str, str] = {}
    for key, value in _flat(document):
        if isinstance(value, str):
            entries[key] = value
        else:
            wrong = _problem(
                phrase(
                    "prompt {key} must be a text in quotes, not {value}", key=key, value=repr(value)
                ),
                subject=key,
            )
            problems.append((table, _in_table(text, wrong)))
    return entries


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _in_table(text: str, problem: Problem) -> Problem:
    """*problem* of the prompt that is its subject, placed on the line where the prompt stands."""
    key = re.escape(problem.subject or "")
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"""\s*["']?{key}["']?\s*=""", line):
            return Problem(
                problem.severity, problem.code, problem.text, _place(number, 1), problem.subject
            )
    return problem


def _problem(text: str, place: Place = NOWHERE, subject: str | None = None) -> Problem:
    return Problem("error", "prompt-table", text, place, subject)


def _place(line: int, column: int) -> Place:
    return Place(line, column, line, column + 1)
