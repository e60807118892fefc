"""One node while it is exported: its values, its ways out, its share of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cordboard.vxml.elements import Content, Element, element
from cordboard.vxml.export_sounds import SoundWriter
from cordboard.vxml.report import DIFFERS, NO_COUNTERPART, Report
from cordboard.vxml.script_writing import NoCounterpart, ScriptWriter
from cordboard.vxml.times import written_time
from flow_runtime.core.expr.tree import Expr, Literal, Name, RecordOf, Text
from flow_runtime.core.model import ERROR, NEXT, Edge, NodeDecl, PortValue
from flow_runtime.core.node import Node, ParamSpec


@dataclass(frozen=True, slots=True)
class Outline:
    """The document around a node: what its dialogs and variables are called."""

    ids: Mapping[str, str]
    """The dialog of each node."""
    variables: Mapping[str, str]
    """The variable of the document for each of the flow."""
    always_set: frozenset[str]
    """Variables that are never none."""
    outputs: tuple[str, ...]
    recordings: frozenset[str]
    report: Report
    flow_differs: Callable[[str], None]


class Work:
    """What the writer of one node type asks; methods raise `NoCounterpart`."""

    def __init__(
        self,
        node: NodeDecl,
        kind: type[Node],
        outline: Outline,
        sounds: Callable[[ScriptWriter], SoundWriter],
    ) -> None:
        self.node = node
        self.id = outline.ids[node.name]
        self.outputs = outline.outputs
        self.scripts = ScriptWriter(self.names, self.differs, outline.recordings)
        self.sounds = sounds(self.scripts)
        self._kind = kind
        self._outline = outline

    # --- findings -------------------------------------------------------------------------------

    def differs(self, text: str) -> None:
        """Tell that the document does not do quite the same."""
        self._outline.report.warning(
            DIFFERS, f"{self.node.name}: {text}", self.node.place, self.node.name
        )

    def lost(self, text: str) -> None:
        """Tell that a part of the node's work has no counterpart."""
        self._outline.report.error(
            NO_COUNTERPART, f"{self.node.name}: {text}", self.node.place, self.node.name
        )

    def differs_in_general(self, text: str) -> None:
        """Tell, once for the whole flow, that something is not quite the same there."""
        self._outline.flow_differs(text)

    # --- values ---------------------------------------------------------------------------------

    def expression(self, name: str) -> Expr:
        """The expression of a parameter that must be written."""
        parameter = self.node.parameter(name)
        if parameter is None:
            raise NoCounterpart(f"{name} is not written")
        return parameter.value

    def default(self, name: str) -> Any:
        """The value of a parameter that is not written."""
        return self._spec(name).default

    def constant(self, name: str) -> Any:
        """The value of a parameter: a number is an int, a text str, a duration timedelta."""
        parameter = self.node.parameter(name)
        if parameter is None:
            return self.default(name)
        match parameter.value:
            case Literal(value=Decimal() as number) if number == int(number):
                return int(number)
            case Literal(value=bool() | timedelta() as value):
                return value
            case Text() as text if text.constant is not None:
                return text.constant
        raise NoCounterpart(f"{name} is computed; there it must be a constant")

    def variable(self, name: str) -> str:
        """The variable that a parameter such as ``into`` names."""
        expression = self.expression(name)
        if not isinstance(expression, Name):
            raise NoCounterpart(f"{name} names no variable")
        return expression.name

    def record(self, name: str) -> RecordOf:
        """A record that is written out, empty when the parameter is not there."""
        parameter = self.node.parameter(name)
        if parameter is None:
            return RecordOf(())
        if not isinstance(parameter.value, RecordOf):
            raise NoCounterpart(f"{name} is computed; there it must be written out")
        return parameter.value

    def _spec(self, name: str) -> ParamSpec:
        return self._kind.params[name]

    # --- variables ------------------------------------------------------------------------------

    def names(self, variable: str) -> str:
        """What *variable* is called in the document."""
        return self._outline.variables.get(variable, variable)

    def own_variable(self, name: str) -> str:
        """A variable of the dialog called *name*, or nearly, that hides none of the document."""
        taken = set(self._outline.variables.values())
        number = 1
        while (own := name if number == 1 else f"{name}_{number}") in taken:
            number += 1
        return own

    def is_set(self, variable: str) -> bool:
        """Whether *variable* is never none."""
        return variable in self._outline.always_set

    def assign(self, variable: str, script: str) -> Element:
        """``assign`` of a variable of the flow."""
        return element("assign", {"name": self.names(variable), "expr": script})

    # --- sound ----------------------------------------------------------------------------------

    def spoken(self, name: str, timeout: str | None = None, voice: str | None = None) -> Element:
        """A parameter that is heard, as ``prompt``; *timeout* and *voice* name other ones."""
        content: Sequence[Content] = self.sounds.content(self.expression(name))
        if voice is not None and self.node.parameter(voice):
            content = [element("voice", {"name": self.constant(voice)}, *content)]
        barge_in = "interruptible" in self._kind.params and not self.constant("interruptible")
        attributes = {
            "bargein": "false" if barge_in else None,
            "timeout": None if timeout is None else written_time(self.constant(timeout)),
        }
        return element("prompt", attributes, *content)

    # --- ways out -------------------------------------------------------------------------------

    def ports(self) -> list[Edge]:
        """The edges as drawn, without that of ``error``."""
        return [edge for edge in self.node.edges if edge.port != ERROR]

    def target(self, port: PortValue) -> str | None:
        """The dialog that *port* leads to, None (and a finding) when it leads nowhere."""
        edge = self.node.edge(port)
        dialog = None if edge is None else self._outline.ids.get(edge.target or "")
        if dialog is not None:
            return dialog
        self.lost(f"the port {port} leads nowhere; the document ends there")
        return None

    def leave(self, port: PortValue = NEXT) -> list[Content]:
        """``goto`` where *port* leads."""
        target = self.target(port)
        return [element("exit") if target is None else element("goto", {"next": f"#{target}"})]

    def handlers(self) -> list[Content]:
        """Where a failure leads, if the node says so."""
        edge = self.node.edge(ERROR)
        if edge is None or edge.target is None:
            return []
        return [element("error", {}, *self.leave(ERROR))]
