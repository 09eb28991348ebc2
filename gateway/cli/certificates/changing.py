"""A change of a certificate's status by the staff: `suspend`, `reinstate`, `revoke`."""

from __future__ import annotations

import click

from gateway.cli.certificates.named import coded, decided, meant, named


def changing(name: str, status: str, told: str) -> click.Command:
    """The command that gives a certificate a status; `told` is its help."""

    @click.command(name, help=told)
    @named
    @decided
    def command(number: str, reference: str, reason: str, code: str) -> None:
        from gateway.cli.people.opening import at_the_desk, staff_of
        from gateway.enact.certifying import certificates

        why = coded(reason)
        with at_the_desk() as work:
            certificate, _ = meant(work, number, reference)
            actor = staff_of(work, code)
            try:
                changed = certificates.change_status(work, certificate.id, status, actor, why)
            except ValueError as error:
                raise click.ClickException(f"This is not possible: {error}.") from None
        click.echo(f"{status}: {why}" if changed else f"It is {status} already.")

    return command
