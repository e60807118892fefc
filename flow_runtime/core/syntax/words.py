"""Names and quoted texts: which spellings are allowed, what they stand for, and back."""

from __future__ import annotations

import re
from unicodedata import normalize

from flow_runtime.core.expr.tree import Slot

RESERVED = frozenset(
    {"if", "then", "else", "or", "and", "not", "in", "true", "false", "none"}
)  # fmt: skip
"""Words of expressions. They may name ports, parameters and fields, but not variables."""

HEADER_WORDS = (
    "flow", "schema", "input", "output", "var", "start", "on_error", "on_hangup", "node", "layout",
)  # fmt: skip
"""The first words of the lines that stand in column 0."""

FULL_WIDTH = {
    "：": ":", "，": ",", "（": "(", "）": ")", "＝": "=", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "‘": '"', "’": '"', "→": "->", "⇒": "->", "＋": "+", "－": "-", "–": "-", "—": "-",
    "−": "-", "×": "*", "÷": "/", "【": "[", "】": "]", "「": '"', "」": '"', "｛": "{", "｝": "}",
    "＜": "<", "＞": ">", "≤": "<=", "≥": ">=", "≠": "!=", "？": "?", "＃": "#", "＂": '"',
    "．": ".", "。": ".", "、": ",", "…": "...", "\u3000": " ", "\u00a0": " ",
}  # fmt: skip
"""Characters that look like signs of the language, and what to write instead."""

_NAME = re.compile(r"[^\W\d](?:\w|[^\x00-\x7f\s])*")


def is_name(text: str) -> bool:
    """Whether *text* can be written without quotes: a Unicode identifier in NFC."""
    if _NAME.fullmatch(text) is None or not text.isidentifier():
        return False
    return text.isascii() or normalize("NFC", text) == text


class BadEscape(ValueError):
    """A backslash in a text is followed by something without a meaning.

    *offset* counts from the start of the spelling.
    """

    def __init__(self, offset: int, spelling: str) -> None:
        super().__init__(spelling)
        self.offset = offset
        self.spelling = spelling


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\s\S]))|\{\{|\}\}")
_HALF_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\s\S]))")
_MEANING = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


def _meaning(match: re.Match[str]) -> str:
    code, letter = match.groups()
    if code is not None:
        character = chr(int(code, 16))
        if "\ud800" <= character <= "\udfff":
            raise BadEscape(match.start(), match.group())  # half a character
        return character
    if letter is None:
        return match.group()[0]  # a doubled brace
    if letter not in _MEANING:
        raise BadEscape(match.start(), match.group())
    return _MEANING[letter]


def value_of(spelling: str, *, braces: bool = True) -> str:
    r"""The text that *spelling*, the inside of a quoted text without slots, stands for.

    Escapes are ``\" \\ \n \t`` and ``\u00E9`` (a character by its number); braces are doubled
    unless *braces* is False. Raises `BadEscape`.
    """
    if "\\" not in spelling and "{" not in spelling and "}" not in spelling:
        return spelling
    return (_ESCAPE if braces else _HALF_ESCAPE).sub(_meaning, spelling)


_INVISIBLE = r"\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff"
_SPECIAL = re.compile(rf'[\n"\\{{}}{_INVISIBLE}]')
_SPECIAL_HALF = re.compile(rf'[\n"\\{_INVISIBLE}]')
_SPECIAL_LONG = re.compile(rf'"(?="")|(?!\t)[\\{{}}{_INVISIBLE}]')
_SPELLING = {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "{": "{{", "}": "}}",
}  # fmt: skip


def _spelling(match: re.Match[str]) -> str:
    character = match.group()
    return _SPELLING.get(character) or f"\\u{ord(character):04x}"


def spelling_of(value: str) -> str:
    """The inside of a quoted text that stands for *value*."""
    return _SPECIAL.sub(_spelling, value)


def half_spelling_of(raw: str) -> str:
    """The inside of ``!"..."`` for the half-typed *raw* expression: its braces stay single."""
    return _SPECIAL_HALF.sub(_spelling, raw)


def quoted(value: str) -> str:
    """*value* as a quoted text on one line."""
    return f'"{spelling_of(value)}"'


# Long texts. The lines between the quotes are the value, without the indentation they share. The
# line break after the opening quotes, and the one before closing quotes on a line of their own,
# are not part of it; a line of nothing but blanks is an empty line.

_OPENING = re.compile(r"[ \t]*\n")
_CLOSING = re.compile(r"(?:\n|\A)[ \t]*\Z")
_INDENTATION = re.compile(r"[ \t]*")


def long_parts(spellings: list[str | Slot]) -> list[str | Slot]:
    """The parts of a long text, from the spelling between its quotes: still with its escapes."""
    parts = list(spellings)
    opened = False
    if parts and isinstance(parts[0], str) and (match := _OPENING.match(parts[0])):
        parts[0], opened = parts[0][match.end() :], True
    if opened and isinstance(parts[-1], str) and (match := _CLOSING.search(parts[-1])):
        if len(parts) == 1 or match.group().startswith("\n"):
            parts[-1] = parts[-1][: match.start()]
    margin = _margin(parts, opened)
    result: list[str | Slot] = []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            followed = index + 1 < len(parts)
            part = _without_margin(part, len(margin), opened and index == 0, followed)
        result.append(part)
    return result


def _margin(parts: list[str | Slot], opened: bool) -> str:
    margin: str | None = None
    for index, part in enumerate(parts):
        if isinstance(part, str):
            lines = part.split("\n")
            last = len(lines) - 1
            for number in range(0 if opened and index == 0 else 1, last + 1):
                line = lines[number]
                indentation = line[: len(line) - len(line.lstrip(" \t"))]
                blank = indentation == line and not (number == last and index + 1 < len(parts))
                if not blank:
                    margin = indentation if margin is None else _shared(margin, indentation)
    return margin or ""


def _shared(one: str, other: str) -> str:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return one[:length]


def _without_margin(part: str, margin: int, starts_line: bool, followed: bool) -> str:
    lines = part.split("\n")
    for number in range(0 if starts_line else 1, len(lines)):
        line = lines[number]
        if line.strip(" \t") or (followed and number == len(lines) - 1):
            lines[number] = line[margin:]
        else:
            lines[number] = ""
    return "\n".join(lines)


def long_spelling_of(value: str) -> str:
    """One part of a long text as it stands between the quotes, before it is indented."""
    return _SPECIAL_LONG.sub(_spelling, value)


def long_text(body: str, indentation: str) -> str:
    """A whole long text, quotes and all, whose closing quotes stand at *indentation*.

    *body* is the spelling of its parts. A blank that would be taken for indentation, or that
    makes up a whole line, is written as an escape, so that the value comes back exactly.
    """
    if not body:
        return f'"""\n{indentation}"""'
    lines = [
        _spell_last(line) if line and not line.strip(" \t") else line for line in body.split("\n")
    ]
    written = [line for line in lines if line]
    if written and all(line[0] in " \t" for line in written):
        first = next(number for number, line in enumerate(lines) if line)
        lines[first] = _blank(lines[first][0]) + lines[first][1:]
    indented = [f"{indentation}  {line}" if line else "" for line in lines]
    return '"""\n' + "\n".join(indented) + f'\n{indentation}"""'


def _spell_last(line: str) -> str:
    return line[:-1] + _blank(line[-1])


def _blank(character: str) -> str:
    return "\\t" if character == "\t" else "\\u0020"
