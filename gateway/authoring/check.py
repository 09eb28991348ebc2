"""Everything that is looked for, in one go."""

from __future__ import annotations

from pathlib import Path

from gateway.authoring.findings import Finding
from gateway.authoring.project import Project
from gateway.authoring.rules import (
    calendars,
    choices,
    ends,
    fit,
    known,
    privacy,
    screening,
    structure,
    timing,
    translations,
    values,
)
from gateway.catalogue.files import read_folder
from gateway.errors import FlowError

MODULES = (structure, ends, known, values, choices, translations, fit, timing, privacy, screening, calendars)
"""What is looked for: one module a matter."""


def check(project: Project) -> list[Finding]:
    """Every finding about an operator's files, by file, line, column and rule: the same files give the same list."""
    return sorted({finding for module in MODULES for finding in module.findings(project)})


def check_folder(folder: Path) -> list[Finding]:
    """The findings about the files of a folder; only why, where nothing can be said of it as a whole."""
    faults: list[FlowError] = []
    try:
        return check(Project.read(read_folder(folder, faults), faults))
    except FlowError as fault:
        return [structure.of(each) for each in faults or [fault]]
