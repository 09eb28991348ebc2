"""`gateway cases show`: where one case stands."""

from __future__ import annotations

import json

import click

from gateway.cli.cases.opening import JSON, case_of, told
from gateway.cli.people.opening import at_the_desk


@click.command("show")
@click.argument("code")
@JSON
def command(code: str, as_json: bool) -> None:
    """Show where the case with CODE stands, whose it is, and what comes next. Any code that it had will do."""
    from gateway.enact.casework.caseload_view import one, standing

    with at_the_desk() as work:
        found = told(work, standing(work, one(work, case_of(work, code).id)))
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name:<9} {_said(value)}")


def _said(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value) or "-"
