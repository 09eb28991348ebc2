"""The six digits that a holder reads out to a provider: a keyed digest each, and how often it was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, one
from gateway.store.tables import holder_codes


@dataclass(frozen=True, slots=True, repr=False)
class HolderCodeRow:
    """A code that a provider's phone asked for. Without `certificate_id` nobody was sent it: no digits are right."""

    id: int
    address_id: int
    certificate_id: int | None
    digest: bytes
    tries: int
    expires_at: datetime
    used_at: datetime | None


_SINCE = holder_codes.c.created_at > bindparam("since", type_=holder_codes.c.created_at.type)
_NEWEST = Prepared(
    select(*columns(holder_codes, HolderCodeRow))
    .where(holder_codes.c.address_id == bindparam("address"))
    .order_by(holder_codes.c.id.desc())
    .limit(1)
    .with_for_update()
)
_BY_PHONE = Prepared(
    select(func.count())
    .select_from(holder_codes)
    .where(holder_codes.c.address_id == bindparam("address"), _SINCE)
)
_OF_CERTIFICATE = Prepared(
    select(func.count())
    .select_from(holder_codes)
    .where(holder_codes.c.certificate_id == bindparam("certificate"), _SINCE)
)
_BY_ID = Prepared(
    select(*columns(holder_codes, HolderCodeRow))
    .where(holder_codes.c.id == bindparam("code"))
    .with_for_update()
)
_SETTLE = Prepared(
    update(holder_codes)
    .where(holder_codes.c.id == bindparam("code"))
    .values(certificate_id=bindparam("certificate"), digest=bindparam("hidden"))
)
_TRIED = Prepared(
    update(holder_codes)
    .where(holder_codes.c.id == bindparam("code"))
    .values(tries=bindparam("count"), used_at=bindparam("at", type_=holder_codes.c.used_at.type))
)


def add(
    tx: Transaction,
    address_id: int,
    certificate_id: int | None,
    digest: bytes,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Keeps that a provider's phone asked for a code; returns its id. The ones before it no longer count."""
    values = {
        "address_id": address_id,
        "certificate_id": certificate_id,
        "digest": digest,
        "created_at": now,
        "expires_at": expires_at,
    }
    return int(tx.insert(holder_codes, values))


def by_id(tx: Transaction, code_id: int) -> HolderCodeRow | None:
    """The code that a timer names, locked."""
    return one(HolderCodeRow, tx.run(_BY_ID, {"code": code_id}))


def settle(tx: Transaction, code_id: int, certificate_id: int | None, digest: bytes) -> None:
    """What was sent for a certificate; or, without one, that nobody was sent anything."""
    tx.run(_SETTLE, {"code": code_id, "certificate": certificate_id, "hidden": digest})


def newest_of(tx: Transaction, address_id: int) -> HolderCodeRow | None:
    """The code that a phone asked for last, locked so that tries count in turn."""
    return one(HolderCodeRow, tx.run(_NEWEST, {"address": address_id}))


def asked_by(tx: Transaction, address_id: int, since: datetime) -> int:
    """How many codes a phone asked for since then."""
    return int(tx.run(_BY_PHONE, {"address": address_id, "since": since}).scalar())


def sent_for(tx: Transaction, certificate_id: int, since: datetime) -> int:
    """How many codes the holder of a certificate was sent since then, or is to be."""
    return int(tx.run(_OF_CERTIFICATE, {"certificate": certificate_id, "since": since}).scalar())


def tried(tx: Transaction, code: HolderCodeRow, used_at: datetime | None) -> None:
    """Counts a try; a right one (`used_at`) is the last."""
    tx.run(_TRIED, {"code": code.id, "count": code.tries + 1, "at": used_at})
