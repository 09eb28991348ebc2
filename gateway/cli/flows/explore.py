"""`gateway flows test --explore`: generated conversations, and what they found."""

from __future__ import annotations

import json

import click

from gateway.authoring.exploring.explore import Explored, explore
from gateway.authoring.project import Project


def report(project: Project, chosen: tuple[str, ...], as_json: bool) -> int:
    """Explores some flows, or all, and prints what was found. The exit code: 0 where everything holds, else 1."""
    if project.faults:
        return _refused(project, as_json)
    found = explore(project.revision, project.profiles(), chosen)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _print(project, found)
    return 1 if found.failed or found.unreachable else 0


def _refused(project: Project, as_json: bool) -> int:
    """Files that cannot be loaded are not explored: what is wrong with them is told instead."""
    if as_json:
        failed = [{"flow": "", "state": each.state, "what": str(each), "path": []} for each in project.faults]
        click.echo(json.dumps({"exits": 0, "covered": 0, "failed": failed, "unreachable": [], "steps": 0}))
    else:
        for each in project.faults:
            click.echo(str(each))
        click.echo("Mend this first: `gateway flows check` says how.")
    return 1


def _print(project: Project, found: Explored) -> None:
    for each in found.failed:
        click.echo(f"{_place(project, each.flow, each.state)}: {each.what}")
        click.echo(f"    {' > '.join(each.path)}")
    for exit in found.unreachable:
        click.echo(f"{_place(project, exit.flow, exit.state)}: {exit.what}: no conversation comes here")
    taken = len(found.exits) - len(found.unreachable)
    told = f"{len(found.failed)} things failed" if found.failed else "everything holds"
    click.echo(f"{taken} of {len(found.exits)} exits taken in {found.steps} steps; {told}.")


def _place(project: Project, flow: str, state: str) -> str:
    node = project.state(flow, state) if state in project.revision.flows[flow].states else project.root(flow)
    line, _ = node.place
    return f"{node.source.path}:{line}: {flow}.{state}".rstrip(".")
