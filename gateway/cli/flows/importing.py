"""What both imports share: their options, and writing the files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.authoring.importing import Imported
from gateway.errors import FlowError

_F = TypeVar("_F", bound=Callable[..., Any])


def imports(function: _F) -> _F:
    """The file, where the flows go, and how strict to be."""
    for decorate in (
        click.option("--strict", is_flag=True, help="End with 1 where anything was left out."),
        click.option(
            "--out",
            required=True,
            type=click.Path(file_okay=False, path_type=Path),
            help="The folder of flows that the new ones go into.",
        ),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        function = decorate(function)
    return function


def write(imported: Imported, out: Path, strict: bool) -> None:
    """Writes the files, lists what was left out, and ends. Raises `FlowError` before it overwrites anything."""
    for path in imported.files:
        if (out / path).exists():
            raise FlowError("is there already: move it away, or import into another folder", file=path)
    for path, text in imported.files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, "utf-8")
        click.echo(f"Written: {out / path}")
    for each in imported.left_out:
        click.echo(f"Left out: {each}")
    click.echo(f"{len(imported.left_out)} left out. Next: gateway flows check --folder {out}")
    if strict and imported.left_out:
        sys.exit(1)
