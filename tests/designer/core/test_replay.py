"""A past call goes through the draft until the two part."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from designer.core import edits
from designer.core.calls import Way, call_trail
from designer.core.edits import Library
from designer.core.picture import Badge, CardMark, PortMark
from designer.core.replay import Parting, parting_text, replay, replay_marks
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.program import compile_program
from flow_runtime.core.syntax import parse, print_flow
from flow_strategies import Drawn, runnable_flows
from nodes.catalogue import library
from random_driver import Watch, journey

LIBRARY: Library = library()
TEXT = """\
flow shop
start -> hours
on_error -> sorry
on_hangup -> note
node hours: business_hours
  calendar = "office"
  open -> menu
  closed -> sorry
node menu: menu
  prompt = "Press 1."
  1 "Billing" -> bill
  2 -> hours
  failed -> sorry
node bill: db_lookup
  found -> sorry
  not_found -> menu
node sorry: say
  text = "Sorry."
  -> end
node end: hangup
node note: log
  text = "gone"
"""


def flow_of(text: str = TEXT) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def way_of(*steps: tuple[str, str | int | None], gone: int | None = None) -> Way:
    """A call through these nodes and ports; the caller hangs up in the step with the index."""
    events: list[dict[str, Any]] = []
    for number, (node, port) in enumerate(steps):
        at = {"t": float(number), "flow": "shop", "node": node}
        events.append({**at, "event": "enter"})
        if gone == number:
            events.append({"t": float(number), "event": "hangup", "by": "caller"})
        if port is not None:
            events.append({**at, "event": "leave", "port": port})
    (way,) = call_trail(events).ways
    return way


PLAIN = (("hours", "open"), ("menu", "1"), ("bill", "found"), ("sorry", "next"), ("end", "normal"))


def parting(way: Way, text: str) -> Parting | None:
    return replay(way, flow_of(text), LIBRARY).parting


@pytest.mark.parametrize(
    "way",
    [
        way_of(*PLAIN),
        way_of(("hours", "holiday"), ("sorry", "next"), ("end", "normal")),
        way_of(("hours", "open"), ("menu", "1"), ("bill", "error"), ("sorry", "next"),
               ("end", "normal")),
        way_of(("hours", "open"), ("menu", None), ("note", "next"), gone=1),
        way_of(("hours", "open"), ("menu", "1"), ("note", "next"), gone=1),
        way_of(("hours", "open"), ("menu", None)),
    ],
)  # fmt: skip
def test_a_call_of_today_goes_the_whole_way(way: Way) -> None:
    shown = replay(way, flow_of(), LIBRARY)
    assert shown.parting is None and shown.followed == len(way.visits)


@pytest.mark.parametrize(
    ("was", "now", "expected", "followed"),
    [
        ("1 \"Billing\" -> bill", "1 -> hours",
         Parting("elsewhere", 1, "menu", "1", "bill", "hours"), 2),
        ("  1 \"Billing\" -> bill\n", "", Parting("no-port", 1, "menu", "1", "bill"), 2),
        ("node bill", "node other", Parting("no-node", 2, "bill"), 2),
        ("start -> hours", "start -> menu",
         Parting("start", 0, "hours", None, "hours", "menu"), 0),
        ("node menu: menu", "node menu: wait", Parting("no-port", 1, "menu", "1", "bill"), 2),
        ("  -> end", "  -> bill", Parting("elsewhere", 3, "sorry", "next", "end", "bill"), 4),
        ("  open -> menu", "  open",
         Parting("elsewhere", 0, "hours", "open", "menu", "sorry"), 1),
        ("node end: hangup", "node end: wait\n  -> menu",
         Parting("no-port", 4, "end", "normal"), 5),
    ],
)  # fmt: skip
def test_where_draft_and_call_part(was: str, now: str, expected: Parting, followed: int) -> None:
    assert was in TEXT
    shown = replay(way_of(*PLAIN), flow_of(TEXT.replace(was, now)), LIBRARY)
    assert (shown.parting, shown.followed) == (expected, followed)
    assert expected.node in parting_text(expected)


def test_a_failure_goes_where_the_draft_handles_it() -> None:
    way = way_of(("hours", "open"), ("menu", "1"), ("bill", "error"), ("sorry", "next"))
    other = TEXT.replace("on_error -> sorry", "on_error -> note")
    assert parting(way, other) == Parting("elsewhere", 2, "bill", "error", "sorry", "note")
    own = other.replace("  not_found", "  error -> sorry\n  not_found")
    assert replay(way, flow_of(own), LIBRARY).parting == Parting(
        "elsewhere", 3, "sorry", "next", None, "end"
    )


def test_the_clean_up_begins_elsewhere() -> None:
    way = way_of(("hours", "open"), ("menu", None), ("note", "next"), gone=1)
    assert parting(way, TEXT.replace("on_hangup -> note\n", "")) == Parting(
        "start", 2, "note", None, "note", None
    )


def test_a_type_that_is_not_known_is_followed_by_its_arrows() -> None:
    way = way_of(("a", "x"), ("b", None))
    assert parting(way, "flow shop\nstart -> a\nnode a: later\n  x -> b\nnode b: later\n") is None
    assert parting(way, "flow shop\nstart -> a\nnode a: later\n  y -> b\nnode b: later\n") == (
        Parting("no-port", 0, "a", "x", "b")
    )


# --- shown ----------------------------------------------------------------------------------------

PORTS: dict[str, tuple[str | int, ...]] = {"hours": ("open", "closed"), "menu": (1, 2, "failed")}


def test_the_way_is_numbered_step_by_step() -> None:
    way = way_of(("hours", "open"), ("menu", "2"), ("hours", "open"), ("menu", "1"), ("bill", None))
    shown = replay(way, flow_of(), LIBRARY)
    two = replay_marks(shown, PORTS, upto=2)
    assert two.cards == {"hours": CardMark(steps=(1,)), "menu": CardMark(steps=(2,), here=True)}
    assert two.ports == {
        ("hours", "open"): PortMark(path="replay"),
    }
    whole = replay_marks(shown, PORTS)
    assert whole.cards == {
        "hours": CardMark(steps=(1, 3)),
        "menu": CardMark(steps=(2, 4)),
        "bill": CardMark(steps=(5,)),
    }
    assert ("menu", 1) in whole.ports and ("menu", 2) in whole.ports


def test_the_parting_is_told_once_it_is_reached() -> None:
    draft = flow_of(TEXT.replace('1 "Billing" -> bill', "1 -> hours"))
    shown = replay(way_of(*PLAIN), draft, LIBRARY)
    assert replay_marks(shown, PORTS, upto=1).cards["hours"].badge is None
    tip = "From menu the call went by 1 to bill; the draft leads to hours."
    badge = Badge("warning", "parts here", tip)
    assert replay_marks(shown, PORTS, upto=2).cards["menu"] == CardMark(
        badge=badge, steps=(2,), here=True
    )


def test_a_node_that_is_gone_is_told_on_the_one_before() -> None:
    shown = replay(way_of(*PLAIN), edits.remove_nodes(flow_of(), ["bill"]), LIBRARY)
    assert shown.parting == Parting("elsewhere", 1, "menu", "1", "bill", "sorry")
    renamed = replay(way_of(*PLAIN), flow_of(TEXT.replace("node bill", "node other")), LIBRARY)
    badge = replay_marks(renamed).cards["menu"].badge
    assert badge is not None and "no such node" in badge.tip
    gone = replay(way_of(*PLAIN), Flow("shop"), LIBRARY)
    assert gone.parting == Parting("no-node", 0, "hours")
    assert all(card.badge is None for card in replay_marks(gone).cards.values())


# --- as the interpreter goes ----------------------------------------------------------------------


@dataclass
class Told(Watch):
    """An observer that keeps what a trace would tell."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, flow: str, node: str) -> None:
        self.events.append({"event": "enter", "flow": flow, "node": node})

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        self.events.append({"event": "leave", "flow": flow, "node": node, "port": port})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(runnable_flows(), st.integers(0, 2**32))
def test_what_was_just_run_goes_the_whole_way(drawn: Drawn, seed: int) -> None:
    assume(len(drawn.flows) == 1)
    (flow,) = drawn.flows.values()
    told = Told()
    made, _ = journey(compile_program(flow, drawn.site), seed, told)
    assume(made.run.hangup is None and "step-budget" not in told.failures)
    for way in call_trail(told.events).ways:
        assert replay(way, flow, drawn.site.nodes).parting is None, (way, print_flow(flow))
