"""What a new machine needs before it serves: tables, flows, and the sample directory where there is no live carrier."""

from __future__ import annotations

import click

from gateway import settings


@click.command(hidden=True)
def prepare() -> None:
    """Migrate, publish the flows and load their sample directory: the demo's first step, in one process."""
    from gateway import bootstrap
    from gateway.authoring.revising.publishing import publish
    from gateway.enact.helping.directory import load
    from gateway.store import migrate

    runtime = bootstrap.build(settings.read())
    try:
        migrate.upgrade(runtime.database)
        bundle = bootstrap.shipped_flows(runtime.settings)
        publish(runtime.catalogue, bundle, "command-line", "", runtime.now())
        if runtime.settings.mode != "live":
            load(runtime, bundle.sources["directory.yaml"].data)
    finally:
        runtime.database.close()
