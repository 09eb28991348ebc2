"""`gateway cases give-all`: everything that somebody has goes to a colleague."""

from __future__ import annotations

import click

from gateway.cli.cases.opening import BY, member_of
from gateway.cli.people.opening import at_the_desk


@click.command("give-all")
@click.argument("giver", metavar="FROM")
@click.argument("to")
@BY
def command(giver: str, to: str, by: str) -> None:
    """Make all open cases of FROM those of TO, as far as they lie in the areas of TO, who is told once.

    FROM does it, or a supervisor.
    """
    from gateway.enact.casework.handover import give_all
    from gateway.store.staff import SUPERVISOR

    with at_the_desk() as work:
        member = member_of(work, by)
        if member.role != SUPERVISOR and by != giver:
            raise click.ClickException(f"{by} is no supervisor, and gives their own only.")
        try:
            went, stay = give_all(work, member_of(work, giver), member_of(work, to), f"staff:{member.id}")
        except ValueError as error:
            raise click.ClickException(f"{error}.") from None
    click.echo(f"{went} went to {to}, {stay} stay.")
