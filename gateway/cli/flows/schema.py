"""`gateway flows schema`: what editors need to complete and check a flow file."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("schema")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file instead of showing it.",
)
def command(out: Path | None) -> None:
    """Show the JSON Schema of flow.yaml, or write it to a file such as flows/schema.json."""
    from gateway.authoring.schema import written

    if out is None:
        click.echo(written(), nl=False)
    else:
        out.write_text(written(), "utf-8")
        click.echo(f"Wrote {out}.")
