"""Reads a ``*.call.yaml`` file: the tree becomes calls, and everything odd a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from flow_runtime.call_tests.model import (
    AT,
    CALLED,
    CALLER,
    Answers,
    CallFile,
    CallTest,
    Changed,
    DataAnswer,
    Fails,
    NodeAnswer,
    QueueScript,
    Rows,
)
from flow_runtime.call_tests.notes import Notes
from flow_runtime.call_tests.steps import read_steps
from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree, YamlMistake, read_tree
from flow_runtime.core.expr.scan import read_datetime, read_duration
from flow_runtime.core.model import NEXT
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import NOWHERE, Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.syntax import decode

T = TypeVar("T")

_FILE_KEYS: Final = ("flow", "calls")
CALL_KEYS: Final = (
    "name", "caller", "called", "at", "language", "channel",
    "data", "customers", "answers", "queues", "steps",
)  # fmt: skip
QUEUE_KEYS: Final = ("answered_after", "agent", "timeout", "full", "closed")
_WHEN: Final = phrase("a time is written 2026-11-23T10:00+08:00, or without the offset")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it was read: what it says, None when it cannot be run, and what is wrong."""

    path: Path
    file: CallFile | None
    problems: tuple[Problem, ...] = ()

    def lines(self) -> list[str]:
        """The problems, one a line, as `cordboard check` prints those of flows."""
        return [problem.line(str(self.path)) for problem in self.problems]


def load_call_file(path: Path) -> ReadFile:
    """Read the file at *path*; raises `OSError` when that cannot be done."""
    text = decode(path.read_bytes())
    if isinstance(text, Problem):
        return ReadFile(path, None, (text,))
    file, problems = read_call_file(text)
    return ReadFile(path, file, tuple(problems))


def read_call_file(text: str) -> tuple[CallFile | None, list[Problem]]:
    """What *text* says; None, and at least one problem, when there is a mistake in it."""
    try:
        tree = read_tree(text)
    except YamlMistake as mistake:
        return None, [mistake.problem]
    notes = Notes()
    if tree is None:
        notes.missing("flow", phrase("the file is empty"), NOWHERE)
        return None, notes.problems
    file = _file(tree, notes)
    return (None if notes.problems else file), notes.problems


def _file(tree: Tree, notes: Notes) -> CallFile:
    fields = notes.table(tree, _FILE_KEYS, phrase("a file of call tests"))
    flow = notes.text(fields, "flow", "")
    if "flow" not in fields and isinstance(tree, Table):
        notes.missing(
            "flow", phrase("write  flow: NAME.flow  (its path, from this file)"), tree.place
        )
    calls = fields.get("calls")
    if calls is None and isinstance(tree, Table):
        notes.missing(
            "calls", phrase("write  calls:  and below it  - name: what happens"), tree.place
        )
    named: dict[str, int] = {}
    found = []
    for item in notes.items(calls, "calls") if calls is not None else ():
        call = _call(item, notes)
        first = named.setdefault(call.name, call.place.line)
        if call.name and first != call.place.line:
            notes.add(
                "test-value",
                phrase('line {first} has a call named "{name}" too', first=first, name=call.name),
                call.place,
            )
        found.append(call)
    place = fields["flow"].place if "flow" in fields else NOWHERE
    return CallFile(flow, tuple(found), place)


def _call(tree: Tree, notes: Notes) -> CallTest:
    fields = notes.table(tree, CALL_KEYS, phrase("a call"))
    if isinstance(tree, Table):
        if "name" not in fields:
            notes.missing(
                "name", phrase("say in a few words what happens in this call"), tree.place
            )
        if "steps" not in fields:
            notes.missing(
                "steps", phrase('write  steps:  and below it  - hears: "Welcome"'), tree.place
            )
    steps = fields.get("steps")
    channel = notes.text(fields, "channel", "voice")
    if channel not in ("voice", "text"):
        near = suggest(channel, ("voice", "text"))
        notes.add(
            "test-value",
            phrase('there is no channel "{channel}"{near}', channel=channel, near=near),
            fields["channel"].place,
        )
    return CallTest(
        name=notes.text(fields, "name", ""),
        steps=read_steps(steps, notes) if steps is not None else (),
        caller=notes.text(fields, "caller", CALLER, empty=True),
        called=notes.text(fields, "called", CALLED, empty=True),
        at=_moment(fields.get("at"), notes),
        language=notes.text(fields, "language", "") or None,
        channel="text" if channel == "text" else "voice",
        data=_each(fields.get("data"), "data", notes, _data_answers),
        customers=tuple(_customers(fields.get("customers"), notes)),
        answers=_each(fields.get("answers"), "answers", notes, _node_answers),
        queues=_each(fields.get("queues"), "queues", notes, _queue),
        place=tree.place,
        places={name: value.place for name, value in fields.items()},
    )


def _moment(tree: Tree | None, notes: Notes) -> datetime:
    if tree is None:
        return AT
    text = notes.scalar(tree, "at").text
    aware = read_datetime(text, None)
    if aware is not None:
        return aware
    local = read_datetime(text, UTC)
    if local is None:
        notes.add("test-value", phrase('at is "{text}": {when}', text=text, when=_WHEN), tree.place)
        return AT
    return local.replace(tzinfo=None)


def _each(
    tree: Tree | None, key: str, notes: Notes, read: Callable[[str, Tree, Notes], T]
) -> Mapping[str, T]:
    """Each entry of a mapping such as ``data``, read by *read*."""
    if tree is None:
        return {}
    if not isinstance(tree, Table):
        notes.add(
            "test-value",
            phrase("{key} is a mapping, for example  {examples}", key=key, examples=_EXAMPLES[key]),
            tree.place,
        )
        return {}
    return {name.text: read(name.text, value, notes) for name, value in tree.pairs}


_EXAMPLES: Final = {
    "data": "data: {billing: [{owed: 12.5}]}",
    "answers": "answers: {operator: [busy, answered_ended]}",
    "queues": 'queues: {repairs: {answered_after: 20s, agent: "1001"}}',
    "customers": 'customers: [{phone: "13800000001", level: gold}]',
}


# --- data -----------------------------------------------------------------------------------------


def _data_answers(source: str, tree: Tree, notes: Notes) -> tuple[DataAnswer, ...]:
    if not isinstance(tree, Items):
        text = phrase(
            "{source} needs a list of answers, in turn: {source}: [{{owed: 12.5}}]", source=source
        )
        notes.add("test-value", text, tree.place)
        return ()
    return tuple(answer for item in tree.items for answer in _data_answer(source, item, notes))


def _data_answer(source: str, tree: Tree, notes: Notes) -> Iterator[DataAnswer]:
    match tree:
        case Table(pairs) if [key.text for key, _ in pairs] == ["error"]:
            yield failure_from(notes.scalar(pairs[0][1], "error").text)
        case Table():
            yield Rows((tree,))
        case Items(items) if all(isinstance(item, Table) for item in items):
            yield Rows(tuple(item for item in items if isinstance(item, Table)))
        case Scalar(text) if text.isascii() and text.isdigit():
            yield Changed(int(text))
        case _:
            notes.add(
                "test-value",
                phrase(
                    "an answer of {source} is a row {{owed: 12.5}}, a list of rows, [] for none, "
                    'the number of rows that were changed, or {{error: "text"}}',
                    source=source,
                ),
                tree.place,
            )


def failure_from(text: str) -> Fails:
    """``database-timeout: it took too long`` with its name, or any text as ``database-error``."""
    name, _, said = text.partition(":")
    words = name.strip().split("-")
    if len(words) > 1 and all(word.isascii() and word.islower() for word in words):
        return Fails(name.strip(), said.strip() or "the call test says so")
    return Fails("database-error", text)


def _customers(tree: Tree | None, notes: Notes) -> Iterator[Table]:
    for item in notes.items(tree, "customers") if tree is not None else ():
        if isinstance(item, Table):
            yield item
        else:
            text = phrase(
                "a customer is a mapping, for example  {examples}", examples=_EXAMPLES["customers"]
            )
            notes.add("test-value", text, item.place)


# --- other nodes ----------------------------------------------------------------------------------


def _node_answers(node: str, tree: Tree, notes: Notes) -> Answers:
    if not isinstance(tree, Items):
        text = phrase(
            "{node} needs a list of the ports it leaves by, in turn: {node}: [next]", node=node
        )
        notes.add("test-value", text, tree.place)
        return Answers((), tree.place)
    return Answers(tuple(_node_answer(item, notes) for item in tree.items), tree.place)


def _node_answer(tree: Tree, notes: Notes) -> NodeAnswer:
    if isinstance(tree, Scalar) and not tree.empty:
        return NodeAnswer(tree.text, tree.plain, {}, tree.place)
    if not isinstance(tree, Table):
        text = phrase("an answer is a port, or {port: found, sets: {account: {owed: 3}}}")
        notes.add("test-value", text, tree.place)
        return NodeAnswer(NEXT, place=tree.place)
    fields = notes.table(tree, ("port", "sets"), phrase("the answer of a node"))
    port = notes.scalar(fields.get("port", Scalar(NEXT, place=tree.place)), "port")
    sets = _each(fields.get("sets"), "sets", notes, lambda name, value, _: value)
    return NodeAnswer(port.text, port.plain, sets, tree.place)


_EXAMPLES["sets"] = "sets: {account: {owed: 3}}"


def _queue(name: str, tree: Tree, notes: Notes) -> tuple[QueueScript, ...]:
    """One script, or a list of them for stays in turn."""
    if not isinstance(tree, Items):
        return (_queue_script(name, tree, notes),)
    if not tree.items:
        text = phrase("queue {name} needs at least one script in its list", name=name)
        notes.add("test-value", text, tree.place)
    return tuple(_queue_script(name, item, notes) for item in tree.items)


def _queue_script(name: str, tree: Tree, notes: Notes) -> QueueScript:
    fields = notes.table(tree, QUEUE_KEYS, phrase("queue {name}", name=name))
    refused = [word for word in ("timeout", "full", "closed") if word in fields]
    for word in refused:
        if notes.scalar(fields[word], word).text != "true":
            notes.add(
                "test-value",
                phrase("write  {word}: true  or leave it out", word=word),
                fields[word].place,
            )
    after = None
    if "answered_after" in fields:
        written = notes.scalar(fields["answered_after"], "answered_after")
        after = read_duration(written.text)
        if after is None:
            notes.add(
                "test-value",
                phrase(
                    'answered_after is "{text}": a duration is written 20s or 2m', text=written.text
                ),
                written.place,
            )
    if len(refused) + ("answered_after" in fields) != 1:
        text = phrase(
            "queue {name} needs one of answered_after, timeout, full and closed", name=name
        )
        notes.add("test-value", text, tree.place)
    return QueueScript(
        after,
        notes.text(fields, "agent", "") or None,
        refused[0] if refused else "",  # type: ignore[arg-type]
        tree.place,
    )
