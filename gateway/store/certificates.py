"""Certificates: numbers sealed and found by a blind index, and an event for all that happens to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from gateway.store.database import Transaction
from gateway.store.people import PersonRow
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import certificate_events, certificates, people
from gateway.vault import Vault

NUMBER = b"certificates.number"
BLIND = "certificate"


@dataclass(frozen=True, slots=True, repr=False)
class CertificateRow:
    """A certificate. `number` is sealed with the person's key."""

    id: int
    person_id: int
    number: bytes
    status: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a certificate."""

    event: str
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A certificate as the staff list it: by whose reference, never by its number."""

    id: int
    reference: str
    status: str
    issued_at: datetime
    expires_at: datetime


_COLUMNS = columns(certificates, CertificateRow)
_PERSON = columns(people, PersonRow)
_NEWEST = Prepared(
    select(*_COLUMNS)
    .where(certificates.c.person_id == bindparam("person"))
    .order_by(certificates.c.id.desc())
    .limit(1)
)
_FIND = Prepared(
    select(*_COLUMNS, *_PERSON)
    .join(people, people.c.id == certificates.c.person_id)
    .where(certificates.c.blind == bindparam("blind"))
)
_LOCK = Prepared(
    select(*_COLUMNS).where(certificates.c.id == bindparam("certificate")).with_for_update(key_share=True)
)
_STATUS = Prepared(
    update(certificates)
    .where(certificates.c.id == bindparam("certificate"))
    .values(status=bindparam("state"), replaced_by=bindparam("successor"))
)
_EVENTS = Prepared(
    select(*columns(certificate_events, EventRow))
    .where(certificate_events.c.certificate_id == bindparam("certificate"))
    .order_by(certificate_events.c.id)
)
_EVENTS_BY = Prepared(
    select(func.count())
    .join(certificates, certificates.c.id == certificate_events.c.certificate_id)
    .where(
        certificates.c.person_id == bindparam("person"),
        certificate_events.c.event == bindparam("event"),
        certificate_events.c.actor == bindparam("actor"),
        certificate_events.c.at > bindparam("since", type_=certificate_events.c.at.type),
    )
)
_LIVE = Prepared(
    select(func.count())
    .select_from(certificates)
    .where(
        certificates.c.status == bindparam("state"),
        certificates.c.expires_at > bindparam("now", type_=certificates.c.expires_at.type),
    )
)
_LISTED = Prepared(
    select(
        certificates.c.id,
        people.c.reference,
        certificates.c.status,
        certificates.c.issued_at,
        certificates.c.expires_at,
    )
    .join(people, people.c.id == certificates.c.person_id)
    .where(certificates.c.id > bindparam("after"))
    .order_by(certificates.c.id)
    .limit(bindparam("most"))
)


def add(
    tx: Transaction,
    vault: Vault,
    person: PersonRow,
    number: str,
    status: str,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Keeps a new certificate; False where the number is taken, whichever key of the ring wrote it."""
    if find(tx, vault, number) is not None:
        return False
    values = {
        "person_id": person.id,
        "blind": vault.blind(BLIND, number),
        "number": vault.open_key(person.key).seal(number.encode(), NUMBER),
        "status": status,
        "issued_at": now,
        "expires_at": expires_at,
    }
    return insert_once(tx, certificates, values)


def newest_of(tx: Transaction, person_id: int) -> CertificateRow | None:
    """The certificate that a person goes by."""
    return one(CertificateRow, tx.run(_NEWEST, {"person": person_id}))


def find(tx: Transaction, vault: Vault, number: str) -> tuple[CertificateRow, PersonRow] | None:
    """The certificate of a number, and whose it is."""
    cut = len(_COLUMNS)
    for blind in vault.blinds(BLIND, number):
        found = tx.run(_FIND, {"blind": blind}).first()
        if found is not None:
            return CertificateRow(*found[:cut]), PersonRow(*found[cut:])
    return None


def number_of(vault: Vault, person: PersonRow, certificate: CertificateRow) -> str:
    """The number itself. Raises `VaultError` where the person was erased."""
    return vault.open_key(person.key).open(certificate.number, NUMBER).decode()


def lock(tx: Transaction, certificate_id: int) -> CertificateRow | None:
    """A certificate, locked until the transaction ends."""
    return one(CertificateRow, tx.run(_LOCK, {"certificate": certificate_id}))


def set_status(tx: Transaction, certificate_id: int, status: str, replaced_by: int | None = None) -> None:
    """Writes a status. Only the register's one path of changes calls this: it writes the event too."""
    tx.run(_STATUS, {"certificate": certificate_id, "state": status, "successor": replaced_by})


def add_event(
    tx: Transaction, certificate_id: int, event: str, actor: str, reason: str, now: datetime
) -> None:
    """What happened to a certificate, on whose word (`kind:id`) and why (a code)."""
    tx.add(
        certificate_events,
        {"certificate_id": certificate_id, "event": event, "actor": actor, "reason": reason, "at": now},
    )


# --- looking back -----------------------------------------------------------------------------------------


def events_of(tx: Transaction, certificate_id: int) -> list[EventRow]:
    """All that happened to a certificate, the first first."""
    return many(EventRow, tx.run(_EVENTS, {"certificate": certificate_id}))


def events_by(tx: Transaction, person_id: int, event: str, actor: str, since: datetime) -> int:
    """How often an actor brought an event about on the certificates of a person, since then."""
    wanted = {"person": person_id, "event": event, "actor": actor, "since": since}
    return int(tx.run(_EVENTS_BY, wanted).scalar())


def live(tx: Transaction, status: str, now: datetime) -> int:
    """How many have a status and have not ended."""
    return int(tx.run(_LIVE, {"state": status, "now": now}).scalar())


def listed(tx: Transaction, after: int, most: int) -> list[ListedRow]:
    """The next certificates by their ids: none where `after` was the last."""
    return many(ListedRow, tx.run(_LISTED, {"after": after, "most": most}))
