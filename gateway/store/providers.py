"""The directory of those who help: providers, their services, and their phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, one
from gateway.store.tables import provider_phones, providers, service_areas, services

ACTIVE, PAUSED = "active", "paused"
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """An organisation. `neutral_name` is all that a pushed message may call it."""

    id: int
    code: str
    name: str
    neutral_name: str
    status: str
    language: str


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
    """The services that left the directory take nobody any more; their legs go on."""
    gone = (services.c.provider_id == provider_id) & services.c.need.not_in(needs)
    tx.execute(update(services).where(gone).values(state=CLOSED))


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
