"""`gateway flows import`: what came back from translators."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gateway.authoring.findings import Finding, Severity
from gateway.authoring.project import Project
from gateway.authoring.translating import folder as files
from gateway.authoring.translating import po, table
from gateway.authoring.translating.merge import Merge, merge
from gateway.cli.flows.common import folder_of, folder_option, project_of
from gateway.errors import FlowError


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object and nothing else.")
def command(file: Path, folder: Path | None, as_json: bool) -> None:
    """Put the translations of FILE (PO or CSV, as `export` wrote it) into the flows, and say which were taken."""
    project = project_of(folder)
    language, answers = (table if file.suffix == ".csv" else po).read(_text(file), file.name)
    done = merge(project, language, answers, file.name)
    files.write(folder_of(folder), done.files)
    faults = _faults(project, project_of(folder)) if done.files else []
    if as_json:
        click.echo(json.dumps(_plain(done, faults), ensure_ascii=False))
    else:
        _tell(done, faults)
    sys.exit(1 if done.refused or faults else 0)


def _text(file: Path) -> str:
    """The file's text, its line ends as they are. Raises `FlowError` where it is not UTF-8."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise FlowError("is not UTF-8 text: save it as UTF-8", file=file.name) from None


def _faults(before: Project, after: Project) -> list[Finding]:
    """What keeps the files from loading that did not before, such as one label for two options."""
    old = {(fault.file, fault.state, fault.problem) for fault in before.faults}
    new = [fault for fault in after.faults if (fault.file, fault.state, fault.problem) not in old]
    return sorted(
        Finding(fault.file, fault.line, fault.column, fault.rule, fault.problem, fault.hint) for fault in new
    )


def _plain(done: Merge, faults: list[Finding]) -> dict[str, object]:
    return {
        "taken": done.taken,
        "refused": done.refused,
        "left": done.left,
        "files": sorted(done.files),
        "findings": [each.to_dict() for each in [*done.findings, *faults]],
    }


def _tell(done: Merge, faults: list[Finding]) -> None:
    for each in done.findings:
        click.echo(f"warning: {each}" if each.severity is Severity.WARNING else str(each))
    for name in done.taken:
        click.echo(f"taken: {name}")
    for name in done.left:
        click.echo(f"left, it is marked as needing work: {name}")
    click.echo(
        f"{len(done.taken)} taken, {len(done.refused)} refused, {len(done.left)} left. "
        f"Changed: {', '.join(sorted(done.files)) or 'nothing'}."
    )
    for each in faults:
        click.echo(f"now to mend: {each}")
