"""The directory of providers and staff, read from a file into the register as often as wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, datetime, time
from typing import Any

from gateway.directory.model import Organisation, Service, from_entry
from gateway.enact.assigning import caseload
from gateway.enact.helping import capacity
from gateway.errors import FlowError
from gateway.messages import Address, AddressKind
from gateway.runtime import Runtime
from gateway.store import binding, listing, providers, staff
from gateway.store.conversations import address_by_id, open_address, set_roles
from gateway.store.database import Transaction
from gateway.text.phones import e164
from gateway.vault import Vault
from referral_engine.hours import NOT_SAID

PROVIDER, STAFF = "provider", "staff"
_FILE = "directory.yaml"
_CARRIERS = {AddressKind.PHONE: "africastalking", AddressKind.TELEGRAM: "telegram"}


def load(runtime: Runtime, data: Mapping[str, Any]) -> None:
    """Makes the register hold what the file says (`organisations` and `staff`, by code). Safe to run again.

    What left the file is paused, closed or retired, never deleted: referrals name it. The open cases of whoever left,
    or no longer works in an area, are given to others. Raises `FlowError` for an entry that cannot be read; then
    nothing has changed.
    """
    with runtime.database.transaction() as tx:
        now = runtime.now()
        organisations, people = data.get("organisations", {}), data.get("staff", {})
        # Conversations first, then the rest, then the staff: as whoever of them says something locks the same.
        ids = {
            code: _addresses(tx, runtime.vault, code, entry, _need(entry, "language", code), now)
            for code, entry in people.items()
        }
        for code, entry in organisations.items():
            _organisation(tx, runtime.vault, code, entry, now)
        providers.pause_others(tx, list(organisations))
        staff.in_turn(tx)
        for code, entry in people.items():
            _member(tx, code, entry, ids[code])
        staff.retire_others(tx, list(people))
    # Not above: whoever moves cases locks them before the staff.
    caseload.settle_anew(runtime, "rule:directory")


def _organisation(tx: Transaction, vault: Vault, code: str, entry: Mapping[str, Any], now: datetime) -> None:
    _need(entry, "neutral", code)
    organisation = from_entry(code, entry, _FILE)
    provider_id = enter(tx, organisation, now)
    capacity.plan(tx, provider_id, now)
    give_phones(tx, provider_id, _addresses(tx, vault, code, entry, organisation.language, now))


def enter(tx: Transaction, organisation: Organisation, otherwise_assured: datetime | None) -> int:
    """Writes an organisation without its phones; returns its provider's id. Its other services are closed.

    A state and a date of assurance replace older ones only: what the provider said itself since then stays.
    """
    values = {
        "name": organisation.name,
        "neutral_name": organisation.neutral,
        "language": organisation.language,
        "email": organisation.email or None,
        "website": organisation.website or None,
        "status": providers.ACTIVE,
    }
    provider_id = providers.save(tx, organisation.code, values)
    for service in organisation.services:
        offered = _offered(service, listing.standing(tx, provider_id, service.need), otherwise_assured)
        providers.save_service(tx, provider_id, service.need, service.areas, offered)
    providers.close_other_services(tx, provider_id, [service.need for service in organisation.services])
    places = [listing.ListedLocation(provider_id, *astuple(place)) for place in organisation.locations]
    listing.set_locations(tx, provider_id, places)
    return provider_id


def _offered(
    service: Service, standing: listing.ListedService | None, otherwise: datetime | None
) -> dict[str, Any]:
    bounds = {"age_min": service.age_min, "age_max": service.age_max}
    eligibility: dict[str, Any] = {name: age for name, age in bounds.items() if age is not None}
    if service.sexes:
        eligibility["sexes"] = list(service.sexes)
    offered: dict[str, Any] = {
        "capacity": service.capacity,
        "eligibility": eligibility,
        "languages": list(service.languages) or None,
        "hours": service.hours.to_dict() if service.hours != NOT_SAID else None,
    }
    heard = standing.assured_at if standing else None
    said = datetime.combine(service.assured, time(), UTC) if service.assured else otherwise
    if said is not None and (heard is None or said >= heard):
        offered["assured_at"] = said
    if standing is None or (service.assured is not None and "assured_at" in offered):
        offered["state"] = service.state
    return offered


def give_phones(tx: Transaction, provider_id: int, ids: Sequence[int]) -> None:
    """Makes these addresses the provider's, and all that speak for it."""
    _grant(tx, PROVIDER, ids, providers.set_phones(tx, provider_id, ids))


def _member(tx: Transaction, code: str, entry: Mapping[str, Any], ids: Sequence[int]) -> None:
    role, language = _need(entry, "role", code), _need(entry, "language", code)
    if role not in (staff.CASEWORKER, staff.SUPERVISOR, staff.COMPLAINTS):
        raise FlowError(f"{code}: role must be caseworker, supervisor or complaints", file=_FILE)
    values = {"role": role, "language": language, "areas": list(entry.get("areas", ()))}
    staff_id = staff.save(tx, code, values)
    _grant(tx, STAFF, ids, staff.set_addresses(tx, staff_id, ids))


def _addresses(
    tx: Transaction, vault: Vault, code: str, entry: Mapping[str, Any], language: str, now: datetime
) -> list[int]:
    """The ids of an entry's addresses; those never heard of begin in its language."""
    ids = []
    for address in _listed(code, entry):
        row = open_address(tx, vault, address, _CARRIERS[address.kind], now)
        binding.speak(tx, row.conversation_id, language)
        ids.append(row.id)
    return ids


def _listed(code: str, entry: Mapping[str, Any]) -> Iterator[Address]:
    for number in entry.get("phones", ()):
        phone = e164(str(number))
        if phone is None:
            raise FlowError(f"{code}: a phone must be written +251…, in quotes", file=_FILE)
        yield Address(AddressKind.PHONE, phone)
    for chat in entry.get("telegram", ()):
        if not str(chat).isdecimal():
            raise FlowError(f"{code}: a Telegram chat is a number", file=_FILE)
        yield Address(AddressKind.TELEGRAM, str(chat))


def _grant(tx: Transaction, role: str, now_have: Sequence[int], no_longer: Sequence[int]) -> None:
    """Writes a role on the addresses that have it, and takes it from those that had."""
    for address_id in (*now_have, *no_longer):
        others = [each for each in address_by_id(tx, address_id).roles if each != role]
        set_roles(tx, address_id, (*others, role) if address_id in now_have else tuple(others))


def _need(entry: Mapping[str, Any], name: str, code: str) -> Any:
    if name not in entry:
        raise FlowError(f"{code}: {name} is missing", file=_FILE)
    return entry[name]
