"""`gateway providers export`: the directory as other systems read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.providers.formats import ACTOR, CSV, FORMATS, JSON, TABULAR, format_of, register

if TYPE_CHECKING:
    from gateway.directory.model import Organisation
    from gateway.runtime import Runtime


@click.command("export")
@click.option(
    "--format", "named", type=click.Choice(FORMATS), help="By the file's name where it is not said."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="A file; for a data package a folder or zip.",
)
@click.option(
    "--phones", is_flag=True, help="With the registered phones. This is on record; the file is yours alone."
)
def command(named: str | None, out: Path, phones: bool) -> None:
    """Write the organisations that are not paused, with their services and locations, to a file."""
    from gateway.directory import files, tabular
    from gateway.enact.helping.exchange import give_out

    format = format_of(out, named)
    with register() as runtime:
        organisations = give_out(runtime, ACTOR, phones=phones)
        objects = _objects(organisations, runtime) if format in (JSON, TABULAR) else []
    try:
        if format == TABULAR:
            files.pack(tabular.package(objects), out, private=phones)
        else:
            files.write(_written(format, organisations, objects), out, private=phones)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"{len(organisations)} organisations are in {out}.")


def _written(format: str, organisations: list[Organisation], objects: list[dict[str, Any]]) -> str:
    import yaml

    from gateway.directory import spreadsheet
    from gateway.directory.model import to_entry

    if format == JSON:
        return json.dumps(objects, ensure_ascii=False, indent=2) + "\n"
    if format == CSV:
        return spreadsheet.write(organisations)
    entries = {each.code: to_entry(each) for each in organisations}
    return str(yaml.safe_dump({"organisations": entries}, allow_unicode=True, sort_keys=False, width=110))


def _objects(organisations: list[Organisation], runtime: Runtime) -> list[dict[str, Any]]:
    from gateway.directory import hsds_writing

    policy = runtime.catalogue.fresh().policy

    def named(need: str) -> str:
        return policy.service_label(need, policy.language)

    return hsds_writing.objects(organisations, named, policy.gazetteer.name, runtime.now())
