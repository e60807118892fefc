"""Takes the lines of a flow out of a letter: greetings, quote marks and indentation around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_HEADER: Final = re.compile(
    r"""(?: node\s+[^\s:]+\s*:
      | (?:input|output|var)\s+[^\s:]+\s*:
      | (?:start|on_error|on_hangup)\s*->
      | flow\s+[^\s"\#]+\s*(?:["\#]|$)
      | schema\s+\d+\s*(?:\#|$)
      | layout\s*(?:\#|$) )""",
    re.X,
)
"""A line in column 0 with which something of a flow begins; a sentence hardly looks like it."""
_QUOTED: Final = re.compile(r"(?:>[ ]?)+")
_LONG_QUOTES: Final = '"""'


def without_letter(text: str) -> str:
    """*text* with blank lines in place of all that is no part of a flow."""
    plain = re.sub("\r\n|\r", "\n", text.removeprefix("\ufeff")).replace("\u00a0", " ")
    lines = _unquoted(plain.split("\n"))
    if not any(_HEADER.match(line) for line in lines):
        lines = _dedented(lines)
    return "\n".join(_flow_lines(lines)) + "\n"


def _unquoted(lines: Sequence[str]) -> list[str]:
    """The lines without the ``>`` of a quoted mail, where a header line has it."""
    if not any(_QUOTED.match(line) and _HEADER.match(_QUOTED.sub("", line, 1)) for line in lines):
        return list(lines)
    return [_QUOTED.sub("", line, count=1) if _QUOTED.match(line) else line for line in lines]


def _dedented(lines: Sequence[str]) -> list[str]:
    """The lines from the first header on without the indentation that it has."""
    first = next((n for n, line in enumerate(lines) if _HEADER.match(line.lstrip())), None)
    if first is None:
        return list(lines)
    margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    return [line.removeprefix(margin) if n >= first else "" for n, line in enumerate(lines)]


def _flow_lines(lines: Sequence[str]) -> list[str]:
    """Each line as it is where it belongs to a flow, else blank: line numbers stay."""
    kept = [""] * len(lines)
    inside = in_long_text = False
    comments: list[int] = []
    for number, line in enumerate(lines):
        if not in_long_text:
            if _HEADER.match(line):
                inside = True
                for earlier in comments:
                    kept[earlier] = lines[earlier]
            elif line.startswith("#"):
                comments.append(number)
                continue
            elif line.strip() and not line[0].isspace() and line[0] not in ")]}":
                inside = False
            comments = [] if line.strip() else comments
        if inside:
            kept[number] = line
            in_long_text ^= line.count(_LONG_QUOTES) % 2 == 1
    return kept
