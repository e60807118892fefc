"""What the words and signs of expressions mean, for an editor that offers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONSTANTS: Final[Mapping[str, str]] = {
    "true": "Yes: the condition holds.",
    "false": "No: it does not hold.",
    "none": "The empty value: there is nothing (NULL in a database).",
}
PREFIXES: Final[Mapping[str, str]] = {
    "if": "One of two values:  if CONDITION then VALUE else VALUE.",
    "not": "Whether a condition does not hold:  not (a == b).",
}
CHOICE: Final[Mapping[str, str]] = {
    "then": "Before the value if the condition holds.",
    "else": "Before the value if the condition does not hold.",
}
OPERATORS: Final[Mapping[str, str]] = {
    "==": "Whether both are the same; only none is the same as none.",
    "!=": "Whether they are not the same.",
    "<": "Whether the left is less, or earlier.",
    "<=": "Whether the left is less or the same.",
    ">": "Whether the left is more, or later.",
    ">=": "Whether the left is more or the same.",
    "in": "Whether a list has an item, a text a part, or a record a field.",
    "+": "The sum; texts and lists are joined, a duration moves a date or a moment.",
    "-": "The difference; between two dates or moments it is a duration.",
    "*": "The product; a duration so many times.",
    "/": "The quotient; a part of a duration.",
    "%": "The remainder of a division.",
    "??": "The left value, or the right one where the left is none.",
    "and": "Whether both conditions hold; the right one is only looked at if the left one does.",
    "or": "Whether at least one of the conditions holds.",
}
ALLOWED: Final = "One of the values that are allowed here."
