"""`gateway people apart`: two records look like one person, and are not."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("apart")
@click.argument("one")
@click.argument("other")
@click.option("--reason", required=True, help="Why, as a code such as sisters: it is kept in the open.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(one: str, other: str, reason: str, code: str) -> None:
    """Say that the people with references ONE and OTHER are two: they are not offered as one again."""
    from gateway.enact.registering import duplicates

    with at_the_desk() as work:
        first, second = person_of(work, one), person_of(work, other)
        try:
            said = duplicates.apart(work, first.id, second.id, staff_of(work, code), reason)
        except ValueError as error:
            raise click.ClickException(f"{error}.") from None
    click.echo("They are two people." if said else "That had been said already.")
