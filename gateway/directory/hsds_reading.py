"""HSDS objects of any system as our organisations, and a list of what the register has no place for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from gateway.directory import hsds
from gateway.directory.model import CLOSED, FULL, LONGEST, OPEN, Location, Organisation, Service
from gateway.directory.reading import Known, Reading, text_of
from gateway.directory.schedules import Unlike, spans, week
from gateway.errors import FlowError
from gateway.text.clean import clean
from gateway.text.phones import e164
from referral_engine.hours import Hours, Span

Node = Mapping[str, Any]

_TEXTED = ("", "text", "cell")  # kinds of phones that an SMS reaches, as far as the file says
_LANGUAGES = {"eng": "en", "som": "so", "amh": "am", "orm": "om", "tir": "ti", "ara": "ar", "swa": "sw"}
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_OLDEST, _MOST_PLACES = 150, 1_000_000


def read(items: Sequence[Any], known: Known) -> Reading:
    """The organisations of a list of HSDS `organization` objects with their services, or of `service` objects.

    Raises `FlowError` for an object of neither kind, or without an id or a name.
    """
    reading = Reading()
    for organisation in _gathered(items, reading):
        _count_unread("organization", organisation, reading)
        reading.organisations.append(_organisation(organisation, known, reading))
    return reading


def _gathered(items: Sequence[Any], reading: Reading) -> list[Node]:
    """Organisations with all their services, each once, in the order of the file."""
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        if not isinstance(item, Mapping):
            raise FlowError("a list of HSDS organizations or services is needed")
        service = item if "status" in item or "organization" in item else None
        owner = item if service is None else service.get("organization")
        if not isinstance(owner, Mapping) or not text_of(owner.get("id")) or not text_of(owner.get("name")):
            raise FlowError("an organization has no id or no name")
        kept = found.setdefault(str(owner["id"]), {**owner, "services": []})
        offered = _objects(owner, "services") if service is None else [service]
        kept["services"] += [{k: v for k, v in each.items() if k != "organization"} for each in offered]
    return list(found.values())


def _objects(node: Node, name: str) -> list[Node]:
    """The objects of a list. Raises `FlowError` for what is no such list."""
    listed = node.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise FlowError(f"{name} is not a list of objects")
    return listed


def _organisation(node: Node, known: Known, reading: Reading) -> Organisation:
    ours = {name: value for name, value in _ours(node) if value}
    locations = _locations(node, known, reading)
    name = text_of(node["name"], LONGEST["name"])
    if len(clean(str(node["name"]))) > len(name):
        reading.fields["organization.name (shortened)"] += 1
    found = Organisation(
        code=ours.get(hsds.CODE) or hsds.code_of(str(node["id"])),
        name=name,
        language=ours.get(hsds.LANGUAGE, known.language),
        neutral=ours.get(hsds.NEUTRAL, ""),
        phones=tuple(_phones(node, reading)),
        email=text_of(node.get("email"), LONGEST["email"]),
        website=text_of(node.get("website"), LONGEST["website"]),
        locations=tuple(locations),
    )
    return replace(found, services=tuple(_services(node, found, known, reading)))


def _ours(node: Node) -> Iterator[tuple[str, str]]:
    """The names and values of the attributes that an export of a register like this one adds."""
    for attribute in _objects(node, "attributes"):
        term = _term(attribute)
        if term.get("taxonomy") == hsds.EXTENSION:
            yield str(term.get("code", "")), text_of(attribute.get("value"))


def _term(attribute: Node) -> Node:
    term = attribute.get("taxonomy_term")
    return term if isinstance(term, Mapping) else {}


def _phones(node: Node, reading: Reading) -> Iterator[str]:
    for phone in _objects(node, "phones"):
        kind = str(phone.get("type") or "").lower()
        number = e164(re.sub(r"[\s()\"./-]", "", str(phone.get("number", ""))))
        if kind in _TEXTED and number:
            yield number
        else:
            reading.fields[f"organization.phones ({kind if kind not in _TEXTED else 'not +…'})"[:60]] += 1


def _locations(node: Node, known: Known, reading: Reading) -> Iterator[Location]:
    for location in _objects(node, "locations"):
        address = next(iter(_objects(location, "addresses")), {})
        area = _area_of(location, address, known)
        if area:
            lines = (text_of(address.get(name)) for name in ("address_1", "address_2"))
            yield Location(
                area=area,
                name=text_of(location.get("name"), 120),
                address=", ".join(filter(None, lines))[:250],
                latitude=_number(location, "latitude", -90, 90, reading),
                longitude=_number(location, "longitude", -180, 180, reading),
            )
        else:
            reading.fields["organization.locations (area not known)"] += 1
            reading.areas[text_of(address.get("city") or location.get("name"), 80)] += 1


def _area_of(location: Node, address: Node, known: Known) -> str:
    names = [address.get(each) for each in ("city", "region", "state_province")]
    if location.get("external_identifier_type") == hsds.P_CODE:
        names.insert(0, location.get("external_identifier"))
    return next(filter(None, (known.place_of(text_of(name)) for name in names if name)), "")


# --- services ---------------------------------------------------------------------------------------------


def _services(node: Node, owner: Organisation, known: Known, reading: Reading) -> Iterator[Service]:
    """One service for each need, the first that the file has: another would be offered to the wrong people."""
    offered: dict[str, Service] = {}
    for each in _objects(node, "services"):
        needs = _needs(each, known, reading)
        if not needs:
            reading.services["no need is known for it"] += 1
            continue
        service = _service(each, owner, known, reading)
        if not service.areas:
            reading.services["no area is known for it"] += 1
            continue
        for need in needs:
            same = offered.get(need)
            if same is None:
                offered[need] = replace(service, need=need)
            elif joined := _joined(same, service):
                offered[need] = joined
            else:
                reading.services["another for the same need, under other conditions"] += 1
    yield from offered.values()


def _joined(one: Service, other: Service) -> Service | None:
    """Two services for one need as one, where they differ in nothing but areas and capacity."""
    if replace(other, need=one.need, areas=one.areas, capacity=one.capacity, assured=one.assured) != one:
        return None
    areas = dict.fromkeys((*one.areas, *other.areas))
    unbound = one.capacity is None or other.capacity is None
    assured = one.assured and other.assured and min(one.assured, other.assured)
    capacity = None if unbound else (one.capacity or 0) + (other.capacity or 0)
    return replace(one, areas=tuple(areas), capacity=capacity, assured=assured)


def _needs(node: Node, known: Known, reading: Reading) -> list[str]:
    found: dict[str, None] = {}
    for attribute in _objects(node, "attributes"):
        term = _term(attribute)
        taxonomy = str(term.get("taxonomy") or "")
        if taxonomy == hsds.EXTENSION:
            continue
        code, name = str(term.get("code") or ""), str(term.get("name") or "")
        identifier = str(term.get("id") or attribute.get("taxonomy_term_id") or "")
        need = known.need_of(code, name, identifier, f"{taxonomy}:{code}")
        if need:
            found[need] = None
        else:
            reading.terms[text_of(f"{code} {name}".strip() or identifier, 80)] += 1
    return list(found)


def _service(node: Node, owner: Organisation, known: Known, reading: Reading) -> Service:
    ours = list(_ours(node))
    capacity, full = _capacity(node, reading)
    closed = str(node.get("status") or "active") != "active"
    return Service(
        need="",
        areas=tuple(dict.fromkeys(_areas(node, owner, known, reading))),
        capacity=capacity,
        sexes=tuple(value for name, value in ours if name == hsds.SEX),
        age_min=_whole(node, "minimum_age", 0, _OLDEST, reading),
        age_max=_whole(node, "maximum_age", 0, _OLDEST, reading),
        languages=tuple(dict.fromkeys(_languages(node, reading))),
        hours=_hours(node, [value for name, value in ours if name == hsds.CLOSED_DATE], known, reading),
        assured=_assured(node, known, reading),
        state=CLOSED if closed else FULL if full else OPEN,
    )


def _areas(node: Node, owner: Organisation, known: Known, reading: Reading) -> Iterator[str]:
    """The areas that a service names; those of its places, or of its organisation's, where it names none."""
    named = _objects(node, "service_areas")
    for area in named:
        words = [text_of(area.get(each)) for each in ("extent", "name", "uri")]
        found = next(filter(None, (known.place_of(word) for word in words if word)), "")
        if found:
            yield found
        else:
            reading.areas[next(filter(None, words[1:]), "")[:80]] += 1
    if named:
        return
    places = [each["location"] for each in _objects(node, "service_at_locations") if each.get("location")]
    if places:
        yield from (each.area for each in _locations({"locations": places}, known, reading))
    else:
        yield from (each.area for each in owner.locations)


def _languages(node: Node, reading: Reading) -> Iterator[str]:
    for language in _objects(node, "languages"):
        code = str(language.get("code") or language.get("name") or "").lower()
        code = _LANGUAGES.get(code, code)
        if _LANGUAGE.fullmatch(code):
            yield code
        else:
            reading.fields["service.languages (no code)"] += 1


def _capacity(node: Node, reading: Reading) -> tuple[int | None, bool]:
    """How many places there are, and whether none is free. Of several capacities the first counts."""
    listed = _objects(node, "capacities")
    reading.fields["service.capacities (more than one)"] += max(0, len(listed) - 1)
    if not listed:
        return None, False
    most = _whole(listed[0], "maximum", 0, _MOST_PLACES, reading)
    free = _whole(listed[0], "available", 0, _MOST_PLACES, reading)
    return (most if most is not None else free or None), free == 0


def _hours(node: Node, closed: Sequence[str], known: Known, reading: Reading) -> Hours:
    """The week of its schedules. One that is no week leaves the hours unsaid: half a week would be a wrong one."""
    found: set[Span] = set()
    days = frozenset(map(date.fromisoformat, filter(_is_date, closed)))
    try:
        for schedule in _objects(node, "schedules"):
            found.update(spans(schedule, known.offset, known.today))
        return Hours(week(found), days)
    except Unlike as odd:
        reading.fields[f"service.schedules ({odd})"] += 1
        return Hours((), days)


def _assured(node: Node, known: Known, reading: Reading) -> date | None:
    written = str(node.get("assured_date") or "")[:10]
    if not written:
        return None
    if _is_date(written) and date.fromisoformat(written) <= known.today:
        return date.fromisoformat(written)
    reading.fields["service.assured_date (no date, or to come)"] += 1
    return None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _whole(node: Node, name: str, least: int, most: int, reading: Reading) -> int | None:
    number = _number(node, name, least, most, reading)
    if number is not None and number != int(number):
        reading.fields[f"{name} (not whole)"] += 1
        return None
    return None if number is None else int(number)


def _number(node: Node, name: str, least: int, most: int, reading: Reading) -> float | None:
    given = node.get(name)
    if given in (None, ""):
        return None
    try:
        number = float(str(given))
        if least <= number <= most:
            return number
    except ValueError:
        pass
    reading.fields[f"{name} (no such number)"] += 1
    return None


# --- what is left out -------------------------------------------------------------------------------------


def _count_unread(kind: str, node: Node, reading: Reading) -> None:
    """Counts the fields of an object, and of those inside it, that nothing reads."""
    for name, value in node.items():
        if value in (None, "", [], {}):
            continue
        inner = hsds.FIELDS[kind].get(name)
        if inner is None or (not inner and _is_only_told(kind, name, node)):
            reading.fields[f"{kind}.{name}"[:120]] += len(value) if isinstance(value, list) else 1
        elif inner and inner != "attribute":
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Mapping):
                    _count_unread(inner, each, reading)


def _is_only_told(kind: str, name: str, node: Node) -> bool:
    """Names and descriptions that say no more than what is read: an export writes them because they are required."""
    if (kind, name) == ("organization", "description"):
        return bool(node["description"] != node.get("name"))
    if (kind, name) == ("service", "name"):
        terms = [_term(each) for each in _objects(node, "attributes")]
        return all(term.get("name") != node["name"] for term in terms)
    return False
