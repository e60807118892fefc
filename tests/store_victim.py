"""A contact centre that is killed: forks a child for each job, which kills itself where told.

A job is a line of JSON on standard input: the database, `what` is counted ("event": after that
event was handled; "statement": before that SQL statement of the writer; "restart": the same, while
a database that was left behind is recovered) and `at` which of them. The answer is a line as soon
as the child is dead: how it died, and how far it had come. What the child had been allowed to tell
others (a ring, a confirmation) is in the file NAME.told, which a kill leaves intact.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import event as sql_events

from acd_kit import LONGEST_IDLE, plan
from contact_center.core import events as ev
from contact_center.core.actions import Action, Confirmed, Ring
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.strategy.plan import Term
from store_kit import Centre

AGENTS = ("a", "b", "c", "d")
WAITING = 50
ROBIN = plan(Term("ring", False))


class Victim(Centre):
    """A centre that counts, and kills its process."""

    def __init__(self, path: str, what: str, at: int) -> None:
        super().__init__(f"sqlite:///{path}")
        self.what, self.at, self.count = what, at, 0
        self.told = os.open(path + ".told", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        if what != "event":
            engine = self.store.database.writing
            sql_events.listen(engine, "before_cursor_execute", lambda *_: self.one_more())
            sql_events.listen(engine, "commit", lambda *_: self.one_more())

    def one_more(self) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def feed(self, event: ev.Event, ops: Any = ()) -> list[Action]:
        actions = super().feed(event, ops)
        for action in actions:
            if isinstance(action, Ring):
                self.tell("ring", action.agent, action.epoch)
            elif isinstance(action, Confirmed):
                self.tell(action.what, action.name)
        if self.what == "event":
            self.one_more()
        return actions

    def tell(self, *words: object) -> None:
        os.write(self.told, json.dumps(words).encode() + b"\n")


async def a_day(made: Victim) -> None:
    """Fifty callers wait all the time, while a bit of everything happens."""
    feed = made.feed
    feed(ev.DayBegan("2026-11-27"))
    feed(ev.SetQueue(QueueSetup("help", AGENTS, wrap_up=5.0, misses=0, callback_attempts=2)))
    for agent in AGENTS:
        feed(ev.SetAgent(AgentSetup(agent, {"help": 50})))
        feed(ev.SignIn(agent))
        feed(ev.Ready(agent))
    for number in range(WAITING + len(AGENTS)):
        made.now += 0.5
        caller = str(number) if number % 5 else ""
        feed(ev.Enter(f"c{number}", "help", ROBIN, float(number % 3), number=caller))
    await made.settled()
    for turn in range(12):
        agent, fresh = AGENTS[turn % 4], f"n{turn}"
        made.now += 3.0
        if turn == 6:
            feed(ev.DayBegan("2026-11-28"))
        feed(ev.Arrived(fresh, f"9{turn}"))
        if made.acd.engine.agents[agent].state == "ringing":
            feed(ev.Reject(agent)) if turn % 5 == 4 else made.answer(agent)
        feed(ev.Enter(fresh, "help", ROBIN, number=f"9{turn}"))
        if turn % 3 == 0:
            feed(ev.AskCallback(f"c{turn + 20}"))
            feed(ev.BookCallback(f"c{turn + 20}", "help", f"8{turn}", LONGEST_IDLE))
            feed(ev.HungUp(f"c{turn + 20}"))
        elif turn % 3 == 1:
            feed(ev.Voicemail(f"m{turn}", "help", LONGEST_IDLE, -50.0))
            feed(ev.LeaveByKey(f"c{turn + 20}", "voicemail"))
            feed(ev.HungUp(f"c{turn + 20}"))
        else:
            feed(ev.HungUp(f"c{turn + 20}"))
            await made.settled()
        if made.acd.engine.agents[agent].state == "talking":
            made.now += 20.0
            feed(ev.Park(agent)) if turn % 4 == 1 else made.hang_up(agent)
        made.now += 6.0
        feed(ev.Wake())
        if turn == 9:
            feed(ev.SignOut("d"))
    await made.settled()


async def run(path: str, what: str, at: int) -> int:
    made = Victim(path, what, at)
    if what == "restart":
        made.now = 3_000_000.0
        await made.start()
    else:
        await made.start()
        made.count = 0
        await a_day(made)
    return made.count


def main() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            count = asyncio.run(run(job["path"], job["what"], job["at"]))
            os.write(writer, str(count).encode())
            os._exit(0)
        os.close(writer)
        count = int(os.read(reader, 20) or 0)
        os.close(reader)
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.WTERMSIG(status), count]), flush=True)


if __name__ == "__main__":
    main()
