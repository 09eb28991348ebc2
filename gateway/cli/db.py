"""The database's tables."""

from __future__ import annotations

import click

from gateway import settings


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
def upgrade() -> None:
    """Bring the tables to this release. Safe to run twice."""
    from gateway.store import migrate
    from gateway.store.database import Database

    known = settings.read()
    database = Database(known.database_url, synchronous=known.sqlite_synchronous)
    try:
        migrate.upgrade(database)
    finally:
        database.close()
    click.echo("The tables are at this release.")
