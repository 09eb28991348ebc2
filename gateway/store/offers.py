"""Services as matching looks at them: who offers them, where, what they carry, and how they answered lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, func, select

from gateway.store.database import Transaction
from gateway.store.drivers import Rows
from gateway.store.prepared import Prepared
from gateway.store.providers import ACTIVE, OPEN
from gateway.store.tables import legs, providers, service_areas, services
from referral_engine.model import LegState


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A service with its provider's standing. `areas` are those of its areas that were asked for.

    `load` counts its live legs; `declines` and `expiries` those that ended so in the time that counts. `asked_at`
    is when its newest leg opened; `unanswered` counts the questions that its provider left open.
    """

    service_id: int
    provider_id: int
    code: str
    eligibility: Mapping[str, Any]
    capacity: int | None
    state: str
    status: str
    hours: Mapping[str, Any] | None
    load: int
    declines: int
    expiries: int
    asked_at: datetime | None
    unanswered: int
    languages: tuple[str, ...]
    areas: tuple[str, ...]


def _legs(*conditions: ColumnElement[bool]) -> Any:
    """How many legs of the service fulfil the conditions: an index answers, for the services found alone."""
    own = select(func.count()).where(legs.c.service_id == services.c.id, *conditions)
    return own.correlate(services).scalar_subquery()


_RECENT = legs.c.closed_at > bindparam("since", type_=legs.c.closed_at.type)
_NEWEST = select(func.max(legs.c.opened_at)).where(legs.c.service_id == services.c.id)
_COLUMNS = (
    services.c.id,
    services.c.provider_id,
    providers.c.code,
    services.c.eligibility,
    services.c.capacity,
    services.c.state,
    providers.c.status,
    services.c.hours,
    _legs(legs.c.closed_at.is_(None)),
    _legs(_RECENT, legs.c.state == LegState.DECLINED.value),
    _legs(_RECENT, legs.c.state == LegState.EXPIRED.value),
    _NEWEST.correlate(services).scalar_subquery(),
    providers.c.unanswered,
    services.c.languages,
    providers.c.language,
)
_NEED = bindparam("need", type_=services.c.need.type)
_IN_AREA = Prepared(
    select(*_COLUMNS, service_areas.c.area)
    .select_from(service_areas)
    .join(services, services.c.id == service_areas.c.service_id)
    .join(providers, providers.c.id == services.c.provider_id)
    .where(
        service_areas.c.need == _NEED,
        service_areas.c.area == bindparam("area"),
        services.c.state == OPEN,
        providers.c.status == ACTIVE,
    )
)
_AREAS = (
    select(func.aggregate_strings(service_areas.c.area, ","))
    .where(service_areas.c.service_id == services.c.id)
    .correlate(services)
    .scalar_subquery()
)
_EVERYWHERE = (
    select(*_COLUMNS, _AREAS)
    .select_from(services)
    .join(providers, providers.c.id == services.c.provider_id)
    .where(services.c.need == _NEED)
)


def in_area(tx: Transaction, need: str, area: str, since: datetime) -> list[OfferRow]:
    """The services for a need that name an area and take people, in no order. `since` is from when answers count."""
    return _rows(tx.run(_IN_AREA, {"need": need, "area": area, "since": since}))


def everywhere(tx: Transaction, need: str, since: datetime) -> list[OfferRow]:
    """Every service for a need with all its areas, in no order."""
    return _rows(tx.execute(_EVERYWHERE, {"need": need, "since": since}))


def in_turn(tx: Transaction, need: str) -> None:
    """Until the transaction ends, nobody else gives away the places of a need: none is given twice."""
    tx.in_turn([blake2b(f"need:{need}".encode(), digest_size=8).digest()])


def _rows(found: Rows | CursorResult[Any]) -> list[OfferRow]:
    read = (
        (*plain, tuple(spoken or (own,)), tuple(areas.split(",")) if areas else ())
        for *plain, spoken, own, areas in found
    )
    return [OfferRow(*row) for row in read]
