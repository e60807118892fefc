"""A past call beside the present draft: the way it went, and where it would part from the draft.

Only the way is compared. That a condition or a query would answer otherwise today cannot be told
from a trace; the checks of the draft and its call tests are for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from designer.core.calls import CallTrail, Visit, Way
from designer.core.compare.told import Say, english
from designer.core.edits import Library, first_nodes
from designer.core.edits.items import JumpKind
from designer.core.marks import Ports, joined, port_of
from designer.core.picture import Badge, CardMark, Marks, PortKey, PortMark
from flow_runtime.core.binding import Beyond, bind
from flow_runtime.core.model import Flow, NodeDecl, PortValue
from flow_runtime.core.surroundings import FindFlow


@dataclass(frozen=True, slots=True)
class Parting:
    """Where the call and the draft go separate ways: at the visit with the index *at*.

    ``no-node``: the draft has no such node. ``no-port``: the node has no such port any more.
    ``elsewhere``: the port leads to *leads_to* (None: nowhere), and the call went to *went_to*
    (None: it ended there). ``start``, of the first visit or the first one after the hang-up: the
    draft begins with *leads_to*.
    """

    kind: Literal["no-node", "no-port", "elsewhere", "start"]
    at: int
    node: str
    port: PortValue | None = None
    went_to: str | None = None
    leads_to: str | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """One passage of a call through the flow, and where it would part from the draft."""

    way: Way
    parting: Parting | None = None

    @property
    def followed(self) -> int:
        """How many visits the draft would make as well."""
        if self.parting is None:
            return len(self.way.visits)
        before = self.parting.kind in ("no-node", "start")
        return self.parting.at + (0 if before else 1)


def replay(way: Way, draft: Flow, library: Library, flows: FindFlow | None = None) -> Replay:
    """Go *way* through *draft*; *flows* finds the flows that it names."""
    return Replay(way, _Draft(draft, library, flows).parting(way))


class _Draft:
    """The draft as it is walked through."""

    def __init__(self, flow: Flow, library: Library, flows: FindFlow | None) -> None:
        self._flow, self._library, self._flows = flow, library, flows
        self._nodes: Mapping[str, NodeDecl] = first_nodes(flow)

    def parting(self, way: Way) -> Parting | None:
        visits = way.visits
        for index, visit in enumerate(visits):
            before = visits[index - 1] if index else None
            following = visits[index + 1] if index + 1 < len(visits) else None
            parting = self._begins(index, visit, before) or self._passes(index, visit, following)
            if parting is not None:
                return parting
        return None

    def _begins(self, index: int, visit: Visit, before: Visit | None) -> Parting | None:
        """Whether the draft begins, or cleans up, at another node; or has no such node at all."""
        way: JumpKind | None = None
        if visit.after_hangup and (before is None or not before.after_hangup):
            way = "on_hangup"
        elif before is None:
            way = "start"
        if visit.node not in self._nodes:
            return Parting("no-node", index, visit.node)
        if way is None or self._flow.jump(way) == visit.node:
            return None
        leads_to = self._flow.jump(way)
        return Parting("start", index, visit.node, went_to=visit.node, leads_to=leads_to)

    def _passes(self, index: int, visit: Visit, following: Visit | None) -> Parting | None:
        """Whether the draft goes on as the call did behind *visit*."""
        if visit.port is None:
            return None  # the call ended in it, or is still there
        if following is not None and following.after_hangup and not visit.after_hangup:
            return None  # the caller had gone when the node was left
        went_to = None if following is None else following.node
        decl = self._nodes[visit.node]
        known, leads_to = self._exit(decl, visit.port, last=went_to is None)
        if not known:
            return Parting("no-port", index, visit.node, visit.port, went_to)
        if leads_to == went_to:
            return None
        return Parting("elsewhere", index, visit.node, visit.port, went_to, leads_to)

    def _exit(self, decl: NodeDecl, port: PortValue, *, last: bool) -> tuple[bool, str | None]:
        """Whether *decl* has *port*, and the node that it leads to.

        *last*: the call ended here. That is what a failure, or a port that leads nowhere, comes
        to in the branch of ``on_error`` and after the hang-up; before, it leads to ``on_error``.
        """
        cls = self._library.get(decl.type)
        if cls is None:
            edge = decl.edge(port)
            return edge is not None, None if edge is None else edge.target
        bound = bind(decl, cls, self._flows)
        key = cls.port_key(port)
        if key not in bound.ports and not cls.ends:
            return False, None
        leads = bound.exit(key)
        if leads is Beyond.ON_ERROR or (leads is None and not cls.ends):
            return True, None if last else self._flow.jump("on_error")
        return True, leads if isinstance(leads, str) else None


def passage(whole: CallTrail, shown: CallTrail, flow: str) -> tuple[Way, int] | None:
    """The passage through *flow* that a replay is in, or was in last, and how many visits it shows.

    *whole* is the trail of the whole call, *shown* as far as it is shown. None: not there yet.
    """
    for index in range(len(shown.ways) - 1, -1, -1):
        if shown.ways[index].flow == flow:
            return whole.ways[index], len(shown.ways[index].visits)
    return None


# --- what is shown --------------------------------------------------------------------------------


def replay_marks(
    shown: Replay, ports: Ports | None = None, upto: int | None = None, say: Say = english
) -> Marks:
    """The way of a past call: numbered discs, and where it would part from the draft.

    *upto* is how many visits are shown, for playing it step by step: the call is in the last of
    them; None for all. A node that was passed several times has as many discs.
    """
    steps: dict[str, tuple[int, ...]] = {}
    marks: dict[PortKey, PortMark] = {}
    visits = shown.way.visits[:upto]
    for number, visit in enumerate(visits, 1):
        steps[visit.node] = (*steps.get(visit.node, ()), number)
        if visit.port is not None and number < len(visits):
            marks[visit.node, port_of(ports, visit.node, visit.port)] = PortMark(path="replay")
    here = visits[-1].node if visits and upto is not None else None
    cards = {node: CardMark(steps=met, here=node == here) for node, met in steps.items()}
    way = Marks(cards, marks)
    parting = shown.parting
    if parting is None or parting.at >= len(visits):
        return way
    badge = Badge("warning", say("parts here"), parting_text(parting, say))
    node = parting.node
    if parting.kind == "no-node":  # there is no card to say it on: the one before has it
        if parting.at == 0:
            return way
        node = visits[parting.at - 1].node
    return joined([way, Marks({node: CardMark(badge=badge)})])


def parting_text(parting: Parting, say: Say = english) -> str:
    """Where call and draft part, in a sentence."""
    node, port, leads_to = parting.node, parting.port, parting.leads_to
    ended, went_to = say("the end of the call"), parting.went_to
    match parting.kind:
        case "no-node":
            return say("The call came to {node}; the draft has no such node.", node=node)
        case "no-port":
            return say(
                "The call left {node} by {port}; in the draft it has no such port.",
                node=node,
                port=port,
            )
        case "start":
            return say(
                "The call began with {node}; the draft begins with {other}.",
                node=node,
                other=leads_to or say("nothing"),
            )
    return say(
        "From {node} the call went by {port} to {went}; the draft leads to {other}.",
        node=node,
        port=port,
        went=went_to or ended,
        other=leads_to or ended,
    )
