"""What the commands about one certificate share: which one is meant, who acts, and how a change is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from gateway.enact.work import Work
    from gateway.store.certificates import CertificateRow
    from gateway.store.people import PersonRow

Command = TypeVar("Command", bound=Callable[..., Any])


def named(command: Command) -> Command:
    """A certificate by its number, or the newest of whoever has a reference."""
    command = click.option("--reference", default="", help="Whose newest certificate, instead of NUMBER.")(
        command
    )
    return click.argument("number", required=False, default="")(command)


def decided(command: Command) -> Command:
    """Who of the staff decides, and why."""
    command = click.option("--by", "code", required=True, help="The code of whoever of the staff decides.")(
        command
    )
    return click.option("--reason", required=True, help="Why, as a code such as lost, corrected or misused.")(
        command
    )


def coded(reason: str) -> str:
    """A reason that may be kept in the open."""
    from gateway.enact.registering.screening import REASON

    if not REASON.fullmatch(reason):
        raise click.BadParameter("a code of small letters, digits and _", param_hint="--reason")
    return reason


def meant(work: Work, number: str, reference: str) -> tuple[CertificateRow, PersonRow]:
    """The certificate that is meant, and whose it is, locked. NUMBER `-` is read from the standard input.

    A number that is typed on a command line may be kept in a shell's history.
    """
    from gateway.cli.people.opening import person_of
    from gateway.registry import certificate_number
    from gateway.store import certificates, people

    if bool(number) == bool(reference):
        raise click.UsageError("Give either NUMBER or --reference.")
    if reference:
        person = person_of(work, reference)
        newest = certificates.newest_of(work.tx, person.id)
        if newest is None:
            raise click.ClickException("There is no certificate for this reference.")
        return newest, person
    typed = sys.stdin.readline() if number == "-" else number
    read = certificate_number.read(typed) or ""
    found = certificates.find(work.tx, work.vault, read) if certificate_number.check(read) else None
    if found is None:
        raise click.ClickException("There is no such certificate.")
    people.lock(work.tx, found[1].id)
    return found


def alive(person: PersonRow) -> None:
    """Refuses a new number for whoever is registered no more."""
    from gateway.store import people

    if person.status != people.REGISTERED or person.died_at is not None:
        raise click.ClickException("This person is not registered, or not any more.")
