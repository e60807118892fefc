"""What phone and simulator say of a call: titles of nodes, meanings of keys, how it ended."""

from __future__ import annotations

from collections.abc import Callable

from designer.core.scene_cards import card_title
from designer.look.i18n import tr
from designer.panels.simulator.live_call import LiveCall
from flow_runtime.call_tests import programs
from flow_runtime.core.model import NodeDecl, PortValue
from flow_runtime.core.program import Program
from flow_runtime.text_speaker import speaking_time


def _node(program: Program, flow: str, node: str) -> NodeDecl | None:
    """A node of *program*, or of a flow that it calls."""
    found = next((one.flow for one in programs(program) if one.name == flow), None)
    return None if found is None else found.node(node)


def title_of(call: LiveCall | None, flow: str, node: str) -> str:
    """The title of a node of any flow that *call* may be in."""
    decl = None if call is None else _node(call.program, flow, node)
    return node if decl is None else card_title(decl)


def label_of(program: Program, flow: str, node: str, port: PortValue) -> str:
    """The analyst's word for the way that *port* leads."""
    decl = _node(program, flow, node)
    edges = () if decl is None else decl.edges
    return next((edge.label or "" for edge in edges if str(edge.port) == str(port)), "")


def ending_of(call: LiveCall, title: Callable[[str, str], str]) -> str:
    """How *call*, which is over, has ended, in a sentence."""
    if call.crash:
        return tr("The simulation has failed: {what}", what=call.crash)
    if call.ended is None:
        return tr("Stopped")
    if call.ended.failure is not None:
        failure = call.ended.failure
        return tr(
            "The flow has failed at {node}: {what}",
            node=title(call.state.flow, call.ended.node),
            what=tr("{name}: {what}", name=failure.name, what=failure.text),
        )
    if call.ended.party == "caller":
        return tr("The caller has hung up")
    return tr("Ended by the flow ({cause})", cause=call.ended.cause)


def spoken(words: str) -> tuple[float, str]:
    """How long a caller speaks who says *words*, and what is shown of it: ``3 s`` is a time."""
    text = words.strip()
    number = text.removesuffix("s").strip()
    if number.replace(".", "", 1).isdigit():
        seconds = min(float(number), 3600.0)
        return seconds, tr("(speaks for {n} s)", n=f"{seconds:g}")
    return speaking_time(text), text
