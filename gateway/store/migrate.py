"""Brings a database to the tables of this release. The migrations ship inside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import StoreError
from gateway.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Runs every migration that is still due. Safe to run twice, and by two processes at once on PostgreSQL."""
    isolation = "SERIALIZABLE" if database.is_sqlite else "READ COMMITTED"
    with database.engine.connect() as plain:
        connection = plain.execution_options(isolation_level=isolation)  # DDL is all or nothing
        with connection.begin():
            config = Config()
            config.set_main_option("script_location", str(_SCRIPTS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def pending(database: Database) -> bool:
    """Whether a migration is due: a process that serves refuses to start on old tables."""
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current != ScriptDirectory(str(_SCRIPTS)).get_current_head()


def demand_current(database: Database) -> None:
    """Raises `StoreError` that says what to run where a migration is due."""
    if pending(database):
        raise StoreError("the database is not at this release: run `gateway db upgrade`")
