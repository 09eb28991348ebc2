"""The directory taken in from the files of others, and given out to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from gateway.directory.model import Location, Organisation, Service
from gateway.enact.helping import capacity
from gateway.enact.helping.directory import enter, give_phones
from gateway.messages import Address, AddressKind
from gateway.runtime import Runtime
from gateway.store import audit, binding, listing, providers
from gateway.store.conversations import address_by_id, open_address, reveal
from gateway.store.database import Transaction
from gateway.vault import Vault
from referral_engine.hours import NOT_SAID, Hours

NEW, CHANGED, SAME, PAUSED = "new", "changed", "same", "paused"
_SUBJECT = "directory:organisations"
_CARRIER = "africastalking"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file is taken in.

    `phones`: its phones become those that answer referrals and check certificates; otherwise nobody's phone changes.
    `whole`: who is not in it is paused. `called`: organisations without a neutral name are called this and a number.
    `rehearsal`: nothing is kept.
    """

    actor: str
    phones: bool
    whole: bool
    called: str
    rehearsal: bool


Show = Callable[[Sequence[Organisation]], Iterable[Organisation]]
"""Hands on the organisations one by one, and may show how far it is."""


class _Rehearsed(Exception):
    """Takes back what a rehearsal did."""


def take_in(
    runtime: Runtime, organisations: Sequence[Organisation], terms: Terms, show: Show = iter
) -> Counter[str]:
    """Brings organisations into the register, all or none, and counts what became of them. Safe to run again.

    Who is not in the file stays as they are, unless the file is the whole directory. Staff never change.
    """
    counts: Counter[str] = Counter()
    try:
        with runtime.database.transaction() as tx:
            _take_in(tx, runtime, organisations, terms, show, counts)
            if terms.rehearsal:
                raise _Rehearsed
            told = {name: str(count) for name, count in counts.items()}
            audit.add(tx, terms.actor, "providers.import", _SUBJECT, told, runtime.now())
    except _Rehearsed:
        pass
    return counts


def _take_in(
    tx: Transaction,
    runtime: Runtime,
    organisations: Sequence[Organisation],
    terms: Terms,
    show: Show,
    counts: Counter[str],
) -> None:
    before = {each.code: each for each in _listed(tx, runtime.vault, phones=terms.phones)}
    names = listing.neutral_names(tx)
    unused = _unused(terms.called, [*names.values(), *(each.neutral for each in organisations)])
    codes = []
    for each in show(organisations):
        codes.append(each.code)
        neutral = each.neutral or names.get(each.code) or next(unused)
        services = tuple(replace(one, areas=tuple(sorted(set(one.areas)))) for one in each.services)
        phones = each.phones if terms.phones else ()
        told = replace(each, neutral=neutral, services=services, phones=phones)
        if told == before.get(each.code):
            continue  # as it stands: most of a file that comes again
        provider_id = enter(tx, told, None)
        capacity.plan(tx, provider_id, runtime.now())
        if terms.phones:
            give_phones(tx, provider_id, _addresses(tx, runtime.vault, provider_id, told, runtime.now()))
    if terms.whole:
        counts[PAUSED] = len(before.keys() - set(codes))
        providers.pause_others(tx, codes)
    after = {each.code: each for each in _listed(tx, runtime.vault, phones=terms.phones)}
    for code in codes:
        counts[NEW if code not in before else SAME if before[code] == after[code] else CHANGED] += 1


def _unused(called: str, taken: Iterable[str]) -> Iterator[str]:
    """The names with the numbers after the highest that any neutral name ends in: a number is given once."""
    numbered = re.compile(rf"{re.escape(called)} ([0-9]{{1,9}})")
    found = map(numbered.fullmatch, taken)
    highest = max((int(match[1]) for match in found if match), default=0)
    return (f"{called} {number}" for number in count(highest + 1))


def _addresses(
    tx: Transaction, vault: Vault, provider_id: int, organisation: Organisation, now: datetime
) -> list[int]:
    """The addresses of its phones, and those of the provider that are no phones: a file of others names none."""
    kept = [
        address_id
        for address_id in providers.phones(tx, provider_id)
        if address_by_id(tx, address_id).kind is not AddressKind.PHONE
    ]
    for number in organisation.phones:
        row = open_address(tx, vault, Address(AddressKind.PHONE, number), _CARRIER, now)
        binding.speak(tx, row.conversation_id, organisation.language)
        kept.append(row.id)
    return kept


# --- giving out -------------------------------------------------------------------------------------------


def give_out(runtime: Runtime, actor: str, *, phones: bool) -> list[Organisation]:
    """The organisations that are not paused, by code. With `phones` their numbers are revealed, which is on record."""
    with runtime.database.transaction() as tx:
        if phones:
            audit.add(tx, actor, "providers.export", _SUBJECT, {"phones": "yes"}, runtime.now())
        return _listed(tx, runtime.vault, phones=phones)


def _listed(tx: Transaction, vault: Vault, *, phones: bool) -> list[Organisation]:
    areas = listing.areas(tx)
    services: dict[int, list[Service]] = {}
    for row in listing.offered(tx):
        if row.id in areas:  # one that left the directory has none
            services.setdefault(row.provider_id, []).append(_service(row, areas[row.id]))
    places: dict[int, list[Location]] = {}
    for at in listing.locations(tx):
        place = Location(at.area, at.name, at.address, at.latitude, at.longitude)
        places.setdefault(at.provider_id, []).append(place)
    numbers: dict[int, list[str]] = {}
    for provider_id, address_id in listing.phones(tx) if phones else ():
        address = address_by_id(tx, address_id)
        if address.kind is AddressKind.PHONE:
            numbers.setdefault(provider_id, []).append(reveal(vault, address).value)
    return [
        Organisation(
            code=row.code,
            name=row.name,
            language=row.language,
            neutral=row.neutral_name,
            phones=tuple(numbers.get(row.id, ())),
            email=row.email or "",
            website=row.website or "",
            services=tuple(services.get(row.id, ())),
            locations=tuple(places.get(row.id, ())),
        )
        for row in listing.active(tx)
    ]


def _service(row: listing.ListedService, areas: list[str]) -> Service:
    return Service(
        need=row.need,
        areas=tuple(areas),
        capacity=row.capacity,
        sexes=tuple(row.eligibility.get("sexes", ())),
        age_min=row.eligibility.get("age_min"),
        age_max=row.eligibility.get("age_max"),
        languages=tuple(row.languages or ()),
        hours=Hours.from_dict(row.hours) if row.hours else NOT_SAID,
        assured=row.assured_at.date() if row.assured_at else None,
        state=row.state,
    )
