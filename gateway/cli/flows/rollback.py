"""Going back to a revision that was published before."""

from __future__ import annotations

import json

import click

from gateway import settings
from gateway.cli.flows.publish import AUTHOR


@click.command("rollback")
@click.argument("revision", default="")
@click.option("--previous", is_flag=True, help="The one that was current before this one.")
@click.option("--note", default="", help="Why, for those who look later.")
@click.option("--author", default=AUTHOR, show_default=True, help="Who goes back.")
@click.option(
    "--dry-run", is_flag=True, help="Publish nothing; say who stands where and which screens change."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(revision: str, previous: bool, note: str, author: str, dry_run: bool, as_json: bool) -> None:
    """Publish an old revision again: REVISION is the beginning of its name, as `gateway flows revisions` shows it."""
    from gateway import bootstrap
    from gateway.authoring.project import Project
    from gateway.authoring.revising import publishing
    from gateway.cli.flows import outlook

    if bool(revision) is previous:
        raise click.UsageError("give either a revision or --previous")
    runtime = bootstrap.build(settings.read())
    try:
        database = runtime.database
        name = publishing.previous(database) if previous else publishing.find(database, revision)
        if dry_run:
            outlook.show(runtime, Project.read(runtime.catalogue.bundle(name)), as_json)
            return
        done = publishing.roll_back(runtime.catalogue, name, author, note, runtime.now())
    finally:
        runtime.database.close()
    short = name[: publishing.SHORT]
    if as_json:
        click.echo(json.dumps({"revision": name, "published": done}))
    else:
        click.echo(f"Published {short} again." if done else f"{short} is the current revision.")
