"""`gateway people override`: somebody of the staff knows better than the rules."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("override")
@click.argument("reference")
@click.argument("tier", type=click.Choice(["immediate", "high", "standard"]))
@click.option(
    "--reason", required=True, help="Why, as a code such as seen_in_person: it is kept in the open."
)
@click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")
def command(reference: str, tier: str, reason: str, code: str) -> None:
    """Set how soon the person with REFERENCE is to be seen. It holds, whatever the rules say, until `lift`."""
    from gateway.enact.registering import screening
    from gateway.registry.screening import Tier

    if not screening.REASON.fullmatch(reason):
        raise click.BadParameter("a code of small letters, digits and _", param_hint="--reason")
    with at_the_desk() as work:
        person = person_of(work, reference)
        held = screening.override(work, person, Tier(tier), staff_of(work, code), reason)
    click.echo(f"{held.tier.value}: {reason}")
