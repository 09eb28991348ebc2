"""`gateway people died`: a caseworker records a death, or takes it back."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of, staff_of
from gateway.cli.people.reasons import coded


@click.command("died")
@click.argument("reference")
@click.option(
    "--reason", required=True, callback=coded, help="How it is known, as a code such as told_by_family."
)
@click.option("--by", "code", required=True, help="The code of the caseworker.")
@click.option("--undo", is_flag=True, help="It was somebody else: the person lives.")
def command(reference: str, reason: str, code: str, undo: bool) -> None:
    """Record that the person with REFERENCE died.

    The certificate is revoked, open requests are taken back, and nothing is sent about the person any more.
    """
    from gateway.enact.registering import deaths

    with at_the_desk() as work:
        person, actor = person_of(work, reference), staff_of(work, code)
        act = deaths.undo_death if undo else deaths.record_death
        done = act(work, person, actor, reason)
    if not done:
        click.echo("No death is recorded." if undo else "It was recorded before.")
    elif undo:
        click.echo("Undone. The certificate stays revoked: issue a new one.")
    else:
        click.echo("Recorded.")
