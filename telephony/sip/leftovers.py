"""Dialogs of answered legs: told to who keeps them, and hung up by a server that finds them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from telephony.core.agent import Agent
from telephony.core.dialog import as_data, from_data
from telephony.core.session_types import Cleared, Session, Told
from telephony.dialogs import DialogKeeper
from telephony.line import CallFacts
from telephony.sip.sockets import Sockets
from telephony.sip.trunks import Trunks

log = logging.getLogger("telephony.sip")

OUT_OF_ORDER = 'Q.850;cause=41;text="Temporary failure"'
"""The Reason of a BYE that a crash has brought about (RFC 3326)."""


class Leftovers:
    """See `telephony.dialogs.Dialogs`. *command* gives a command to a session now."""

    def __init__(
        self, agent: Agent, sockets: Sockets, trunks: Trunks, command: Callable[..., None]
    ) -> None:
        self._agent, self._sockets, self._trunks = agent, sockets, trunks
        self._command = command
        self.keeper: DialogKeeper | None = None
        self._kept: dict[str, dict[str, Any]] = {}

    def keep(self, facts: CallFacts, session: Session) -> None:
        """The leg is answered, or its far end may have moved."""
        if self.keeper is None:
            return
        dialog = session.dialog
        data = as_data(dialog)
        data["listen"] = list(self._sockets.addresses[dialog.hop.socket])
        data["trunk"] = facts.trunk if session.credentials else ""
        if data != self._kept.get(facts.id):
            self._kept[facts.id] = data
            self.keeper.keep(facts, dialog.local_cseq, data)

    def drop(self, leg: str) -> None:
        """The leg is over."""
        if self._kept.pop(leg, None) is not None and self.keeper is not None:
            self.keeper.drop(leg)

    def hang_up(self, leg: str, cseq: int, data: Mapping[str, Any]) -> None:
        """See `telephony.dialogs.Dialogs.hang_up`."""
        try:
            listen = tuple(data["listen"])
            addresses = [tuple(address) for address in self._sockets.addresses]
            number = addresses.index(listen) if listen in addresses else 0
            dialog = from_data(data, cseq, number)
            line = self._trunks.lines.get(str(data["trunk"]))
        except (KeyError, TypeError, ValueError) as error:
            log.error("a call of before cannot be hung up: %r", error, extra={"call": leg})
            self._forget(leg)
            return
        credentials = (line.trunk.user, line.trunk.password) if line is not None else None
        session = self._agent.left(dialog, credentials)
        session.reason, session.peer = OUT_OF_ORDER, _Left(lambda: self._forget(leg))
        log.info("a call of before is hung up", extra={"call": leg})
        self._command(session, "hangup")

    def _forget(self, leg: str) -> None:
        if self.keeper is not None:
            self.keeper.drop(leg)


class _Left:
    """Listens to a session that stood before our start."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over

    def told(self, told: Told) -> None:
        if isinstance(told, Cleared):
            self._over()
