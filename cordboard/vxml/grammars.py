"""What a caller may key in: built-in types, ``option``, and the simpler grammars of keys.

After VoiceXML 2.0, 2.3.1, 3.1 and appendix P, and SRGS 1.0. Grammars of speech are told apart,
but not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

from cordboard.vxml.elements import Element
from cordboard.vxml.script_meaning import number, quoted
from flow_runtime.core.expr.tree import Expr, Literal

MOST_DIGITS: Final = 64
"""The most that `digits` takes."""
_MOST_CHOICES: Final = 40
_DEEPEST: Final = 20
TRUE, FALSE = Literal(True, "true"), Literal(False, "false")


@dataclass(frozen=True)
class Key:
    """A choice: the *keys* to press, what they mean, and what a person reads."""

    keys: str
    value: Expr
    label: str | None = None


@dataclass(frozen=True)
class Entry:
    """What a grammar takes: *choices*, or else *fewest* to *most* digits.

    *loose* says in what the digits are wider than the grammar, empty if they are not.
    """

    choices: tuple[Key, ...] = ()
    fewest: int = 1
    most: int = 1
    loose: str = ""


class NotKeys(Exception):
    """A grammar that cannot be taken for keys; the text says why."""


# --- built-in types -------------------------------------------------------------------------------

_BUILT_IN: Final = {
    "digits": Entry(most=20),
    "number": Entry(most=20, loose="a key for the decimal point is not taken"),
    "currency": Entry(most=20, loose="a key for the decimal point is not taken"),
    "phone": Entry(most=20, loose="an extension is not taken"),
    "date": Entry(fewest=8, most=8, loose="any eight digits are taken for a date"),
    "time": Entry(fewest=4, most=4, loose="any four digits are taken for a time, without a or p"),
}


def built_in(written: str) -> Entry:
    """The entry of a field of this type: ``digits?length=4``; raises `NotKeys`."""
    name, _, parameters = written.partition("?")
    given = dict(parse_qsl(parameters.replace(";", "&")))
    if name == "boolean":
        yes, no = given.get("y", "1"), given.get("n", "2")
        return Entry((Key(yes, TRUE, "yes"), Key(no, FALSE, "no")))
    entry = _BUILT_IN.get(name)
    if entry is None:
        raise NotKeys(f'the type "{name}" cannot be keyed in')
    if name == "digits":
        exact = _size(given.get("length"))
        fewest = exact or _size(given.get("minlength")) or 1
        most = exact or _size(given.get("maxlength")) or max(fewest, entry.most)
        return Entry(fewest=fewest, most=max(fewest, most))
    return entry


def _size(written: str | None) -> int | None:
    if written is None or not written.isascii() or not written.isdigit():
        return None
    return max(1, min(int(written[:4]), MOST_DIGITS))


# --- grammars -------------------------------------------------------------------------------------


def grammar(element: Element) -> Entry:
    """What the ``grammar`` *element* takes; raises `NotKeys`."""
    source = element.get("src") or ""
    if source.startswith("builtin:"):
        kind, _, name = source.removeprefix("builtin:").partition("/")
        entry = built_in(name)
        return replace(entry, loose="it is keyed in here, not spoken") if kind != "dtmf" else entry
    if source or element.get("srcexpr") is not None:
        raise NotKeys(f'the grammar "{source or element.get("srcexpr")}" is not read')
    if element.get("mode") == "dtmf" and element.elements("rule"):
        return _xml(element)
    if "dtmf" in (element.get("mode"), (element.get("type") or "").partition("/")[2]) or _is_keys(
        element.text
    ):
        return _text(element.text)
    raise NotKeys("it is a grammar of speech")


_KEY: Final = r"(?:dtmf-)?[0-9*#A-D](?: ?[0-9*#A-D])*"
_CHOICE = re.compile(rf"""\(?["']?({_KEY})["']?\)?\s*(?:\{{\s*<?(.*?)>?\s*\}})?""", re.S)


def _is_keys(text: str) -> bool:
    return re.fullmatch(rf"{_KEY}(?:\s*\|\s*{_KEY})*", text.strip()) is not None


def _text(text: str) -> Entry:
    """``1 | 2 | 3``, alone or as the only rule of an ABNF or JSGF grammar, with tags in braces."""
    rule = re.sub(
        r"#(?:ABNF|JSGF)[^;]*;|\b(?:mode|root|language|grammar|tag-format)\b[^;=]*;", "", text
    )
    body = rule.rpartition("=")[2].strip().rstrip(";").strip()
    if body.startswith("[") and body.endswith("]"):  # GSL: [dtmf-1 dtmf-2]
        body = re.sub(r"\s+(?=dtmf-)", "|", body[1:-1].strip())
    choices = []
    for part in body.split("|"):
        found = _CHOICE.fullmatch(part.strip())
        if found is None:
            raise NotKeys("only a list of keys is understood, such as 1 | 2 | 3")
        keys = found[1].removeprefix("dtmf-").replace(" ", "")
        choices.append(Key(keys, _meaning(found[2] or "", keys)))
    return _entry_of_choices(choices)


def _entry_of_choices(choices: Sequence[Key]) -> Entry:
    plain = {key.keys for key in choices if key.value == quoted(key.keys)}
    if len(plain) == len(choices) and plain == set("0123456789"):
        return Entry()
    if len(choices) > _MOST_CHOICES:
        raise NotKeys(f"it has more than {_MOST_CHOICES} choices")
    return Entry(tuple(choices))


_ASSIGNED = re.compile(r"""(?:[\w.$]+\s*(?:=|:)\s*)?(?:"([^"]*)"|'([^']*)'|(\d+(?:\.\d+)?));?""")


def _meaning(tag: str, keys: str) -> Expr:
    """What a tag says: ``out = "red"``, ``red``; without one it is the keys themselves."""
    tag = tag.strip()
    if not tag:
        return quoted(keys)
    found = _ASSIGNED.fullmatch(tag)
    if found is None:
        if not re.fullmatch(r"[\w .-]+", tag):
            raise NotKeys(f"its tag {tag} is not understood")
        return quoted(tag)
    if found[3] is not None:
        return number(int(found[3])) if found[3].isdigit() else quoted(found[3])
    written = found[1] if found[1] is not None else found[2]
    return quoted(written)


# --- SRGS in XML ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Language:
    """The entries that a part of a grammar takes: all of *choices*, else digits of some length."""

    choices: tuple[Key, ...] | None
    fewest: int
    most: int
    loose: str = ""


def _xml(element: Element) -> Entry:
    rules = {rule.get("id") or "": rule for rule in element.elements("rule")}
    root = rules.get(element.get("root") or "") or next(iter(rules.values()))
    language = _Rules(rules).content(root, _DEEPEST)
    if language.choices is not None and any(key.keys for key in language.choices):
        return _entry_of_choices([key for key in language.choices if key.keys])
    if not 1 <= max(language.fewest, 1) <= language.most:
        raise NotKeys("it takes no key")
    most = min(language.most, MOST_DIGITS)
    return Entry((), max(language.fewest, 1), most, language.loose)


class _Rules:
    """Works out what the rules of one grammar take."""

    def __init__(self, rules: dict[str, Element]) -> None:
        self._rules = rules
        self._looked_at = 0

    def content(self, part: Element, depth: int) -> _Language:
        """The parts of *part* one behind the other."""
        self._looked_at += 1
        if depth == 0 or self._looked_at > 1_000:
            raise NotKeys("it is too deep")
        found = _Language((Key("", quoted("")),), 0, 0)
        tag = ""
        for inner in part.content:
            if isinstance(inner, str):
                for word in inner.split():
                    found = _behind(found, _token(word.strip('"')))
            elif isinstance(inner, Element):
                if inner.name == "tag":
                    tag = inner.text
                elif inner.name != "example":
                    found = _behind(found, self._element(inner, depth - 1))
        return _tagged(found, tag) if tag else found

    def _element(self, part: Element, depth: int) -> _Language:
        match part.name:
            case "token":
                return _token(part.text)
            case "one-of":
                return _either([self._element(item, depth) for item in part.elements("item")])
            case "item":
                return _repeated(self.content(part, depth), part.get("repeat"))
            case "ruleref":
                rule = self._rules.get((part.get("uri") or "").removeprefix("#"))
                if rule is None:
                    raise NotKeys(
                        f'its rule "{part.get("uri") or part.get("special")}" is not here'
                    )
                return self.content(rule, depth)
        raise NotKeys(f"its <{part.name}> is not understood")


def _token(word: str) -> _Language:
    key = word.removeprefix("dtmf-")
    if not re.fullmatch(r"[0-9*#A-D]", key):
        raise NotKeys(f'"{word}" is no key')
    return _Language((Key(key, quoted(key)),), 1, 1)


def _behind(one: _Language, other: _Language) -> _Language:
    low, high = one.fewest + other.fewest, one.most + other.most
    loose = one.loose or other.loose
    first, second = one.choices, other.choices
    if first is None or second is None or len(first) * len(second) > _MOST_CHOICES:
        return _Language(None, low, high, loose or _only_digits(one) or _only_digits(other))
    choices = tuple(Key(a.keys + b.keys, _joined(a, b)) for a in first for b in second)
    return _Language(choices, low, high, loose)


def _joined(one: Key, other: Key) -> Expr:
    """What two keys mean together: the one meaning there is, else the keys."""
    for key, rest in ((one, other), (other, one)):
        if key.value != quoted(key.keys) and not rest.keys:
            return key.value
    return quoted(one.keys + other.keys)


def _tagged(language: _Language, tag: str) -> _Language:
    if language.choices is None:
        return language
    return replace(
        language,
        choices=tuple(replace(key, value=_meaning(tag, key.keys)) for key in language.choices),
    )


def _either(parts: Sequence[_Language]) -> _Language:
    if not parts:
        raise NotKeys("it has a choice without anything to choose")
    low, high = min(p.fewest for p in parts), max(p.most for p in parts)
    loose = next((p.loose for p in parts if p.loose), "")
    if all(p.choices is not None for p in parts):
        return _Language(tuple(_all_choices(parts)), low, high, loose)
    return _Language(None, low, high, loose or next(filter(None, map(_only_digits, parts)), ""))


def _all_choices(parts: Sequence[_Language]) -> Iterator[Key]:
    for part in parts:
        yield from part.choices or ()


def _repeated(language: _Language, repeat: str | None) -> _Language:
    if repeat is None or repeat.strip() in ("1", "1-1"):
        return language
    found = re.fullmatch(r"(\d{1,4})(?:(-)(\d{1,4})?)?", repeat.replace(" ", ""))
    if found is None:
        raise NotKeys(f'its repeat="{repeat}" is not understood')
    low = int(found[1])
    high = int(found[3]) if found[3] else (MOST_DIGITS if found[2] else low)
    return _Language(
        None,
        low * language.fewest,
        min(high * language.most, MOST_DIGITS),
        language.loose or _only_digits(language),
    )


def _only_digits(language: _Language) -> str:
    """In what *any digits* is wider than *language*, of which only lengths are kept."""
    if language.choices is None:
        return language.loose
    keys = {key.keys for key in language.choices}
    if keys == set("0123456789") or keys == {""}:
        return ""
    return "any digits of that length are taken"
