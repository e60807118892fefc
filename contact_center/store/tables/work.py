"""What goes on and went on: sessions, contacts, their stays in queues, offers, callbacks.

Names of agents and queues are no foreign keys here: the history outlives them.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.store.tables.base import Base, Indexed, Key, Row


class Session(Base):
    """An agent's time from sign-in to sign-out, with the state last recorded in it."""

    __tablename__ = "agent_sessions"

    id: Mapped[Row]
    agent: Mapped[Indexed]
    began: Mapped[float]
    ended: Mapped[float | None]
    state: Mapped[str]
    reason: Mapped[str]
    since: Mapped[float]


class Contact(Base):
    """A call, callback or message, from its first event to its end, which comes once."""

    __tablename__ = "contacts"

    id: Mapped[Key]
    kind: Mapped[str]
    number: Mapped[Indexed]
    state: Mapped[str]
    queue: Mapped[str]
    """The queue it came to last."""
    agent: Mapped[Indexed]
    """The agent who answered last."""
    began: Mapped[float] = mapped_column(index=True)
    answered: Mapped[float | None]
    ended: Mapped[float | None] = mapped_column(index=True)
    cause: Mapped[str]


class Entry(Base):
    """One stay in a queue. *outcome* is "" while it lasts, then how it ended."""

    __tablename__ = "queue_entries"
    __table_args__ = (Index("ix_queue_entries_queue_entered", "queue", "entered"),)

    id: Mapped[Row]
    contact: Mapped[str] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    queue: Mapped[str]
    entered: Mapped[float]
    place: Mapped[float]
    priority: Mapped[float]
    strategy: Mapped[str]
    suspended: Mapped[float | None]
    left: Mapped[float | None]
    outcome: Mapped[str]
    port: Mapped[str]


class Offer(Base):
    """One attempt to bring a contact to an agent, and why this one; *outcome* is "" while open."""

    __tablename__ = "offers"
    __table_args__ = (Index("ix_offers_agent_epoch", "agent", "epoch"),)

    id: Mapped[Row]
    contact: Mapped[str] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str]
    queue: Mapped[str]
    epoch: Mapped[int]
    at: Mapped[float]
    ended: Mapped[float | None]
    outcome: Mapped[str]
    reason: Mapped[str]
    why: Mapped[str | None] = mapped_column(Text)


class Callback(Base):
    """A promise to ring somebody: pending, dialling, reached, and at last ended."""

    __tablename__ = "callbacks"

    contact: Mapped[str] = mapped_column(
        ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[str]
    queue: Mapped[str]
    place: Mapped[float]
    priority: Mapped[float]
    due: Mapped[float | None]
    booked: Mapped[float]
    state: Mapped[Indexed]
    attempts: Mapped[int]
    last_status: Mapped[int | None]
    ended: Mapped[float | None]


class Voicemail(Base):
    """A message that was left; its recording, and when an agent was done with it."""

    __tablename__ = "voicemails"

    contact: Mapped[str] = mapped_column(
        ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True
    )
    box: Mapped[str]
    number: Mapped[str]
    recording: Mapped[str]
    seconds: Mapped[float]
    made: Mapped[float]
    heard_by: Mapped[str]
    ended: Mapped[float | None]


class RuleDecision(Base):
    """What the rule table said of a contact when it came to a queue, and why."""

    __tablename__ = "rule_decisions"

    id: Mapped[Row]
    contact: Mapped[Indexed]
    at: Mapped[float] = mapped_column(index=True)
    version: Mapped[int]
    rule: Mapped[str]
    kind: Mapped[str]
    """"queue" or "person"."""
    target: Mapped[str]
    priority: Mapped[int | None]
    why: Mapped[str] = mapped_column(Text)
    passed_over: Mapped[str] = mapped_column(Text)
    """Each rule above it with the reason why it did not match, as JSON."""


class Dialog(Base):
    """An answered leg's SIP dialog, kept so that a BYE can be sent after a crash.

    *data* is the telephony's own, as JSON. *cseq* is the last number surely not exceeded.
    """

    __tablename__ = "dialogs"

    leg: Mapped[Key]
    contact: Mapped[str]
    agent: Mapped[str]
    epoch: Mapped[int]
    cseq: Mapped[int]
    data: Mapped[str] = mapped_column(Text)
