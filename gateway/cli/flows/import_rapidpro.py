"""`gateway flows import-rapidpro`: an export of RapidPro or TextIt becomes flows."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.flows.importing import imports, write


@click.command("import-rapidpro")
@imports
def command(file: Path, out: Path, strict: bool) -> None:
    """Make flows of a RapidPro export (specification 13, .json) and list what could not be carried."""
    from gateway.authoring.importing import rapidpro

    write(rapidpro.read(file.read_bytes()), out, strict)
