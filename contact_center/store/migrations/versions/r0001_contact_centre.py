"""Queues, agents, contacts, and the log they are recovered from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

text = sa.Text()
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Queues, agents, contacts, and the log they are recovered from."""
    _directory()
    _contacts()
    _promises()
    _sessions()
    _log()


def _directory() -> None:
    op.create_table(
        "agents",
        sa.Column("name", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("max_held", sa.Integer(), nullable=False),
        sa.Column("persistent_leg", sa.Boolean(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("removed", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_agents"),
    )
    op.create_table(
        "queues",
        sa.Column("name", text, nullable=False),
        sa.Column("strategy", text, nullable=False),
        sa.Column("max_wait", sa.Double(), nullable=True),
        sa.Column("service_share", sa.Double(), nullable=False),
        sa.Column("service_seconds", sa.Double(), nullable=False),
        sa.Column("wrap_up", sa.Double(), nullable=False),
        sa.Column("max_waiting", sa.Integer(), nullable=True),
        sa.Column("calendar", text, nullable=False),
        sa.Column("ring", sa.Double(), nullable=False),
        sa.Column("exclude", sa.Double(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("age_rate", sa.Double(), nullable=False),
        sa.Column("rescue", text, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("removed", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_queues"),
    )
    op.create_table(
        "skills",
        sa.Column("name", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_skills"),
    )
    op.create_table(
        "strategies",
        sa.Column("id", number, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("activates", sa.Double(), nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("made_by", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_strategies"),
        sa.UniqueConstraint("name", "version", name="uq_strategies_name_version"),
    )
    op.create_table(
        "agent_skills",
        sa.Column("agent", text, nullable=False),
        sa.Column("skill", text, nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("word", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["agent"], ["agents.name"], name="fk_agent_skills_agent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill"], ["skills.name"], name="fk_agent_skills_skill"),
        sa.PrimaryKeyConstraint("agent", "skill", name="pk_agent_skills"),
    )
    op.create_table(
        "queue_members",
        sa.Column("queue", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent"], ["agents.name"], name="fk_queue_members_agent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["queue"], ["queues.name"], name="fk_queue_members_queue", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("queue", "agent", name="pk_queue_members"),
    )
    op.create_index("ix_queue_members_agent", "queue_members", ["agent"])


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("number", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("queue", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("answered", sa.Double(), nullable=True),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("cause", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_agent", "contacts", ["agent"])
    op.create_index("ix_contacts_began", "contacts", ["began"])
    op.create_index("ix_contacts_ended", "contacts", ["ended"])
    op.create_index("ix_contacts_number", "contacts", ["number"])
    op.create_table(
        "offers",
        sa.Column("id", number, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("queue", text, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("outcome", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("why", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.id"], name="fk_offers_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
    )
    op.create_index("ix_offers_agent_epoch", "offers", ["agent", "epoch"])
    op.create_index("ix_offers_contact", "offers", ["contact"])
    op.create_table(
        "queue_entries",
        sa.Column("id", number, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("queue", text, nullable=False),
        sa.Column("entered", sa.Double(), nullable=False),
        sa.Column("place", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("strategy", text, nullable=False),
        sa.Column("suspended", sa.Double(), nullable=True),
        sa.Column("left", sa.Double(), nullable=True),
        sa.Column("outcome", text, nullable=False),
        sa.Column("port", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.id"], name="fk_queue_entries_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_queue_entries"),
    )
    op.create_index("ix_queue_entries_contact", "queue_entries", ["contact"])
    op.create_index("ix_queue_entries_queue_entered", "queue_entries", ["queue", "entered"])


def _promises() -> None:
    op.create_table(
        "callbacks",
        sa.Column("contact", text, nullable=False),
        sa.Column("number", text, nullable=False),
        sa.Column("queue", text, nullable=False),
        sa.Column("place", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("booked", sa.Double(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.id"], name="fk_callbacks_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_state", "callbacks", ["state"])
    op.create_table(
        "voicemails",
        sa.Column("contact", text, nullable=False),
        sa.Column("box", text, nullable=False),
        sa.Column("number", text, nullable=False),
        sa.Column("recording", text, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("heard_by", text, nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.id"], name="fk_voicemails_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact", name="pk_voicemails"),
    )


def _sessions() -> None:
    op.create_table(
        "agent_sessions",
        sa.Column("id", number, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("state", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent_sessions"),
    )
    op.create_index("ix_agent_sessions_agent", "agent_sessions", ["agent"])
    op.create_table(
        "dialogs",
        sa.Column("leg", text, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("cseq", sa.Integer(), nullable=False),
        sa.Column("data", text, nullable=False),
        sa.PrimaryKeyConstraint("leg", name="pk_dialogs"),
    )


def _log() -> None:
    op.create_table(
        "event_log",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("input", number, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("what", text, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("agent", text, nullable=False),
        sa.Column("queue", text, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("data", text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event_log"),
        sa.UniqueConstraint("id", name="uq_event_log_id"),
    )
    op.create_index("ix_event_log_agent", "event_log", ["agent"])
    op.create_index("ix_event_log_at", "event_log", ["at"])
    op.create_index("ix_event_log_contact", "event_log", ["contact"])
    op.create_table(
        "inputs",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("data", text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_inputs"),
        sa.UniqueConstraint("id", name="uq_inputs_id"),
    )
    op.create_table(
        "snapshots",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_snapshots"),
    )
    op.create_table(
        "writer",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("boot", text, nullable=False),
        sa.Column("batch", number, nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("place", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_writer"),
    )
