"""`gateway flows mark`: says that translations fit their base texts."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click

from gateway.authoring.texts import NOTICES, PHRASES
from gateway.authoring.translating import folder as files
from gateway.authoring.translating.marks import mark
from gateway.authoring.translating.merge import known
from gateway.cli.flows.common import folder_of, folder_option, project_of


@click.command("mark")
@click.argument("language")
@click.argument("flows", nargs=-1)
@folder_option
def command(language: str, flows: tuple[str, ...], folder: Path | None) -> None:
    """Say: I have looked, the translations into LANGUAGE are up to date. FLOWS may name notices and phrases too."""
    project = project_of(folder)
    known(project, language, "")
    names = (*project.revision.flows, NOTICES, PHRASES)
    for name in flows:
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.BadParameter(f"there is no flow '{name}'.{hint}", param_hint="FLOWS")
    changed, count = mark(project, language, flows)
    files.write(folder_of(folder), changed)
    click.echo(f"{count} translations into {language} are up to date now. Changed: {len(changed)} files.")
