"""Migrations make exactly the tables that the code names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import StoreError
from gateway.store import migrate
from gateway.store.database import Database
from gateway.store.tables import metadata

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, on each kind in turn."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/gateway.db")
        yield made
        made.close()
        return
    server: str = request.getfixturevalue("postgres_server")
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS migrations WITH (FORCE)")
        connection.execute("CREATE DATABASE migrations")
    made = Database(server.format("migrations"))
    yield made
    made.close()


def differences(database: Database) -> list[Any]:
    """What a new migration would have to do."""
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_tables_match(database: Database) -> None:
    """After the upgrade there is nothing left to migrate."""
    migrate.upgrade(database)
    assert differences(database) == []


def test_a_difference_is_seen(database: Database) -> None:
    """The comparison is not blind: a lost column is found."""
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE callbacks DROP COLUMN taken_at")
    assert [change[0] for change in differences(database)] == ["add_column"]


def test_upgrade_twice(database: Database) -> None:
    """Running it again changes nothing."""
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert not migrate.pending(database)


def test_old_tables_are_refused(database: Database) -> None:
    """A process that serves does not start on tables of another release, and says what to run."""
    assert migrate.pending(database)
    with pytest.raises(StoreError, match="gateway db upgrade"):
        migrate.demand_current(database)
    migrate.upgrade(database)
    migrate.demand_current(database)


def test_one_line_of_history() -> None:
    """Migrations form one line: no two claim the same place, so that `upgrade` always knows the next."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
