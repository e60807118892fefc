"""Says in a person's words why a line does not follow the grammar, and what to write instead.

Each hint looks for one of the likeliest mistakes; the first that knows what is wrong speaks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import nearest
from flow_runtime.core.syntax.mistakes import (
    Stumble,
    expected,
    generic,
    place_of,
    shown,
)
from flow_runtime.core.syntax.value_hints import HINTS as VALUE_HINTS
from flow_runtime.core.syntax.value_hints import quotes
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
    if long := re.match(r"[—–−－]+[>＞]", s.rest):
        return phrase("{long} is not an arrow; write -> instead", long=shown(long.group()))
    what = phrase("an ordinary blank") if sign == " " else sign
    what_is = (
        phrase("the character {character}", character=character)
        if character.isprintable()
        else shown(character)
    )
    return phrase(
        "{what_is} is not a sign of the language; write {what} instead", what_is=what_is, what=what
    )


def _header_word(s: Stumble) -> str | None:
    if s.start != "item" or s.offset != 0:
        return None
    word = s.found
    near = nearest(word, HEADER_WORDS)
    known = phrase("no item begins with {word}", word=shown(word))
    if near:
        return phrase("{known}; did you mean “{near}”?", known=known, near=near)
    if _CONDITION.match(s.text):
        return phrase("{known}; {if_node}", known=known, if_node=_IF_NODE)
    if re.match(r'(?:[\w.*#-]+|"[^"\n]*")?[^=]*(?:->|=(?!=))', s.text):
        return phrase("{known}; a line of a node is indented by two spaces", known=known)
    return phrase("{known}; expected {expected}", known=known, expected=expected(s.expected))


def _indented_header(s: Stumble) -> str | None:
    match = re.match(r"(\w+):?(?:\s+[\w\"]|$)", s.text)
    if s.start not in ("line", "spot") or match is None or match[1] not in HEADER_WORDS:
        return None
    return phrase(
        "“{match}” must begin in the first column, without blanks before it", match=match[1]
    )


def _comment_sign(s: Stumble) -> str | None:
    if s.before == "-" and s.found == "-" and s.start == "line":
        return phrase("“--” does not begin a comment; write # instead")
    match = re.match(r"//|/\*|--(?!>)|;", s.rest)
    if match is None:
        return None
    if match.group() == ";" and not re.search(r"[(\[{][^)\]}]*$", s.before):
        return phrase("“;” is not needed; each thing stands on a line of its own")
    if match.group() == ";":
        return None
    return phrase("{sign} does not begin a comment; write # instead", sign=shown(match.group()))


def _declaration(s: Stumble) -> str | None:
    match = re.match(r"(input|output|var)\s+(\w+)\s*$", s.before)
    if match is None or "COLON" not in s.expected:
        return None
    return phrase(
        "the type of “{name}” is missing; write for example {kind} {name}: text{first}",
        name=match[2],
        kind=match[1],
        first=" " + s.rest if s.found == "=" else "",
    )


def _typed(s: Stumble) -> str | None:
    if s.start != "item" or "LIST" not in s.expected:
        return None
    return (
        phrase(
            "a type is missing before {found}; it is text, number, list of text, ...",
            found=shown(s.found),
        )
        if s.found
        else phrase("a type is missing at the end; it is text, number, list of text, ...")
    )


def _title(s: Stumble) -> str | None:
    if s.start == "spot" or "LABEL" not in s.expected or "ARROW" in s.expected:
        return None
    if re.match(r"\w", s.found) and re.search(r"\s$", s.before) and "PLAIN" not in s.expected:
        rest = s.rest.rstrip()
        return phrase('a title stands in quotes: "{rest}"', rest=rest) if '"' not in rest else None
    return None


def _name_sign(s: Stumble) -> str | None:
    if s.start == "item" and re.search(r"\w$", s.before) and re.match(r"[-.'/&+]", s.found):
        return phrase(
            "{found} cannot be part of a name; it has letters, digits and _ only",
            found=shown(s.found[0]),
        )
    if s.start == "line" and re.fullmatch("[0-9]+", s.before) and re.match(r"[^\W\d]", s.found):
        return phrase("a name does not begin with a digit")
    words = re.fullmatch(r"(\w+)\s+(\w+)\s*=.*", s.text, re.S)
    if words and s.start == "line" and "EQUAL" in s.expected:
        return phrase(
            "a name has no blanks; write for example {one}_{other} = ...",
            one=words[1],
            other=words[2],
        )
    return None


def _node_header(s: Stumble) -> str | None:
    if not s.text.startswith("node") or s.start != "item":
        return None
    if "COLON" in s.expected or s.found == ":" or s.found == "" and "NAME" in s.expected:
        return phrase("a node begins like this: node NAME: TYPE, for example: node hello: say")
    return None


def _jump_header(s: Stumble) -> str | None:
    match = re.match(r"(start|on_error|on_hangup)\b", s.text)
    if s.start != "item" or match is None or s.offset == 0:
        return None
    return phrase("{word} names the node it leads to: {word} -> NODE", word=match[1])


def _arrow(s: Stumble) -> str | None:
    if s.start != "line":
        return None
    if s.found == ">" and s.before.strip() == "-":
        return phrase("an arrow has no blank in it: write ->")
    wrong = re.fullmatch(r'(\w+|"[^"\n]*")\s*(=+>)\s*(\w+)', s.text)
    if wrong is not None:
        return phrase(
            "{sign} is not an arrow; write {port} -> {node}",
            sign=shown(wrong[2]),
            port=wrong[1],
            node=wrong[3],
        )
    if (sign := re.match(r"[=\-]+>|>|-+(?=\s)", s.rest)) and "ARROW" in s.expected:
        return phrase("{sign} is not an arrow; write port -> node", sign=shown(sign.group()))
    if s.found == "<" and (turned := re.fullmatch(r"(\w+)\s*<-+\s*(\w+)", s.text)):
        return phrase(
            "an arrow points to the right: {port} -> {node}",
            port=turned[2],
            node=turned[1],
        )
    return _around_arrow(s)


def _around_arrow(s: Stumble) -> str | None:
    if s.before.rstrip().endswith("->"):
        if s.found.startswith('"'):
            return phrase("an arrow leads to the name of a node, without quotes")
        return phrase(
            "the name of the node is missing behind “->” (a port may also stand without an arrow)"
        )
    if s.found == "->" and (way := re.search(r"->\s*(\w+)\s*$", s.before)):
        return phrase(
            "an arrow leads to one node; what follows {way} is drawn from there", way=way[1]
        )
    if "->" in s.before and s.found.startswith('"'):
        return phrase('a label stands before the arrow: port "label" -> node')
    label = re.fullmatch(r'(\w+|"[^"\n]*")\s+(\w[\w ]*?)\s*->\s*(\w+)', s.text)
    if label is not None and "LABEL" in s.expected:
        return phrase(
            'a label stands in quotes: {port} "{label}" -> {node}',
            port=label[1],
            label=label[2],
            node=label[3],
        )
    return None


_CONDITION = re.compile(r"(?:if|elif|else if|when|while)\s+[\w(\"]")
_IF_NODE = phrase(
    "a condition is a node of its own: node NAME: if, and in it the line when = CONDITION"
)


def _line_words(s: Stumble) -> str | None:
    """Lines that were meant to be a parameter, an arrow or a condition."""
    if s.start != "line" or s.offset == 0:
        return None
    if s.found == ":" and re.fullmatch(r"[\w.]+\s*", s.before):
        return phrase("a parameter is written with “=”, not “:”")
    if re.match(r"(if|elif|else if|when|while)\s+[\w(\"]", s.text):
        return _IF_NODE
    if s.found == "=" and (name := re.fullmatch(r'"(\w+)"\s*', s.before)):
        return phrase("the name of a parameter stands without quotes: {name} = ...", name=name[1])
    if s.found == "=" and (port := re.fullmatch(r"([0-9]+)\s*", s.before)):
        return phrase("a port leads on by an arrow: {port} -> NODE", port=port[1])
    if pair := re.fullmatch(r"(\w+)\s+(\w+)", s.text):
        one, other = pair.groups()
        return phrase(
            "write {one} -> {other} for an arrow, or {one} = {other} for a parameter",
            one=one,
            other=other,
        )
    return None


def _port(s: Stumble) -> str | None:
    match = re.match(r'([^\s"]+)\s*(?:"[^"\n]*"\s*)?(?:->|$)', s.text)
    if s.start != "line" or match is None or s.offset > len(match[1]) or "=" in match[1]:
        return None
    return phrase(
        'a port that is not a name or a whole number stands in quotes: "{match}"', match=match[1]
    )


def _text_only(s: Stumble) -> str | None:
    if not s.found.startswith('"') or "LABEL" not in s.expected:
        return None
    return phrase("this text cannot hold an expression in braces; write {{ and }} for braces")


def _box(s: Stumble) -> str | None:
    if s.start != "spot":
        return None
    return phrase(
        "the layout has lines like these, in whole numbers: "
        'menu 220,-40 or note "text" 400,200 180,80 or frame "text" 200,-80 600,300'
    )


_HINTS = (
    _full_width, _comment_sign, _header_word, _indented_header, quotes, _declaration, _typed,
    _title, _line_words, _name_sign, _node_header, _jump_header, _arrow, _port, _text_only,
    *VALUE_HINTS, _box,
)  # fmt: skip
