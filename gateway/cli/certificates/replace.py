"""`gateway certificates replace`: another number for one that was lost, or after a correction."""

from __future__ import annotations

import click

from gateway.cli.certificates.named import alive, coded, decided, meant, named


@click.command("replace")
@named
@decided
def command(number: str, reference: str, reason: str, code: str) -> None:
    """Give the holder of the certificate NUMBER a new one and show its number. The old one says REPLACED."""
    from gateway.cli.people.opening import at_the_desk, staff_of
    from gateway.enact.certifying import certificates
    from gateway.registry.certificate_number import grouped
    from gateway.store.certificates import number_of

    why = coded(reason)
    with at_the_desk() as work:
        old, person = meant(work, number, reference)
        alive(person)
        try:
            new = certificates.replace(work, person, staff_of(work, code), why, old.id)
        except ValueError as error:
            raise click.ClickException(f"This is not possible: {error}.") from None
        shown = grouped(number_of(work.vault, person, new))
    click.echo(f"{shown}  {new.status}, valid to {certificates.valid_to(new)}")
