"""The types of the flow language, shared by expressions, node parameters and the checker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flow_runtime.core.model import TypeName


@dataclass(frozen=True, slots=True)
class Type:
    """A type such as ``text``, ``number?``, ``list of text`` or a record with known fields.

    *name* is one of `NAMES`. *item* is the type of a list's items. *fields* are the known fields
    of a record (None: any field, of type ``any``). ``sound`` is a parameter's type only: text,
    prompt, recording, or a list of these.
    """

    name: str
    optional: bool = False
    item: Type | None = None
    fields: Mapping[str, Type] | None = None

    def __str__(self) -> str:
        """The spelling a person would write: ``list of text?``."""
        if self.name == "none":
            return "none"
        base = f"list of {self.item}" if self.name == "list" and self.item else self.name
        return base + ("?" if self.optional else "")


NAMES = (
    "boolean", "number", "text", "date", "time", "datetime", "duration",
    "list", "record", "recording", "prompt", "none", "any", "sound",
)  # fmt: skip
BOOLEAN, NUMBER, TEXT = Type("boolean"), Type("number"), Type("text")
DATE, TIME, DATETIME, DURATION = Type("date"), Type("time"), Type("datetime"), Type("duration")
RECORD, PROMPT = Type("record"), Type("prompt")
RECORDING = Type("recording", fields={"path": TEXT, "seconds": NUMBER})
NONE, ANY, SOUND = Type("none"), Type("any"), Type("sound")
LIST = Type("list", item=ANY)


def declared(name: TypeName) -> Type | None:
    """The type that a declaration names, None when there is no such type."""
    if name.name not in NAMES or name.name in ("none", "sound"):
        return None
    kind = RECORDING if name.name == "recording" else Type(name.name)
    if name.is_list:
        return Type("list", name.optional, kind)
    return replace(kind, optional=name.optional, item=ANY if name.name == "list" else None)
