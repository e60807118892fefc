"""Queues and agents that are made, changed and removed while the server runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contact_center.core import events as ev
from contact_center.store import passwords, strategies
from contact_center.store.audit import audited
from contact_center.store.directory import agent_ops, agent_removed, queue_ops, queue_removed
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from contact_center.store.statements import Op
from cordboard.config.centre import NO_PASSWORD, check_queues, kinds_of, read_agent, read_queue
from cordboard.config.tables import ConfigError, Table
from desk.api.problems import Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.switchboard.desk import Refused
from telephony.core.uri import UriError, parse_uri

if TYPE_CHECKING:
    from cordboard.centre.centre import Centre

_NAME: Final = re.compile(r"[\w.-]{1,64}")


class LiveDirectory:
    """`put` and `remove`, for administrators. What cordboard.toml names is left to the file.

    Settings are read as the file's are, and with its words. A change is durable when its method
    returns. *accounts* stores agents' passwords. Every method raises `Problem`, or `Refused` for
    what the engine says no to; nothing has changed then.
    """

    def __init__(
        self,
        queues: Centre,
        declared: Declared,
        calendars: Collection[str],
        accounts: passwords.Accounts,
    ) -> None:
        self._board, self._acd, self._now = queues.switchboard, queues.acd, queues.now
        self._strategies, self._dialect = queues.strategies, queues.store.dialect
        self._reading = queues.store.database.reading
        self._file_queues = {queue.name for queue in declared.queues}
        self._file_agents = {agent.name for agent in declared.agents}
        self._calendars, self._accounts = calendars, accounts
        self._one = asyncio.Lock()
        """Whoever changes something: what was checked is still so when it is done."""

    # --- queues ---------------------------------------------------------------------------------

    async def put_queue(self, name: str, values: Mapping[str, Any], by: str) -> None:
        """Make a queue, or give it other settings; without a strategy it keeps the one it has."""
        self._may_change(name, "queues", self._file_queues)
        async with self._one:
            queue = self._read_queue(name, values)
            now, before = self._now(), self._strategies.text(name)
            ops = [*queue_ops(queue, "api", self._dialect)]
            if queue.strategy != before:
                ops.append(strategies.publish(name, queue.strategy, now, now, by))
            ops.append(audited(by, "set queue", name, values, now))
            self._board.know_queue(queue)
            self._tell(ev.SetQueue(queue.setup()), ops)
            if not queue.calendar:
                self._tell(ev.QueueHours(name, open=True))
            self._strategies.add(name, queue.strategy)
            await self._acd.flushed()

    async def remove_queue(self, name: str, by: str) -> None:
        """Close a queue for good: nobody serves it, nothing waits in it."""
        self._may_change(name, "queues", self._file_queues)
        async with self._one:
            if name not in self._board.known_queues:
                raise Problem(404, "no queue", name=name, near=suggest(name, self._own_queues()))
            agents = [a.name for a in self._board.known_agents.values() if name in a.queues]
            if agents:
                raise Problem(409, "queue is served", name=name, agents=", ".join(agents[:10]))
            waiting = sum(
                contact.entry is not None and contact.entry.queue.name == name
                for contact in self._acd.engine.contacts.values()
            )
            if waiting:
                raise Problem(409, "queue is waited for", name=name, count=waiting)
            ops = [queue_removed(name, self._now()), self._noted(by, "remove queue", name)]
            self._tell(ev.QueueHours(name, open=False), ops)
            self._board.forget_queue(name)
            self._strategies.drop(name)
            await self._acd.flushed()

    def _read_queue(self, name: str, values: Mapping[str, Any]) -> QueueSettings:
        agents = self._board.known_agents
        table = _table("queues", name, values)
        try:
            order = table.texts("agents")
            for agent in order:
                if agent not in agents:
                    near = suggest(agent, agents)
                    raise table.fail("agents", f'there is no agent "{agent}"{near}')
            queue = read_queue(name, table, kinds_of(agents.values()), self._calendars)
        except ConfigError as error:
            raise Problem(422, "settings", text=str(error)) from None
        before = self._strategies.text(name)
        kept = before if before and "strategy" not in values else queue.strategy
        return replace(queue, agents=order, strategy=kept)

    # --- agents ---------------------------------------------------------------------------------

    async def put_agent(
        self, name: str, values: Mapping[str, Any], password: str | None, by: str
    ) -> bool:
        """Make an agent, or give one other settings; without *password* it stays as it is.

        Gives whether the agent's sessions end: with another password, and with another role.
        """
        self._may_change(name, "agents", self._file_agents)
        async with self._one:
            before = self._board.known_agents.get(name)
            agent = self._read_agent(name, values, needs_password=before is None, given=password)
            ops: list[Op] = [*agent_ops(agent, self._board.known_queues, "api", self._dialect)]
            ops += await self._password(name, password)
            ops.append(audited(by, "set agent", name, values, self._now()))
            self._board.know_agent(agent)
            self._tell(ev.SetAgent(agent.setup()), ops)
            if before is None and agent.ready:
                self._tell(ev.SignIn(name))
                self._tell(ev.Ready(name))
            await self._acd.flushed()
        return password is not None or before is None or before.supervisor != agent.supervisor

    async def remove_agent(self, name: str, by: str) -> None:
        """Take out an agent who is signed out, with the password."""
        self._may_change(name, "agents", self._file_agents)
        async with self._one:
            agents = self._board.known_agents
            if name not in agents:
                raise Problem(404, "no agent", name=name, near=suggest(name, self._own_agents()))
            self._tell(ev.RemoveAgent(name))  # what goes with an event is written if refused, too
            self._board.forget_agent(name)
            await self._acd.write(
                [
                    *agent_removed(name, self._now()),
                    passwords.remove_account(name),
                    self._noted(by, "remove agent", name),
                ]
            )

    def _read_agent(
        self, name: str, values: Mapping[str, Any], *, needs_password: bool, given: str | None
    ) -> AgentSettings:
        board = self._board
        table = _table("agents", name, values)
        try:
            agent = read_agent(name, table)
            table.done()
            if needs_password and not given:
                raise table.fail("password", NO_PASSWORD)
            _check_contact(table, agent.contact)
            check_queues(table, agent, board.known_queues)
            kinds_of([*(a for a in board.known_agents.values() if a.name != name), agent])
        except ConfigError as error:
            raise Problem(422, "settings", text=str(error)) from None
        return agent

    async def _password(self, name: str, password: str | None) -> list[Op]:
        """What stores it; other accounts of this name are left alone."""
        role: str | None = self._accounts.declared().get(name)
        if role is None:
            role = (await asyncio.to_thread(self._stored)).get(name)
        if role is not None and role != "agent":
            raise Problem(409, "account of others", name=name, role=role)
        if password is None:
            return []
        try:
            made = self._accounts.set_password
            return [await asyncio.to_thread(made, name, "agent", password, self._now())]
        except passwords.PasswordError as error:
            raise Problem(422, "password", text=str(error)) from None

    def _stored(self) -> dict[str, str]:
        with self._reading.begin() as connection:
            return passwords.accounts(connection)

    # --- both -----------------------------------------------------------------------------------

    def _own_queues(self) -> Iterator[str]:
        return (name for name in self._board.known_queues if name not in self._file_queues)

    def _own_agents(self) -> Iterator[str]:
        return (name for name in self._board.known_agents if name not in self._file_agents)

    def _may_change(self, name: str, section: str, declared: Collection[str]) -> None:
        if name in declared:
            raise Problem(409, "of the file", name=name, section=f"{section}.{name}")
        if not _NAME.fullmatch(name):
            raise Problem(422, "bad name", name=name)

    def _noted(self, by: str, action: str, name: str) -> Op:
        return audited(by, action, name, (), self._now())

    def _tell(self, event: ev.Event, ops: list[Op] | None = None) -> None:
        refused = self._board.tell(event, ops or ())
        if refused is not None:
            raise Refused(refused.reason, refused.text, refused.chinese)


def _table(section: str, name: str, values: Mapping[str, Any]) -> Table:
    """What was sent, as a section of the file; secrets are no part of it."""
    return Table(values, f"{section}.{name}", Path(), secrets=False)


def _check_contact(table: Table, contact: str) -> None:
    if not contact:
        raise table.fail(
            "contact",
            "is missing: an agent made here has a telephone with a fixed address, such as"
            ' "sip:li@192.0.2.7:5060"; one whose telephone registers is declared in cordboard.toml',
        )
    try:
        known = parse_uri(contact).scheme == "sip"
    except UriError:
        known = False
    if not known:
        text = f'{contact!r} is no address of a telephone; write "sip:li@192.0.2.7:5060"'
        raise table.fail("contact", text)
