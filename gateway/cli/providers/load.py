"""`gateway providers load`: the directory and the staff as a file has them, and nobody else."""

from __future__ import annotations

from pathlib import Path

import click

from gateway import settings


@click.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Make the directory what FILE says, all or nothing. Safe to run again; who is no longer in it is paused."""
    from gateway import bootstrap
    from gateway.catalogue.files import read_file
    from gateway.enact.helping import directory

    runtime = bootstrap.build(settings.read())
    try:
        data = read_file(file).data
        directory.load(runtime, data)
    finally:
        runtime.database.close()
    organisations, staff = (len(data.get(name) or ()) for name in ("organisations", "staff"))
    click.echo(f"{organisations} organisations and {staff} staff are in the directory.")
