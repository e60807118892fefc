"""Reads the steps of a call test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from flow_runtime.call_tests.model import (
    ERROR,
    HANGS_UP,
    NORMAL,
    REJECTED,
    Ends,
    Hears,
    Holds,
    Press,
    Says,
    Step,
    Visits,
    Waits,
)
from flow_runtime.call_tests.notes import Notes
from flow_runtime.call_tests.tree import Scalar, Table, Tree
from flow_runtime.core.expr.scan import read_duration
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import nearest, suggest

_KEYS: Final = frozenset("0123456789*#ABCD")
_PROMPT: Final = re.compile(r't"([^"]+)"|t\'([^\']+)\'')
_ENDS: Final = (NORMAL, HANGS_UP, REJECTED, ERROR)
_STATUS: Final = re.compile(r"[4-6]\d\d", re.ASCII)
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*", re.ASCII)


def read_steps(tree: Tree, notes: Notes) -> tuple[Step, ...]:
    """The steps of the list *tree*."""
    steps: list[Step] = []
    for item in notes.items(tree, "steps"):
        step = _step(item, notes)
        if step is None:
            continue
        if any(isinstance(s, Ends) for s in steps) and not isinstance(step, _AFTER_THE_END):
            text = phrase(
                "{word} stands behind ends, where the call is over: move it up", word=_word(step)
            )
            notes.add("test-step", text, step.place)
        steps.append(step)
    return tuple(steps)


_AFTER_THE_END: Final = (Hears, Visits, Holds)


def _step(tree: Tree, notes: Notes) -> Step | None:
    """One step, None when it is none."""
    known = ", ".join(_READERS)
    if isinstance(tree, Scalar):
        near = nearest(tree.text, _READERS)
        advice = (
            phrase('write  - {near}: "..."', near=near)
            if near
            else phrase("write one of {known}, and a colon", known=known)
        )
        notes.add(
            "test-step",
            phrase('"{text}" is no step: {advice}', text=tree.text, advice=advice),
            tree.place,
        )
        return None
    if not isinstance(tree, Table) or len(tree.pairs) != 1:
        text = phrase('a step has one key ({known}); each step begins with "- "', known=known)
        notes.add("test-step", text, tree.place)
        return None
    key, value = tree.pairs[0]
    read = _READERS.get(key.text)
    if read is None:
        near = suggest(key.text, _READERS)
        notes.add(
            "test-key",
            phrase('there is no step "{text}"{near}', text=key.text, near=near),
            key.place,
        )
        return None
    if isinstance(value, Scalar) and value.empty:
        hint = (
            phrase(': behind # YAML reads nothing, so write  press: "#"')
            if key.text == "press"
            else ""
        )
        notes.add(
            "test-value", phrase("{text} has no value{hint}", text=key.text, hint=hint), key.place
        )
        return None
    return read(value, notes)


def _word(step: Step) -> str:
    return str(step).partition(":")[0]


def _hears(tree: Tree, notes: Notes) -> Step | None:
    text = notes.scalar(tree, "hears").text
    prompt = _PROMPT.fullmatch(text.strip())
    if prompt is not None:
        return Hears("", prompt[1] or prompt[2], tree.place)
    if not text.strip() and isinstance(tree, Scalar):
        notes.add("test-value", phrase("hears needs a part of what is said"), tree.place)
    return Hears(text, None, tree.place)


def _press(tree: Tree, notes: Notes) -> Step | None:
    text = "".join(notes.scalar(tree, "press").text.split())
    odd = next((c for c in text if c.upper() not in _KEYS), "")
    if isinstance(tree, Scalar) and (odd or not text):
        said = phrase('"{odd}" is no key', odd=odd) if odd else phrase("no key is named")
        notes.add("test-value", phrase("{said}: keys are 0-9, *, # and A-D", said=said), tree.place)
    return Press(text.upper(), tree.place)


def _says(tree: Tree, notes: Notes) -> Step | None:
    said = notes.scalar(tree, "says")
    time = read_duration(said.text) if said.plain else None
    return Says("" if time else said.text, time or None, tree.place)


def _waits(tree: Tree, notes: Notes) -> Step | None:
    text = notes.scalar(tree, "waits").text
    time = read_duration(text)
    if time is None or not time:
        if isinstance(tree, Scalar):
            text = phrase(
                'waits needs a duration such as 500ms, 10s or 2m, not "{text}"', text=text
            )
            notes.add("test-value", text, tree.place)
        return None
    return Waits(time, tree.place)


def _visits(tree: Tree, notes: Notes) -> Step | None:
    return Visits(notes.scalar(tree, "visits").text, tree.place)


def _variable(tree: Tree, notes: Notes) -> Step | None:
    if not isinstance(tree, Table) or not tree.pairs:
        text = phrase("variable needs names and values, for example  variable: {tries: 0}")
        notes.add("test-value", text, tree.place)
        return None
    return Holds({key.text: value for key, value in tree.pairs}, tree.place)


def _ends(tree: Tree, notes: Notes) -> Step | None:
    text = notes.scalar(tree, "ends").text
    how, _, detail = text.partition(" ")
    detail = detail.strip()
    if how not in (REJECTED, ERROR):
        return Ends(text, "", tree.place)
    if detail and not (_STATUS if how == REJECTED else _NAME).fullmatch(detail):
        wanted = (
            "a SIP status (rejected 486)" if how == REJECTED else phrase("a name (error bad-value)")
        )
        text = phrase(
            'behind {how} stands {wanted} or nothing, not "{detail}"',
            how=how,
            wanted=wanted,
            detail=detail,
        )
        notes.add("test-value", text, tree.place)
    return Ends(how, detail, tree.place)


_READERS: Final[Mapping[str, Callable[[Tree, Notes], Step | None]]] = {
    "hears": _hears,
    "press": _press,
    "says": _says,
    "waits": _waits,
    "visits": _visits,
    "variable": _variable,
    "ends": _ends,
}
STEP_KEYS: Final = tuple(_READERS)
