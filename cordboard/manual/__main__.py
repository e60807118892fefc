"""Writes the reference pages, or tells which of those in a folder are out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cordboard.manual.commands import commands_page
from cordboard.manual.functions import formats_page, functions_page
from cordboard.manual.nodes import node_pages
from cordboard.manual.problems import failures_page, problems_page
from cordboard.manual.strategies import figures_page, strategies_page


def pages() -> dict[str, str]:
    """Every page by its path below the folder of the reference."""
    return {
        **{f"nodes/{name}": text for name, text in node_pages().items()},
        "functions.md": functions_page(),
        "formats.md": formats_page(),
        "commands.md": commands_page(),
        "problems.md": problems_page(),
        "failures.md": failures_page(),
        "strategies.md": strategies_page(),
        "figures.md": figures_page(),
    }


def stale(folder: Path) -> list[str]:
    """The paths below *folder* that are missing, out of date, or of no page any more."""
    made = pages()
    there = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.md")
    }
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def write(folder: Path) -> list[str]:
    """Bring *folder* up to date; gives the paths that were changed."""
    made, changed = pages(), stale(folder)
    for name in changed:
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def main(argv: Sequence[str] | None = None) -> int:
    """0 when all is up to date (now); with ``--check`` 1 when something was not."""
    parser = argparse.ArgumentParser(prog="python -m cordboard.manual", description=__doc__)
    parser.add_argument("folder", type=Path, help="docs/reference")
    parser.add_argument("--check", action="store_true", help="change nothing")
    args = parser.parse_args(argv)
    changed = stale(args.folder) if args.check else write(args.folder)
    for name in changed:
        print(f"{args.folder / name}: " + ("run make reference" if args.check else "written"))
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
