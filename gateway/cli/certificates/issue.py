"""`gateway certificates issue`: for somebody who has none, or whose own was revoked."""

from __future__ import annotations

import click

from gateway.cli.certificates.named import alive, coded, decided


@click.command("issue")
@click.option("--reference", required=True, help="Who gets it.")
@decided
def command(reference: str, reason: str, code: str) -> None:
    """Give a person a certificate and show its number. Who goes by one keeps it."""
    from gateway.cli.people.opening import at_the_desk, person_of, staff_of
    from gateway.enact.certifying import certificates
    from gateway.registry.certificate_number import grouped
    from gateway.store import audit
    from gateway.store.certificates import number_of

    why = coded(reason)
    with at_the_desk() as work:
        person, actor = person_of(work, reference), staff_of(work, code)
        alive(person)
        made = certificates.issue(work, person, actor, why)
        audit.add(work.tx, actor, "certificates.issue", f"certificate:{made.id}", {"reason": why}, work.now)
        number = grouped(number_of(work.vault, person, made))
    click.echo(f"{number}  {made.status}, valid to {certificates.valid_to(made)}")
