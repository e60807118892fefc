"""The flow as data: what a file says, immutable, with every comment and place kept.

The parser makes it, the printer writes it, the checker and the interpreter's loader read it,
and an editor changes it with `dataclasses.replace`. Two flows are equal when they say the same:
places do not count, comments and layout do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.problems import NOWHERE, Place

PortValue: TypeAlias = str | int
"""A port as written: ``open``, ``1`` or ``"#"``. To `menu`, ``1`` and ``"1"`` are one key."""

NEXT = "next"
ERROR = "error"


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments of one item: whole lines above it, and one behind it (text without ``#``)."""

    above: tuple[str, ...] = ()
    behind: str | None = None


NO_COMMENTS = Comments()


@dataclass(frozen=True, slots=True)
class TypeName:
    """A declared type: ``text``, ``number?``, ``list of text``."""

    name: str
    optional: bool = False
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """``input|output|var name: type = expression``."""

    kind: Literal["input", "output", "var"]
    name: str
    type: TypeName
    default: Expr | None = None
    comments: Comments = NO_COMMENTS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Jump:
    """``start -> x``, ``on_error -> x`` or ``on_hangup -> x``."""

    kind: Literal["start", "on_error", "on_hangup"]
    target: str
    comments: Comments = NO_COMMENTS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """``name = expression`` inside a node; *name* may be dotted (``contact.level`` in `set`)."""

    name: str
    value: Expr
    comments: Comments = NO_COMMENTS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """``port "label" -> target``; *target* is None while the port is not connected."""

    port: PortValue
    target: str | None
    label: str | None = None
    comments: Comments = NO_COMMENTS
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NodeDecl:
    """One ``node`` block. *type* may be unknown here: it is kept whole and refused later."""

    name: str
    type: str
    title: str | None = None
    parameters: tuple[Parameter, ...] = ()
    edges: tuple[Edge, ...] = ()
    comments: Comments = NO_COMMENTS
    tail: tuple[str, ...] = ()
    """Own-line comments after the node's last line, still inside its indentation."""
    place: Place = field(default=NOWHERE, compare=False)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter called *name*, if it is written."""
        return next((p for p in self.parameters if p.name == name), None)

    def edge(self, port: PortValue) -> Edge | None:
        """The edge that leaves by *port*, if it is written."""
        return next((e for e in self.edges if e.port == port and type(e.port) is type(port)), None)


@dataclass(frozen=True, slots=True)
class Box:
    """``name x,y``: where a node stands on the canvas, in grid units."""

    name: str
    x: int
    y: int
    comments: Comments = NO_COMMENTS


@dataclass(frozen=True, slots=True)
class Remark:
    """``note|frame "text" x,y width,height``: something on the canvas that does not run."""

    kind: Literal["note", "frame"]
    text: str
    x: int
    y: int
    width: int
    height: int
    comments: Comments = NO_COMMENTS


@dataclass(frozen=True, slots=True)
class Layout:
    """The canvas: no part of what the flow does."""

    boxes: tuple[Box, ...] = ()
    remarks: tuple[Remark, ...] = ()
    comments: Comments = NO_COMMENTS
    tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One call flow or sub-flow."""

    name: str
    title: str | None = None
    schema: int = 1
    declarations: tuple[Declaration, ...] = ()
    jumps: tuple[Jump, ...] = ()
    nodes: tuple[NodeDecl, ...] = ()
    layout: Layout = Layout()
    comments: Comments = NO_COMMENTS
    schema_comments: Comments = NO_COMMENTS
    tail: tuple[str, ...] = ()
    """Own-line comments after the last item."""
    place: Place = field(default=NOWHERE, compare=False)

    def node(self, name: str) -> NodeDecl | None:
        """The node called *name*."""
        return next((n for n in self.nodes if n.name == name), None)

    def jump(self, kind: Literal["start", "on_error", "on_hangup"]) -> str | None:
        """Where ``start``, ``on_error`` or ``on_hangup`` leads, None when it is not written."""
        return next((j.target for j in self.jumps if j.kind == kind), None)
