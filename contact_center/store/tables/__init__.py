"""The tables of the contact centre, one class each."""

from contact_center.store.tables.base import Base
from contact_center.store.tables.directory import (
    Account,
    Agent,
    AgentSkill,
    Queue,
    QueueMember,
    RuleTable,
    Skill,
    Strategy,
)
from contact_center.store.tables.log import Audit, Fact, Input, Outbox, Snapshot, WriterMark
from contact_center.store.tables.work import (
    Callback,
    Contact,
    Dialog,
    Entry,
    Offer,
    RuleDecision,
    Session,
    Voicemail,
)

__all__ = [
    "Account",
    "Agent",
    "AgentSkill",
    "Audit",
    "Base",
    "Callback",
    "Contact",
    "Dialog",
    "Entry",
    "Fact",
    "Input",
    "Offer",
    "Outbox",
    "Queue",
    "QueueMember",
    "RuleDecision",
    "RuleTable",
    "Session",
    "Skill",
    "Snapshot",
    "Strategy",
    "Voicemail",
    "WriterMark",
]
