"""The directory as files exchange it: organisations, where they are, and what they offer to whom.

`to_entry` and `from_entry` are the shape of `directory.yaml`, the one that the register is filled from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.errors import FlowError
from referral_engine.hours import NOT_SAID, Hours, read_hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN, FULL, CLOSED = STATES = ("open", "full", "closed")


@dataclass(frozen=True, slots=True)
class Service:
    """What an organisation offers for one need.

    Empty `sexes` are everyone, empty `languages` the organisation's own, `capacity` None is no bound. Ages are whole
    years, both ends included. `assured` is the day on which somebody last said that all this is so.
    """

    need: str
    areas: tuple[str, ...] = ()  # P-codes
    capacity: int | None = None
    sexes: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    languages: tuple[str, ...] = ()
    hours: Hours = NOT_SAID
    assured: date | None = None
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class Location:
    """A place where an organisation is: the P-code of its area, and how to find it. Degrees are of WGS 84."""

    area: str
    name: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who helps. `neutral` is all that a pushed message may call it; empty where the file gives none.

    `phones` (E.164) are those that answer referrals and check certificates.
    """

    code: str
    name: str
    language: str
    neutral: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    services: tuple[Service, ...] = ()
    locations: tuple[Location, ...] = ()


# --- directory.yaml ---------------------------------------------------------------------------------------


def to_entry(organisation: Organisation) -> dict[str, Any]:
    """An organisation as `directory.yaml` writes it below its code, without what is not said."""
    return _said(
        name=organisation.name,
        neutral=organisation.neutral,
        language=organisation.language,
        email=organisation.email,
        website=organisation.website,
        phones=list(organisation.phones),
        locations=[
            _said(**{name: getattr(each, name) for name in _PLACE}) for each in organisation.locations
        ],
        services=[_service_entry(each) for each in organisation.services],
    )


_PLACE = ("area", "name", "address", "latitude", "longitude")


def _service_entry(service: Service) -> dict[str, Any]:
    eligible = _said(sexes=list(service.sexes), age_min=service.age_min, age_max=service.age_max)
    return _said(
        need=service.need,
        areas=list(service.areas),
        capacity=service.capacity,
        eligibility=eligible,
        languages=list(service.languages),
        hours=written_hours(service.hours),
        assured=service.assured and service.assured.isoformat(),
        state=service.state,
    )


def written_hours(hours: Hours) -> dict[str, list[str]]:
    """Hours as `read_hours` reads them: `{"mon": ["08:00-12:00"], "closed": ["2026-01-07"]}`."""
    written: dict[str, list[str]] = {}
    for weekday, opens, closes in hours.week:
        written.setdefault(DAYS[weekday], []).append(f"{clock(opens)}-{clock(closes)}")
    if hours.closed:
        written["closed"] = sorted(map(str, hours.closed))
    return written


def clock(minutes: int) -> str:
    """Minutes after midnight as 08:30; the end of a day is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def from_entry(code: str, entry: Mapping[str, Any], file: str = "") -> Organisation:
    """An entry of `directory.yaml`. Raises `FlowError` for one that lacks a name or a language, or cannot be read."""
    try:
        return Organisation(
            code=code,
            name=str(entry["name"]),
            language=str(entry["language"]),
            neutral=str(entry.get("neutral", "")),
            phones=_texts(entry.get("phones", ())),
            email=str(entry.get("email", "")),
            website=str(entry.get("website", "")),
            services=tuple(map(service_of, entry.get("services", ()))),
            locations=tuple(map(location_of, entry.get("locations", ()))),
        )
    except KeyError as missing:
        raise FlowError(f"{code}: {missing.args[0]} is missing", file=file) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise FlowError(f"{code}: {error}", file=file) from None


def location_of(entry: Mapping[str, Any]) -> Location:
    """A place of `directory.yaml`. Raises `KeyError` without an area, `ValueError` for degrees that there are not."""
    given = {name: str(entry.get(name, "")) for name in ("name", "address")}
    return Location(
        area=str(entry["area"]),
        latitude=_degrees(entry.get("latitude"), 90),
        longitude=_degrees(entry.get("longitude"), 180),
        **given,
    )


def service_of(entry: Mapping[str, Any]) -> Service:
    """A service of `directory.yaml`. Raises `KeyError` without a need or areas, `ValueError` for wrong values."""
    eligible = entry.get("eligibility", {})
    written = entry.get("assured")
    state = entry.get("state", OPEN)
    if state not in STATES:
        raise ValueError("state is open, full or closed")
    service = Service(
        need=str(entry["need"]),
        areas=_texts(entry["areas"]),
        capacity=_whole(entry.get("capacity")),
        sexes=_texts(eligible.get("sexes", ())),
        age_min=_whole(eligible.get("age_min")),
        age_max=_whole(eligible.get("age_max")),
        languages=_texts(entry.get("languages", ())),
        hours=read_hours(entry.get("hours") or {}),
        assured=date.fromisoformat(str(written)) if written else None,
        state=state,
    )
    if service.age_min is not None and service.age_max is not None and service.age_min > service.age_max:
        raise ValueError("age_min is above age_max")
    return service


def _texts(given: Iterable[Any]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ValueError("a list is needed")
    return tuple(map(str, given))


def _whole(given: Any) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 1_000_000:
        raise ValueError("a whole number is needed")
    return given


def _degrees(given: Any, most: int) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not -most <= given <= most:
        raise ValueError("degrees are from -90 to 90 north, from -180 to 180 east")
    return float(given)


# --- what the columns of the register hold ----------------------------------------------------------------

LONGEST = {"code": 32, "name": 120, "neutral": 60, "language": 8, "email": 254, "website": 500}
LONGEST_OF_PLACE = {"area": 16, "name": 120, "address": 250}


def faults(organisation: Organisation, needs: Container[str], areas: Container[str]) -> Iterator[str]:
    """Why the register could not take an organisation, in words: unknown needs and areas, texts that are too long."""
    yield from _too_long(organisation, LONGEST, "")
    for place in organisation.locations:
        yield from _too_long(place, LONGEST_OF_PLACE, " of a location")
    offered = [service.need for service in organisation.services]
    for need, count in sorted(Counter(offered).items()):
        if count > 1:
            yield f"{need[:40]} is offered twice"
        if need not in needs:
            yield f"{need[:40]} is not a need that is known"
    for service in organisation.services:
        if not service.areas:
            yield f"{service.need[:40]} has no area"
    named = [
        *(place.area for place in organisation.locations),
        *(a for s in organisation.services for a in s.areas),
    ]
    for area in sorted(set(named)):
        if area not in areas:
            yield f"{area[:40]} is not an area that is known"


def _too_long(thing: Organisation | Location, bounds: Mapping[str, int], whose: str) -> Iterator[str]:
    for name, most in bounds.items():
        if len(getattr(thing, name)) > most:
            yield f"the {name}{whose} is longer than {most} letters"
