"""What happened, in order: the engine's inputs, the facts that came of them, and what is sent."""

from __future__ import annotations

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.store.tables.base import Base, Indexed, Number, Row


class Input(Base):
    """An event as the engine was given it; replayed after a crash, from the last snapshot on."""

    __tablename__ = "inputs"

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[float]
    kind: Mapped[str]
    data: Mapped[str] = mapped_column(Text)


class Fact(Base):
    """The event log: one thing that happened, never changed. *input* is the seq it came of."""

    __tablename__ = "event_log"

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    input: Mapped[int] = mapped_column(Number)
    at: Mapped[float] = mapped_column(index=True)
    what: Mapped[str]
    contact: Mapped[Indexed]
    agent: Mapped[Indexed]
    queue: Mapped[str]
    epoch: Mapped[int]
    data: Mapped[str] = mapped_column(Text)


class Snapshot(Base):
    """The engine's state after the input *seq*, as compressed JSON."""

    __tablename__ = "snapshots"

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    at: Mapped[float]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class WriterMark(Base):
    """The one row that says which server writes, and which of its batches is the last."""

    __tablename__ = "writer"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    boot: Mapped[str]
    batch: Mapped[int] = mapped_column(Number)
    since: Mapped[float]
    place: Mapped[str]
    """Host and process, for people."""


class Audit(Base):
    """Who did what to whom."""

    __tablename__ = "audit_log"

    id: Mapped[Row]
    at: Mapped[float] = mapped_column(index=True)
    by: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    data: Mapped[str] = mapped_column(Text)


class Outbox(Base):
    """A webhook to be delivered: written with the event, tried until *done* or *given_up*."""

    __tablename__ = "webhook_outbox"

    id: Mapped[Row]
    hook: Mapped[str]
    """The name of the webhook in the configuration."""
    event: Mapped[str]
    """The event's unique id, by which the receiver knows a delivery it has had."""
    body: Mapped[str] = mapped_column(Text)
    made: Mapped[float]
    due: Mapped[float] = mapped_column(index=True)
    attempts: Mapped[int]
    last_error: Mapped[str]
    done: Mapped[float | None]
    given_up: Mapped[float | None]
