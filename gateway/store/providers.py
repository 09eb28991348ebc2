"""The directory of those who help: providers, their services with the load they carry, and their phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import legs, provider_phones, providers, services
from referral_engine.model import LIVE, LegState

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


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A service as matching looks at it: its provider's standing, its live legs, its recent record."""

    service_id: int
    provider_id: int
    areas: tuple[str, ...]
    eligibility: Mapping[str, Any]
    capacity: int | None
    state: str
    status: str
    language: str
    load: int
    declines: int
    expiries: int


_COLUMNS = columns(providers, ProviderRow)
_BY_ID = select(*_COLUMNS).where(providers.c.id == bindparam("provider"))
_BY_PHONE = (
    select(*_COLUMNS)
    .join(provider_phones, provider_phones.c.provider_id == providers.c.id)
    .where(provider_phones.c.address_id == bindparam("address"))
)
_PHONES = (
    select(provider_phones.c.address_id)
    .where(provider_phones.c.provider_id == bindparam("provider"))
    .order_by(provider_phones.c.address_id)
)


def _legs(*conditions: ColumnElement[bool]) -> Any:
    """How many legs of the service fulfil the conditions."""
    return (
        select(func.count(legs.c.id))
        .where(legs.c.service_id == services.c.id, *conditions)
        .correlate(services)
        .scalar_subquery()
    )


_RECENT = legs.c.closed_at > bindparam("since", type_=legs.c.closed_at.type)
_LOCK_NEED = (
    select(services.c.id)
    .where(services.c.need == bindparam("need"))
    .order_by(services.c.id)
    .with_for_update(key_share=True)
)
_OFFERS = (
    select(
        services.c.id,
        services.c.provider_id,
        services.c.areas,
        services.c.eligibility,
        services.c.capacity,
        services.c.state,
        providers.c.status,
        providers.c.language,
        _legs(legs.c.state.in_(sorted(LIVE))),
        _legs(legs.c.state == LegState.DECLINED.value, _RECENT),
        _legs(legs.c.state == LegState.EXPIRED.value, _RECENT),
    )
    .join(providers, providers.c.id == services.c.provider_id)
    .where(services.c.need == bindparam("need"))
    .order_by(services.c.id)
)


def by_id(tx: Transaction, provider_id: int) -> ProviderRow:
    """The provider that a row names. Raises `StoreError` where there is none."""
    found = one(ProviderRow, tx.execute(_BY_ID, {"provider": provider_id}))
    if found is None:
        raise StoreError("no such provider")
    return found


def by_phone(tx: Transaction, address_id: int) -> ProviderRow | None:
    """Whose registered phone an address is."""
    return one(ProviderRow, tx.execute(_BY_PHONE, {"address": address_id}))


def phones(tx: Transaction, provider_id: int) -> list[int]:
    """The addresses of a provider's phones."""
    return list(tx.execute(_PHONES, {"provider": provider_id}).scalars())


def offers(tx: Transaction, need: str, since: datetime, *, lock: bool) -> list[OfferRow]:
    """Every service for a need. `lock` where a leg will follow: a place is not given twice."""
    if lock:
        tx.execute(_LOCK_NEED, {"need": need}).all()  # before the count, which must see the legs just opened
    return many(OfferRow, tx.execute(_OFFERS, {"need": need, "since": since}))


# --- writing the directory --------------------------------------------------------------------------------


def save(tx: Transaction, code: str, values: Mapping[str, Any]) -> int:
    """Makes or updates the provider of a code; returns its id."""
    if not insert_once(tx, providers, {"code": code, "status": ACTIVE, **values}):
        tx.execute(update(providers).where(providers.c.code == code).values(**values))
    return int(tx.execute(select(providers.c.id).where(providers.c.code == code)).scalar_one())


def save_service(tx: Transaction, provider_id: int, need: str, values: Mapping[str, Any]) -> None:
    """Makes or updates a provider's service for a need. What it said itself (open, full) is kept."""
    mine = (services.c.provider_id == provider_id) & (services.c.need == need)
    if not tx.execute(update(services).where(mine).values(**values)).rowcount:
        tx.execute(insert(services).values(provider_id=provider_id, need=need, state=OPEN, **values))


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
