"""The live rule table, its versions, and what it has decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

text = sa.Text()
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The live rule table, its versions, and what it has decided."""
    op.create_table(
        "rule_tables",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", text, nullable=False),
        sa.Column("activates", sa.Double(), nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("made_by", text, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rule_tables"),
    )
    op.create_table(
        "rule_decisions",
        sa.Column("id", number, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("why", text, nullable=False),
        sa.Column("passed_over", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_decisions"),
    )
    op.create_index("ix_rule_decisions_contact", "rule_decisions", ["contact"])
    op.create_index("ix_rule_decisions_at", "rule_decisions", ["at"])
