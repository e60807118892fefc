"""All that can be said of a queue and of an agent, for those that the API makes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """All that can be said of a queue and of an agent, for those that the API makes."""
    _add("queues", "callback_attempts", sa.Integer(), sa.text("1"))
    _add("queues", "callback_retry", sa.Double(), sa.text("300"))
    _add("queues", "caller_id", sa.Text(), sa.text("''"))
    _add("agents", "may_dial", sa.Text(), sa.text("'[]'"))
    _add("agents", "caller_id", sa.Text(), sa.text("''"))
    _add("agents", "supervisor", sa.Boolean(), sa.false())


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], before: Any) -> None:
    """A column that has the value *before* in the rows that are there."""
    column: sa.Column[Any] = sa.Column(name, kind, nullable=False, server_default=before)
    op.add_column(table, column)
