"""The names that flows of others rely on: types, parameters, defaults and ports are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flow_runtime.core.expr.facts import QUEUE, record_of
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Node, ParamSpec
from nodes.catalogue import built_in, library

NEEDED = object()
"""No default: it has to be written."""

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Row:
    """One row of the table: flow type and default of each parameter, and the ports."""

    group: str
    ports: tuple[str, ...]
    params: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    drawn: tuple[PortValue, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)


TABLE = {
    "answer": Row("Call", ("next",), {"ring": ("duration", 0 * SECOND)}),
    "hangup": Row("Call", (), {"reason": ("text", "normal")}),
    "reject": Row("Call", (), {"code": ("number", 486)}),
    "dial": Row(
        "Call",
        ("answered_ended", "busy", "no_answer", "failed"),
        {
            "to": ("text", NEEDED),
            "caller_id": ("text?", None),
            "timeout": ("duration", 30 * SECOND),
            "record": ("boolean", False),
        },
    ),
    "send_keys": Row("Call", ("next",), {"keys": ("text", NEEDED)}),
    "record_call": Row("Call", ("next",), {"action": ("text", NEEDED)}),
    "wait": Row("Call", ("next",), {"time": ("duration", NEEDED)}),
    "conference": Row(
        "Call",
        ("left", "failed"),
        {"room": ("text", NEEDED), "pin": ("text?", None), "announce": ("boolean", True)},
    ),
    "say": Row(
        "Say",
        ("next",),
        {
            "text": ("sound", NEEDED),
            "voice": ("text?", None),
            "interruptible": ("boolean", True),
        },
    ),
    "play": Row(
        "Say",
        ("next",),
        {"prompt": ("sound", NEEDED), "times": ("number", 1), "interruptible": ("boolean", True)},
    ),
    "language": Row(
        "Say",
        ("en", "zh-CN", "failed"),
        {"choices": ("list of text", NEEDED), "prompt": ("sound", None)},
        constants={"choices": ("en", "zh-CN")},
    ),
    "survey": Row(
        "Ask",
        ("next", "failed"),
        {
            "questions": ("list of sound", NEEDED),
            "low": ("number", 1),
            "high": ("number", 5),
            "into": ("variable list of number", NEEDED),
        },
    ),
    "menu": Row(
        "Ask",
        ("1", "*", "failed"),
        {
            "prompt": ("sound", NEEDED),
            "attempts": ("number", 3),
            "timeout": ("duration", 5 * SECOND),
            "invalid_prompt": ("sound", None),
            "silence_prompt": ("sound", None),
        },
        drawn=("1", "*"),
    ),
    "digits": Row(
        "Ask",
        ("next", "failed"),
        {
            "prompt": ("sound", NEEDED),
            "min": ("number", 1),
            "max": ("number", 20),
            "end_key": ("text", "#"),
            "first_timeout": ("duration", 5 * SECOND),
            "next_timeout": ("duration", 3 * SECOND),
            "attempts": ("number", 3),
            "secret": ("boolean", False),
            "confirm": ("boolean", False),
            "into": ("variable text", NEEDED),
        },
    ),
    "record": Row(
        "Ask",
        ("next", "too_short", "failed"),
        {
            "prompt": ("sound", None),
            "max_length": ("duration", 2 * MINUTE),
            "silence": ("duration", 3 * SECOND),
            "end_key": ("text", "#"),
            "review": ("boolean", False),
            "into": ("variable recording", NEEDED),
        },
    ),
    "pin": Row(
        "Ask",
        ("ok", "wrong", "locked"),
        {
            "account": ("text", NEEDED),
            "action": ("text", "check"),
            "prompt": ("sound", None),
            "attempts": ("number", 3),
            "lock_after": ("number", 5),
        },
    ),
    "set": Row("Logic", ("next",)),
    "if": Row("Logic", ("true", "false"), {"when": ("boolean", NEEDED)}),
    "switch": Row(
        "Logic",
        (1, "1", "gold", "else"),  # type: ignore[arg-type]
        {"on": ("any", NEEDED)},
        drawn=(1, "1", "gold"),
    ),
    "count": Row(
        "Logic",
        ("under", "over"),
        {"variable": ("variable number", NEEDED), "limit": ("number", NEEDED)},
    ),
    "split": Row(
        "Logic",
        ("a", "b"),
        {"shares": ("record", NEEDED)},
        constants={"shares": {"a": Decimal(30), "b": Decimal(70)}},
    ),
    "subflow": Row(
        "Logic",
        ("done", "not done"),
        {"flow": ("text", NEEDED), "inputs": ("record?", None), "outputs": ("record?", None)},
        drawn=("done", "not done"),
    ),
    "end": Row("Logic", (), {"outcome": ("text", "next")}),
    "jump_flow": Row("Logic", (), {"flow": ("text", NEEDED)}),
    "business_hours": Row(
        "Logic",
        ("open", "closed", "holiday"),
        {"calendar": ("text", NEEDED)},
        stand_ins={"holiday": "closed"},
    ),
    "log": Row("Logic", ("next",), {"text": ("text", NEEDED)}),
    "db_lookup": Row(
        "Data",
        ("found", "not_found"),
        {
            "source": ("text", NEEDED),
            "sql": ("text", NEEDED),
            "bind": ("record?", None),
            "into": ("variable record", None),
            "rows_into": ("variable list of any", None),
            "timeout": ("duration", 2 * SECOND),
            "max_rows": ("number", 100),
        },
    ),
    "db_change": Row(
        "Data",
        ("next",),
        {
            "source": ("text", NEEDED),
            "sql": ("text", NEEDED),
            "bind": ("record?", None),
            "into": ("variable number", None),
            "timeout": ("duration", 2 * SECOND),
        },
    ),
    "http": Row(
        "Data",
        ("ok", "failed"),
        {
            "method": ("text", "GET"),
            "url": ("text", NEEDED),
            "headers": ("record?", None),
            "json": ("any", None),
            "timeout": ("duration", 5 * SECOND),
            "into": ("variable any", None),
        },
    ),
    "send_email": Row(
        "Data",
        ("next", "failed"),
        {
            "to": ("text", NEEDED),
            "subject": ("text?", None),
            "text": ("text?", None),
            "document": ("any", None),
        },
    ),
    "queue": Row(
        "Agents",
        ("after_agent", "timeout", "full", "closed", "callback", "message"),
        {
            "queue": ("text", NEEDED),
            "priority": ("number", 0),
            "skills": ("record?", None),
            "strategy": ("text?", None),
            "preferred_agent": ("text?", None),
            "max_wait": ("duration?", None),
            "music": ("sound", None),
            "greeting": ("sound", None),
            "announce": ("text", "both"),
            "announce_every": ("duration", 30 * SECOND),
            "announce_agent": ("boolean", False),
            "callback_key": ("text?", None),
            "keys": ("record?", None),
        },
        stand_ins={"after_agent": "goodbye"},
        constants={
            "keys": {"*": "message", "#": "message", "0": "timeout", "1": "error"},
            "callback_key": "5",
        },
    ),
    "agent": Row(
        "Agents",
        ("after_agent", "unavailable"),
        {"who": ("text", NEEDED), "wait": ("duration", 15 * SECOND)},
        stand_ins={"after_agent": "goodbye"},
    ),
    "queue_info": Row(
        "Agents",
        ("next",),
        {"queue": ("text", NEEDED), "into": (f"variable {record_of(QUEUE)}", NEEDED)},
    ),
    "callback": Row(
        "Agents",
        ("next", "refused"),
        {
            "number": ("text?", None),
            "queue": ("text", NEEDED),
            "at": ("datetime?", None),
            "keep_place": ("boolean", True),
        },
    ),
    "voicemail": Row(
        "Agents",
        ("left", "too_short"),
        {
            "box": ("text", NEEDED),
            "prompt": ("sound", None),
            "max_length": ("duration", 3 * MINUTE),
            "want_reply": ("boolean", True),
        },
    ),
    "send_sms": Row("Data", ("next", "failed"), {"to": ("text", NEEDED), "text": ("text", NEEDED)}),
}
CHOICES = {
    ("digits", "end_key"): ("#", "*", ""),
    ("record_call", "action"): ("start", "stop", "pause", "resume"),
    ("pin", "action"): ("check", "set", "change"),
    ("queue", "announce"): ("position", "wait", "both", "off"),
    ("http", "method"): ("GET", "POST", "PUT", "PATCH", "DELETE"),
}
"""The words that a parameter may have; any text where nothing is listed."""


def test_all_types_are_there() -> None:
    assert set(built_in()) == set(TABLE), "a new type has its row here"


def described(spec: ParamSpec) -> tuple[str, Any]:
    kind = f"variable {spec.makes}" if spec.variable else str(spec.type)
    return kind, NEEDED if spec.required else spec.default


def test_the_words_of_enumerations() -> None:
    found = {
        (word, name): spec.choices
        for word in TABLE
        for name, spec in library()[word].params.items()
        if spec.choices
    }
    assert found == CHOICES


def test_which_parameters_are_optional() -> None:
    """``=`` and ``?`` in the table: what has a default may be left out, all else may not."""
    for word, row in TABLE.items():
        for name, spec in library()[word].params.items():
            kind, default = row.params[name]
            assert spec.required == (default is NEEDED), (word, name)
            assert spec.optional == (default is None), (word, name)
            assert not spec.variable or kind.startswith("variable")


@pytest.mark.parametrize("word", TABLE)
def test_a_row_of_the_table(word: str) -> None:
    cls, row = library()[word], TABLE[word]
    assert cls.group == row.group
    assert {name: described(spec) for name, spec in cls.params.items()} == row.params
    assert list(cls.params) == list(row.params), "the order is that of the printed flow"
    ports = cls.ports(draft(cls, row.drawn, **row.constants))
    assert tuple(port.name for port in ports) == row.ports
    stand_ins = {port.name: port.stands_for for port in ports if port.stands_for}
    if word != "record":
        assert stand_ins == row.stand_ins
        assert {port.name for port in ports if not port.required} == set(row.stand_ins)


def draft(cls: type[Node], drawn: tuple[PortValue, ...] = (), **constants: Any) -> Draft:
    return Draft("x", written={}, constants=constants, drawn=drawn)


def test_a_recording_without_review_never_leaves_by_failed() -> None:
    cls = library()["record"]

    def failed(**constants: Any) -> tuple[bool, str | None]:
        port = next(p for p in cls.ports(draft(cls, **constants)) if p.name == "failed")
        return port.required, port.stands_for

    assert failed(review=False) == (False, "next")
    assert failed(review=True) == (True, None)
    assert failed() == (True, None), "the review is computed: it may happen"


def test_what_flows_may_draw_as_keys() -> None:
    cls = library()["menu"]
    drawn = ("1", "10", "*", "#", "A", "fialed", "12345678901", "error", "")
    ports = cls.ports(draft(cls, drawn))
    assert [port.name for port in ports] == ["1", "10", "*", "#", "A", "failed"]


def test_which_nodes_wait_speak_and_end() -> None:
    words = library().items()
    asking = {"dial", "say", "play", "menu", "digits", "record", "language", "survey", "send_keys",
              "pin", "queue", "agent", "conference", "voicemail"}  # fmt: skip
    assert {w for w, cls in words if cls.speaks} >= asking
    assert {w for w in TABLE if library()[w].speaks} == asking | {"record_call"}
    assert {w for w in TABLE if library()[w].waits} == asking | {"wait"}
    assert {w for w in TABLE if library()[w].ends} == {"hangup", "reject", "end", "jump_flow"}
    assert {w for w in TABLE if library()[w].returns} == {"end"}


def test_sql_takes_no_templates_and_names_are_checked() -> None:
    for word, names in (("db_lookup", "data"), ("db_change", "writable data")):
        params = library()[word].params
        assert params["sql"].literal and not params["sql"].template_allowed
        assert params["source"].names == names
    assert library()["business_hours"].params["calendar"].names == "calendar"
    assert library()["queue"].params["queue"].names == "queue"
    assert library()["queue_info"].params["queue"].names == "queue"
    assert library()["callback"].params["queue"].names == "queue"
    assert library()["voicemail"].params["box"].names == "box"
    assert library()["language"].params["choices"].names == "language"
    assert library()["subflow"].params["flow"].names == "sub-flow"
    assert library()["jump_flow"].params["flow"].names == "flow"
    assert library()["subflow"].params["outputs"].outputs


def test_a_callback_is_a_port_of_a_queue_that_has_a_key_for_it() -> None:
    cls = library()["queue"]

    def callback(drawn: tuple[str, ...] = (), **constants: Any) -> list[tuple[bool, str | None]]:
        ports = cls.ports(draft(cls, drawn, **constants))
        return [(port.required, port.stands_for) for port in ports if port.name == "callback"]

    assert callback() == []
    assert callback(callback_key="1") == [(True, None)]
    assert callback(("callback",)) == [(False, "timeout")], "drawn, but never taken"


def test_a_single_language_that_is_not_asked_for_never_fails() -> None:
    cls = library()["language"]

    def failed(**constants: Any) -> tuple[bool, str | None]:
        port = cls.ports(draft(cls, ("en", "failed"), **constants))[-1]
        return port.required, port.stands_for

    assert failed(choices=("zh-CN",)) == (False, "zh-CN")
    assert failed(choices=("en", "zh-CN")) == (True, None)
    assert failed() == (False, "en"), "the choices are not known: those that are drawn"
