"""A process that hands messages to carriers."""

from __future__ import annotations

import click

from gateway import settings


@click.command()
def worker() -> None:
    """Deliver messages until told to stop: any number of these, on any number of machines."""
    from gateway import bootstrap
    from gateway.enact.casework.undelivered import fate_hook
    from gateway.jobs import worker as jobs
    from gateway.store import migrate

    known = settings.read()
    runtime = bootstrap.build(known)
    try:
        migrate.demand_current(runtime.database)
        jobs.run(runtime, bootstrap.senders(known), fate_hook(runtime))
    finally:
        runtime.database.close()
