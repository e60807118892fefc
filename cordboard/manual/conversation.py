"""A node's examples as a conversation: what it asks of the world, and what the world answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from cordboard.manual.markdown import code, table
from flow_runtime.core.commands import Assign, Command, Hangup, Keys, NodeFailure, Play
from flow_runtime.core.expr.values import plain_duration, plain_number
from flow_runtime.core.node import Assignment, Example, Node
from flow_runtime.core.sound import AudioFile, Recording, Silence, Utterance

_SOUNDS: Final = (Utterance, AudioFile, Silence, Recording)
_ENDED: Final = {"end_key": "ended by the end key", "full": "", "timeout": "then a pause"}


def conversation(cls: type[Node], example: Example) -> str:
    """One example: what it shows, the node as it is set, and the table of the conversation."""
    given = [f"{name} = {text}" for name, text in _settings(cls, example.given)]
    if example.drawn:
        given.append(f"ports {', '.join(str(port) for port in example.drawn)}")
    parts = [f"**{example.says}**" + (f" With {_listed(given)}:" if given else "")]
    rows = [*_exchanges(example.script), _parting(example)]
    parts.append(table(("the node", "the answer"), rows))
    return "\n\n".join(parts)


def _settings(cls: type[Node], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if name == "assignments":
            yield from ((line.target, _value(line.value())) for line in value)
        else:
            spec = cls.params.get(name)
            yield name, value if spec is not None and spec.variable else _value(value)


def _listed(items: Sequence[str]) -> str:
    return ", ".join(code(item) for item in items)


def _exchanges(script: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Command and answer in turn; the last command may have none."""
    steps = list(script)
    for index in range(0, len(steps), 2):
        answer = steps[index + 1] if index + 1 < len(steps) else None
        yield _command(steps[index]), _answer(steps[index], answer)


def _parting(example: Example) -> tuple[str, str]:
    if example.leaves_by is None:
        return "*the flow ends here*", ""
    return f"leaves by {code(str(example.leaves_by))}", ""


def _command(command: Command[Any]) -> str:
    if isinstance(command, Assign):
        hidden = ", a secret" if command.secret else ""
        return f"set: {code(f'{command.target} = {_value(command.value)}')}{hidden}"
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(command).__name__).lower()
    told = _fields(command)
    return f"{words}: {told}" if told else words


def _answer(command: Command[Any], answer: Any) -> str:
    match answer:
        case None:
            return ""
        case bool() if isinstance(command, Play):
            return "a key cuts it short" if answer else "it is heard to its end"
        case Keys("", _):
            return "no key: silence"
        case Keys(keys, by):
            return ", ".join(filter(None, (code(keys), _ENDED[by])))
        case NodeFailure():
            return f"it fails: {code(answer.name)}, {answer.text}"
        case Hangup():
            return "the caller has hung up"
    return _fields(answer) if _is_told_by_fields(answer) else code(_value(answer))


def _is_told_by_fields(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, (type, *_SOUNDS))


def _fields(value: Any) -> str:
    """The fields that are not as they are by default; a text or sound at first needs no name."""
    told = []
    for number, field in enumerate(fields(value)):
        content = getattr(value, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if content == default or content == {}:
            continue
        bare = number == 0 and isinstance(content, str | tuple)
        named = "" if bare else field.name.replace("_", " ") + " "
        told.append(named + code(_value(content)))
    return ", ".join(told)


def _value(value: Any) -> str:
    """A value as a flow spells it."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "none"
        case str():
            return f'"{value}"'
        case timedelta():
            return plain_duration(value)
        case Decimal():
            return plain_number(value)
        case AudioFile(path):
            return f'file("{path.rpartition("/")[2]}")'
        case Silence(seconds):
            return f"silence({plain_duration(timedelta(seconds=seconds))})"
        case Recording(path, seconds):
            return f"a recording of {seconds:g} s"
        case Utterance():
            return f'"{value.text}"'
        case Assignment(target, thunk):
            return f"{target} = {_value(thunk())}"
        case Mapping():
            return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
        case tuple() | list() if len(value) == 1 and isinstance(value[0], _SOUNDS):
            return _value(value[0])
        case tuple() | list():
            return "[" + ", ".join(map(_value, value)) + "]"
    return f"({_fields(value)})".replace("`", "") if _is_told_by_fields(value) else str(value)
