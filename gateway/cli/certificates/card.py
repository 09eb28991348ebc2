"""`gateway certificates card`: a certificate on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import settings

if TYPE_CHECKING:
    from gateway.runtime import Runtime
    from gateway.store.cards import Found
    from gateway.store.database import Transaction

_DIALLED = re.compile(r"\+?[0-9]{3,15}")


@click.command("card")
@click.argument("number", required=False, default="")
@click.option("--reference", default="", help="Whose newest certificate, instead of NUMBER.")
@click.option(
    "--size", type=click.Choice(("a6", "card")), default="a6", show_default=True, help="A6, or a credit card."
)
@click.option("--lang", "language", default="", help="The language of the card; else the holder's own.")
@click.option("--birth-year", is_flag=True, help="Put the birth year into the offline code.")
@click.option("--sms-to", default="", help="Where checks by SMS go; else GATEWAY_AT_SENDER.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write."
)
def command(
    number: str, reference: str, size: str, language: str, birth_year: bool, sms_to: str, out: Path
) -> None:
    """Print the card of the certificate NUMBER. Each card that is printed is on record."""
    from gateway.cli.certificates.opening import ACTOR, house
    from gateway.enact.certifying.cards import Order, print_card

    if bool(number) == bool(reference):
        raise click.UsageError("Give either NUMBER or --reference.")
    goes_to = sms_to or settings.read().at_sender
    if not _DIALLED.fullmatch(goes_to):
        raise click.UsageError("Give --sms-to: GATEWAY_AT_SENDER is no number that an SMS can be sent to.")
    order = Order(size, goes_to, language, birth_year)
    with house() as (runtime, texts):
        if language and language not in texts.languages:
            raise click.BadParameter(f"there are {', '.join(texts.languages)}", param_hint="--lang")
        with runtime.database.transaction() as tx:
            pdf = print_card(runtime, tx, _found(runtime, tx, number, reference), order, texts, ACTOR)
    out.write_bytes(pdf)
    click.echo(f"{out}: {len(pdf)} bytes.")


def _found(runtime: Runtime, tx: Transaction, number: str, typed: str) -> Found | None:
    from gateway.registry import certificate_number, reference
    from gateway.store import cards

    if number:
        read = certificate_number.read(number)
        return cards.by_number(tx, runtime.vault, read) if read else None
    read = reference.read(typed)
    return cards.newest_of(tx, read) if read else None
