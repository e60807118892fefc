"""Where the mistakes of golden/mistakes.txt are made, and what is said of them there."""

from __future__ import annotations

from typing import Any

from flow_kit import LIBRARY
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check import check_text
from flow_runtime.core.problems import Problem
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse

_NODE = (
    'flow f\nschema 1\ninput level: text = "gold"\nvar tries: number = 0\nvar note: text?\n'
    "var late: boolean = false\nvar marks: list of number = [1]\nstart -> n\n\nnode n: ",
    '\n\nnode b: say\n  text = "Thank you."\n  -> end\n\nnode end: hangup\n',
)
_DECLARATION = ("flow f\nschema 1\n", "\nstart -> end\n\nnode end: hangup\n")
AROUND = {
    "in the first column of a flow": ("flow f\n", ""),
    "without a flow line": ("", ""),
    "in a node": ("flow f\nnode a: menu\n  ", ""),
    "in the layout": ("flow f\nlayout\n  ", ""),
    "checked: a node": _NODE,
    "checked: a declaration": _DECLARATION,
    "checked: a whole flow": ("", ""),
}
"""By section, what stands before and behind the mistake."""

_PART = (
    "flow part\nschema 1\ninput size: number\noutput mark: number = 1\nstart -> a\nnode a: end\n"
)
_BOOK, _ = PromptBook.build(
    {
        "en": {"welcome": "Welcome.", "tariff": "It is {tries} cents.", "only.english": "Hi."},
        "zh-CN": {"welcome": "欢迎。", "tariff": "{tries}分。"},
    }
)


class _Office:
    def state(self, at: Any, /) -> Any:
        return "open"


def _site() -> Surroundings:
    files: dict[str, CalledFlow] = {}
    site = Surroundings(
        LIBRARY,
        _BOOK,
        calendars={"office": _Office(), "repairs": _Office()},
        sources={"billing": True, "archive": False},
        files={"jingle.wav": "/prompts/jingle.wav"}.get,
        flows=files.get,
        complete=True,
    )
    files["part.flow"] = CalledFlow("part.flow", parse(_PART).flow, site)
    return site


_SITE = _site()


def problems(section: str, written: str) -> list[Problem]:
    """What is wrong with *written* (⏎ is a line break) in its section, as the file has it."""
    before, behind = AROUND[section]
    text = before + written.replace("⏎", "\n") + behind
    if section.startswith("checked"):
        return list(check_text(text, _SITE, numbered=True)[1])
    return list(parse(text).problems)


def told(section: str, written: str) -> list[str]:
    """The same as people read it: LINE:COLUMN CODE: TEXT; lines are counted in *written*."""
    down = AROUND[section][0].count("\n")
    with_severity = section.startswith("checked")
    return [
        f"{p.place.line - down}:{p.place.column} {p.severity + ' ' if with_severity else ''}"
        f"{p.code}: {p.text}"
        for p in problems(section, written)
    ]
