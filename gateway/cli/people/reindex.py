"""`gateway people reindex`: everybody can be found by what their record says, under the newest key of the ring."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gateway import settings
from gateway.cli.people.opening import ACTOR

if TYPE_CHECKING:
    from gateway.runtime import Runtime

STEP = 100  # people in one transaction, so that nobody who registers meanwhile waits long


@click.command("reindex")
def command() -> None:
    """Write everybody's blinded signs anew, and count how common names are.

    For records kept before there were any, and after a new key came into the ring. Safe to run again; people may
    register meanwhile. No pair is looked for or decided.
    """
    from gateway import bootstrap
    from gateway.enact.desk import desk
    from gateway.enact.registering import name_counts
    from gateway.store import audit, duplicates

    runtime = bootstrap.build(settings.read())
    try:
        runtime.catalogue.fresh()
        with runtime.database.transaction() as tx:
            total = duplicates.how_many(tx)
            audit.add(tx, ACTOR, "people.reindex", "people:0", {"people": str(total)}, runtime.now())
        with click.progressbar(length=total, label="Indexing", file=sys.stderr) as bar:
            for step in _steps(runtime):
                bar.update(step)
        with runtime.database.transaction() as tx:
            name_counts.count(desk(runtime, tx))
    finally:
        runtime.database.close()
    click.echo(f"{total} people can be found.")


def _steps(runtime: Runtime) -> Iterator[int]:
    """Goes through everybody; after each transaction, how many it was for."""
    from gateway.enact.desk import desk
    from gateway.enact.registering import duplicates

    last = 0
    while True:
        with runtime.database.transaction() as tx:
            step = duplicates.reindex(desk(runtime, tx), last, STEP)
        if not step:
            return
        last = step[-1]
        yield len(step)
