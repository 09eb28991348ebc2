"""`gateway people merge`: two records are one person, says somebody of the staff."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("merge")
@click.argument("kept")
@click.argument("gone")
@click.option("--reason", required=True, help="Why, as a code such as same_person: it is kept in the open.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(kept: str, gone: str, reason: str, code: str) -> None:
    """Make the record with reference GONE part of the one with KEPT. `unmerge` undoes it."""
    from gateway.enact.registering import merging

    with at_the_desk() as work:
        stays, goes = person_of(work, kept), person_of(work, gone)
        try:
            made = merging.merge(work, stays.id, goes.id, staff_of(work, code), reason)
        except ValueError as error:
            raise click.ClickException(f"{error}.") from None
    click.echo("They are one person now." if made else "They are one person already.")
