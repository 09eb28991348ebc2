"""`gateway flows copy`: an operator's own folder to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

import flows
from gateway.catalogue.files import SUFFIXES
from gateway.errors import FlowError


@click.command("copy")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Copy the shipped flows into FOLDER, to be changed there."""
    if folder.exists() and any(folder.iterdir()):
        raise FlowError("the folder is not empty: name a new one", file=str(folder))
    shipped = Path(flows.__path__[0])
    wanted = (*SUFFIXES, ".json", ".md")
    for path in sorted(shipped.rglob("*")):
        if path.is_file() and path.suffix in wanted:
            there = folder / path.relative_to(shipped)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    click.echo(f"Copied. Set GATEWAY_FLOWS_DIR={folder.resolve()}, and change the files there.")
