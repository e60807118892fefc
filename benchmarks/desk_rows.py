"""What it costs to keep the desk's rows up to date, and to tell them.

    python benchmarks/desk_rows.py [--agents 1000] [--waiting 10000]

Prints microseconds: of the engine itself and of noting what an event has touched, for each event;
of a look at what has changed, for each event by itself and for a storm of 50; and of snapshots.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from acd_kit import LONGEST_IDLE  # noqa: E402
from contact_center.core import events as ev  # noqa: E402
from contact_center.core.engine import Engine  # noqa: E402
from contact_center.core.model import AgentSetup, QueueSetup  # noqa: E402
from contact_center.store.settings import QueueSettings  # noqa: E402
from desk.core.floor import Floor  # noqa: E402
from desk.core.roles import Who  # noqa: E402
from desk.core.views import View, with_positions  # noqa: E402
from flow_runtime.trace_lines import encoded  # noqa: E402

QUEUES, ROUNDS, STORM = 20, 2000, 50
NOW = 1_000_000.0


class Names:
    def title(self, agent: str) -> str:
        return agent

    def queue(self, name: str) -> QueueSettings:
        return QueueSettings(name)


def centre(agents: int, waiting: int) -> Engine:
    engine = Engine()
    engine.handle(ev.DayBegan("2026-11-28"), NOW)
    for queue in range(QUEUES):
        engine.handle(ev.SetQueue(QueueSetup(f"q{queue}")), NOW)
    for agent in range(agents):
        served = {f"q{agent % QUEUES}": 50, f"q{(agent + 7) % QUEUES}": 50}
        engine.handle(ev.SetAgent(AgentSetup(f"a{agent}", served)), NOW)
        engine.handle(ev.SignIn(f"a{agent}"), NOW)
    for contact in range(waiting):
        enter = ev.Enter(f"k{contact}", f"q{contact % QUEUES}", LONGEST_IDLE, number="138")
        engine.handle(enter, NOW + contact * 0.01)
    return engine


def timed(doing: Callable[[], Any]) -> tuple[float, Any]:
    """Microseconds, and what it gave."""
    start = perf_counter()
    made = doing()
    return (perf_counter() - start) * 1e6, made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--waiting", type=int, default=10_000)
    args = parser.parse_args()
    engine = centre(args.agents, args.waiting)
    now = NOW + args.waiting
    first, floor = timed(lambda: Floor(engine, Names(), lambda queue: None, now))
    print(f"the first look at all: {first:.0f} us")
    spent = dict.fromkeys(("engine", "noting", "a look after each event"), 0.0)
    for number in range(ROUNDS):
        contact, queue = f"n{number // 2}", f"q{number % QUEUES}"
        event = ev.HungUp(contact) if number % 2 else ev.Enter(contact, queue, LONGEST_IDLE)
        took, actions = timed(lambda event=event: engine.handle(event, now))  # type: ignore[misc]
        spent["engine"] += took
        spent["noting"] += timed(lambda: floor.note((event, *actions)))[0]  # noqa: B023
        spent["a look after each event"] += timed(lambda: floor.flush(now))[0]
    for name, total in spent.items():
        print(f"{name}: {total / ROUNDS:.1f} us an event")
    for number in range(STORM):
        event = ev.Enter(f"s{number}", f"q{number % QUEUES}", LONGEST_IDLE)
        floor.note((event, *engine.handle(event, now)))
    print(f"a look after {STORM} events: {timed(lambda: floor.flush(now))[0]:.0f} us")
    view = View(Who("boss", "supervisor"), floor)
    took, told = timed(lambda: view.snapshot(now))
    print(f"a snapshot on the event loop: {took:.0f} us")
    took, text = timed(lambda: encoded(told))
    print(f"  and in a thread: {took:.0f} us, {len(text) / 1e6:.1f} MB")
    took, _ = timed(lambda: with_positions(told["contacts"]))
    print(f"  places in the queues, in a thread: {took:.0f} us")


if __name__ == "__main__":
    main()
