"""`gateway people guardian`: who answers for somebody under age."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("guardian")
@click.argument("ward")
@click.option("--of", "guardian", default="", help="The reference of the guardian.")
@click.option("--end", "ends", is_flag=True, help="Nobody answers for them any more.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(ward: str, guardian: str, ends: bool, code: str) -> None:
    """Let a guardian answer for the person with the reference WARD, until they are 18; or end it."""
    from gateway.enact.holding import guardianship

    if bool(guardian) == ends:
        raise click.UsageError("Say either --of with a reference, or --end.")
    with at_the_desk() as work:
        person, actor = person_of(work, ward), staff_of(work, code)
        if ends:
            done = guardianship.end(work, person, actor)
            said = "Ended." if done else "Nobody answers for them."
        else:
            try:
                whom = person_of(work, guardian)
                guardianship.appoint(work, person, whom, guardianship.BY_STAFF, actor)
            except ValueError as error:
                raise click.ClickException(f"This cannot be: {error}.") from None
            said = "Appointed."
    click.echo(said)
