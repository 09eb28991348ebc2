"""Every check of a certificate by a provider, and how many of them missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import many
from gateway.store.tables import certificates, providers, verifications

MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check that reached a certificate: when, and the neutral name of the provider."""

    at: datetime
    place: str


_SINCE = verifications.c.at > bindparam("since", type_=verifications.c.at.type)
_RECENT_MISSES = (
    select(verifications.c.id)
    .where(verifications.c.miss.is_(True), _SINCE)
    .limit(bindparam("most"))
    .subquery()
)
_ALL = Prepared(select(func.count()).select_from(_RECENT_MISSES))
_OF_PHONE = Prepared(
    select(
        func.count().filter(verifications.c.miss.is_(True)),
        func.count().filter(verifications.c.outcome == bindparam("mistyped")),
    ).where(verifications.c.address_id == bindparam("address"), _SINCE)
)
_OF_PERSON = Prepared(
    select(verifications.c.at, providers.c.neutral_name)
    .join(certificates, certificates.c.id == verifications.c.certificate_id)
    .join(providers, providers.c.id == verifications.c.provider_id)
    .where(certificates.c.person_id == bindparam("person"))
    .order_by(verifications.c.id.desc())
    .limit(bindparam("most"))
)


def add(
    tx: Transaction,
    *,
    certificate_id: int | None,
    provider_id: int | None,
    address_id: int,
    outcome: str,
    miss: bool,
    now: datetime,
) -> None:
    """Logs a check. `certificate_id` also where the answer was no: its holder may ask who checked."""
    tx.add(
        verifications,
        {
            "certificate_id": certificate_id,
            "provider_id": provider_id,
            "address_id": address_id,
            "outcome": outcome,
            "miss": miss,
            "at": now,
        },
    )


def misses(tx: Transaction, since: datetime, most: int) -> int:
    """How many checks missed since then, in all; counted no further than `most`."""
    return int(tx.run(_ALL, {"since": since, "most": most}).scalar())


def slips_of(tx: Transaction, address_id: int, since: datetime) -> tuple[int, int]:
    """How many checks from one phone missed since then, and how many numbers were mistyped there."""
    found = tx.run(_OF_PHONE, {"mistyped": MISTYPED, "address": address_id, "since": since}).first()
    missed, mistyped = found or (0, 0)
    return int(missed), int(mistyped)


def of_person(tx: Transaction, person_id: int, most: int) -> list[CheckRow]:
    """The newest checks that reached any certificate of a person, whatever was answered, the newest first."""
    return many(CheckRow, tx.run(_OF_PERSON, {"person": person_id, "most": most}))
