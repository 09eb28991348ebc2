"""`gateway certificates withdrawn`: the signed list of withdrawn cards."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("withdrawn")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
def command(out: Path) -> None:
    """Write the signed list of withdrawn cards, for the offline page of whoever checks cards."""
    from gateway.cli.certificates.opening import house, withdrawn_list

    with house() as (runtime, texts):
        signed, told = withdrawn_list(runtime, texts)
    out.write_bytes(signed)
    click.echo(f"{out}: {told}")
