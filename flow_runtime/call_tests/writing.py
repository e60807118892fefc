"""Writes call tests as the YAML that `read_call_file` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flow_runtime.call_tests.model import (
    CallFile,
    CallTest,
    Changed,
    DataAnswer,
    Ends,
    Fails,
    Hears,
    Holds,
    NodeAnswer,
    Press,
    QueueScript,
    Rows,
    Says,
    Step,
    Visits,
)
from flow_runtime.call_tests.reading import read_call_file
from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree, read_tree
from flow_runtime.core.expr.values import plain_duration

_BARE: Final = re.compile(r"[^\W\d_][\w.-]*")
_WORDS: Final = frozenset({"true", "false", "none", "null"})
_ODD: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class CannotAppend(Exception):
    """A call cannot be added to a file; the text says why."""


def print_file(file: CallFile) -> str:
    """A whole file."""
    calls = "\n".join("".join(f"  {line}\n" for line in _call(call)) for call in file.calls)
    return f"flow: {_bare(file.flow)}\ncalls:\n{calls}"


def append_call(text: str, call: CallTest) -> str:
    """The file *text* with *call* behind its last one; everything else stays as it is written.

    Raises `CannotAppend`.
    """
    before, problems = read_call_file(text)
    if before is None:
        problem = problems[0]
        raise CannotAppend(f"line {problem.place.line}: {problem.text}")
    tree = read_tree(text)
    calls = tree.get("calls") if isinstance(tree, Table) else None
    indent = " " * (calls.place.column - 1 if calls is not None else 0)
    added = "".join(f"{indent}{line}\n" for line in _call(call))
    longer = text.rstrip() + "\n\n" + added
    after, _ = read_call_file(longer)
    if after is None or after.calls != (*before.calls, call):
        raise CannotAppend("its list of calls is not the last thing in it, or stands in brackets")
    return longer


def _call(call: CallTest) -> Iterator[str]:
    """The lines of one call: an item of a list."""
    yield f"- name: {_bare(call.name)}"
    yield f"  caller: {_quoted(call.caller)}"
    yield f"  called: {_quoted(call.called)}"
    yield f"  at: {call.at.isoformat()}"
    if call.language is not None:
        yield f"  language: {_bare(call.language)}"
    if call.channel != "voice":
        yield f"  channel: {call.channel}"
    if call.data:
        yield "  data:"
    for source, answers in call.data.items():
        yield f"    {_bare(source)}:"
        yield from (f"      - {_data_answer(answer)}" for answer in answers)
    if call.customers:
        yield f"  customers: {_tree(Items(call.customers))}"
    if call.answers:
        yield "  answers:"
    for node, ports in call.answers.items():
        yield f"    {_bare(node)}: [{', '.join(map(_node_answer, ports.answers))}]"
    if call.queues:
        yield "  queues:"
    for queue, scripts in call.queues.items():
        written = ", ".join(map(_queue, scripts))
        yield f"    {_bare(queue)}: {written if len(scripts) == 1 else f'[{written}]'}"
    yield "  steps:"
    yield from (f"    - {_step(step)}" for step in call.steps)


def _step(step: Step) -> str:
    match step:
        case Hears(text, None):
            return f"hears: {_quoted(text)}"
        case Press(keys):
            return f"press: {_quoted(keys)}"
        case Says(text, None):
            return f"says: {_quoted(text)}"
        case Visits(node):
            return f"visits: {_bare(node)}"
        case Holds(values):
            return f"variable: {_record(values)}"
        case Ends(how, ""):
            return f"ends: {_bare(how)}"
    return str(step)


def _data_answer(answer: DataAnswer) -> str:
    match answer:
        case Rows((row,)) if [key.text for key, _ in row.pairs] != ["error"]:
            return _tree(row)
        case Rows(rows):
            return _tree(Items(rows))
        case Changed(count):
            return str(count)
        case Fails(name, text):
            return f"{{error: {_quoted(f'{name}: {text}')}}}"


def _node_answer(answer: NodeAnswer) -> str:
    port = _tree(Scalar(answer.port, answer.plain))
    return f"{{port: {port}, sets: {_record(answer.sets)}}}" if answer.sets else port


def _queue(script: QueueScript) -> str:
    fields: dict[str, Tree] = {}
    if script.answered_after is not None:
        fields["answered_after"] = Scalar(plain_duration(script.answered_after))
    if script.agent is not None:
        fields["agent"] = Scalar(script.agent, plain=False)
    if script.refuses:
        fields[script.refuses] = Scalar("true")
    return _record(fields)


# --- texts ----------------------------------------------------------------------------------------


def _tree(tree: Tree) -> str:
    match tree:
        case Table(pairs):
            return _record({key.text: value for key, value in pairs})
        case Items(items):
            return f"[{', '.join(map(_tree, items))}]"
        case Scalar(text, True):
            return text if text.isascii() or _BARE.fullmatch(text) else _quoted(text)
        case Scalar(text):
            return _quoted(text)


def _record(fields: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_bare(k)}: {_tree(v)}" for k, v in fields.items()) + "}"


def _bare(text: str) -> str:
    """*text* without quotes where it can be read as nothing else."""
    plain = _BARE.fullmatch(text) and text not in _WORDS and not _ODD.search(text)
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """*text* in quotes; what YAML does not allow in a file is escaped."""
    return _ODD.sub(lambda c: f"\\u{ord(c[0]):04x}", json.dumps(text, ensure_ascii=False))
