"""Plug-ins: what other installed packages announce by entry points, found at little cost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def plugins(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of *group*, sorted by name.

    `importlib.metadata` takes some 25 ms to import, at every start of every command, so it is
    only imported when a package announces something.
    """
    if not any(_may_announce(Path(entry), f"[{group}]") for entry in sys.path):
        return ()
    from importlib.metadata import entry_points

    return tuple(sorted(entry_points(group=group), key=lambda p: (p.name, p.value)))


def label(plugin: EntryPoint) -> str:
    """How an error names *plugin*: its name, where it is, and the package it came with."""
    package = f" of {plugin.dist.name} {plugin.dist.version}" if plugin.dist else ""
    return f'plug-in "{plugin.name}" ({plugin.value}){package}'


def _may_announce(entry: Path, heading: str) -> bool:
    """Whether one entry of ``sys.path`` holds a package with *heading*, or cannot be told."""
    if entry.is_file():
        return True  # an archive
    for pattern in ("*.dist-info", "*.egg-info"):
        for listing in entry.glob(f"{pattern}/entry_points.txt"):
            if heading in listing.read_text(encoding="utf-8", errors="replace"):
                return True
    return False
