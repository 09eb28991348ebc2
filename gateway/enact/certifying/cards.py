"""Cards of certificates, and the list of those that were withdrawn: acts of the staff, each on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.cards import token
from gateway.cards.drawing import draw
from gateway.cards.face import Face
from gateway.cards.signing import Signer, signers
from gateway.cards.token import Facts
from gateway.catalogue.cards import CardTexts
from gateway.errors import GatewayError, VaultError
from gateway.registry.births import Birth
from gateway.runtime import Runtime
from gateway.store import audit, cards, people
from gateway.store.cards import Found
from gateway.store.database import Transaction
from gateway.vault import Vault

_ACTIVE = "active"


class NoCard(GatewayError):
    """Why there is no card to print. Holds nothing of the person."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a card is wanted.

    `size` is one of `drawing.SIZES`, `sms_to` the number that checks by SMS go to; an empty `language` is the
    holder's own, else the country's; `birth_year` puts the year into the offline code.
    """

    size: str
    sms_to: str
    language: str = ""
    birth_year: bool = False


def print_card(
    runtime: Runtime, tx: Transaction, found: Found | None, order: Order, texts: CardTexts, actor: str
) -> bytes:
    """The PDF of a certificate that is active now. Raises `NoCard`, and `CannotDraw` for a name in other letters."""
    if found is None:
        raise NoCard("there is no such certificate")
    certificate, person = found
    vault, now = runtime.vault, runtime.now()
    if certificate.status != _ACTIVE or certificate.expires_at <= now:
        raise NoCard("the certificate is not active: no card is printed")
    record = people.record_of(vault, person)
    facts = _facts(vault, found, _year(Birth.from_dict(record["age"])) if order.birth_year else None)
    language = order.language or cards.language_of(tx, person.id) or texts.language
    face = Face(
        number=facts.number,
        name=record["full_name"],
        valid_to=(certificate.expires_at - timedelta(seconds=1)).strftime("%m/%Y"),
        sms_to=order.sms_to,
        offline=token.sign(facts, signers(vault.signing_seeds)[0]),
        words=texts.words(language),
    )
    drawn = draw(face, order.size, now)
    detail = {"size": order.size, "language": language, "birth_year": "yes" if order.birth_year else "no"}
    audit.add(tx, actor, "certificates.card", f"certificate:{certificate.id}", detail, now)
    return drawn


def withdrawn(runtime: Runtime, tx: Transaction, actor: str) -> list[Found]:
    """The certificates that the list of withdrawn cards is made from."""
    now = runtime.now()
    found = list(cards.withdrawn(tx, now))
    audit.add(tx, actor, "certificates.withdrawn", "certificate:all", {"count": str(len(found))}, now)
    return found


def tags(vault: Vault, found: Found, ring: Sequence[Signer]) -> tuple[bytes, ...]:
    """What names the cards of one certificate in the list, one for each key that may have signed a card of it.

    Empty where the person was erased: the number is gone, and with it what their card said.
    """
    try:
        facts = _facts(vault, found)
    except VaultError:
        return ()
    return tuple(token.tag(facts, signer) for signer in ring)


def _facts(vault: Vault, found: Found, born: int | None = None) -> Facts:
    certificate, person = found
    number = cards.number_of(vault, person, certificate)
    return Facts(number, certificate.issued_at, certificate.expires_at, born)


def _year(birth: Birth) -> int:
    if birth.from_year != birth.to_year:
        raise NoCard("the birth year is not known to the year: print the card without it")
    return birth.from_year
