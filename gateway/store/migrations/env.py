"""Alembic's entry: the connection comes from `gateway.store.migrate`."""

from alembic import context
from sqlalchemy import text

from gateway.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
)
with context.begin_transaction():
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(746213)"))  # of two upgrades at once one waits
    context.run_migrations()
