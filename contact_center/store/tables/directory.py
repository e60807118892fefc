"""Who and what there is: queues, agents, skills, strategies, accounts."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.store.tables.base import Base, Key, Row


class Queue(Base):
    """A queue. *source* is "file" for one that cordboard.toml names; the file then wins."""

    __tablename__ = "queues"

    name: Mapped[Key]
    strategy: Mapped[str]
    """As declared: a name of the fourteen or a text. Versions are in `Strategy`."""
    max_wait: Mapped[float | None]
    service_share: Mapped[float]
    service_seconds: Mapped[float]
    wrap_up: Mapped[float]
    max_waiting: Mapped[int | None]
    calendar: Mapped[str]
    ring: Mapped[float]
    exclude: Mapped[float]
    misses: Mapped[int]
    age_rate: Mapped[float]
    rescue: Mapped[str]
    callback_attempts: Mapped[int]
    callback_retry: Mapped[float]
    caller_id: Mapped[str]
    source: Mapped[str]
    removed: Mapped[float | None]


class Agent(Base):
    """An agent; *contact* is a static SIP address, "" for one whose phone registers."""

    __tablename__ = "agents"

    name: Mapped[Key]
    title: Mapped[str]
    contact: Mapped[str]
    max_held: Mapped[int]
    persistent_leg: Mapped[bool]
    ready: Mapped[bool]
    may_dial: Mapped[str] = mapped_column(Text)
    """Patterns of numbers, as a list in JSON."""
    caller_id: Mapped[str]
    supervisor: Mapped[bool]
    source: Mapped[str]
    removed: Mapped[float | None]


class Skill(Base):
    """A skill that agents may have: "level" (1 to 100) or "word" (a language)."""

    __tablename__ = "skills"

    name: Mapped[Key]
    kind: Mapped[str]


class AgentSkill(Base):
    """An agent's level or word in a skill."""

    __tablename__ = "agent_skills"

    agent: Mapped[str] = mapped_column(
        ForeignKey("agents.name", ondelete="CASCADE"), primary_key=True
    )
    skill: Mapped[str] = mapped_column(ForeignKey("skills.name"), primary_key=True)
    level: Mapped[int | None]
    word: Mapped[str | None]


class QueueMember(Base):
    """An agent serves a queue; *position* is the place in the list that linear order follows."""

    __tablename__ = "queue_members"

    queue: Mapped[str] = mapped_column(
        ForeignKey("queues.name", ondelete="CASCADE"), primary_key=True
    )
    agent: Mapped[str] = mapped_column(
        ForeignKey("agents.name", ondelete="CASCADE"), primary_key=True, index=True
    )
    level: Mapped[int]
    position: Mapped[int | None]
    reserve: Mapped[bool]


class Strategy(Base):
    """A version of the strategy of the queue *name*; the newest whose time has come is in force."""

    __tablename__ = "strategies"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[Row]
    name: Mapped[str]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    activates: Mapped[float]
    made: Mapped[float]
    made_by: Mapped[str]


class RuleTable(Base):
    """A version of the live rule table; the newest whose time has come is in force."""

    __tablename__ = "rule_tables"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[str] = mapped_column(Text)
    """The records of the rules in their order, as JSON."""
    activates: Mapped[float]
    made: Mapped[float]
    made_by: Mapped[str]


class Account(Base):
    """Who may use the API; *password_hash* is argon2's own text, parameters included."""

    __tablename__ = "accounts"

    name: Mapped[Key]
    role: Mapped[str]
    password_hash: Mapped[str]
    changed: Mapped[float]
