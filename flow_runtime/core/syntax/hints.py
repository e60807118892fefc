"""Says in a person's words why a line does not follow the grammar, and what to write instead.

Each hint looks for one of the likeliest mistakes; the first that knows what is wrong speaks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import nearest
from flow_runtime.core.syntax.mistakes import (
    Stumble,
    expected,
    generic,
    place_of,
    shown,
)
from flow_runtime.core.syntax.words import FULL_WIDTH, HEADER_WORDS

LONGEST = 2000
"""A line with more characters is not looked through for the likely mistakes of a typing person."""


def explain(stumble: Stumble) -> Problem:
    """The problem to show for *stumble*."""
    if len(stumble.text) <= LONGEST:
        stumble = _at_look_alike(stumble)
        for hint in _HINTS:
            text = hint(stumble)
            if text is not None:
                unknown = hint is _header_word
                code = "syntax-unknown-word" if unknown else "syntax-unexpected"
                return Problem("error", code, text, place_of(stumble))
    return Problem("error", "syntax-unexpected", generic(stumble), place_of(stumble))


def _at_look_alike(s: Stumble) -> Stumble:
    """*s*, moved back to a full-width sign that was taken for a part of the name before it."""
    word = re.search(r"\w\S*\s*$", s.before)
    for offset in range(word.start(), s.offset) if word and '"' not in word.group() else ():
        if s.text[offset] in FULL_WIDTH:
            return replace(s, offset=offset)
    return s


def _full_width(s: Stumble) -> str | None:
    character = s.found[:1]
    sign = FULL_WIDTH.get(character)
    if sign is None:
        return None
    what = "an ordinary blank" if sign == " " else sign
    what_is = f"the character {character}" if character.isprintable() else shown(character)
    return f"{what_is} is not a sign of the language; write {what} instead"


def _header_word(s: Stumble) -> str | None:
    if s.start != "item" or s.offset != 0:
        return None
    word = s.found
    near = nearest(word, HEADER_WORDS)
    known = f"no item begins with {shown(word)}"
    if near:
        return f"{known}; did you mean “{near}”?"
    if re.match(r'(?:[\w.*#-]+|"[^"\n]*")?[^=]*(?:->|=(?!=))', s.text):
        return f"{known}; a line of a node is indented by two spaces"
    return f"{known}; expected {expected(s.expected)}"


def _indented_header(s: Stumble) -> str | None:
    match = re.match(r"(\w+):?(?:\s+[\w\"]|$)", s.text)
    if s.start not in ("line", "spot") or match is None or match[1] not in HEADER_WORDS:
        return None
    return f"“{match[1]}” must begin in the first column, without blanks before it"


def _comment_sign(s: Stumble) -> str | None:
    if s.before == "-" and s.found == "-" and s.start == "line":
        return "“--” does not begin a comment; write # instead"
    match = re.match(r"//|/\*|--(?!>)|;", s.rest)
    if match is None:
        return None
    if match.group() == ";":
        return "“;” is not needed; each thing stands on a line of its own"
    return f"{shown(match.group())} does not begin a comment; write # instead"


def _declaration(s: Stumble) -> str | None:
    match = re.match(r"(input|output|var)\s+(\w+)\s*$", s.before)
    if match is None or "COLON" not in s.expected:
        return None
    return (
        f"the type of “{match[2]}” is missing; write for example "
        f"{match[1]} {match[2]}: text{' ' + s.rest if s.found == '=' else ''}"
    )


def _typed(s: Stumble) -> str | None:
    if s.start != "item" or "LIST" not in s.expected:
        return None
    return (
        f"a type is missing before {shown(s.found)}; it is text, number, list of text, ..."
        if s.found
        else "a type is missing at the end; it is text, number, list of text, ..."
    )


def _title(s: Stumble) -> str | None:
    if s.start == "spot" or "LABEL" not in s.expected or "ARROW" in s.expected:
        return None
    if re.match(r"\w", s.found) and re.search(r"\s$", s.before) and "PLAIN" not in s.expected:
        rest = s.rest.rstrip()
        return f'a title stands in quotes: "{rest}"' if '"' not in rest else None
    return None


def _name_sign(s: Stumble) -> str | None:
    if s.start == "item" and re.search(r"\w$", s.before) and re.match(r"[-.'/&+]", s.found):
        return f"{shown(s.found[0])} cannot be part of a name; it has letters, digits and _ only"
    if s.start == "line" and re.fullmatch("[0-9]+", s.before) and re.match(r"[^\W\d]", s.found):
        return "a name does not begin with a digit"
    words = re.fullmatch(r"(\w+)\s+(\w+)\s*=.*", s.text, re.S)
    if words and s.start == "line" and "EQUAL" in s.expected:
        return f"a name has no blanks; write for example {words[1]}_{words[2]} = ..."
    return None


def _node_header(s: Stumble) -> str | None:
    if not s.text.startswith("node") or s.start != "item":
        return None
    if "COLON" in s.expected or s.found == ":" or s.found == "" and "NAME" in s.expected:
        return "a node begins like this: node NAME: TYPE, for example: node hello: say"
    return None


def _jump_header(s: Stumble) -> str | None:
    match = re.match(r"(start|on_error|on_hangup)\b", s.text)
    if s.start != "item" or match is None or s.offset == 0:
        return None
    return f"{match[1]} names the node it leads to: {match[1]} -> NODE"


def _arrow(s: Stumble) -> str | None:
    if s.start != "line":
        return None
    if (sign := re.match(r"[=\-]+>|>|-+(?=\s)", s.rest)) and "ARROW" in s.expected:
        return f"{shown(sign.group())} is not an arrow; write port -> node"
    if s.before.rstrip().endswith("->"):
        if s.found.startswith('"'):
            return "an arrow leads to the name of a node, without quotes"
        return (
            "the name of the node is missing behind “->” (a port may also stand without an arrow)"
        )
    if "->" in s.before and s.found.startswith('"'):
        return 'a label stands before the arrow: port "label" -> node'
    if s.found == ":" and re.fullmatch(r"[\w.]+\s*", s.before):
        return "a parameter is written with “=”, not “:”"
    return None


def _port(s: Stumble) -> str | None:
    match = re.match(r'([^\s"]+)\s*(?:"[^"\n]*"\s*)?(?:->|$)', s.text)
    if s.start != "line" or match is None or s.offset > len(match[1]) or "=" in match[1]:
        return None
    return f'a port that is not a name or a whole number stands in quotes: "{match[1]}"'


def _text_only(s: Stumble) -> str | None:
    if not s.found.startswith('"') or "LABEL" not in s.expected:
        return None
    return "this text cannot hold an expression in braces; write {{ and }} for braces"


_OTHER_OPERATORS = {
    "&&": "and", "||": "or", "&": "and", "|": "or", "!": "not", "=": "==", "===": "==",
    "!==": "!=", "<>": "!=", "=<": "<=", "=>": ">=",
}  # fmt: skip
_NO_OPERATORS = {
    "**": "there is no operator for powers",
    "++": "there is no “++”; write for example tries = tries + 1",
    "+=": "there is no “+=”; write for example tries = tries + 1",
    "-=": "there is no “-=”; write for example tries = tries - 1",
    "//": "“//” is no operator; write “/” to divide, or # to begin a comment",
}


def _wrong_operator(s: Stumble) -> str | None:
    if not s.found or not {"COMPARE", "PLAIN"} & s.expected:
        return None
    if s.found == "=" and re.fullmatch(r"[\w.\s]+=", s.before.rstrip()):
        return "a parameter is written with one “=”: name = value"
    joined = re.search(r"[^\w\s)\]}\"]*$", s.before)  # signs the lexer took as an operator before
    for sign in ((joined.group() if joined else "") + s.found, s.found):
        if sign in _NO_OPERATORS:
            return _NO_OPERATORS[sign]
        if sign in _OTHER_OPERATORS:
            return f"“{sign}” is not an operator; write “{_OTHER_OPERATORS[sign]}”"
    return None


def _wrong_word(s: Stumble) -> str | None:
    if "COMPARE" not in s.expected and "AND" not in s.expected:
        return None
    if s.found == "is":
        return "“is” is not an operator; write “==” (or “!=” for “is not”)"
    if s.found == "not":
        return "write “not” before the whole comparison: not (a in b)"
    if s.found == "?":
        return "a choice is written: if CONDITION then VALUE else VALUE"
    if s.found in ("AND", "OR", "NOT", "IN", "IF", "THEN", "ELSE"):
        return f"words of the language are small: write “{s.found.lower()}”"
    return None


def _number(s: Stumble) -> str | None:
    if re.match(r"\.[0-9]", s.rest) and "PLAIN" in s.expected:
        return f"a number begins with a digit: 0{s.found}"
    if (number := re.search(r"([0-9]+)\.$", s.before)) and s.expected == {"NAME"}:
        return f"a number ends with a digit: {number[1]} or {number[1]}.0"
    return None


def _unit(s: Stumble) -> str | None:
    number = re.search(r"([0-9.]+)\s*$", s.before)
    if number and re.match(r"(?:ms|[smhd])[0-9]", s.rest):
        return "a duration has one number and one unit, for example 90m for an hour and a half"
    unit = re.match(r"(ms|s|m|h|d|sec|second|min|minute|hour|hr|day|milli)[a-z]*\b", s.rest)
    if number is None or unit is None:
        return None
    short = {"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "hr": "h",
             "day": "d", "milli": "ms"}.get(unit[1], unit[1])  # fmt: skip
    if "." in number[1]:
        return (
            f"a duration is a whole number with ms, s, m, h or d: not {number[1]}{short} "
            "but a smaller unit (1500ms for one and a half seconds)"
        )
    return f"a duration is written without a blank, with ms, s, m, h or d: {number[1]}{short}"


def _chained(s: Stumble) -> str | None:
    if not re.match(r"==|!=|<=|>=|<|>|in\b", s.rest) or "AND" not in s.expected:
        return None
    return "two comparisons need a word between them: a < b and b < c"


def _method(s: Stumble) -> str | None:
    if s.found != "(" or not re.search(r"[\w\])]\s*$", s.before):
        return None
    return "only a function's name can be called, like upper(name); values have no methods"


def _choice(s: Stumble) -> str | None:
    if re.search(r"\bif\s*$", s.before) and "PLAIN" not in s.expected or s.found == "if":
        return "a choice inside an expression stands in parentheses: (if A then B else C)"
    if "THEN" in s.expected and "if" in s.before:
        return "“then” is missing: if CONDITION then VALUE else VALUE"
    if "ELSE" in s.expected and "then" in s.before:
        return "“else” is missing: if CONDITION then VALUE else VALUE"
    return None


def _not_inside(s: Stumble) -> str | None:
    if not re.search(r"\bnot\s*$", s.before) or "PLAIN" in s.expected:
        return None
    return "“not” inside an expression stands in parentheses: a == (not b)"


def _quotes(s: Stumble) -> str | None:
    if s.found == "'" or s.found == "`":
        return f'a text stands between double quotes: "...", not {s.found}...{s.found}'
    if s.found == "}" and {"CHARS", "LONG_CHARS", "PROSE"} & s.expected:
        return "a brace that is to be said is written twice: }}"
    if re.search(r'"$', s.before) and re.match(r"\w", s.found) and "PLUS" in s.expected:
        return 'a quote inside a text is written \\"'
    if s.found.startswith('"') and "PLUS" in s.expected:
        return "two values stand side by side; put an operator (+) or a comma between them"
    return None


def _empty_slot(s: Stumble) -> str | None:
    if s.found != "}" or not s.before.rstrip().endswith("{") or "RBRACE" in s.expected:
        return None
    return "there is no expression between the braces; write {{ and }} for braces"


def _value_missing(s: Stumble) -> str | None:
    if s.found or "PLAIN" not in s.expected:
        return None
    before = s.before.rstrip()
    if re.search(r"(?<![=!<>])=$", before):
        return "the value is missing behind “=”"
    return (
        f"the line ends too early; a value is missing behind {shown(_last_word(before))}"
        if before
        else "there is no expression here"
    )


def _last_word(text: str) -> str:
    return re.split(r"\s", text)[-1]


def _box(s: Stumble) -> str | None:
    if s.start != "spot":
        return None
    return (
        "the layout has lines like these, in whole numbers: "
        'menu 220,-40 or note "text" 400,200 180,80 or frame "text" 200,-80 600,300'
    )


_HINTS = (
    _full_width, _comment_sign, _header_word, _indented_header, _quotes, _declaration, _typed,
    _title, _name_sign, _node_header, _jump_header, _arrow, _port, _text_only, _empty_slot,
    _number, _unit, _not_inside, _wrong_operator, _wrong_word, _chained, _method, _choice,
    _value_missing, _box,
)  # fmt: skip
