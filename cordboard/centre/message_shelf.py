"""Messages in the store: those that wait when the server starts, and how new ones are written."""

from __future__ import annotations

from collections.abc import Sequence

from contact_center.store.durable import DurableEngine
from contact_center.store.messages import kept_message, message
from contact_center.store.reading import open_voicemails
from contact_center.store.statements import Op
from contact_center.store.store import Store
from flow_runtime.switchboard.messages import Message, Shelf


def waiting_messages(store: Store) -> dict[str, Message]:
    """The messages that no agent is done with, by contact. Takes long."""
    with store.database.reading.begin() as connection:
        rows = open_voicemails(connection)
    return {
        row["contact"]: Message(
            row["box"], row["number"], row["recording"], row["seconds"], row["made"]
        )
        for row in rows
    }


def shelf(acd: DurableEngine, waiting: dict[str, Message]) -> Shelf:
    """Keeps messages in the database of *acd*."""
    return Shelf(waiting, _rows, acd.write)


def _rows(contact: str, left: Message, work: bool) -> Sequence[Op]:
    told = (contact, left.box, left.number, left.recording, left.seconds, left.left)
    return [message(*told)] if work else kept_message(*told)
