"""`gateway cases give`: a case goes to a colleague."""

from __future__ import annotations

from collections.abc import Mapping

import click

from gateway.cli.cases.opening import BY, acting, case_of, member_of
from gateway.cli.people.opening import at_the_desk

_REFUSED: Mapping[str, str] = {
    "repeated": "It is theirs already.",
    "elsewhere": "They do not work in the area of this case.",
    "away": "They are away.",
    "full": "They have enough, and others have room. A supervisor may give it to them.",
    "refused": "It is closed.",
    "not_yours": "It is somebody else's. Whoever has it or a supervisor may give it.",
}


@click.command("give")
@click.argument("code")
@click.argument("colleague")
@BY
def command(code: str, colleague: str, by: str) -> None:
    """Make the case with CODE that of COLLEAGUE, who is told. A supervisor gives anyone's, others their own."""
    from gateway.enact.casework.handover import give
    from gateway.store.staff import SUPERVISOR

    with at_the_desk() as work:
        referral = case_of(work, code)
        member, to = acting(work, by, referral), member_of(work, colleague)
        supervises = member.role == SUPERVISOR
        if not supervises and referral.staff_id not in (None, member.id):
            raise click.ClickException(_REFUSED["not_yours"])
        outcome = give(work, referral, to, f"staff:{member.id}", supervises=supervises)
        if outcome in _REFUSED:
            raise click.ClickException(_REFUSED[outcome])
    click.echo(f"Given to {colleague}.")
