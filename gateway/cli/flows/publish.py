"""Publishing flows, notices and policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import settings
from gateway.cli.flows.common import folder_of, folder_option

if TYPE_CHECKING:
    from gateway.catalogue.files import Bundle
    from gateway.runtime import Runtime

AUTHOR = "command-line"


@click.command("publish")
@folder_option
@click.option("--note", default="", help="What changed, for those who look later.")
@click.option("--author", default=AUTHOR, show_default=True, help="Who publishes.")
@click.option(
    "--dry-run", is_flag=True, help="Publish nothing; say who stands where and which screens change."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(folder: Path | None, note: str, author: str, dry_run: bool, as_json: bool) -> None:
    """Check the flow files and make them what new conversations start on.

    Files with an error are not published. Conversations whose open question is unchanged go on in the new revision;
    the others are finished on the old one.
    """
    from gateway import bootstrap
    from gateway.authoring.revising.publishing import FlowsRefused
    from gateway.catalogue.files import read_folder

    runtime = bootstrap.build(settings.read())
    try:
        bundle = read_folder(folder_of(folder))
        if dry_run:
            _rehearse(runtime, bundle, as_json)
        else:
            _publish(runtime, bundle, author, note, as_json)
    except FlowsRefused as refused:
        if as_json:
            click.echo(json.dumps({"findings": [each.to_dict() for each in refused.findings]}))
        else:
            click.echo("\n".join(map(str, refused.findings)))
        raise
    finally:
        runtime.database.close()


def _publish(runtime: Runtime, bundle: Bundle, author: str, note: str, as_json: bool) -> None:
    from gateway.authoring.revising.publishing import SHORT, publish

    done = publish(runtime.catalogue, bundle, author, note, runtime.now())
    if as_json:
        click.echo(json.dumps({"revision": bundle.id, "published": done}))
    else:
        name = bundle.id[:SHORT]
        click.echo(f"Published {name}." if done else f"{name} is published already.")


def _rehearse(runtime: Runtime, bundle: Bundle, as_json: bool) -> None:
    from gateway.authoring.project import Project
    from gateway.authoring.revising.publishing import demand_sound
    from gateway.cli.flows import outlook

    project = Project.read(bundle)
    demand_sound(project)
    outlook.show(runtime, project, as_json)
