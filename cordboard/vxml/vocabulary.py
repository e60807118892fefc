"""What VoiceXML 2.1 has: its elements, their attributes, and what may stand in what.

After the schema of VoiceXML 2.1 (W3C, 2007), with the parts of SSML 1.0 and SRGS 1.0 that it
takes in. It is a table of names: values are judged where they are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from cordboard.vxml.elements import Element
from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import suggest


@dataclass(frozen=True, slots=True)
class Kind:
    """One element: the names of its attributes, those it needs, and of its children."""

    attributes: frozenset[str]
    needs: frozenset[str]
    children: frozenset[str]
    text: bool


_FETCH = "fetchhint fetchtimeout maxage maxstale"
_NEXT = "next expr"
_EVENT = "event eventexpr message messageexpr"
_ITEM = "name cond expr"
_HANDLER = "count cond"
_SUBMIT = "method enctype namelist"

_HANDLERS = "catch help noinput nomatch error"
_SOUND = "enumerate value audio"
_EXECUTABLE = (
    f"{_SOUND} assign clear data disconnect exit foreach goto if log reprompt return script"
    " submit throw var prompt"
)
_IN_SENTENCE = f"{_SOUND} break emphasis mark phoneme prosody say-as sub voice"
_SPOKEN = f"{_IN_SENTENCE} p s foreach"
_RULE = "item one-of ruleref tag token"


def _kind(attributes: str = "", children: str = "", text: bool = True, needs: str = "") -> Kind:
    needed = frozenset(needs.split())
    return Kind(frozenset(attributes.split()) | needed, needed, frozenset(children.split()), text)


def _empty(attributes: str = "", needs: str = "") -> Kind:
    """An element with nothing in it."""
    return _kind(attributes, text=False, needs=needs)


ELEMENTS: Final[dict[str, Kind]] = {
    "vxml": _kind(
        "application xml:base xml:lang version xsi:schemaLocation",
        f"data {_HANDLERS} form link menu meta metadata property script var",
        text=False,
    ),
    "assign": _empty(needs="name expr"),
    "block": _kind(_ITEM, _EXECUTABLE),
    "catch": _kind(f"event {_HANDLER}", _EXECUTABLE),
    "help": _kind(_HANDLER, _EXECUTABLE),
    "noinput": _kind(_HANDLER, _EXECUTABLE),
    "nomatch": _kind(_HANDLER, _EXECUTABLE),
    "error": _kind(_HANDLER, _EXECUTABLE),
    "choice": _kind(f"{_FETCH} accept {_EVENT} dtmf fetchaudio {_NEXT}", "grammar"),
    "clear": _empty("namelist"),
    "data": _empty(f"{_FETCH} name src srcexpr fetchaudio {_SUBMIT}"),
    "disconnect": _empty("namelist"),
    "else": _empty(),
    "elseif": _empty(needs="cond"),
    "exit": _empty("expr namelist"),
    "field": _kind(
        f"{_ITEM} type slot modal",
        f"{_SOUND} {_HANDLERS} filled link option property grammar prompt",
    ),
    "filled": _kind("mode namelist", _EXECUTABLE),
    "foreach": _kind(needs="item array", children=f"{_EXECUTABLE} {_SPOKEN}"),
    "form": _kind(
        "id scope",
        f"{_HANDLERS} filled initial object link property record script subdialog transfer"
        " block data field var grammar",
        text=False,
    ),
    "goto": _empty(f"{_FETCH} {_NEXT} fetchaudio expritem nextitem"),
    "if": _kind(needs="cond", children=f"{_EXECUTABLE} elseif else"),
    "initial": _kind(_ITEM, f"{_SOUND} {_HANDLERS} link property prompt"),
    "link": _kind(f"{_FETCH} {_NEXT} {_EVENT} fetchaudio dtmf", "grammar", text=False),
    "log": _kind("label expr", "value"),
    "menu": _kind("id scope accept dtmf", f"{_SOUND} choice {_HANDLERS} property prompt"),
    "meta": _empty("name http-equiv", needs="content"),
    "metadata": _empty(),
    "object": _kind(
        f"{_ITEM} {_FETCH} classid codebase data type codetype archive",
        f"{_SOUND} {_HANDLERS} filled param property prompt",
    ),
    "option": _kind("accept dtmf value"),
    "param": _empty("expr value valuetype type", needs="name"),
    "prompt": _kind(
        f"bargein bargeintype {_HANDLER} timeout xml:base xml:lang version",
        f"{_SPOKEN} meta metadata lexicon",
    ),
    "property": _empty(needs="name value"),
    "record": _kind(
        f"{_ITEM} type beep maxtime modal finalsilence dtmfterm",
        f"{_SOUND} {_HANDLERS} filled property grammar prompt",
    ),
    "reprompt": _empty(),
    "return": _empty(f"namelist {_EVENT}"),
    "script": _kind(f"src srcexpr charset {_FETCH}"),
    "subdialog": _kind(
        f"{_ITEM} src srcexpr {_FETCH} fetchaudio {_SUBMIT}",
        f"{_SOUND} {_HANDLERS} filled param property prompt",
    ),
    "submit": _empty(f"{_FETCH} {_NEXT} fetchaudio {_SUBMIT}"),
    "throw": _empty(_EVENT),
    "transfer": _kind(
        f"{_ITEM} dest destexpr bridge connecttimeout maxtime transferaudio type aai aaiexpr",
        f"{_SOUND} {_HANDLERS} filled property grammar prompt",
    ),
    "var": _empty("expr", needs="name"),
    # SSML
    "audio": _kind(f"src expr {_FETCH}", f"{_IN_SENTENCE} p s desc"),
    "break": _empty("time strength"),
    "desc": _kind("xml:lang"),
    "emphasis": _kind("level", _IN_SENTENCE),
    "enumerate": _kind("", _SPOKEN),
    "lexicon": _empty("type", needs="uri"),
    "mark": _empty("name nameexpr"),
    "p": _kind("xml:lang", f"{_IN_SENTENCE} s"),
    "phoneme": _kind("alphabet", needs="ph"),
    "prosody": _kind("pitch contour range rate duration volume", f"{_IN_SENTENCE} p s"),
    "s": _kind("xml:lang", _IN_SENTENCE),
    "say-as": _kind("format detail", "value", needs="interpret-as"),
    "sub": _kind(needs="alias"),
    "value": _empty(needs="expr"),
    "voice": _kind("xml:lang gender age variant name", f"{_IN_SENTENCE} p s"),
    # SRGS
    "grammar": _kind(
        f"version xml:lang mode root tag-format xml:base xsi:schemaLocation scope weight {_FETCH}"
        " src srcexpr type",
        "lexicon meta metadata tag rule",
    ),
    "rule": _kind("scope", f"{_RULE} example", needs="id"),
    "item": _kind("repeat repeat-prob weight xml:lang", _RULE),
    "one-of": _kind("xml:lang", "item", text=False),
    "ruleref": _empty("uri special type xml:lang"),
    "tag": _kind(),
    "token": _kind("xml:lang"),
    "example": _kind(),
}
"""Every element by its name."""


def structure_problems(root: Element) -> Iterator[Problem]:
    """What in the document is no VoiceXML: unknown names, and things in the wrong place."""
    if root.name != "vxml":
        text = f"the document is a <{root.name}>; VoiceXML begins with <vxml>"
        yield _problem(root, text)
        return
    pending = [root]
    while pending:
        parent = pending.pop()
        kind = ELEMENTS[parent.name]
        yield from _attribute_problems(parent, kind)
        if not kind.text and any(isinstance(p, str) and p.strip() for p in parent.content):
            yield _problem(parent, f"<{parent.name}> holds text, which may not stand there")
        if parent.name == "metadata":
            continue
        for child in parent.elements():
            if child.name not in ELEMENTS:
                near = "" if child.name[0] == "{" else suggest(child.name, ELEMENTS)
                yield _problem(child, f"<{child.name}> is no element of VoiceXML 2.1{near}")
                continue
            if child.name not in kind.children:
                text = f"<{child.name}> may not stand in <{parent.name}>"
                yield _problem(child, text)
            pending.append(child)


def _attribute_problems(element: Element, kind: Kind) -> Iterator[Problem]:
    for name in element.attributes:
        if name not in kind.attributes:
            near = suggest(name, kind.attributes)
            text = f'<{element.name}> has no attribute "{name}" in VoiceXML 2.1{near}'
            yield _problem(element, text, "warning")
    for name in sorted(kind.needs - element.attributes.keys()):
        yield _problem(element, f'<{element.name}> lacks its attribute "{name}"')


def _problem(
    element: Element, text: str, severity: Literal["error", "warning"] = "error"
) -> Problem:
    return Problem(severity, "vxml-unknown", text, element.place, element.name)
