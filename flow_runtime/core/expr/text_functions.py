"""Functions on texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import re2

from flow_runtime.core.expr.convert import to_text
from flow_runtime.core.expr.failure import (
    MAX_PATTERN,
    MAX_TEXT,
    MAX_WEIGHT,
    ExpressionFailure,
    bad_value,
    too_large,
)
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.number_functions import whole
from flow_runtime.core.expr.operators import in_list
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.expr.values import check_text, check_weight
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import suggest

functions: Final = Functions()
_f = functions.declare


@_f(
    "len(value: text) -> number",
    "len(value: list) -> number",
    "len(value: record) -> number",
    help="How many characters a text, items a list or fields a record has.",
    examples=[('len("abc")', "3"), ("len([1, 2])", "2")],
)
def _len(value: str | tuple[Any, ...] | Mapping[str, Any]) -> Decimal:
    return Decimal(len(value))


@_f(
    "text(value: any) -> text",
    help="A value as text; moments are told in the line's time zone.",
    examples=[("text(12.50)", '"12.5"'), ("text(true)", '"true"'), ("text(90s)", '"1m30s"')],
    with_frame=True,
)
def _text(frame: Frame, value: Any) -> str:
    return to_text(value, frame)


@_f(
    "format(value: any, format: text) -> text",
    help="A value in a format of templates, as the transcript shows it.",
    examples=[('format(12.5, "money")', '"12.50"'), ('format(2, "ordinal")', '"2nd"')],
    with_frame=True,
)
def _format(frame: Frame, value: Any, name: str) -> str:
    chosen = FORMATS.get(name)
    if chosen is None:
        near = suggest(name, FORMATS)
        raise ExpressionFailure(
            "unknown-format", phrase('there is no format "{name}"{near}', name=name, near=near)
        )
    return check_text(chosen.spoken(chosen.convert(value, frame), frame, frame.language).text)


@_f(
    "join(items: list, separator?: text) -> text",
    help="The items of a list as one text, with the separator between them.",
    examples=[('join(["a", "b"], ", ")', '"a, b"'), ("join([1, 2])", '"12"')],
    with_frame=True,
)
def _join(frame: Frame, items: tuple[Any, ...], separator: str = "") -> str:
    if len(separator) * len(items) > MAX_TEXT:
        raise too_large(phrase("the joined text would be too long"))
    return check_text(separator.join([to_text(item, frame) for item in items]))


@_f(
    "split(value: text, separator?: text) -> list of text",
    help="The parts of a text between separators; without one, its words.",
    examples=[('split("a,b", ",")', '["a", "b"]'), ('split(" a  b ")', '["a", "b"]')],
)
def _split(value: str, separator: str | None = None) -> tuple[str, ...]:
    if separator == "":
        raise bad_value(phrase("split needs a separator of at least one character"))
    parts = tuple(value.split(separator, MAX_WEIGHT))
    check_weight(parts)
    return parts


@_f(
    "slice(value: text, start: number, end?: number) -> text",
    "slice(value: list of T, start: number, end?: number) -> list of T",
    help="The part from start (counted from 0) up to before end; negative counts from the end.",
    examples=[
        ('slice("abcdef", 1, 3)', '"bc"'),
        ('slice("abcdef", -2)', '"ef"'),
        ("slice([1, 2, 3], 0, 2)", "[1, 2]"),
    ],
)
def _slice(value: Any, start: Decimal, end: Decimal | None = None) -> Any:
    return value[whole(start, "start") : None if end is None else whole(end, "end")]


@_f(
    "upper(value: text) -> text",
    help="In capital letters.",
    examples=[('upper("abc")', '"ABC"')],
)
def _upper(value: str) -> str:
    return check_text(value.upper())


@_f(
    "lower(value: text) -> text",
    help="In small letters.",
    examples=[('lower("ABC")', '"abc"')],
)
def _lower(value: str) -> str:
    return check_text(value.lower())


@_f(
    "trim(value: text) -> text",
    help="Without white space at both ends.",
    examples=[('trim("  a b ")', '"a b"')],
)
def _trim(value: str) -> str:
    return value.strip()


@_f(
    "replace(value: text, old: text, new: text) -> text",
    help="With every occurrence of old replaced by new.",
    examples=[('replace("a-b-c", "-", "")', '"abc"')],
)
def _replace(value: str, old: str, new: str) -> str:
    if not old:
        raise bad_value(phrase("replace needs a text of at least one character to look for"))
    if len(value) + value.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise too_large(phrase("the text would be too long after replacing"))
    return value.replace(old, new)


@_f(
    "matches(value: text, pattern: text) -> boolean",
    help="Whether the whole text fits a regular expression (RE2 syntax).",
    examples=[
        ('matches("123456", r"[0-9]{6}")', "true"),
        ('matches("1234567", r"[0-9]{6}")', "false"),
        ('matches("invoice", r"(?i)INV.*")', "true"),
    ],
)
def _matches(value: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> Any:
    if len(pattern) > MAX_PATTERN:
        raise too_large(
            phrase("a regular expression has at most {most} characters", most=MAX_PATTERN)
        )
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else phrase("not accepted")
        raise bad_value(
            phrase(
                "the regular expression {pattern} is wrong: {reason}",
                pattern=repr(pattern),
                reason=reason,
            )
        ) from None


@_f(
    "contains(value: text, part: text) -> boolean",
    "contains(items: list of T, item: T) -> boolean",
    help="Whether a text has a part, or a list an item.",
    examples=[('contains("abc", "b")', "true"), ("contains([1, 2], 3)", "false")],
)
def _contains(value: Any, part: Any) -> bool:
    return part in value if isinstance(value, str) else in_list(part, value)


@_f(
    "starts_with(value: text, start: text) -> boolean",
    help="Whether a text begins with another.",
    examples=[('starts_with("0571888", "0571")', "true")],
)
def _starts_with(value: str, start: str) -> bool:
    return value.startswith(start)


@_f(
    "mask(value: text, visible?: number) -> text",
    help="With stars for all but the last characters (4 unless said otherwise).",
    examples=[('mask("13800001234")', '"*******1234"'), ('mask("1234", 0)', '"****"')],
)
def _mask(value: str, visible: Decimal = Decimal(4)) -> str:
    hidden = len(value) - max(0, whole(visible, "visible"))
    return "*" * hidden + value[max(0, hidden) :]


@_f(
    "digits_only(value: text) -> text",
    help="Only the digits of a text, those of other scripts as 0 to 9.",
    examples=[('digits_only("+86 (571) 888")', '"86571888"'), ('digits_only("１２")', '"12"')],
)
def _digits_only(value: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in value if c.isdecimal())
