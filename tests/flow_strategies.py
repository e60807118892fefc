"""Draws whole flows that check without an error and can be run: nodes, arrows, types, sub-flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from flow_kit import LIBRARY
from flow_runtime.core.binding import BoundNode, bind
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.expr.tree import (
    Expr,
    ListOf,
    Literal,
    Member,
    Name,
    Pair,
    RecordOf,
    Slot,
    Text,
)
from flow_runtime.core.model import (
    ERROR,
    NO_COMMENTS,
    Box,
    Declaration,
    Edge,
    Flow,
    Jump,
    Layout,
    NodeDecl,
    Parameter,
    PortValue,
    TypeName,
)
from flow_runtime.core.node import Node, ParamSpec
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    NUMBER,
    RECORD,
    TEXT,
    Type,
    declared,
)
from strategies import comment_texts, comments
from typed_expressions import SCALARS, Typed, number, text

PROMPTS, _ = PromptBook.build(
    {
        "en": {"hello": "Good morning.", "caller": "You call from {call.caller:digits}."},
        "zh-CN": {"hello": "您好。", "caller": "您的号码是{call.caller:digits}。"},
    },
    currency="CNY",
)


class AlwaysOpen:
    """A calendar."""

    def state(self, at: Any, /) -> Any:
        return "open"


SITE = Surroundings(
    LIBRARY, PROMPTS, calendars={"office": AlwaysOpen()}, sources={"billing": True}, complete=True
)
SPEAKING = (
    "answer", "careful", "dial", "digits", "language", "menu", "pin", "play", "record",
    "record_call", "say", "send_keys", "survey", "wait",
)  # fmt: skip
SILENT = (
    "business_hours", "count", "db_change", "db_lookup", "http", "if", "log", "send_email",
    "send_sms", "set", "split", "switch",
)  # fmt: skip
ENDS = ("hangup", "reject")
_NAMES = (
    "n", "x", "start", "node", "in", "if", "next", "error", "客服", "café", "layout", "flow", "_",
)  # fmt: skip
_VARIABLES = ("tries", "level", "name", "owed", "余额", "list", "note", "t", "end", "of")
_BUILT_OF = [*SCALARS, Type("list", item=NUMBER), RECORD]


_COMMENTS, _COMMENT = comments(), comment_texts()


@dataclass(frozen=True)
class Drawn:
    """A flow and those that it calls or jumps to, by the names of their files; the first is it."""

    flows: dict[str, Flow]

    @property
    def site(self) -> Surroundings:
        """What they are checked against and run in."""
        files: dict[str, CalledFlow] = {}
        site = replace(SITE, flows=files.get)
        files.update({name: CalledFlow(name, flow, site) for name, flow in self.flows.items()})
        return site


@st.composite
def runnable_flows(draw: Any, most: int = 6) -> Drawn:
    """Flows in which nothing is missing; each has up to *most* nodes that are not its last."""
    files: dict[str, CalledFlow] = {}
    made: dict[str, Flow] = {}
    for index in range(draw(st.integers(0, 2)), -1, -1):
        name = "main.flow" if index == 0 else f"part{index}.flow"
        part = index > 0 and draw(st.integers(0, 2)) > 0
        maker = _Maker(draw, f"flow{index}", files, most, part)
        made[name] = maker.flow()
        files[name] = CalledFlow(name, made[name], replace(SITE, flows=files.get))
    return Drawn(dict(reversed(made.items())))


class _Maker:
    """Makes one flow. *files* are those that it may call or jump to.

    A *part* ends with `end` nodes and can be called; any other flow can be jumped to.
    """

    def __init__(
        self, draw: Any, name: str, files: dict[str, CalledFlow], most: int, part: bool
    ) -> None:
        self._draw, self._name, self._files, self._most = draw, name, dict(files), most
        self._part = part
        self._typed = Typed(draw, {}, ("hello", "caller"))
        self._made: dict[str, Type] = {}
        self._taken: set[str] = set()

    def pick(self, most: int) -> int:
        return self._typed.pick(most)

    def one_of(self, things: Sequence[Any]) -> Any:
        return things[self.pick(len(things) - 1)]

    def flow(self) -> Flow:
        """The whole flow."""
        declarations = self._declarations()
        main = self._chain(1 + self.pick(min(self._most, 11)), [*SPEAKING, *SILENT])
        handling = self._chain(self.pick(1), SPEAKING) if self.pick(2) == 0 else []
        tidying = self._tidying(self.pick(2))
        others = [n.name for n in (*main, *handling)]
        nodes = [self._connected(n, chain, others) for chain in (main, handling) for n in chain]
        nodes += [self._connected(n, tidying, [t.name for t in tidying]) for n in tidying]
        jumps = [Jump("start", main[0].name)]
        jumps += [Jump("on_error", handling[0].name)] if handling else []
        jumps += [Jump("on_hangup", tidying[0].name)] if tidying else []
        boxes = sorted((Box(n.name, 10 * i, -i) for i, n in enumerate(nodes)), key=lambda b: b.name)
        return Flow(
            self._name,
            self.one_of([None, "A line", 'quoted "title"']),
            declarations=declarations,
            jumps=tuple(jumps),
            nodes=tuple(nodes),
            layout=Layout(tuple(boxes)) if self.pick(1) else Layout(),
            comments=self._draw(_COMMENTS),
        )

    # --- declarations ---------------------------------------------------------------------------

    def _declarations(self) -> tuple[Declaration, ...]:
        made = []
        for number_, name in enumerate(_VARIABLES[: 1 + self.pick(5)]):
            kind = _BUILT_OF[self.pick(len(_BUILT_OF) - 1)]
            optional = kind in SCALARS and self.pick(3) == 0
            role = self.one_of(["var", "var", "input", "output"])
            default = None if optional and self.pick(1) else self._typed.of(kind, 1)
            if role == "input" and self._part and self.pick(1):
                default = None
            is_list = kind.name == "list"
            written = TypeName("number" if is_list else kind.name, optional, is_list)
            made.append(Declaration(role, name, written, default, comments=self._comment(number_)))
            self._typed.names[name] = declared(written) or ANY
        return tuple(made)

    def _comment(self, number_: int) -> Any:
        return self._draw(_COMMENTS) if number_ % 3 == 0 else NO_COMMENTS

    # --- nodes ----------------------------------------------------------------------------------

    def _chain(self, count: int, types: Sequence[str]) -> list[NodeDecl]:
        """*count* nodes and one that ends the flow, without their arrows yet."""
        more = 6 * ["subflow"] if self._callable() else []
        chain = [self._node(self.one_of([*types, *more])) for _ in range(count)]
        ends = [*ENDS, *(["end", "end", "end"] if self._part else [])]
        ends += ["jump_flow"] if self._lines() else []
        return [*chain, self._node(self.one_of(ends))]

    def _tidying(self, count: int) -> list[NodeDecl]:
        """Nodes for the time after the call: they neither speak nor end anything."""
        tidying = [self._node(self.one_of(["db_change", "log", "set"])) for _ in range(count)]
        return [*tidying, self._node("hangup")] if count and self.pick(2) == 0 else tidying

    def _name_of_node(self) -> str:
        name = str(self.one_of(_NAMES))
        while name in self._taken:
            name += str(len(self._taken))
        self._taken.add(name)
        return name

    def _node(self, type: str) -> NodeDecl:
        cls = LIBRARY[type]
        name = self._name_of_node()
        parameters, drawn = self._special(type, cls)
        title = self.one_of([None, None, "What it does"])
        return NodeDecl(name, type, title, tuple(parameters), drawn, self._draw(_COMMENTS))

    def _special(self, type: str, cls: type[Node]) -> tuple[list[Parameter], tuple[Edge, ...]]:
        """The parameters, and the ports that have to be drawn by hand."""
        edges: tuple[Edge, ...] = ()
        match type:
            case "set":
                return self._assignments(), ()
            case "menu":
                keys = self.one_of([(1, 2), ("1", 10, "#"), ("*",), (0, "00")])
                edges = tuple(Edge(key, None, self.one_of([None, "Billing"])) for key in keys)
            case "switch":
                kind = self.one_of([NUMBER, TEXT, BOOLEAN])
                ports = {"number": (1, 2), "text": ("gold", "1"), "boolean": ("true", "false")}
                edges = tuple(Edge(port, None) for port in ports[kind.name])
                return [Parameter("on", self._typed.of(kind))], edges
            case "subflow":
                return self._called(), ()
            case "jump_flow":
                return [Parameter("flow", text(self.one_of(self._lines())))], ()
        written = [self._parameter(type, spec) for spec in cls.params.values()]
        return [parameter for parameter in written if parameter is not None], edges

    def _assignments(self) -> list[Parameter]:
        lines = [Parameter("contact.level", self._typed.of(TEXT))]
        for name, kind in self._typed.names.items():
            if name not in self._made and self.pick(2) == 0:
                lines.append(Parameter(name, self._typed.of(replace(kind, optional=False))))
        return lines[self.pick(1) if len(lines) > 1 else 0 :]

    def _callable(self) -> list[str]:
        return [name for name, called in self._files.items() if self._face(called).outcomes]

    def _lines(self) -> list[str]:
        return [
            name
            for name, called in self._files.items()
            if not self._face(called).outcomes
            and not any(item.required for item in self._face(called).inputs.values())
        ]

    def _face(self, called: CalledFlow) -> Any:
        face = called.interface
        assert face is not None
        return face

    def _called(self) -> list[Parameter]:
        file = self.one_of(self._callable())
        face = self._face(self._files[file])
        parameters = [Parameter("flow", text(file))]
        given = [
            Pair(name, self._typed.of(replace(item.type, optional=False), 1))
            for name, item in face.inputs.items()
            if item.required or self.pick(1)
        ]
        if given:
            parameters.append(Parameter("inputs", RecordOf(tuple(given))))
        wanted = {
            name: output
            for output, made in face.outputs.items()
            for name, kind in self._typed.names.items()
            if kind == made
        }
        if wanted:
            pairs = tuple(Pair(name, Name(output)) for name, output in wanted.items())
            parameters.append(Parameter("outputs", RecordOf(pairs)))
        return parameters

    # --- parameters -----------------------------------------------------------------------------

    def _parameter(self, type: str, spec: ParamSpec) -> Parameter | None:
        if not spec.required and self.pick(2) and (type, spec.name) not in _ALWAYS:
            return None
        fixed = _FIXED.get((type, spec.name))
        value = self.one_of(fixed) if fixed is not None else self._value(spec)
        return None if value is None else Parameter(spec.name, value)

    def _value(self, spec: ParamSpec) -> Expr | None:
        if spec.variable:
            return self._variable(spec)
        if spec.choices:
            return text(str(self.one_of(spec.choices)))
        if spec.whole or spec.type.name == "duration":
            return _within(spec, self.pick(2))
        kind = replace(spec.type, optional=False)
        if kind.name == "text" and self.pick(2) == 0:
            return text("word")
        return self._typed.of(kind)

    def _variable(self, spec: ParamSpec) -> Expr:
        """One that is declared with this type, or a new one that the node declares."""
        made = spec.makes or ANY
        fitting = [
            name
            for name, kind in self._typed.names.items()
            if kind.name == made.name and kind.item == made.item and name not in self._made
        ]
        if fitting and self.pick(1):
            return Name(str(self.one_of(fitting)))
        name = f"{made.name}_made"
        self._made[name] = made
        if made in (NUMBER, TEXT):
            self._typed.names[name] = replace(made, optional=True)
        return Name(name)

    # --- arrows ---------------------------------------------------------------------------------

    def _connected(
        self, decl: NodeDecl, chain: Sequence[NodeDecl], others: Sequence[str]
    ) -> NodeDecl:
        """*decl* with an arrow from each port; the first one leads to the next of its *chain*.

        So a call can come to an end from everywhere, whatever circles there are.
        """
        bound = bind(decl, LIBRARY[decl.type], self._files.get)
        assert bound.fault is None, bound.fault
        here = [node.name for node in chain].index(decl.name)
        following = chain[here + 1].name if here + 1 < len(chain) else None
        edges: list[Edge] = []
        for key, port in bound.ports.items():
            target = following if not edges else self.one_of(others)
            leads = port.required or (self.pick(2) == 0 and key != ERROR) or self.pick(4) == 0
            if target is not None and leads:
                edges.append(self._edge(bound, key, target))
        tail = (self._draw(_COMMENT),) if self.pick(9) == 0 else ()
        return replace(decl, edges=tuple(edges), tail=tail)

    def _edge(self, bound: BoundNode, key: PortValue, target: str) -> Edge:
        drawn = bound.edges.get(key)
        label = None if drawn is None else drawn.label
        return Edge(drawn.port if drawn is not None else key, target, label)


def _within(spec: ParamSpec, above: int) -> Expr:
    """The lowest value that is allowed, or one a little above."""
    if spec.type.name == "duration":
        low = spec.low or timedelta(0)
        value = min(low + above * timedelta(seconds=1), spec.high or timedelta(hours=1))
        return Literal(value, f"{value // timedelta(milliseconds=1)}ms")
    value = min((spec.low or 0) + above, spec.high if spec.high is not None else 9)
    return number(int(value))


_SELECT = Text(("\nselect owed, name from account\nwhere phone = :phone\n".strip(),), "long")
_BIND = RecordOf((Pair("phone", Member(Name("call"), "caller")),))
_SHOP = "https://shop.example.com/orders/"
_FIXED: dict[tuple[str, str], Sequence[Expr | None]] = {
    ("business_hours", "calendar"): [text("office")],
    ("db_lookup", "source"): [text("billing")],
    ("db_lookup", "sql"): [_SELECT],
    ("db_lookup", "bind"): [_BIND],
    ("db_change", "source"): [text("billing")],
    ("db_change", "sql"): [text("insert into repair (phone) values (:phone)")],
    ("db_change", "bind"): [_BIND],
    ("dial", "caller_id"): [None],
    ("digits", "min"): [number(1)],
    ("digits", "max"): [number(4), number(20)],
    ("digits", "secret"): [None],
    ("end", "outcome"): [text("done"), text("unknown"), text("next")],
    ("http", "url"): [text(_SHOP + "1"), Text((_SHOP, Slot(Member(Name("call"), "id")), "/x"))],
    ("http", "headers"): [RecordOf((Pair("X-Api-Key", text("k"), True),))],
    ("language", "choices"): [
        ListOf((text("en"), text("zh-CN"))), ListOf((text("zh-CN"),)),
    ],
    ("pin", "account"): [text("4711"), Member(Name("call"), "caller")],
    ("record", "end_key"): [text("#"), text("")],
    ("reject", "code"): [number(486), number(603)],
    ("say", "voice"): [None],
    ("send_email", "to"): [text("repairs@example.com")],
    ("send_email", "document"): [None],
    ("send_keys", "keys"): [text("1,,4711#"), text("42")],
    ("send_sms", "text"): [text("Your code is 4711.")],
    ("split", "shares"): [
        RecordOf((Pair("old", number(90)), Pair("new", number(10)))),
        RecordOf((Pair("a b", number("33.3"), True), Pair("c", number("66.7")))),
    ],
    ("survey", "low"): [number(1)],
    ("survey", "high"): [number(5), number(10)],
    ("count", "limit"): [number(2)],
}  # fmt: skip
"""Parameters that not every expression of their type will do for."""
_ALWAYS = {("db_lookup", "bind"), ("db_change", "bind"), ("send_email", "text")}
