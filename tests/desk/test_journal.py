"""The journal of calls: what is kept, what is forgotten, what those who watch are told."""

import asyncio
import json
from typing import Any

from desk.api.journal import HOUR, Journal

T = 1_790_000_000.0


def told(journal: Journal, call: str, *events: tuple[str, dict[str, Any]], t: float = T) -> None:
    for kind, fields in events:
        journal({"t": t, "call": call, "event": kind, **fields})


def incoming(flow: str = "shop") -> tuple[str, dict[str, Any]]:
    fields = {"caller": "138", "called": "100", "trunk": None, "channel": "sip"}
    return "incoming", {"flow": flow, **fields}


def enter(node: str, flow: str = "shop") -> tuple[str, dict[str, Any]]:
    return "enter", {"flow": flow, "node": node}


HANGUP = ("hangup", {"by": "caller", "cause": "normal"})


def test_a_call_is_shown_where_it_is_and_then_as_it_ended() -> None:
    journal = Journal()
    told(journal, "a", incoming(), ("answered", {}), enter("menu"))
    [call] = journal.running()
    assert (call.flow, call.node, call.caller, call.called) == ("shop", "menu", "138", "100")
    assert (call.answered, call.ended) == (T, None)
    told(journal, "a", HANGUP, enter("tidy"), t=T + 5)
    assert journal.running() == []
    [call] = journal.past()
    assert (call.ended, call.by, call.cause, call.node) == (T + 5, "caller", "normal", "tidy")
    assert [json.loads(line)["event"] for line in call.lines] == [
        "incoming", "answered", "enter", "hangup", "enter",
    ]  # fmt: skip


def test_the_oldest_calls_are_forgotten_and_say_nothing_more() -> None:
    journal = Journal(calls=2)
    for name in "abc":
        told(journal, name, incoming(), HANGUP)
    assert [call.id for call in journal.past()] == ["c", "b"]
    told(journal, "a", enter("tidy"))
    assert journal.call("a") is None and journal.running() == []


def test_events_are_bounded_in_one_call_and_in_all() -> None:
    journal = Journal(events=20, longest=8)
    told(journal, "long", incoming(), *[enter("menu")] * 10)
    record = journal.call("long")
    assert record is not None and (len(record.lines), record.dropped) == (8, 3)
    told(journal, "long", HANGUP)
    for number in range(6):
        told(journal, str(number), incoming(), enter("menu"), HANGUP)
    kept = journal.past()
    assert sum(len(call.lines) for call in kept) <= 20
    assert [call.id for call in kept] == ["5", "4", "3", "2", "1", "0"]


def test_a_running_call_is_never_forgotten() -> None:
    journal = Journal(calls=1, events=5)
    told(journal, "mine", incoming(), *[enter("menu")] * 5)
    for number in range(4):
        told(journal, str(number), incoming(), HANGUP)
    assert [call.id for call in journal.running()] == ["mine"]


async def test_a_watcher_is_told_what_it_wants_in_order() -> None:
    journal = Journal()
    told(journal, "a", incoming())
    watcher = journal.watch(lambda record: record.id == "a")
    told(journal, "b", incoming())
    told(journal, "a", enter("menu"), enter("bye"))
    events = await watcher.next()
    assert [json.loads(line)["node"] for _, line in events] == ["menu", "bye"]
    assert [number for number, _ in events] == [3, 4]
    journal.leave(watcher)
    told(journal, "a", HANGUP)
    waiting = asyncio.ensure_future(watcher.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_a_watcher_that_lags_gets_no_part_of_what_it_missed() -> None:
    journal = Journal()
    watcher = journal.watch()
    told(journal, "a", incoming(), *[enter("menu")] * 2_500)
    assert watcher.lagged and await watcher.next() == []
    watcher.begin()
    told(journal, "a", enter("bye"))
    assert len(await watcher.next()) == 1


def test_traffic_is_kept_by_the_hour_and_for_a_month() -> None:
    journal = Journal()
    for number in range(3):
        told(journal, str(number), incoming(), enter("menu"), HANGUP, t=T + number * HOUR)
    assert journal.traffic("shop", T, T + 3 * HOUR).calls == 3
    later = journal.traffic("shop", T + HOUR, T + 1.1 * HOUR)
    assert (later.calls, later.nodes["menu"].hangups) == (1, 1)
    assert journal.traffic("other", 0, 2 * T).calls == 0
    told(journal, "z", incoming(), enter("menu"), HANGUP, t=T + 40 * 24 * HOUR)
    assert journal.traffic("shop", 0, 2 * T).calls == 1


def test_a_call_over_the_full_hour_counts_where_its_events_are() -> None:
    journal = Journal()
    begin = (T // HOUR + 1) * HOUR
    told(journal, "a", incoming(), enter("menu"), t=begin - 1)
    told(journal, "a", ("leave", {"flow": "shop", "node": "menu", "port": 1}), t=begin + 1)
    before = journal.traffic("shop", begin - 2, begin)
    after = journal.traffic("shop", begin, begin + 2)
    assert (before.nodes["menu"].visits, after.nodes["menu"].ports[1]) == (1, 1)
    assert after.nodes["menu"].median_seconds is not None
