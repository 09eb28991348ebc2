"""What the commands about files of the directory share: their formats, and how the register is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.runtime import Runtime

ACTOR = "command-line"
JSON, TABULAR, CSV, YAML = FORMATS = ("hsds-json", "hsds-tabular", "csv", "yaml")
_SUFFIXES = {".json": JSON, ".zip": TABULAR, ".csv": CSV, ".yaml": YAML, ".yml": YAML, "": TABULAR}


def format_of(path: Path, named: str | None) -> str:
    """The format that was named, or the one that a file's name tells; a folder is a data package."""
    if named:
        return named
    suffix = "" if path.is_dir() else path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise click.UsageError(f"name the --format: {', '.join(FORMATS)}")
    return _SUFFIXES[suffix]


@contextmanager
def register() -> Iterator[Runtime]:
    """The register."""
    from gateway import bootstrap

    runtime = bootstrap.build(settings.read())
    try:
        yield runtime
    finally:
        runtime.database.close()
