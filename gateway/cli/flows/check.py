"""`gateway flows check`: everything that is wrong with the flow files, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.flows.common import folder_of, folder_option

if TYPE_CHECKING:
    from gateway.authoring.findings import Finding


@click.command("check")
@click.argument("flows", nargs=-1, metavar="[FLOW]...")
@click.option("--json", "as_json", is_flag=True, help='Print {"findings": [...]} and nothing else.')
@click.option(
    "--warnings/--no-warnings", default=True, help="Show what does not keep the files from going out."
)
@folder_option
def command(flows: tuple[str, ...], as_json: bool, warnings: bool, folder: Path | None) -> None:
    """Say what is wrong with the flow files; of some flows, or of notices, policies or phrases, alone.

    Exits with 1 where an error stands: such files cannot be published.
    """
    from gateway.authoring.check import check_folder
    from gateway.authoring.findings import Severity

    chosen = folder_of(folder)
    _known(flows, chosen)
    found = [
        each
        for each in check_folder(chosen)
        if (warnings or each.severity is Severity.ERROR) and (not flows or _part(each.file) in flows)
    ]
    if as_json:
        import orjson

        click.echo(orjson.dumps({"findings": [each.to_dict() for each in found]}))
    else:
        _show(found)
    if any(each.severity is Severity.ERROR for each in found):
        raise SystemExit(1)


def _part(file: str) -> str:
    """What a file belongs to: a flow's name, which is its folder's, or notices, policies, phrases."""
    return file.split("/", 1)[0].removesuffix(".yaml")


def _known(flows: tuple[str, ...], folder: Path) -> None:
    """Refuses a name that nothing in the folder bears."""
    parts = sorted({_part(path.name) for path in folder.iterdir() if path.is_dir() or path.suffix == ".yaml"})
    for name in flows:
        if name not in parts:
            near = get_close_matches(name, parts, 1)
            raise click.UsageError(
                f"There is no flow '{name}'." + (f" Did you mean '{near[0]}'?" if near else "")
            )


def _show(found: Sequence[Finding]) -> None:
    """One finding a line under the name of its file, then how many there are."""
    for file, findings in groupby(found, key=lambda each: each.file):
        click.echo(file or "all files")
        for each in findings:
            place = f"{each.line}:{each.column}" if each.line else "-"
            hint = f". {each.hint}" if each.hint else ""
            click.echo(f"  {place:>7}  {each.severity}  {each.rule}: {each.problem}{hint}")
    errors = sum(each.severity == "error" for each in found)
    click.echo(f"{_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}.")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
