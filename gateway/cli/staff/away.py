"""`gateway staff away`: somebody is on leave."""

from __future__ import annotations

from datetime import datetime

import click

from gateway.cli.cases.opening import member_of
from gateway.cli.people.opening import ACTOR, at_the_desk


@click.command("away")
@click.argument("code")
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which they are back, as 2026-12-25.",
)
def command(code: str, until: datetime) -> None:
    """Note that CODE is on leave: no new cases, no notices; their urgent cases go to colleagues at once."""
    from gateway.enact.assigning.leave import leave, may_last, morning

    with at_the_desk() as work:
        member, back = member_of(work, code), morning(work, until.date())
        if not may_last(work, back):
            raise click.BadParameter("a day within the next year", param_hint="--until")
        given = leave(work, member, back, ACTOR)
    click.echo(f"{code} is away until {until:%Y-%m-%d}. Urgent cases given on: {given}.")
