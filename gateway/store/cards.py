"""What a card is made from: a certificate with its dates, and whose it is; and the withdrawn ones that still run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from gateway.store.certificates import BLIND, NUMBER
from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.prepared import Prepared
from gateway.store.rows import columns
from gateway.store.tables import certificates, conversations, holders, people
from gateway.vault import Vault

WITHDRAWN = ("suspended", "replaced", "revoked")


@dataclass(frozen=True, slots=True, repr=False)
class CardRow:
    """A certificate as its card needs it. `number` is sealed with the person's key."""

    id: int
    number: bytes
    status: str
    issued_at: datetime
    expires_at: datetime


_COLUMNS, _PERSON = columns(certificates, CardRow), columns(people, PersonRow)
_BOTH = select(*_COLUMNS, *_PERSON).join(people, people.c.id == certificates.c.person_id)
_BY_BLIND = Prepared(_BOTH.where(certificates.c.blind == bindparam("blind")))
_BY_REFERENCE = Prepared(
    _BOTH.where(people.c.reference == bindparam("reference")).order_by(certificates.c.id.desc()).limit(1)
)
_GONE = Prepared(
    _BOTH.where(
        or_(*[certificates.c.status == status for status in WITHDRAWN]),
        certificates.c.expires_at > bindparam("at"),
    ).order_by(certificates.c.id)
)
_LANGUAGE = Prepared(
    select(conversations.c.language)
    .join(holders, holders.c.conversation_id == conversations.c.id)
    .where(holders.c.person_id == bindparam("person"), conversations.c.language != "")
    .order_by(holders.c.since.desc(), conversations.c.id.desc())
    .limit(1)
)

Found = tuple[CardRow, PersonRow]


def by_number(tx: Transaction, vault: Vault, number: str) -> Found | None:
    """The certificate of a number, and whose it is."""
    for blind in vault.blinds(BLIND, number):
        found = tx.run(_BY_BLIND, {"blind": blind}).first()
        if found is not None:
            return _split(found)
    return None


def newest_of(tx: Transaction, reference: str) -> Found | None:
    """The certificate that the person of a reference goes by."""
    found = tx.run(_BY_REFERENCE, {"reference": reference}).first()
    return None if found is None else _split(found)


def withdrawn(tx: Transaction, now: datetime) -> Iterator[Found]:
    """Every certificate that was withdrawn before its time was over."""
    return map(_split, tx.run(_GONE, {"at": now}))


def language_of(tx: Transaction, person_id: int) -> str:
    """The language that a person, or who speaks for them, chose last on the newest phone; empty for none."""
    found = tx.run(_LANGUAGE, {"person": person_id}).first()
    return "" if found is None else str(found[0])


def number_of(vault: Vault, person: PersonRow, card: CardRow) -> str:
    """The number itself. Raises `VaultError` where the person was erased."""
    return vault.open_key(person.key).open(card.number, NUMBER).decode()


def _split(found: tuple[object, ...]) -> Found:
    cut = len(_COLUMNS)
    return CardRow(*found[:cut]), PersonRow(*found[cut:])  # type: ignore[arg-type]
