"""Shared by the tests of expression assistance: a scope, and texts with a cursor in them."""

from __future__ import annotations

from flow_runtime.core.expr.assist import ANYTHING, Assistance, Completion, Scope, Wanted, assist
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import BOOLEAN, NUMBER, RECORD, RECORDING, Type

BOOK, _ = PromptBook.build(
    {"en": {"hello": "Good morning, {name}.", "bye": "Goodbye."}, "zh-CN": {"hello": "您好。"}},
    {"en": {"jingle": "/prompts/en/jingle.wav"}},
)
ENV = TypeEnv(
    {
        "tries": NUMBER,
        "note": Type("text", optional=True),
        "account": Type("record", optional=True),
        "message": RECORDING,
        "rows": Type("list", item=RECORD),
        "open_now": BOOLEAN,
    },
    prompts=BOOK,
)
SCOPE = Scope(
    ENV,
    about={"tries": "How often the caller was asked."},
    fields={
        "account": {"owed": "A column that the node balance looks up."},
        "contact": {"level": "Set by the node mark."},
    },
    names={
        "queue": ("sales", "repairs"),
        "agent": ("1001",),
        "calendar": ("office",),
        "language": ("en", "zh-CN"),
        "file": ("jingle.wav",),
    },
)


def at(
    text: str, wanted: Wanted = ANYTHING, *, scope: Scope = SCOPE, template: bool = False
) -> Assistance:
    """The assistance for *text*, in which ``|`` is the cursor."""
    before, cursor, after = text.partition("|")
    assert cursor, "there is no cursor in the text"
    return assist(before + after, len(before), scope, wanted, template=template)


def offered(text: str, wanted: Wanted = ANYTHING, *, template: bool = False) -> list[str]:
    """The labels of what is offered, best first."""
    return [c.label for c in at(text, wanted, template=template).completions]


def fitting(text: str, wanted: Wanted = ANYTHING, *, template: bool = False) -> list[str]:
    """The labels of what surely fits."""
    completions = at(text, wanted, template=template).completions
    return [c.label for c in completions if c.fits == "surely"]


def taken(text: str, label: str, wanted: Wanted = ANYTHING, *, template: bool = False) -> str:
    """*text* after the completion *label* was chosen, the cursor as ``|``."""
    found = at(text, wanted, template=template).completions
    (chosen,) = (c for c in found if c.label == label)
    return put(text.replace("|", ""), chosen)


def put(text: str, chosen: Completion) -> str:
    inserted = chosen.insert[: chosen.caret] + "|" + chosen.insert[chosen.caret :]
    return text[: chosen.start] + inserted + text[chosen.end :]
