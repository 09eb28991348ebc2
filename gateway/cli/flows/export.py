"""`gateway flows export`: a language's texts for its translators."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.authoring.translating import po, table
from gateway.authoring.translating.merge import known
from gateway.authoring.translating.rows import rows
from gateway.cli.flows.common import folder_option, project_of


@click.command("export")
@click.option("--lang", "language", required=True, help="The language to translate into, such as so.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(("po", "csv")),
    help="PO for Weblate and Poedit, CSV for a spreadsheet; else what FILE is called, else PO.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; comments of translators in it are kept. Else it is printed.",
)
@folder_option
def command(language: str, shape: str | None, out: Path | None, folder: Path | None) -> None:
    """Write every text of a language, its base text and how many letters it may have."""
    project = project_of(folder)
    known(project, language, "")
    found = rows(project, language)
    if (shape or (out and out.suffix.removeprefix(".")) or "po") == "csv":
        text = table.write(found)
    else:
        earlier = out.read_text("utf-8") if out and out.exists() else ""
        text = po.write(found, language, earlier, out.name if out else "")
    if out is None:
        click.echo(text.encode(), nl=False)
    else:
        out.write_bytes(text.encode())
        done = sum(1 for row in found if row.translation)
        click.echo(f"{out}: {len(found)} texts, {done} of them translated.")
