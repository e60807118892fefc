"""Says in a person's words what is wrong with a value, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeAlias

from flow_runtime.core.phrase import phrase
from flow_runtime.core.syntax.mistakes import Stumble, shown
from flow_runtime.core.syntax.words import RESERVED

Hint: TypeAlias = Callable[[Stumble], str | None]
"""Looks for one mistake: what to say of it, None when it is another one."""

_CHOICE: Final = "if CONDITION then VALUE else VALUE"


def _behind_value(s: Stumble) -> bool:
    """Whether a value has ended where the grammar gave up, and an operator could follow."""
    return "COMPARE" in s.expected or "PLUS" in s.expected


def _at_end_of_value(s: Stumble) -> bool:
    """The same, also where the grammar has made up its mind that nothing follows."""
    return _behind_value(s) or "$END" in s.expected


# --- texts ----------------------------------------------------------------------------------------


def quotes(s: Stumble) -> str | None:
    """Other quotes than the language has, and quotes and braces inside a text."""
    if s.found == "'" or s.found == "`":
        return phrase(
            'a text stands between double quotes: "...", not {found}...{found}', found=s.found
        )
    if s.found == "}" and {"CHARS", "LONG_CHARS", "PROSE"} & s.expected:
        return phrase("a brace that is to be said is written twice: }}")
    if re.search(r'"$', s.before) and re.match(r"\w", s.found) and "PLUS" in s.expected:
        return phrase('a quote inside a text is written \\"')
    return None


_SENTENCE = re.compile(
    r"""((?:(?:input|output|var)\s[^=]*|[\w.]+\s*)=\s*)  # name =
        ([^\W\d][\w'’]*(?:[,;]?[ \t]+[\w'’]+)+[.!?]?)""",
    re.X,
)
_QUOTED: Final = 80
"""A line with more characters is not repeated in a message."""


def _unquoted(s: Stumble) -> str | None:
    match = _SENTENCE.fullmatch(s.text)
    if match is None or not _behind_value(s):
        return None
    words = re.split(r"[ \t]+", match[2])
    if RESERVED & set(words):
        return None
    if len(s.text) > _QUOTED:
        return phrase('a text stands in quotes: "..."')
    text = phrase('a text stands in quotes: {before}"{text}"', before=match[1], text=match[2])
    if len(words) == 2:
        text += phrase(
            "; a function is called with brackets: {function}({argument})",
            function=words[0],
            argument=words[1],
        )
    return text


def _letter_before_text(s: Stumble) -> str | None:
    letter = re.search(r"(?<!\w)([A-Za-z])(\s*)$", s.before)
    if letter is None or not s.found.startswith('"') or not _behind_value(s):
        return None
    if letter[1] in "tr" and letter[2]:
        return phrase(
            'no blank stands in {letter}"...", as in {letter}{found}',
            letter=letter[1],
            found=s.found,
        )
    if letter[1] in "TR" and not letter[2]:
        return phrase('write a small letter: {letter}"..."', letter=letter[1].lower())
    if letter[2]:
        return None
    return phrase('no letter stands before a text; "... {name} ..." shows values all the same')


def _empty_slot(s: Stumble) -> str | None:
    if s.found != "}" or not s.before.rstrip().endswith("{") or "RBRACE" in s.expected:
        return None
    return phrase("there is no expression between the braces; write {{ and }} for braces")


# --- operators ------------------------------------------------------------------------------------

_OTHER_OPERATORS: Final = {
    "&&": "and", "||": "or", "&": "and", "|": "or", "!": "not", "=": "==", "===": "==",
    "!==": "!=", "<>": "!=", "=<": "<=", "=>": ">=",
}  # fmt: skip
_NO_OPERATORS: Final = {
    "**": phrase("there is no operator for powers"),
    "++": phrase("there is no “++”; write for example tries = tries + 1"),
    "+=": phrase("there is no “+=”; write for example tries = tries + 1"),
    "-=": phrase("there is no “-=”; write for example tries = tries - 1"),
    "//": phrase("“//” is no operator; write “/” to divide, or # to begin a comment"),
}
_WORDS_FOR_OPERATORS: Final = {
    "is": phrase("write “==” (or “!=” for “is not”)"),
    "equals": phrase("write “==”"),
    "eq": phrase("write “==”"),
    "ne": phrase("write “!=”"),
    "gt": phrase("write “>”"),
    "lt": phrase("write “<”"),
    "mod": phrase("write “%”"),
    "plus": phrase("write “+”"),
    "minus": phrase("write “-”"),
    "xor": phrase("write a != b"),
    "like": phrase('write matches(text, r"...") or contains(text, "...")'),
    "contains": phrase("write contains(text, part)"),
    "matches": phrase('write matches(text, r"...")'),
    "starts_with": phrase("write starts_with(text, start)"),
    "between": phrase("write a <= b and b <= c"),
}


def _wrong_operator(s: Stumble) -> str | None:
    if not s.found or not {"COMPARE", "PLAIN"} & s.expected:
        return None
    if s.found == "=" and re.fullmatch(r"[\w.\s]+=", s.before.rstrip()):
        return phrase("a parameter is written with one “=”: name = value")
    if s.found == "&" and '"' in s.before[-2:] + s.rest[:3]:
        return phrase("“&” is not an operator; write “+” to join texts")
    joined = re.search(r"[^\w\s)\]}\"]*$", s.before)  # signs the lexer took as an operator before
    for sign in ((joined.group() if joined else "") + s.found, s.found):
        if sign in _NO_OPERATORS:
            return _NO_OPERATORS[sign]
        if sign == "->":
            return phrase("a field stands behind a dot: call.caller")
        if sign in _OTHER_OPERATORS:
            return phrase(
                "“{sign}” is not an operator; write “{other}”",
                sign=sign,
                other=_OTHER_OPERATORS[sign],
            )
    return None


def _wrong_word(s: Stumble) -> str | None:
    if "COMPARE" not in s.expected and "AND" not in s.expected:
        return None
    if s.found in _WORDS_FOR_OPERATORS:
        return phrase(
            "“{found}” is not an operator; {advice}",
            found=s.found,
            advice=_WORDS_FOR_OPERATORS[s.found],
        )
    if s.found == "not":
        return phrase("write “not” before the whole comparison: not (a in b)")
    if s.found == "?":
        return phrase("a choice is written: {choice}", choice=_CHOICE)
    if s.found in ("AND", "OR", "NOT", "IN", "IF", "THEN", "ELSE"):
        return phrase("words of the language are small: write “{found}”", found=s.found.lower())
    doubled = re.search(r"\b(and|or|in)\s*$", s.before)
    if doubled and _behind_value(s):  # it was taken for a name
        return phrase("a value is missing before “{doubled}”", doubled=doubled[1])
    return None


def _chained(s: Stumble) -> str | None:
    if not re.match(r"==|!=|<=|>=|<|>|in\b", s.rest) or "AND" not in s.expected:
        return None
    return phrase("two comparisons need a word between them: a < b and b < c")


def _not_inside(s: Stumble) -> str | None:
    if not re.search(r"\bnot\s*$", s.before) or "PLAIN" in s.expected:
        return None
    return phrase("“not” inside an expression stands in parentheses: a == (not b)")


def _choice(s: Stumble) -> str | None:
    if s.found == "if" and _behind_value(s):
        return phrase("a choice begins with its condition: {choice}", choice=_CHOICE)
    if re.search(r"\bif\s*$", s.before) and "PLAIN" not in s.expected or s.found == "if":
        return phrase("a choice inside an expression stands in parentheses: (if A then B else C)")
    if "THEN" in s.expected and "if" in s.before:
        return phrase("“then” is missing: {choice}", choice=_CHOICE)
    if "ELSE" in s.expected and "then" in s.before:
        return phrase("“else” is missing: {choice}", choice=_CHOICE)
    if s.found in ("then", "else") and _at_end_of_value(s):
        return phrase("“{found}” belongs to a choice: {choice}", found=s.found, choice=_CHOICE)
    return None


# --- numbers, times, names ------------------------------------------------------------------------


def _number(s: Stumble) -> str | None:
    if re.match(r"\.[0-9]", s.rest) and "PLAIN" in s.expected:
        return phrase("a number begins with a digit: 0{found}", found=s.found)
    if re.match(r"\+[0-9]", s.rest) and "PLAIN" in s.expected:
        number = re.match(r"\+[0-9 ]*[0-9]", s.rest)
        told = number.group() if number else s.found
        return phrase(
            'no “+” stands before a number; a telephone number is a text: "{told}"', told=told
        )
    day = re.search(r"\b([0-9]{1,2})\.([0-9]{1,2})\.$", s.before)
    if day and re.match(r"[0-9]{4}\b", s.rest):
        return phrase(
            'a day is written date("{year}-{month}-{day}")',
            year=s.rest[:4],
            month=f"{day[2]:0>2}",
            day=f"{day[1]:0>2}",
        )
    hour = re.search(r"(?<![\w.])([0-9]{1,2})$", s.before)
    if hour and (minutes := re.match(r":([0-9]{2})\b", s.rest)) and _at_end_of_value(s):
        return phrase(
            'a time of day is written time("{hour}:{minutes}")',
            hour=f"{hour[1]:0>2}",
            minutes=minutes[1],
        )
    if (number := re.search(r"([0-9]+)\.$", s.before)) and s.expected == {"NAME"}:
        return phrase("a number ends with a digit: {number} or {number}.0", number=number[1])
    return None


def _thousands(s: Stumble) -> str | None:
    """``1,000``, ``1 000`` and ``1.000.000``, where neither a comma nor a number can follow."""
    begun = re.search(r"(?<![\w.])([0-9]{1,3} ?|[0-9]{1,3}(?:\.[0-9]{3})+\.)$", s.before)
    goes_on = re.match(r"(?:[,. ']?[0-9]{3})+(?![0-9])", s.rest)
    if begun is None or goes_on is None:
        return None
    number = re.sub("[^0-9]", "", begun[1] + goes_on.group())
    return phrase("a number is written without separators: {number}", number=number)


def _unit(s: Stumble) -> str | None:
    number = re.search(r"([0-9.]+)\s*$", s.before)
    if number and re.match(r"(?:ms|[smhd])[0-9]", s.rest):
        return phrase(
            "a duration has one number and one unit, for example 90m for an hour and a half"
        )
    unit = re.match(r"(ms|s|m|h|d|sec|second|min|minute|hour|hr|day|milli)[a-z]*\b", s.rest)
    if number is None or unit is None:
        return None
    short = {"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "hr": "h",
             "day": "d", "milli": "ms"}.get(unit[1], unit[1])  # fmt: skip
    if "." in number[1]:
        return phrase(
            "a duration is a whole number with ms, s, m, h or d{hint}",
            hint=_smaller(number[1], short),
        )
    return phrase(
        "a duration is written without a blank, with ms, s, m, h or d: {number}{short}",
        number=number[1],
        short=short,
    )


def _smaller(number: str, unit: str) -> str:
    """How to write ``1.5h`` in whole numbers: ``: write 90m``."""
    below = {"s": ("ms", 1000), "m": ("s", 60), "h": ("m", 60), "d": ("h", 24)}.get(unit)
    if below is None or not re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", number):
        return ""
    count = Decimal(number) * below[1]
    return (
        phrase(": write {count}{unit}", count=f"{count.normalize():f}", unit=below[0])
        if count == int(count)
        else ""
    )


def _sign_before_name(s: Stumble) -> str | None:
    named = re.match(r"([$@%:#&])\s*([^\W\d]\w*)", s.rest)
    if named is None or "PLAIN" not in s.expected:
        return None
    return phrase("no “{sign}” stands before a name: write {name}", sign=named[1], name=named[2])


def _field(s: Stumble) -> str | None:
    if s.expected == {"NAME"} and s.before.endswith(":"):
        return phrase("the name of a format is missing behind “:”, for example money")
    if s.expected != {"NAME"} or not s.before.endswith("."):
        return None
    if s.found.startswith("."):
        return phrase("one dot is enough: call.caller")
    return None if s.found else phrase("the name of a field is missing behind the dot")


# --- brackets -------------------------------------------------------------------------------------


def _method(s: Stumble) -> str | None:
    if s.found != "(" or not re.search(r"[\w\])]\s*$", s.before):
        return None
    return phrase("only a function's name can be called, like upper(name); values have no methods")


def _record(s: Stumble) -> str | None:
    if s.expected != {"COLON"}:
        return None
    if s.found in ("}", ","):
        return phrase(
            "each field of a record has a value: {name: value} "
            '(in a text braces show a value: "{name}")'
        )
    return phrase(
        "“:” stands between the name and the value of a field, not {found}", found=shown(s.found)
    )


def _list(s: Stumble) -> str | None:
    if s.found == ";" and re.search(r"[(\[{][^)\]}]*$", s.before):
        return phrase("commas stand between items: [a, b]")
    if s.found == "," and "RPAR" in s.expected and "COMMA" not in s.expected:
        return phrase("a list stands in square brackets: [a, b]")
    return None


def _side_by_side(s: Stumble) -> str | None:
    if not _behind_value(s) or not re.match(r'["\w]', s.found):
        return None
    before = re.search(r'(\w+|["\])}])\s*$', s.before)
    if before is None or s.found in RESERVED:
        return None
    between = (
        phrase("a comma or an operator")
        if "COMMA" in s.expected
        else phrase("an operator such as +")
    )
    text = phrase("two values stand side by side; put {between} between them", between=between)
    if re.fullmatch(r"[^\W\d]\w*", before[1]) and s.start != "prompt":
        text += phrase(" (a function is called with brackets: {name}(...))", name=before[1])
    return text


def _value_missing(s: Stumble) -> str | None:
    if s.found or "PLAIN" not in s.expected:
        return None
    before = s.before.rstrip()
    if re.search(r"(?<![=!<>])=$", before):
        return phrase("the value is missing behind “=”")
    return (
        phrase(
            "the line ends too early; a value is missing behind {word}",
            word=shown(_last_word(before)),
        )
        if before
        else phrase("there is no expression here")
    )


def _last_word(text: str) -> str:
    return re.split(r"\s", text)[-1]


HINTS: Final[tuple[Hint, ...]] = (
    _wrong_word, _unquoted, _letter_before_text, _empty_slot, _thousands, _number, _unit,
    _not_inside, _field, _record, _list, _wrong_operator, _sign_before_name, _chained, _method,
    _choice, _side_by_side, _value_missing,
)  # fmt: skip
"""In the order of trying: the first that knows what is wrong speaks."""
