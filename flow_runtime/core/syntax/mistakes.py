"""Where a line stops to follow the grammar, and the words for what stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category, name

from flow_runtime.core.phrase import listed, phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax.words import HEADER_WORDS


@dataclass(frozen=True, slots=True)
class Stumble:
    """Where the grammar gave up.

    *start* is the start rule, *text* the logical line, *offset* the place in it where what stands
    there is none of the terminals in *expected*; the line begins at *line* and *column*.
    """

    start: str
    text: str
    offset: int
    line: int
    column: int
    expected: frozenset[str]

    @property
    def before(self) -> str:
        """The line up to the place."""
        return self.text[: self.offset]

    @property
    def rest(self) -> str:
        """The line from the place on."""
        return self.text[self.offset :]

    @property
    def found(self) -> str:
        """The word or sign at the place, empty at the end of the line."""
        match = _WORD.match(self.rest)
        return match.group() if match else ""


_WORD = re.compile(r'"[^"\n]*"?|[\w.]+|->|=>|[=!<>&|]+|.', re.S)


def place_of(stumble: Stumble) -> Place:
    """The place of the word or sign that does not fit."""
    before = stumble.before
    line = stumble.line + before.count("\n")
    column = len(before) - before.rfind("\n")
    if line == stumble.line:
        column = stumble.column + len(before)
    return Place(line, column, line, column + max(len(stumble.found.split("\n")[0]), 1))


def generic(stumble: Stumble) -> str:
    """What is found and what is expected, when nothing better is known."""
    wanted = expected(stumble.expected)
    if stumble.found:
        return phrase(
            "{found} does not fit here; expected {wanted}",
            found=shown(stumble.found),
            wanted=wanted,
        )
    return phrase("the line ends too early; expected {wanted}", wanted=wanted)


def shown(found: str) -> str:
    """A word or sign as messages quote it."""
    if len(found) == 1 and (category(found)[0] in "CZ"):
        return phrase(
            "the character U+{found} ({name})",
            found=f"{ord(found):04X}",
            name=name(found, "a control character").lower(),
        )
    return f"“{found if len(found) <= 30 else found[:29] + '…'}”"


_VALUES = frozenset(
    "PLAIN QUOTE LONG_QUOTE RAW PROMPT_KEY INT NUMBER DURATION TRUE FALSE NONE NAME LPAR LSQB "
    "LBRACE IF NOT MINUS HALF_TYPED".split()
)
_OPERATORS = frozenset(
    "OR AND COMPARE IN PLUS MINUS TIMES COALESCE DOT OPTIONAL_DOT LSQB LPAR".split()
)
_IN_WORDS = {
    "NAME": phrase("a name"), "LABEL": phrase('a text in quotes ("...")'),
    "INT": phrase("a whole number"),
    "ARROW": "“->”", "EQUAL": "“=”", "COLON": "“:”", "COMMA": "“,”", "RPAR": "“)”",
    "RSQB": "“]”", "RBRACE": "“}”", "LPAR": "“(”", "THEN": "“then”", "ELSE": "“else”",
    "QUOTE": phrase("the closing quote"), "LONG_QUOTE": phrase("the closing quotes"), "OF": "“of”",
    "OPTIONAL": "“?”", "$END": phrase("the end of the line"),
}  # fmt: skip
_UNSAID = frozenset("CHARS LONG_CHARS PROSE DOT MINUS LBRACE LIST NOTE FRAME".split())


def word_for(terminal: str) -> str:
    """What a person calls a terminal that is a sign or a word of the language."""
    return _IN_WORDS[terminal]


def expected(terminals: frozenset[str]) -> str:
    """The terminals of the grammar in a person's words."""
    rest = set(terminals)
    words: list[str] = []
    if "FLOW" in rest:
        return listed(HEADER_WORDS, phrase(" or "))
    if "PLAIN" in rest:
        words.append(phrase("a value"))
        rest -= _VALUES
    if "COMPARE" in rest:
        words.append(phrase("an operator"))
        rest -= _OPERATORS
    words += [word for terminal, word in _IN_WORDS.items() if terminal in rest - _UNSAID]
    return listed(words, phrase(" or ")) if words else phrase("something else")
