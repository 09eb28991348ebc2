"""The directory of those who help: providers, their services, and their phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import provider_phones, providers, service_areas, services

ACTIVE, PAUSED = "active", "paused"
OPEN, FULL, CLOSED = "open", "full", "closed"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """An organisation. `neutral_name` is all that a pushed message may call it.

    `asked_at` is when it was last asked whether it has room, `answered_at` when it last said so; `unanswered` counts
    the questions since then that it left open.
    """

    id: int
    code: str
    name: str
    neutral_name: str
    status: str
    language: str
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class OfferedRow:
    """A service that the directory has, with what its provider said of it last."""

    id: int
    need: str
    state: str


_COLUMNS = columns(providers, ProviderRow)
_BY_ID = Prepared(select(*_COLUMNS).where(providers.c.id == bindparam("provider")))
_BY_PHONE = Prepared(
    select(*_COLUMNS)
    .join(provider_phones, provider_phones.c.provider_id == providers.c.id)
    .where(provider_phones.c.address_id == bindparam("address"))
)
_PHONES = Prepared(
    select(provider_phones.c.address_id)
    .where(provider_phones.c.provider_id == bindparam("provider"))
    .order_by(provider_phones.c.address_id)
)


def by_id(tx: Transaction, provider_id: int) -> ProviderRow:
    """The provider that a row names. Raises `StoreError` where there is none."""
    found = one(ProviderRow, tx.run(_BY_ID, {"provider": provider_id}))
    if found is None:
        raise StoreError("no such provider")
    return found


def by_phone(tx: Transaction, address_id: int) -> ProviderRow | None:
    """Whose registered phone an address is."""
    return one(ProviderRow, tx.run(_BY_PHONE, {"address": address_id}))


def phones(tx: Transaction, provider_id: int) -> list[int]:
    """The addresses of a provider's phones."""
    return [address_id for (address_id,) in tx.run(_PHONES, {"provider": provider_id})]


# --- whether there is room --------------------------------------------------------------------------------

_HAS_AREAS = exists().where(
    service_areas.c.service_id == services.c.id
)  # one that left the directory has none
_OFFERED = (
    select(*columns(services, OfferedRow))
    .where(services.c.provider_id == bindparam("provider"), _HAS_AREAS)
    .order_by(services.c.id)
)


def offered_by(tx: Transaction, provider_id: int) -> list[OfferedRow]:
    """A provider's services, in the order in which they were entered."""
    return many(OfferedRow, tx.execute(_OFFERED, {"provider": provider_id}))


def areas_of(tx: Transaction, provider_id: int) -> list[str]:
    """The P-codes that any of a provider's services covers."""
    found = (
        select(service_areas.c.area)
        .join(services, services.c.id == service_areas.c.service_id)
        .where(services.c.provider_id == provider_id)
        .distinct()
    )
    return sorted(tx.execute(found).scalars())


def assure(tx: Transaction, service_ids: Sequence[int], state: str, now: datetime) -> None:
    """Writes what a provider said of its services itself."""
    tx.execute(update(services).where(services.c.id.in_(service_ids)).values(state=state, assured_at=now))


def note_asking(tx: Transaction, provider_id: int, values: Mapping[str, Any]) -> None:
    """Writes when a provider was asked, or answered, and how many questions it left open."""
    tx.execute(update(providers).where(providers.c.id == provider_id).values(**values))


def unanswered(tx: Transaction) -> dict[str, int]:
    """The questions that each provider left open, by its code; only of those who left any."""
    found = select(providers.c.code, providers.c.unanswered).where(providers.c.unanswered > 0)
    return {row.code: row.unanswered for row in tx.execute(found).all()}


# --- writing the directory --------------------------------------------------------------------------------


def save(tx: Transaction, code: str, values: Mapping[str, Any]) -> int:
    """Makes or updates the provider of a code; returns its id."""
    if not insert_once(tx, providers, {"code": code, "status": ACTIVE, **values}):
        tx.execute(update(providers).where(providers.c.code == code).values(**values))
    return int(tx.execute(select(providers.c.id).where(providers.c.code == code)).scalar_one())


def save_service(
    tx: Transaction, provider_id: int, need: str, areas: Iterable[str], values: Mapping[str, Any]
) -> None:
    """Makes or updates a provider's service for a need. What it said itself (open, full) is kept."""
    mine = (services.c.provider_id == provider_id) & (services.c.need == need)
    service_id = tx.execute(select(services.c.id).where(mine)).scalar()
    if service_id is None:
        service_id = tx.insert(services, {"provider_id": provider_id, "need": need, "state": OPEN, **values})
    else:
        tx.execute(update(services).where(services.c.id == service_id).values(**values))
    tx.execute(delete(service_areas).where(service_areas.c.service_id == service_id))
    for area in sorted(set(areas)):
        tx.add(service_areas, {"need": need, "area": area, "service_id": service_id})


def close_other_services(tx: Transaction, provider_id: int, needs: Sequence[str]) -> None:
    """The services that left the directory take nobody any more, whatever is said of them; their legs go on."""
    gone = (services.c.provider_id == provider_id) & services.c.need.not_in(needs)
    tx.execute(update(services).where(gone).values(state=CLOSED))
    own = select(services.c.id).where(gone)
    tx.execute(delete(service_areas).where(service_areas.c.service_id.in_(own)))


def pause_others(tx: Transaction, codes: Sequence[str]) -> None:
    """The providers that left the directory are paused, not deleted: their legs name them."""
    tx.execute(update(providers).where(providers.c.code.not_in(codes)).values(status=PAUSED))


def set_phones(tx: Transaction, provider_id: int, address_ids: Sequence[int]) -> list[int]:
    """Makes these the provider's phones; returns those that no longer are. A phone has one provider."""
    gone = [each for each in phones(tx, provider_id) if each not in address_ids]
    tx.execute(delete(provider_phones).where(provider_phones.c.address_id.in_([*gone, *address_ids])))
    for address_id in address_ids:
        tx.execute(insert(provider_phones).values(address_id=address_id, provider_id=provider_id))
    return gone
