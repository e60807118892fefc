"""Runs migrations on the connection that the program hands in (`database.migrate`)."""

from __future__ import annotations

from alembic import context

from contact_center.store.database import VERSION_TABLE
from contact_center.store.tables import Base


def run() -> None:
    """All steps within the caller's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        transaction_per_migration=False,
    )
    context.run_migrations()


run()
