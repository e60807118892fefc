"""What tests of VoiceXML share: documents of a line or two, and random ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from cordboard.vxml.elements import VOICEXML, Element, write_document
from cordboard.vxml.export import Exported, export_flow
from cordboard.vxml.importing import Imported, import_document
from cordboard.vxml.vocabulary import ELEMENTS, Kind
from flow_runtime.core.check import check_text
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from nodes.catalogue import built_in

HEAD = f'<?xml version="1.0"?>\n<vxml version="2.1" xmlns="{VOICEXML}" xml:lang="en">\n'
SITE = Surroundings(built_in())


def document(inside: str) -> bytes:
    """A document with *inside* from its third line on."""
    return f"{HEAD}{inside}\n</vxml>\n".encode()


def imported(inside: str, name: str = "line", dialog: str | None = None) -> Imported:
    """What comes of a document with *inside*."""
    return import_document(document(inside), name, dialog)


def flow_text(inside: str, *, clean: bool = True) -> str:
    """The only flow of a document; *clean*: without any error in the report or the flow."""
    found = imported(inside)
    (text,) = found.texts().values()
    if clean:
        errors = [p.line("report") for p in found.problems if p.severity == "error"]
        errors += [p.line("flow") for p in check_text(text, SITE)[1] if p.severity == "error"]
        assert not errors, "\n".join([*errors, text])
    return text


def nodes(inside: str, *, clean: bool = True) -> str:
    """The nodes of the only flow of a document, without what stands above them."""
    found = re.search(r"^(?:#.*\n)*node ", flow_text(inside, clean=clean), re.M)
    return "" if found is None else found.string[found.start() :]


def report(inside: str) -> list[str]:
    """The report of a document: ``line:column: severity code: text``, without the rest."""
    return [p.line("")[1:] for p in imported(inside).problems]


def exported(flow: str, prompts: PromptBook = NO_PROMPTS) -> Exported:
    """The document of the flow *flow*, which must parse."""
    read = parse(flow)
    assert read.flow is not None and not read.problems, read.problems
    return export_flow(read.flow, prompts)


# --- random documents -----------------------------------------------------------------------------

_SCRIPTS = (
    "1", "'a'", "x", "y + 1", "x == 'a'", "!x", "x && y", "x || 'b'", "x.y", "r.z", "x$.utterance",
    "f(", "new Date()", "x ? y : null", "x == 1 || y", "-x", "", "document.x", "dialog.y.z",
    "session.connection.remote.uri", "x.indexOf('a') >= 0", "typeof x == 'undefined'", "[x, 1][0]",
    "'tel:' + x", "{a: 1}", "1e999999999999", "x = 1", "null",
)  # fmt: skip
_NAMES = ("x", "y", "r", "if", "call", "ä-b", "1", "", "x.y", "document.x", "_a", "x y", "a" * 80)
_VALUES: Mapping[str, tuple[str, ...]] = {
    "next": ("#a", "#b", "#", "other.vxml", "other.vxml#a", "http://h/x.jsp", "", "//h/x.vxml"),
    "src": ("#a", "#b", "other.vxml", "x.wav", "builtin:dtmf/digits", "http://h/x.wav", "", "://"),
    "id": ("a", "b", "if", "1", "", "a b"),
    "event": ("noinput", "nomatch", "error", "help", "exit", "a.b", "a", ".", "", "noinput a",
              "connection.disconnect", "error.unsupported.say", "error.connection"),
    "count": ("1", "2", "3", "0", "-1", "x", "999999", "²"),
    "type": ("digits", "digits?length=4", "digits?minlength=9;maxlength=2", "boolean", "number",
             "boolean?y=7;n=9", "date", "x", "", "bridge", "application/srgs+xml"),
    "dtmf": ("1", "2", "*", "#", "1 2", "true", "", "x", "12345678901"),
    "name": _NAMES,
    "namelist": ("x", "x y", "", "flow_outcome x", "q"),
    "nextitem": ("x", "y", "q"),
    "dest": ("tel:+123", "sip:1001@h", "", "tel:", "1", "tel:1;ext=2"),
    "mode": ("dtmf", "voice", "any", "all"),
    "repeat": ("2", "1-3", "0-", "x", "99999"),
    "value": ("a", "1", "", "5s", "#", "false"),
    "time": ("5s", "1.5s", "300ms", "x", "0s", "-1s", "9" * 30 + "s"),
    "message": ("node a: say\n  text = 1\n  -> a", "node", "\x0b"),
    "bridge": ("true", "false"),
    "bargein": ("true", "false"),
    "interpret-as": ("vxml:digits", "vxml:currency", "x"),
    "cond": (*_SCRIPTS, "true", "false"),
}  # fmt: skip
_TIMES = frozenset({"timeout", "maxtime", "finalsilence", "connecttimeout"})
_TEXTS = (" ", "\n", "hello", "press 1", "{braces}", '"quotes"', "1", "1 | 2", "\\", "# no", "é漢")


@st.composite
def elements(draw: st.DrawFn, name: str, depth: int, wild: bool) -> Element:
    """An element *name* with what may stand in it; *wild*: with anything that may not."""
    kind = ELEMENTS[name]
    attributes = draw(_attributes(kind, wild))
    names = sorted(ELEMENTS if wild else kind.children)
    content: list[Any] = []
    for _ in range(draw(st.integers(0, 4)) if depth else 0):
        if draw(st.booleans()) and (kind.text or wild):
            content.append(draw(st.sampled_from(_TEXTS)))
        if names:
            child = draw(st.sampled_from(names))
            content.append(draw(elements(child, depth - 1, wild and draw(st.booleans()))))
    return Element(name, attributes, content)


@st.composite
def _attributes(draw: st.DrawFn, kind: Kind, wild: bool) -> dict[str, str]:
    chosen = set(kind.needs) if not wild else set()
    if kind.attributes:
        chosen |= draw(st.sets(st.sampled_from(sorted(kind.attributes)), max_size=4))
    return {name: draw(st.sampled_from(_pool(name))) for name in sorted(chosen)}


def _pool(name: str) -> tuple[str, ...]:
    if name in _TIMES:
        return _VALUES["time"]
    return _VALUES.get(name, _SCRIPTS)


def documents(wild: bool = False) -> st.SearchStrategy[str]:
    """Documents with two or more dialogs."""
    dialog = st.sampled_from(["form", "menu"]).flatmap(lambda name: elements(name, 4, wild))
    other = st.sampled_from(sorted(ELEMENTS["vxml"].children)).flatmap(
        lambda name: elements(name, 3, wild)
    )
    inside = st.tuples(st.lists(other, max_size=3), st.lists(dialog, min_size=1, max_size=4))
    return inside.map(
        lambda parts: write_document(Element("vxml", {"version": "2.1"}, [*parts[0], *parts[1]]))
    )
