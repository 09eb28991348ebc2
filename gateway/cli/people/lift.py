"""`gateway people lift`: the rules decide again."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("lift")
@click.argument("reference")
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(reference: str, code: str) -> None:
    """Take back what somebody set for the person with REFERENCE: the rules decide again."""
    from gateway.enact.registering import screening

    with at_the_desk() as work:
        held = screening.lift(work, person_of(work, reference), staff_of(work, code))
    click.echo(held.tier.value)
