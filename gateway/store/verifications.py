"""Every check of a certificate by a provider, and how many of them missed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from gateway.store.database import Transaction
from gateway.store.tables import verifications

_ALL = select(func.count()).where(
    verifications.c.miss.is_(True), verifications.c.at > bindparam("since", type_=verifications.c.at.type)
)
_OF_PHONE = _ALL.where(verifications.c.address_id == bindparam("address"))


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
    tx.execute(
        insert(verifications).values(
            certificate_id=certificate_id,
            provider_id=provider_id,
            address_id=address_id,
            outcome=outcome,
            miss=miss,
            at=now,
        )
    )


def misses(tx: Transaction, since: datetime) -> int:
    """How many checks missed since then, in all."""
    return int(tx.execute(_ALL, {"since": since}).scalar_one())


def misses_of(tx: Transaction, address_id: int, since: datetime) -> int:
    """How many checks from one phone missed since then."""
    return int(tx.execute(_OF_PHONE, {"since": since, "address": address_id}).scalar_one())
