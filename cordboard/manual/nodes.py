"""The pages of the node library: one for each group, a section for each type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from cordboard.commands.nodes import describe
from cordboard.manual.conversation import conversation
from cordboard.manual.markdown import block, code, page, table
from flow_runtime.core.model import NodeDecl
from flow_runtime.core.node import Node
from flow_runtime.core.syntax import parse
from nodes.catalogue import GROUPS, built_in

_ABOUT: Final = {
    "Call": "What happens to the call itself: answering, hanging up, connecting others.",
    "Say": "What a caller hears.",
    "Ask": "What a caller is asked.",
    "Logic": "Which way a call goes.",
    "Data": "What the flow asks of the world outside, and tells it.",
    "Agents": "Queues, agents, and what happens when none is free.",
}
_STANDS_FOR: Final = {
    "on_error": "leads to the flow's `on_error`",
    "goodbye": "says goodbye and hangs up",
}


def node_pages() -> dict[str, str]:
    """The pages by file name, ``index.md`` among them."""
    types = sorted(built_in().values(), key=lambda cls: cls.type)
    groups = {g: [cls for cls in types if cls.group == g] for g in GROUPS}
    groups = {group: members for group, members in groups.items() if members}
    pages = {f"{group.lower()}.md": _group_page(group, m) for group, m in groups.items()}
    return {"index.md": _index(groups), **pages}


def _index(groups: Mapping[str, list[type[Node]]]) -> str:
    rows = [
        (f"[`{cls.type}`]({group.lower()}.md#{cls.type})", group, _first_sentence(cls))
        for group, members in groups.items()
        for cls in members
    ]
    toctree = "\n".join(f"{group.lower()}" for group in groups)
    return page(
        "Nodes",
        "Every node type with its parameters and ports, as `cordboard nodes` prints them too.",
        "A parameter without a default has to be written. Bounds include both ends. *sound* is what"
        ' a caller hears: a text, `t"key"`, `file("x.wav")`, `silence(1s)`, a recording, or a list'
        " of these. *variable* is the bare name of a variable. Every node may also leave by"
        " `error`: when it is not connected it leads to the flow's `on_error`, and without one"
        " the caller hears an apology and the call ends.",
        table(("type", "group", ""), rows),
        block(f":hidden:\n\n{toctree}", "{toctree}"),
    )


def _first_sentence(cls: type[Node]) -> str:
    return str(describe(cls)["help"]).splitlines()[0]


def _group_page(group: str, members: list[type[Node]]) -> str:
    return page(f"{group} nodes", _ABOUT[group], *(_section(cls) for cls in members))


def _section(cls: type[Node]) -> str:
    told = describe(cls)
    parts = [f"## {cls.type}", f"*{cls.title}.* {told['help']}"]
    if told["free_lines"]:
        parts.append("Each line `name = expression` is an assignment.")
    rows = [_parameter(parameter) for parameter in told["parameters"]]
    parts.append(table(("parameter", "type", "default", "what it is"), rows))
    ways = [way for way in told["ways"] if way["name"] != "error"]
    parts.append(table(("port", "when", "not connected"), map(_way, ways)))
    if told["ends"]:
        parts.append("The flow ends here: there is no port but `error`.")
    used = _first_use(cls.type)
    if used:
        sample, lines = used
        parts += [f"In the sample `{sample}`:", block(lines, "flow")]
    talks = [conversation(cls, example) for example in cls.examples]
    if talks:
        parts += [f"### How {cls.type} talks", *talks]
    return "\n\n".join(part for part in parts if part)


def _parameter(told: Mapping[str, Any]) -> tuple[str, str, str, str]:
    default = "" if told["required"] else code(_default(told))
    notes = [told["help"]]
    if told["choices"]:
        notes.append("One of " + ", ".join(code(f'"{c}"') for c in told["choices"]) + ".")
    if bounds := _bounds(told):
        notes.append(bounds)
    if told["makes"]:
        notes.append(f"It becomes a {told['makes']}.")
    if told["literal"]:
        notes.append("Written out, not computed.")
    kind = "whole number" if told["whole"] else told["type"]
    return code(told["name"]), kind, default, " ".join(notes)


def _default(told: Mapping[str, Any]) -> str:
    is_text = told["type"] == "text" and isinstance(told["default"], str)
    return f'"{told["default"]}"' if is_text else str(told["default"])


def _bounds(told: Mapping[str, Any]) -> str:
    low, high = told["low"], told["high"]
    if low is None and high is None:
        return ""
    if high is None:
        return f"At least {low}."
    return f"At most {high}." if low is None else f"From {low} to {high}."


def _way(way: Mapping[str, Any]) -> tuple[str, str, str]:
    stands_for = way["stands_for"]
    if way["required"]:
        otherwise = "must be"
    elif stands_for is None:
        otherwise = "may be left out"
    else:
        otherwise = _STANDS_FOR.get(stands_for, f"as {code(str(stands_for))}")
    return code(way["name"]), way["help"], otherwise


# --- where the samples use a type ---------------------------------------------------------------


def _first_use(word: str) -> tuple[str, str] | None:
    """The name of a sample flow and the lines of its first node of the type *word*."""
    return _uses().get(word)


@cache
def _uses() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, text in _samples():
        flow = parse(text).flow
        if flow is None:
            continue
        lines = text.splitlines()
        for node in flow.nodes:
            found.setdefault(node.type, (name, _lines_of(node, lines)))
    return found


def _samples() -> Iterator[tuple[str, str]]:
    for folder in sorted(files("sample_flows").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".flow"):
                    yield folder.name, file.read_text(encoding="utf-8")


def _lines_of(node: NodeDecl, lines: list[str]) -> str:
    """The lines of *node* as they are written, from its header to the last indented line."""
    taken = [lines[node.place.line - 1]]
    for line in lines[node.place.line :]:
        if line[:1] not in (" ", "\t", ""):
            break
        taken.append(line)
    return "\n".join(taken).rstrip()
