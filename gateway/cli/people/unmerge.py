"""`gateway people unmerge`: two records that were merged are two people after all."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, staff_of


@click.command("unmerge")
@click.argument("reference")
@click.option("--reason", required=True, help="Why, as a code such as two_people: it is kept in the open.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(reference: str, reason: str, code: str) -> None:
    """Give the record with REFERENCE, which went into another, its own life again."""
    from gateway.enact.registering import merging
    from gateway.registry.reference import read
    from gateway.store import merges, people

    with at_the_desk() as work:
        typed = read(reference)
        person = people.by_reference(work.tx, typed) if typed else None
        merge = merges.of(work.tx, person.id) if person else None
        if merge is None:
            raise click.ClickException("No record with this reference was merged into another.")
        try:
            merging.unmerge(work, merge.id, staff_of(work, code), reason)
        except ValueError as error:
            raise click.ClickException(f"{error}.") from None
    click.echo("They are two people again.")
