"""`gateway flows import-xlsform`: a form of ODK, Kobo or SurveyCTO becomes a flow."""

from __future__ import annotations

import re
from pathlib import Path

import click

from gateway.cli.flows.importing import imports, write


@click.command("import-xlsform")
@imports
@click.option("--name", default="", help="What the flow is called; else as the file.")
def command(file: Path, out: Path, strict: bool, name: str) -> None:
    """Make a flow of an XLSForm workbook (.xlsx, .xls) and list what could not be carried."""
    from gateway.authoring.importing import xlsform

    spoken = ("en", "so", "am", "om", "ti", "ar", "sw")
    imported = xlsform.read(file.read_bytes(), name or re.sub(r"\W+", "_", file.stem.lower()), spoken)
    write(imported, out, strict)
