"""Plug-ins: what other installed packages announce by entry points, found at little cost."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

_INFO = ("*.dist-info", "*.egg-info")
_VALUE = re.compile(r"[\w.]+:[\w.]+")


class PluginFailed(Exception):
    """A plug-in that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Announced:
    """The plug-ins of a group, and a sentence for each package that cannot be understood."""

    plugins: tuple[EntryPoint, ...] = ()
    problems: tuple[str, ...] = ()


def announced(group: str) -> Announced:
    """The entry points of *group*, sorted by name.

    `importlib.metadata` takes some 25 ms to import, at every start of every command, so it is
    only imported when a package announces something. A package that is there twice counts once.
    """
    found: list[EntryPoint] = []
    problems: list[str] = []
    met = set[str]()
    for name, where in _packages(f"[{group}]"):
        if name in met:
            continue
        met.add(name)
        try:
            entries = [entry for package in _opened(where) for entry in _entries(package)]
        except Exception as error:  # whatever is wrong with it, the others load
            reason = f"{type(error).__name__}: {error}"
            problems.append(f"the plug-ins of {where.name} were left out: {reason}")
        else:
            found += [entry for entry in entries if entry.group == group]
    found.sort(key=lambda entry: (entry.name, entry.value))
    return Announced(tuple(found), tuple(problems))


def load(plugin: EntryPoint) -> Any:
    """What *plugin* names; raises `PluginFailed`, whatever it does while it is imported.

    What it prints meanwhile goes to standard error: standard output may be read by a program.
    """
    if not _VALUE.fullmatch(plugin.value):
        raise PluginFailed('its entry point is not written as "module:name"')
    try:
        with redirect_stdout(sys.stderr):
            return plugin.load()
    except (Exception, SystemExit) as error:
        raise PluginFailed(f"{type(error).__name__}: {error}") from error


def label(plugin: EntryPoint) -> str:
    """How an error names *plugin*: its name, where it is, and the package it came with."""
    package = f" of {plugin.dist.name} {plugin.dist.version}" if plugin.dist else ""
    return f'plug-in "{plugin.name}" ({plugin.value}){package}'


def _packages(heading: str) -> Iterator[tuple[str, Path]]:
    """Name and place of each package that has *heading* among its entry points, or may have."""
    for entry in map(Path, sys.path):
        if entry.is_file():
            yield str(entry), entry  # an archive
            continue
        for listing in (file for kind in _INFO for file in entry.glob(f"{kind}/entry_points.txt")):
            try:
                announces = heading in listing.read_text(encoding="utf-8", errors="replace")
            except OSError:
                announces = True  # opening it tells why
            if announces:
                name = re.split(r"-|\.(?:dist|egg)-info", listing.parent.name)[0]
                yield name.lower().replace("_", "-"), listing.parent


def _entries(package: Distribution) -> Iterator[EntryPoint]:
    if not package.name or not package.version:  # without them it cannot be named
        raise ValueError("METADATA has no Name, or no Version")
    yield from package.entry_points


def _opened(where: Path) -> Iterator[Distribution]:
    from importlib.metadata import Distribution, distributions

    if where.is_file():
        return iter(distributions(path=[str(where)]))
    (where / "entry_points.txt").read_bytes()  # importlib takes one that is locked for none
    return iter([Distribution.at(where)])
