"""`gateway flows test --mutate`: mistakes made on purpose, and which of them nobody notices."""

from __future__ import annotations

import json

import click

from gateway.authoring.mutating.mutate import Mutated, mutate
from gateway.authoring.project import Project


def report(project: Project, chosen: tuple[str, ...], as_json: bool, most: int | None = None) -> int:
    """Makes mistakes in some flows, or all, and prints what was noticed. The exit code: 0 where enough was, else 1."""
    if project.faults:
        return _refused(project, as_json)
    found = mutate(project, chosen, most)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _print(found)
    return 0 if found.enough else 1


def _refused(project: Project, as_json: bool) -> int:
    """Files that cannot be loaded are not changed: what is wrong with them is told instead."""
    if as_json:
        faults = [str(each) for each in project.faults]
        click.echo(json.dumps({"mutants": 0, "killed": 0, "survivors": [], "failing": faults}))
    else:
        for each in project.faults:
            click.echo(str(each))
        click.echo("Mend this first: `gateway flows check` says how.")
    return 1


def _print(found: Mutated) -> None:
    for path in found.failing:
        click.echo(f"{path}: does not come true as the files stand: run `gateway flows test`")
    for each in found.survivors:
        click.echo(f"{each.file}:{each.line}: {each.flow}.{each.state}: nobody notices when {each.what}")
    for kind, (made, noticed) in sorted(found.kinds.items()):
        click.echo(f"{kind}: {noticed} of {made} noticed")
    share = found.killed / found.mutants if found.mutants else 1.0
    by = ", ".join(f"{count} by the {who}" for who, count in sorted(found.by.items()))
    click.echo(f"{found.killed} of {found.mutants} mistakes are noticed ({share:.0%}): {by}.")
