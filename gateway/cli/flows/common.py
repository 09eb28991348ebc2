"""What the commands about flows share: which folder they read, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

import flows
from gateway import settings
from gateway.authoring.project import Project
from gateway.catalogue.files import read_folder

_F = TypeVar("_F", bound=Callable[..., Any])


def folder_option(function: _F) -> _F:
    """`--folder`: whose files are meant."""
    return click.option(
        "--folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The folder of flows; else that of GATEWAY_FLOWS_DIR, else the shipped one.",
    )(function)


def folder_of(given: Path | None) -> Path:
    """The folder that is meant. Commands that only read files need no other setting."""
    return given or settings.flows_folder() or Path(flows.__path__[0])


def project_of(given: Path | None) -> Project:
    """The folder's files, loaded. Raises `FlowError` where nothing can be read."""
    return Project.read(read_folder(folder_of(given)))
