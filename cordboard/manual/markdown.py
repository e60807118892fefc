"""The few shapes of Markdown that the reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `make reference` from the program itself: change it there. -->"


def page(title: str, *parts: str) -> str:
    """A whole page: the heading, and its parts with an empty line between."""
    return "\n\n".join([MADE, f"# {title}", *(part for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty when there are no rows."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), "|" + "---|" * len(head), *lines]) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(text: str) -> str:
    """*text* as code inside a line, whatever signs are in it."""
    flat = " ".join(text.split("\n"))
    fence = "``" if "`" in flat else "`"
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def block(text: str, language: str) -> str:
    """*text* as a block of code."""
    body = text.rstrip("\n")
    return f"```{language}\n{body}\n```"
