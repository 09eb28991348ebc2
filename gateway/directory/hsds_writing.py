"""Organisations as HSDS objects: each with its services, locations and phones inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from typing import Any

from gateway.directory import hsds
from gateway.directory.hsds import made_id
from gateway.directory.model import CLOSED, OPEN, Location, Organisation, Service
from gateway.directory.schedules import schedules

Naming = Callable[[str], str]
"""What people call a code: a need or a P-code. Codes that it does not know it gives back."""


def objects(
    organisations: Iterable[Organisation], need_name: Naming, place_name: Naming, now: datetime
) -> list[dict[str, Any]]:
    """HSDS organization objects. `now` dates the capacity of a service that nobody assured."""
    return [_organisation(each, need_name, place_name, now) for each in organisations]


def _organisation(org: Organisation, need_name: Naming, place_name: Naming, now: datetime) -> dict[str, Any]:
    own = hsds.organisation_id(org.code)
    told = [(hsds.CODE, org.code), (hsds.NEUTRAL, org.neutral), (hsds.LANGUAGE, org.language)]
    return _filled(
        id=own,
        name=org.name,
        description=org.name,  # the standard wants one
        email=org.email,
        website=org.website,
        phones=[
            {"id": made_id("phone", own, number), "number": number, "type": "text"} for number in org.phones
        ],
        locations=[_location(each, own, str(n), place_name) for n, each in enumerate(org.locations)],
        services=[_service(each, own, need_name, place_name, now) for each in org.services],
        attributes=[_attribute(own, name, value, "organization") for name, value in told if value],
    )


def _location(location: Location, owner: str, nth: str, place_name: Naming) -> dict[str, Any]:
    own = made_id("location", owner, nth)
    address = {
        "id": made_id("address", own),
        "address_1": location.address,
        "city": place_name(location.area),
        "state_province": "",
        "postal_code": "",
        "country": location.area[:2],
        "address_type": "physical",
    }
    return _filled(
        id=own,
        location_type="physical",
        name=location.name,
        latitude=location.latitude,
        longitude=location.longitude,
        external_identifier=location.area,
        external_identifier_type=hsds.P_CODE,
        addresses=[address] if location.address else [],
    )


def _service(
    service: Service, owner: str, need_name: Naming, place_name: Naming, now: datetime
) -> dict[str, Any]:
    own = made_id("service", owner, service.need)
    name = need_name(service.need)
    closed = sorted(map(str, service.hours.closed))
    attributes = [
        _need_attribute(own, service.need, name),
        *(_attribute(own, hsds.SEX, sex, "service") for sex in service.sexes),
        *(_attribute(own, hsds.CLOSED_DATE, day, "service") for day in closed),
    ]
    return _filled(
        id=own,
        name=name,
        status="temporarily closed" if service.state == CLOSED else "active",
        minimum_age=service.age_min,
        maximum_age=service.age_max,
        assured_date=service.assured and service.assured.isoformat(),
        schedules=schedules(service.hours, own),
        service_areas=[_area(own, area, place_name(area)) for area in service.areas],
        languages=[
            {"id": made_id("language", own, code), "name": code, "code": code} for code in service.languages
        ],
        capacities=_capacities(service, own, now),
        attributes=attributes,
    )


def _area(service_id: str, area: str, name: str) -> dict[str, Any]:
    own = made_id("service_area", service_id, area)
    return {"id": own, "name": name, "extent": area, "extent_type": "text"}


def _capacities(service: Service, own: str, now: datetime) -> list[dict[str, Any]]:
    """The places that there are in all, and free ones as far as its state tells: all of them, or none."""
    if service.capacity is None and service.state == OPEN:
        return []
    updated = datetime.combine(service.assured, time(), UTC) if service.assured else now
    return [
        _filled(
            id=made_id("service_capacity", own),
            unit={"id": made_id("unit", hsds.PLACES), "name": hsds.PLACES},
            available=service.capacity if service.state == OPEN else 0,
            maximum=service.capacity,
            updated=updated.isoformat(timespec="milliseconds"),
        )
    ]


def _need_attribute(owner: str, need: str, name: str) -> dict[str, Any]:
    term = _term(hsds.NEEDS, need, name)
    own = made_id("attribute", owner, hsds.NEED, need)
    return {"id": own, "link_type": hsds.NEED, "link_entity": "service", "taxonomy_term": term}


def _attribute(owner: str, name: str, value: str, entity: str) -> dict[str, Any]:
    term = _term(hsds.EXTENSION, name, name)
    own = made_id("attribute", owner, name, value)
    return {"id": own, "link_type": name, "link_entity": entity, "value": value, "taxonomy_term": term}


def _term(taxonomy: str, code: str, name: str) -> dict[str, Any]:
    own = made_id("taxonomy_term", taxonomy, code)
    return {"id": own, "code": code, "name": name, "description": name, "taxonomy": taxonomy}


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
