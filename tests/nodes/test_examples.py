"""Every node proves its own examples: no loop, no socket, no clock."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_runtime.core.commands import Command, FindPrompt, Keys, Play, ReadKeys
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Node
from flow_runtime.core.sound import Sound, Utterance
from nodes.catalogue import GROUPS, library
from nodes.digits import Digits
from nodes.menu import Menu

LIBRARY = library()
NODES = [pytest.param(cls, id=word) for word, cls in LIBRARY.items()]
CASES = [
    pytest.param(cls, example, id=f"{word}-{number}")
    for word, cls in LIBRARY.items()
    for number, example in enumerate(cls.examples)
]


def draft_of(cls: type[Node], example: Example) -> Draft:
    """The example as drawn; its values stand for the expressions that would give them."""
    constants = {s.name: s.default for s in cls.params.values() if not s.required}
    constants.update({n: v for n, v in example.given.items() if n in cls.params})
    drawn = tuple(cls.port_key(port) for port in example.drawn)
    return Draft("x", written={}, constants=constants, drawn=drawn)


def ports_of(cls: type[Node], example: Example) -> list[PortValue]:
    return [cls.port_key(port.name) for port in cls.ports(draft_of(cls, example))]


def start(cls: type[Node], given: Mapping[str, Any], drawn: tuple[PortValue, ...]) -> Any:
    return cls(name="x", drawn=tuple(map(cls.port_key, drawn)), **given).run().__await__()


def replay(cls: type[Node], example: Example) -> PortValue | None:
    """The port by which the node leaves when it is answered as the example says."""
    running = start(cls, example.given, example.drawn)
    script: Iterator[Any] = iter(example.script)
    answer: Any = None
    try:
        while True:
            is_failure = isinstance(answer, Exception)
            command = running.throw(answer) if is_failure else running.send(answer)
            assert command == next(script, "nothing more")
            answer = next(script, None)
            if example.leaves_by is None and answer is None:
                return None
    except StopIteration as stop:
        assert next(script, "end") == "end", "the node left before the end of the script"
        port: PortValue = stop.value
        return port
    except Exception as failure:
        assert failure is answer, "the node failed by itself"
        return ERROR


@pytest.mark.parametrize(("cls", "example"), CASES)
def test_example(cls: type[Node], example: Example) -> None:
    left_by = replay(cls, example)
    assert left_by == example.leaves_by
    if left_by is None:
        assert cls.ends
    elif left_by != ERROR and not cls.returns:
        assert cls.port_key(left_by) in ports_of(cls, example)


@pytest.mark.parametrize("cls", NODES)
def test_every_port_is_reached_by_an_example(cls: type[Node]) -> None:
    reached = {example.leaves_by for example in cls.examples}
    offered = {port for example in cls.examples for port in ports_of(cls, example)}
    not_reached = {p for p in offered if p not in reached and not is_choice(cls, p)}
    assert not not_reached
    assert cls.examples


def is_choice(cls: type[Node], port: PortValue) -> bool:
    """Whether *port* is one of the many that only the analyst draws."""
    return port not in {p.name for p in cls.ports(Draft("x", {}, {}, ()))}


@pytest.mark.parametrize("cls", NODES)
def test_it_is_documented(cls: type[Node]) -> None:
    assert cls.__doc__ and len(cls.__doc__.split()) >= 5
    assert cls.title and cls.group in GROUPS
    assert cls.icon == cls.type
    for spec in cls.params.values():
        assert spec.help.endswith((".", ".)")), f"{spec.name} has no help"
        assert spec.type.name != "duration" or spec.unit, f"{spec.name} has no unit"
    for example in cls.examples:
        assert example.says.endswith((".", "?"))
    for port in cls.ports(Draft("x", {}, {}, ())):
        assert port.name == "next" or port.help


@pytest.mark.parametrize(("cls", "example"), CASES)
def test_the_examples_have_no_problems(cls: type[Node], example: Example) -> None:
    if cls.type in ("db_lookup", "db_change", "set"):
        return  # they look at expressions, which examples do not have: see test_node_drafts
    assert not list(cls.problems(draft_of(cls, example)))


def test_types_are_words() -> None:
    assert all(word == cls.type and word.isidentifier() for word, cls in LIBRARY.items())


# --- whatever is pressed, they leave by a port ----------------------------------------------------

PROMPT: Sound = (Utterance(("?",), "en"),)
presses = st.lists(st.sampled_from([*"0123456789*#", ""]), max_size=40)
choices = st.lists(
    st.one_of(st.text("0123456789*#", min_size=1, max_size=3), st.integers(0, 120)),
    min_size=1,
    max_size=6,
    unique_by=str,
)


def converse(running: Any, keys: list[str]) -> tuple[PortValue, list[Command[Any]]]:
    """Let *keys* (empty: a pause) answer every reading; the port and all commands."""
    waiting, commands, answer = iter(keys), [], None
    try:
        while True:
            command = running.send(answer)
            commands.append(command)
            assert len(commands) < 500
            match command:
                case ReadKeys():
                    answer = read(command, waiting)
                case Play():
                    answer = False
                case FindPrompt():
                    answer = PROMPT
                case _:
                    answer = None
    except StopIteration as stop:
        return stop.value, commands


def read(command: ReadKeys, waiting: Iterator[str]) -> Keys:
    keys = ""
    while len(keys) < command.most:
        key = next(waiting, "")
        if not key:
            return Keys(keys, "timeout")
        if key == command.end_key:
            return Keys(keys, "end_key")
        keys += key
    return Keys(keys, "full")


@settings(max_examples=150)
@given(choices, presses, st.integers(1, 5))
def test_a_menu_always_leaves_by_a_port_it_has(
    drawn: list[PortValue], keys: list[str], attempts: int
) -> None:
    ports = (*drawn, "failed", ERROR)
    running = start(Menu, {"prompt": PROMPT, "attempts": attempts}, ports)
    left_by, commands = converse(running, keys)
    assert left_by in [*map(str, drawn), "failed"]
    said = sum(isinstance(command, Play) for command in commands)
    assert said <= attempts
    assert (said == attempts) or left_by != "failed"


@settings(max_examples=50)
@given(choices, st.data())
def test_a_menu_takes_each_key_it_offers(drawn: list[PortValue], data: st.DataObject) -> None:
    choice = str(data.draw(st.sampled_from(drawn)))
    running = start(Menu, {"prompt": PROMPT}, tuple(drawn))
    left_by, _ = converse(running, [*choice, "", ""])
    assert left_by == choice


@settings(max_examples=150)
@given(
    presses,
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from(["#", "*", ""]),
    st.booleans(),
    st.booleans(),
)
def test_digits_always_leave_by_a_port_and_fit(
    keys: list[str], fewest: int, more: int, end_key: str, secret: bool, confirm: bool
) -> None:
    given_ = {
        "prompt": PROMPT, "min": fewest, "max": max(1, fewest + more), "end_key": end_key,
        "secret": secret, "confirm": confirm, "into": "account",
    }  # fmt: skip
    left_by, commands = converse(start(Digits, given_, ()), keys)
    assert left_by in ("next", "failed")
    values = [(c.value, c.secret) for c in commands if type(c).__name__ == "Assign"]
    assert len(values) == (left_by == "next")
    for value, masked in values:
        assert value == "" or value.isdigit()
        assert given_["min"] <= len(value) <= given_["max"]
        assert masked == secret
    assert all(c.secret == secret for c in commands if isinstance(c, ReadKeys) and c.most > 1)
