"""Accounts, the audit log, and webhooks to be delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

text = sa.Text()
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Accounts, the audit log, and webhooks to be delivered."""
    _desk()


def _desk() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("password_hash", text, nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", number, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("data", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_table(
        "webhook_outbox",
        sa.Column("id", number, nullable=False),
        sa.Column("hook", text, nullable=False),
        sa.Column("event", text, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", text, nullable=False),
        sa.Column("done", sa.Double(), nullable=True),
        sa.Column("given_up", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_outbox"),
    )
    op.create_index("ix_webhook_outbox_due", "webhook_outbox", ["due"])
