"""The one place where a node type is described; designer, checker, interpreter and manual read it.

A node type is a class in a file of its own::

    class Wait(Node):
        \"\"\"Let time pass.\"\"\"

        type, title, group, icon = "wait", "Wait", "Call", "wait"

        time: timedelta = param(help="How long.", low=timedelta(0), unit="s")

        async def run(self) -> str:
            await Pause(self.time)
            return "next"

While the flow is drawn and checked there are only expressions, so `ports`, `problems` and
`summary` are class methods that look at a `Draft`. When a call enters the node, the interpreter
makes an instance whose parameters hold values, and drives `run()`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from datetime import timedelta
from decimal import Decimal
from inspect import get_annotations
from typing import Any, ClassVar, Literal, NewType, TypeVar, dataclass_transform

from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.interface import Interface
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.sound import Sound
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DURATION,
    NUMBER,
    RECORD,
    SOUND,
    TEXT,
    Type,
)  # fmt: skip

Variable = NewType("Variable", str)
"""A parameter that names a variable: ``into = account``."""
Outputs = NewType("Outputs", dict[str, str])
"""A parameter that says which variables get which outputs of a sub-flow: ``{level: grade}``."""

T = TypeVar("T")
Thunk = Callable[[], Any]
"""An expression bound to the running call: calling it computes its value *now*."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One ``target = expression`` line of a node with free lines (`set`)."""

    target: str
    value: Thunk


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """A parameter as forms, checks and the manual see it.

    *type* is the flow type its expression must have; ``variable`` parameters hold a bare name.
    *makes* is, for a variable parameter, the type the variable gets. *choices* are the allowed
    texts of an enumeration. *literal* demands a constant. *optional* means it may be left out
    and is then None. *names* says what a constant text must be the name of: ``calendar``,
    ``data`` (a data source), ``writable data``, ``queue``, ``agent``, ``box`` (for voice
    messages), ``strategy`` (or the text of one), ``language`` (or a list of them), ``flow`` or
    ``sub-flow`` (the path of one, as seen from this flow's file); empty for anything. The record
    of an *outputs* parameter maps variables of this flow to outputs of its sub-flow.

    *secret* is, for a variable parameter, the name of the boolean parameter that makes its value
    a secret, or ``always``. *told* says who can read a value afterwards, as words for a person:
    ``the server's log``; or ``trace``: the trace of the call only, which masks what was keyed in
    as a secret. Of sound everybody knows that it is traced, and recorded when the call is.
    """

    name: str
    type: Type
    help: str
    default: Any = MISSING
    variable: bool = False
    makes: Type | None = None
    choices: tuple[str, ...] = ()
    low: Any = None
    high: Any = None
    unit: str = ""
    literal: bool = False
    whole: bool = False
    template_allowed: bool = True
    names: str = ""
    outputs: bool = False
    secret: str = ""
    told: str = ""

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is MISSING

    @property
    def optional(self) -> bool:
        """Whether ``none`` is a legal value."""
        return self.default is None


def param(
    *,
    help: str,
    default: Any = MISSING,
    low: Any = None,
    high: Any = None,
    unit: str = "",
    choices: Sequence[str] = (),
    makes: Type | None = None,
    type: Type | None = None,
    literal: bool = False,
    template_allowed: bool = True,
    names: str = "",
    secret: str = "",
    told: str = "",
) -> Any:
    """Describe a parameter of a node; its flow type follows from the annotation.

    *low* and *high* bound a constant value (inclusive) when the flow is checked and any value
    when the node is entered. *type* overrides the annotation's flow type. *template_allowed* is
    False for SQL, where a template would invite injection. *names*, *secret*, *told*: see
    `ParamSpec`.
    """
    meta = {
        "help": help, "low": low, "high": high, "unit": unit, "choices": tuple(choices),
        "makes": makes, "type": type, "literal": literal, "template_allowed": template_allowed,
        "names": names, "secret": secret, "told": told,
    }  # fmt: skip
    if default is MISSING:
        return field(metadata=meta)
    return field(default=default, metadata=meta)


@dataclass(frozen=True, slots=True)
class Port:
    """A way out of a node.

    *required*: the checker wants an edge. *stands_for*: what happens when it is not connected
    (a port of the same node, ``on_error``, or ``goodbye``).

    What is known behind it: *sets* are the variable parameters whose variable has a value there
    (``found``), *empties* those whose variable is none (``not_found``); the others may have been
    set, or not. *narrows* is a parameter and what its value was: ``("when", "true")``; ``false``,
    or ``value``: anything but none.
    """

    name: PortValue
    help: str = ""
    required: bool = True
    stands_for: str | None = None
    sets: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    narrows: tuple[str, Literal["true", "false", "value"]] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem a node class sees in its own draft; the checker adds file and place.

    *at* is the name of the parameter or the port concerned, None for the whole node.
    """

    code: str
    text: str
    at: PortValue | None = None
    severity: str = "error"


@dataclass(frozen=True)
class Draft:
    """A node as drawn: expressions instead of values.

    *written* are the parameters in the file, *constants* the values of those that are constant
    (converted to their Python form, as `run` would see them) with the defaults of those left out;
    a parameter that has to be computed is absent from *constants*. *drawn* are the ports in the
    file, in order. *called* tells of the flow that a parameter names, when it could be read.
    """

    name: str
    written: Mapping[str, Expr]
    constants: Mapping[str, Any]
    drawn: tuple[PortValue, ...] = ()
    labels: Mapping[PortValue, str] = field(default_factory=dict)
    called: Interface | None = None


@dataclass(frozen=True)
class Example:
    """A conversation with the node, printed by the manual and replayed by the tests.

    *given* are parameter values, *script* alternates the command the node must give and the
    answer it gets (an exception as answer is thrown in), *leaves_by* is the port, None when the
    last command ends the run; *drawn* the ports that are drawn. *says* is one sentence for the
    manual.
    """

    says: str
    given: Mapping[str, Any]
    script: Sequence[Any]
    leaves_by: PortValue | None
    drawn: tuple[PortValue, ...] = ()


_FLOW_TYPES: dict[Any, Type] = {
    bool: BOOLEAN, int: NUMBER, Decimal: NUMBER, str: TEXT, timedelta: DURATION,
    Sound: SOUND, Mapping[str, Any]: RECORD, Any: ANY, Variable: ANY, Outputs: RECORD,
}  # fmt: skip


@dataclass_transform(field_specifiers=(param,), frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Node:
    """Base of all node types. Subclasses set the class variables and write `run`."""

    type: ClassVar[str]
    """The word in the flow file."""
    title: ClassVar[str]
    group: ClassVar[str]
    """Call, Say, Ask, Logic, Data or Agents."""
    icon: ClassVar[str]
    examples: ClassVar[Sequence[Example]] = ()
    waits: ClassVar[bool] = False
    """Whether every visit waits for the outer world (input, sound, time): such a node makes a
    loop harmless and refills the step budget."""
    speaks: ClassVar[bool] = False
    """Whether the node plays or hears sound (so it answers the call, and `on_hangup` may not
    use it)."""
    ends: ClassVar[bool] = False
    """Whether the flow is over after this node: it has no way out but `error`."""
    returns: ClassVar[bool] = False
    """Whether it ends a sub-flow: its `outcome` is a port of the node that called the flow."""
    instant: ClassVar[bool] = False
    """Whether it asks nothing of the outer world, so that no caller can hang up in it."""
    recording: ClassVar[str] = ""
    """The parameter that says what it does to the recording of the call: ``start``, ``stop``,
    ``pause`` or ``resume``."""
    needs: ClassVar[str] = ""
    """The service it cannot do without: ``web``, ``smtp``, ``sms`` or ``database``."""
    keys_are_text: ClassVar[bool] = True
    """Whether ports ``1`` and ``"1"`` are one, as telephone keys are; in `switch` they are two."""
    free_lines: ClassVar[bool] = False
    """Whether any ``name = expression`` line is an assignment; they arrive in `assignments`."""
    params: ClassVar[Mapping[str, ParamSpec]] = {}

    name: str = field(default="", kw_only=True)
    """The node's name in its flow."""
    drawn: tuple[PortValue, ...] = field(default=(), kw_only=True)
    """The ports drawn in the flow file."""
    assignments: tuple[Assignment, ...] = field(default=(), kw_only=True)

    def __init_subclass__(cls) -> None:
        """Turn the class into a frozen dataclass and read its parameters once."""
        # No __eq__: two visits of a node are two things. What is not made here costs no start-up.
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)
        cls.params = _read_params(cls)

    def __repr__(self) -> str:
        """The class and its values, as the constructor would take them."""
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"

    @classmethod
    def port_key(cls, port: PortValue) -> PortValue:
        """*port* in the form by which ports of this type are compared and looked up."""
        return str(port) if cls.keys_are_text else port

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The ways out, in drawing order, without ``error``, which every node has."""
        made = tuple(spec.name for spec in cls.params.values() if spec.variable or spec.outputs)
        return () if cls.ends else (Port(NEXT, sets=made),)

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """What is wrong with this draft beyond types, ranges and unknown names."""
        yield from ()

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """One line for the card on the canvas: what this node will do."""
        return ""

    async def run(self) -> PortValue:
        """Do the work by awaiting commands; return the port to leave by."""
        raise NotImplementedError


def error_port() -> Port:
    """The port every node has besides its own."""
    return Port(ERROR, "Something failed.", required=False, stands_for="on_error")


def _read_params(cls: type[Node]) -> Mapping[str, ParamSpec]:
    hints = get_annotations(cls, eval_str=True)
    specs = dict(cls.params)
    for f in dataclasses.fields(cls):
        if f.name not in hints:
            continue  # one of a base class, which has read it
        hint, meta = hints[f.name], dict(f.metadata)
        base = _without_none(hint)
        flow_type = meta.pop("type") or _FLOW_TYPES.get(base)
        if flow_type is None:
            raise TypeError(f"{cls.__name__}.{f.name}: no flow type for {hint!r}; give type=")
        if f.default is None and flow_type.name not in ("sound", "any"):
            flow_type = dataclasses.replace(flow_type, optional=True)
        specs[f.name] = ParamSpec(
            f.name,
            flow_type,
            default=f.default,
            variable=base is Variable,
            outputs=base is Outputs,
            whole=base is int,
            **meta,
        )
    return specs


def _without_none(hint: Any) -> Any:
    """``X | None`` as ``X``; the aliases `Sound` and ``Mapping`` as they are."""
    args = getattr(hint, "__args__", ())
    if type(None) in args:
        rest = [a for a in args if a is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return hint


def nodes_by_type(classes: Sequence[type[Node]]) -> dict[str, type[Node]]:
    """A library of node types keyed by their word; a word used twice is a ValueError."""
    library: dict[str, type[Node]] = {}
    for cls in classes:
        if cls.type in library:
            raise ValueError(f"two node types are called {cls.type!r}")
        library[cls.type] = cls
    return library
