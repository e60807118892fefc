"""Tells other programs what becomes of contacts: messages written with their events, then sent.

What is written survives `kill -9`; sending never holds up a call, for it has tasks of its own and
writes its outcome like everybody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx
from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from contact_center.core.actions import Persist
from contact_center.core.engine import Engine
from contact_center.store import outbox
from contact_center.store.batch import Work
from contact_center.store.codec import dumps
from contact_center.store.durable import Beside, DurableEngine, Published
from contact_center.store.outbox import Delivery
from contact_center.store.statements import Op
from desk.core.hooks import SIGNATURE, Hook, message, name_of, signature

log = logging.getLogger("webhooks")

TIMEOUT: Final = 10.0
"""Seconds that a receiver has for its answer."""
AT_ONCE: Final = 4
"""Messages under way to one receiver."""
_LONGEST_SLEEP: Final = 60.0
_LONGEST_PAUSE: Final = 60.0
"""Seconds that a receiver which is away is left alone; at first they are five."""
_GOODBYE: Final = 5.0
_AGAIN: Final = 1.0
"""Seconds after which the database is asked again when it could not be."""


class Webhooks:
    """The webhooks of a site. *reading* is the database; times are seconds since the epoch."""

    def __init__(
        self, hooks: Sequence[Hook], reading: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._hooks, self._reading, self._clock = hooks, reading, clock
        self._wanted = frozenset[str]().union(*(hook.events for hook in hooks))
        self._news = {hook.name: asyncio.Event() for hook in hooks}
        self._tasks: list[asyncio.Task[None]] = []
        self._engine: Engine
        self._boot = ""
        self._known: dict[str, tuple[str, str]] = {}
        """Kind and number of contacts: when their end is told, the engine has forgotten them."""

    # --- written with the events ----------------------------------------------------------------

    def know(self, engine: Engine, boot: str) -> None:
        """The state in which the server begins."""
        self._engine, self._boot = engine, boot
        if self._hooks:
            self._known = {c.name: (c.kind, c.number) for c in engine.contacts.values()}

    def beside(self) -> Sequence[Beside]:
        """What the store has to ask about each event."""
        return [self._messages] if self._hooks else []

    def _messages(self, work: Work) -> Sequence[Op]:
        ops: list[Op] = []
        for seq, fact in enumerate(work.facts, work.first_fact):
            kind, number = self._facts_of(fact.contact)
            if fact.what == "ended":
                self._known.pop(fact.contact, None)
            if name_of(fact) in self._wanted:
                ops += self._posts(fact, seq, work.at, kind, number)
        return ops

    def _facts_of(self, contact: str) -> tuple[str, str]:
        known = self._engine.contacts.get(contact)
        if known is not None:
            self._known[contact] = known.kind, known.number
        return self._known.get(contact, ("", ""))

    def _posts(self, fact: Persist, seq: int, at: float, kind: str, number: str) -> list[Op]:
        identity = f"{self._boot}-{seq}"
        name = name_of(fact)
        body = dumps(message(fact, identity, seq, at, kind, number))
        now = self._clock()
        wanted = [hook.name for hook in self._hooks if name in hook.events]
        return [outbox.post(hook, identity, body, now) for hook in wanted]

    # --- sent -----------------------------------------------------------------------------------

    def start(self, acd: DurableEngine) -> None:
        """Send what is due, now and from now on."""
        if not self._hooks:
            return
        acd.write([outbox.given_up_without([hook.name for hook in self._hooks], self._clock())])
        acd.watch(self._committed)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._serve(hook, acd)) for hook in self._hooks]

    async def stop(self) -> None:
        """Stop sending; what was under way is sent again by the next server."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GOODBYE)

    def _committed(self, facts: Sequence[Published]) -> None:
        names = {name_of(published.fact) for published in facts}
        for hook in self._hooks:
            if names & hook.events:
                self._news[hook.name].set()

    async def _serve(self, hook: Hook, acd: DurableEngine) -> None:
        """One receiver: whatever it does, no other one waits for it."""
        away = 0
        async with httpx.AsyncClient(follow_redirects=False, timeout=TIMEOUT) as client:
            while True:
                self._news[hook.name].clear()
                try:
                    messages, wait = await asyncio.to_thread(self._due, hook.name)
                except Exception as error:
                    log.warning("webhook %s: the outbox cannot be read: %s", hook.name, error)
                    await asyncio.sleep(_AGAIN)
                    continue
                if not messages:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(wait):  # `wait_for` may swallow the end of us
                            await self._news[hook.name].wait()
                    continue
                gone = await self._deliver(hook, client, messages, acd)
                _say(hook, away, gone)
                away = away + 1 if gone else 0
                if away:
                    await asyncio.sleep(min(outbox.FIRST_WAIT * 2.0 ** (away - 1), _LONGEST_PAUSE))

    def _due(self, hook: str) -> tuple[list[Delivery], float]:
        """In a worker thread: what is to be sent now, else how long until something is."""
        with self._reading.begin() as connection:
            return self._asked(connection, hook)

    def _asked(self, connection: Connection, hook: str) -> tuple[list[Delivery], float]:
        now = self._clock()
        messages = outbox.due(connection, now, hook=hook)
        if messages:
            return messages, 0.0
        then = outbox.next_due(connection, hook)
        return [], _LONGEST_SLEEP if then is None else min(max(then - now, 0.0), _LONGEST_SLEEP)

    async def _deliver(
        self,
        hook: Hook,
        client: httpx.AsyncClient,
        messages: Sequence[Delivery],
        acd: DurableEngine,
    ) -> str:
        """Send them, a few at a time, and have written what came of it.

        Gives why the receiver seems to be away, "" when it is there.
        """
        for first in range(0, len(messages), AT_ONCE):
            some = messages[first : first + AT_ONCE]
            failures = await asyncio.gather(*(self._send(hook, client, one) for one in some))
            now = self._clock()
            await acd.write(
                [
                    outbox.delivered(one, now) if why is None else outbox.failed(one, why.text, now)
                    for one, why in zip(some, failures, strict=True)
                ]
            )
            gone = [why.text for why in failures if why is not None and why.away]
            if len(gone) == len(some):
                return gone[0]
        return ""

    async def _send(self, hook: Hook, client: httpx.AsyncClient, one: Delivery) -> _Failure | None:
        """What went wrong; None when the receiver has it."""
        headers = {
            "Content-Type": "application/json",
            "Cordboard-Delivery": one.event,
            SIGNATURE: signature(hook.secret, int(self._clock()), one.body),
        }
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                client.stream("POST", hook.url, content=one.body, headers=headers) as answer,
            ):
                return _refusal(answer)
        except TimeoutError:
            return _Failure(f"the receiver did not answer within {TIMEOUT:.0f} s", away=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return _Failure(f"{type(error).__name__}: {error}", away=True)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a message was not taken. *away*: no other one would have been either."""

    text: str
    away: bool


def _refusal(answer: httpx.Response) -> _Failure | None:
    if answer.is_success:
        return None
    if answer.is_redirect:
        to = answer.headers.get("location", "elsewhere")
        text = f"the receiver redirects to {to}; write that address in url"
        return _Failure(text, away=False)
    status = answer.status_code
    return _Failure(f"the receiver answered {status}", away=status >= 500 or status == 429)


def _say(hook: Hook, away: int, gone: str) -> None:
    """Once when a receiver is away, and once when it is back."""
    if gone and not away:
        log.warning("webhook %s: %s; nothing is lost, it is tried again", hook.name, gone)
    elif away and not gone:
        log.info("webhook %s is delivered again", hook.name)
