"""`gateway people restricted`: what a person told a caseworker, and nobody else is to know."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of


@click.command("restricted")
@click.argument("reference")
@click.option(
    "--field",
    "name",
    required=True,
    help="trafficking, detention, violence, mental_health, chronic_illness, pregnancy, under_fives or single_carer.",
)
@click.option("--by", "code", required=True, help="The code of whoever of the staff was told.")
def command(reference: str, name: str, code: str) -> None:
    """Keep an answer of the person with REFERENCE that only caseworkers may know: yes, no or not_said.

    The answer is asked for, or read from standard input: a command line is kept in a history and seen by others.
    """
    from gateway.enact.registering import details

    if name not in details.CONFIDED:
        raise click.BadParameter(f"one of {', '.join(details.CONFIDED)}", param_hint="--field")
    answer = click.prompt("Answer (yes, no, not_said)", hide_input=True, err=True).strip().lower()
    if answer not in details.YES_NO:
        raise click.ClickException("The answer is yes, no or not_said.")
    with at_the_desk() as work:
        person = person_of(work, reference)
        details.confide(work, person, name, answer, staff_of(work, code))
    click.echo("Kept.")
