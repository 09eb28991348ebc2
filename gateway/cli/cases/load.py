"""`gateway cases load`: who has how many cases."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from gateway.cli.cases.opening import JSON
from gateway.cli.people.opening import at_the_desk


@click.command("load")
@JSON
def command(as_json: bool) -> None:
    """Show how many open cases everyone has, those with the most late ones first."""
    from gateway.enact.casework.caseload_view import loads

    with at_the_desk() as work:
        found = loads(work)
    if as_json:
        told = [
            asdict(each) | {"away_until": each.away_until and each.away_until.isoformat(timespec="minutes")}
            for each in found
        ]
        click.echo(json.dumps(told))
        return
    for each in found:
        away = f"  away until {each.away_until:%Y-%m-%d}" if each.away_until else ""
        click.echo(
            f"{each.code or 'nobody':<24}  {each.open:>4} open  {each.late:>4} late  {each.disputed:>4} disputed  "
            f"oldest {each.oldest_days} days{'  full' if each.full else ''}{away}"
        )
    if not found:
        click.echo("Nobody is here, and nothing is open.")
