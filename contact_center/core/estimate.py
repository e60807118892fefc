"""How long a queue's wait is likely to be, from its own recent answers; and what a caller is told.

The *effort* of a queue is the agent-seconds that pass between two answers while contacts wait:
the gap times the agents at work. It holds what agents spend on other queues as well, and adapts
at once when agents come and go. Before the queue has seen any, it is the configured handling time.
"""

from __future__ import annotations

from contact_center.core.model import Entry, Queue
from contact_center.core.ranks import Ranks

SMOOTHING = 0.1
"""The weight of the newest gap."""


def answered(queue: Queue, now: float) -> None:
    """A contact of *queue* went to an agent; `line` does not count it any more."""
    if queue.gap_from is not None and queue.staffed:
        sample = (now - queue.gap_from) * queue.staffed
        queue.effort += SMOOTHING * (sample - queue.effort)
    queue.gap_from = now if queue.line else None


def began_to_wait(queue: Queue, now: float) -> None:
    """A contact found nobody free."""
    if queue.gap_from is None:
        queue.gap_from = now


def estimate(queue: Queue, ahead: int, free: int = 0) -> float | None:
    """Seconds until the contact with *ahead* others before it is answered; None: nobody works."""
    if ahead < free:
        return 0.0
    if not queue.staffed:
        return None
    return (ahead + 1 - free) * queue.effort / queue.staffed


def figures(entry: Entry, ranks: Ranks) -> tuple[int, float | None]:
    """Place (1 is next) and wait to announce: never more than the last announced."""
    ahead = ranks.before((entry.score, entry.seq))
    place = ahead + 1
    if entry.said_position is not None:
        place = min(place, entry.said_position)
    wait = estimate(entry.queue, ahead)
    if entry.said_wait is not None:
        wait = entry.said_wait if wait is None else min(wait, entry.said_wait)
    entry.said_position, entry.said_wait = place, wait
    return place, wait
