"""`gateway people correct`: the staff put one answer right."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of
from gateway.cli.people.reasons import coded


@click.command("correct")
@click.argument("reference")
@click.option(
    "--field", "name", required=True, help="The answer's name, such as full_name, age, sex or area."
)
@click.option("--reason", required=True, callback=coded, help="Why, as a code such as seen_papers.")
@click.option("--by", "code", required=True, help="The code of whoever of the staff corrects.")
def command(reference: str, name: str, reason: str, code: str) -> None:
    """Replace an answer of the person with REFERENCE; the old one is kept, sealed.

    The answer is asked for, or read from standard input: a command line is kept in a history and seen by others.
    """
    from gateway.enact.registering import correcting
    from gateway.messages import Rejected

    if name not in correcting.FIELDS:
        raise click.BadParameter(f"one of {', '.join(correcting.FIELDS)}", param_hint="--field")
    typed = click.prompt("New answer", err=True)
    with at_the_desk() as work:
        person = person_of(work, reference)
        done = correcting.correct_by_staff(work, person, name, typed, staff_of(work, code), reason)
        if isinstance(done, Rejected):
            raise click.ClickException(f"This cannot be the answer to {name}: {done.reason}.")
    click.echo("Corrected." if done else "It stands so already.")
