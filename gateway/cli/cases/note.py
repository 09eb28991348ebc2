"""`gateway cases note`: what the staff note about a case, kept sealed."""

from __future__ import annotations

import sys

import click

from gateway.cli.cases.opening import BY, acting, case_of
from gateway.cli.people.opening import at_the_desk

_MOST = 2000  # letters


@click.command("note")
@click.argument("code")
@BY
def command(code: str, by: str) -> None:
    """Keep a note about the case with CODE, readable for the staff of its area by `timeline --notes`.

    The note is asked for, or read from standard input to its end: a command line is kept in a history and seen by
    others.
    """
    from gateway.enact.casework.case_notes import write
    from gateway.errors import VaultError

    text: str = click.prompt("Note", err=True) if sys.stdin.isatty() else sys.stdin.read()
    text = text.strip()
    if not 0 < len(text) <= _MOST:
        raise click.ClickException(f"A note has 1 to {_MOST} letters.")
    with at_the_desk() as work:
        referral = case_of(work, code)
        try:
            write(work, referral, text, f"staff:{acting(work, by, referral).id}")
        except VaultError:
            raise click.ClickException("This person was erased: nothing is kept about them.") from None
    click.echo("Noted.")
