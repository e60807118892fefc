"""Answered legs, kept in the store so that the next server can hang up what a crash has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contact_center.core.events import LegEnded
from contact_center.store.durable import DurableEngine
from contact_center.store.recovery import StoredDialog, drop_dialog, keep_dialog
from contact_center.store.settings import AgentSettings
from flow_runtime.switchboard.switchboard import Switchboard
from telephony.dialogs import Dialogs
from telephony.line import CallFacts


class Leftovers:
    """A `telephony.dialogs.DialogKeeper` that writes into the store of *acd*.

    *left* are the legs of the server before this one.
    """

    def __init__(
        self,
        acd: DurableEngine,
        dialect: str,
        agents: Mapping[str, AgentSettings],
        left: Sequence[StoredDialog],
        switchboard: Switchboard,
    ) -> None:
        self._acd, self._dialect, self._switchboard = acd, dialect, switchboard
        self._agents = agents
        self._left = {dialog.leg: dialog for dialog in left}

    def keep(self, facts: CallFacts, cseq: int, data: Mapping[str, Any]) -> None:
        """See `telephony.dialogs.DialogKeeper`."""
        name = self._called(facts.called) if facts.direction == "out" else ""
        agent = self._acd.engine.agents.get(name)
        contact, epoch = facts.id, 0
        if agent is not None:
            contact, epoch = agent.contact.name if agent.contact else "", agent.epoch
        stored = StoredDialog(facts.id, contact, cseq, dict(data), name, epoch)
        self._acd.note([keep_dialog(stored, self._dialect)])

    def _called(self, phone: str) -> str:
        """The agent whose telephone was rung; "" for a number."""
        agents = self._agents.values()
        return next((a.name for a in agents if phone == (a.contact or a.name)), "")

    def drop(self, leg: str) -> None:
        """See `telephony.dialogs.DialogKeeper`; an agent's telephone is clear then."""
        self._acd.note([drop_dialog(leg)])
        left = self._left.pop(leg, None)
        if left is not None and left.agent in self._acd.engine.agents:
            self._switchboard.tell(LegEnded(left.agent, left.epoch))

    def hang_up(self, dialogs: Dialogs) -> None:
        """Send what the crash kept from being sent; the line has been started."""
        for left in list(self._left.values()):
            dialogs.hang_up(left.leg, left.cseq, left.data)
