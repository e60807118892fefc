"""The page of the commands: what a node's ``run()`` may await, for those who write nodes."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, fields
from types import NoneType
from typing import Any, NoReturn, get_args

from cordboard.manual.markdown import code, page
from flow_runtime.core import commands, queue_commands, service_commands
from flow_runtime.core.commands import Command, LocalCommand
from flow_runtime.core.sound import Sound


def commands_page() -> str:
    """Every command with its fields and what it is answered with."""
    return page(
        "Commands",
        "What a node's `run()` may await, from `flow_runtime.core.commands`,"
        " `flow_runtime.core.service_commands` and `flow_runtime.core.queue_commands`. The answer"
        " is the value of the `await`; a failure"
        " is raised as `NodeFailure`, the caller's hang-up as `Hangup`. Sound is a tuple of what"
        " `flow_runtime.core.sound` defines.",
        *(_section(cls) for cls in all_commands()),
    )


def all_commands() -> list[type[Command[Any]]]:
    """The command classes, in the order of their files."""
    return [
        cls
        for module in (commands, service_commands, queue_commands)
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Command)
        if cls.__module__ == module.__name__ and cls not in (Command, LocalCommand)
    ]


def _section(cls: type[Command[Any]]) -> str:
    parameters = ", ".join(_parameter(field) for field in fields(cls))  # type: ignore[arg-type]
    signature = code(f"await {cls.__name__}({parameters})")
    answer = _answer(cls)
    given = f"{signature} gives {code(answer)}." if answer else f"{signature}"
    return "\n\n".join([f"## {cls.__name__}", given, inspect.getdoc(cls) or ""])


def _parameter(field: Field[Any]) -> str:
    optional = field.default is not MISSING or field.default_factory is not MISSING
    return f"{field.name}: {field.type}" + (" = ..." if optional else "")


def _answer(cls: type[Command[Any]]) -> str:
    """What the class says in ``Command[...]``; empty for nothing and for what never returns."""
    for base in getattr(cls, "__orig_bases__", ()):
        for argument in get_args(base):
            if argument in (None, NoneType, NoReturn):
                return ""
            if argument == Sound:
                return "Sound"
            name = getattr(argument, "__forward_arg__", None) or inspect.formatannotation(argument)
            return re.sub(r"\b(?:\w+\.)+(?=\w)", "", name)
    return ""
