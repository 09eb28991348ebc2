"""What differs between two revisions, in screens and paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import settings
from gateway.cli.flows.common import folder_option, project_of

if TYPE_CHECKING:
    from gateway.authoring.project import Project
    from gateway.runtime import Runtime


@click.command("diff")
@click.argument("older", default="", metavar="[REVISION")
@click.argument("newer", default="", metavar="[REVISION]]")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(older: str, newer: str, folder: Path | None, as_json: bool) -> None:
    """Say what changed: the published revision against the folder, or one revision against the folder or another."""
    from gateway import bootstrap
    from gateway.authoring.revising.compare import compare

    runtime = bootstrap.build(settings.read())
    try:
        before = _published(runtime, older)
        after = _published(runtime, newer) if newer else project_of(folder)
    finally:
        runtime.database.close()
    changes = compare(before, after)
    if as_json:
        click.echo(json.dumps({"changes": [each.to_dict() for each in changes]}, ensure_ascii=False))
        return
    for each in changes:
        click.echo(str(each))
    count = "1 change." if len(changes) == 1 else f"{len(changes)} changes."
    click.echo(count if changes else "Nothing differs.")


def _published(runtime: Runtime, beginning: str) -> Project:
    """A published revision's files, loaded; the current one's where none is named."""
    from gateway.authoring.project import Project
    from gateway.authoring.revising.publishing import find

    name = find(runtime.database, beginning) if beginning else runtime.catalogue.current().id
    return Project.read(runtime.catalogue.bundle(name))
