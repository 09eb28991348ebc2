"""Publishing flows, notices and policies."""

from __future__ import annotations

import click

from gateway import settings


@click.group()
def flows() -> None:
    """Flows, notices and policies: what the gateway says and asks."""


@flows.command()
@click.option("--note", default="", help="What changed, for those who look later.")
def publish(note: str) -> None:
    """Check the flow files and make them what new conversations start on."""
    from gateway import bootstrap

    runtime = bootstrap.build(settings.read())
    try:
        bundle = bootstrap.shipped_flows(runtime.settings)
        done = runtime.catalogue.publish(bundle, "command-line", note, runtime.now())
    finally:
        runtime.database.close()
    click.echo(f"Published {bundle.id[:12]}." if done else f"{bundle.id[:12]} is published already.")
