"""The whole directory at once, as it is exported: few looks, however many providers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from gateway.store.database import Transaction
from gateway.store.providers import ACTIVE
from gateway.store.rows import columns, many, one
from gateway.store.tables import provider_locations, provider_phones, providers, service_areas, services


@dataclass(frozen=True, slots=True)
class ListedProvider:
    """An active provider with all that the directory says of it."""

    id: int
    code: str
    name: str
    neutral_name: str
    language: str
    email: str | None
    website: str | None


@dataclass(frozen=True, slots=True)
class ListedService:
    """A service, of whichever provider. `assured_at` None: nobody ever said that it is so."""

    id: int
    provider_id: int
    need: str
    eligibility: Mapping[str, Any]
    capacity: int | None
    state: str
    assured_at: datetime | None
    languages: list[str] | None
    hours: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ListedLocation:
    """Where a provider is; degrees of WGS 84."""

    provider_id: int
    area: str
    name: str
    address: str
    latitude: float | None
    longitude: float | None


def active(tx: Transaction) -> list[ListedProvider]:
    """The providers that are not paused, by code."""
    found = select(*columns(providers, ListedProvider)).where(providers.c.status == ACTIVE)
    return sorted(many(ListedProvider, tx.execute(found)), key=lambda row: row.code)


def offered(tx: Transaction) -> list[ListedService]:
    """Every service, the oldest first."""
    return many(ListedService, tx.execute(select(*columns(services, ListedService)).order_by(services.c.id)))


def standing(tx: Transaction, provider_id: int, need: str) -> ListedService | None:
    """A provider's service for a need."""
    found = select(*columns(services, ListedService)).where(
        services.c.provider_id == provider_id, services.c.need == need
    )
    return one(ListedService, tx.execute(found))


def areas(tx: Transaction) -> dict[int, list[str]]:
    """The P-codes of each service, in order."""
    found: dict[int, list[str]] = {}
    for row in tx.execute(select(service_areas.c.service_id, service_areas.c.area)).all():
        found.setdefault(row.service_id, []).append(row.area)
    return {service_id: sorted(each) for service_id, each in found.items()}


def locations(tx: Transaction) -> list[ListedLocation]:
    """Every location, in the order of their files."""
    found = select(*columns(provider_locations, ListedLocation)).order_by(provider_locations.c.id)
    return many(ListedLocation, tx.execute(found))


def phones(tx: Transaction) -> list[tuple[int, int]]:
    """The provider and the address of every registered phone."""
    found = select(provider_phones.c.provider_id, provider_phones.c.address_id)
    return [
        (row.provider_id, row.address_id) for row in tx.execute(found.order_by(*found.selected_columns)).all()
    ]


def neutral_names(tx: Transaction) -> dict[str, str]:
    """The neutral name of every provider by its code, of those too that are paused."""
    found = tx.execute(select(providers.c.code, providers.c.neutral_name)).all()
    return {row.code: row.neutral_name for row in found}


def set_locations(tx: Transaction, provider_id: int, places: Sequence[ListedLocation]) -> None:
    """Makes these the provider's locations. Where they are so already, their rows stay."""
    mine = provider_locations.c.provider_id == provider_id
    kept = select(*columns(provider_locations, ListedLocation)).where(mine).order_by(provider_locations.c.id)
    if many(ListedLocation, tx.execute(kept)) == list(places):
        return
    tx.execute(delete(provider_locations).where(mine))
    for place in places:
        tx.execute(insert(provider_locations).values(**asdict(place)))
