"""Who could take a need: the directory and a person's record, as the referral engine asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from gateway.commands import FindService, Result
from gateway.enact.work import Work
from gateway.registry.births import Birth
from gateway.registry.screening import Tier
from gateway.store import offers
from gateway.store.offers import OfferRow
from gateway.store.providers import ACTIVE, OPEN, PAUSED
from referral_engine.hours import NOT_SAID, Hours
from referral_engine.match import LeftOut, Match, Reach, Reason, match, refusals
from referral_engine.model import Offer, Priority, Request

RECORD_COUNTS = timedelta(days=90)  # how far back declines and expiries weigh
_SEXES = frozenset({"f", "m"})
_PRIORITIES: Mapping[str, Priority] = {
    Tier.IMMEDIATE: Priority.EMERGENCY,
    Tier.HIGH: Priority.URGENT,
    Tier.STANDARD: Priority.NORMAL,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The service to ask, and why it."""

    provider_id: int
    service_id: int
    reasons: tuple[Reason, ...]


def find_service(work: Work, query: FindService) -> Result:
    """Whether anyone could take this need there now."""
    request = Request(query.need, query.area, language=work.party.language, at=local_time(work))
    return Result("available" if best(work, request) else "none", {})


def request_for(
    work: Work,
    record: Mapping[str, Any],
    need: str,
    area: str,
    language: str,
    excluded: frozenset[int],
    tier: str = "",
) -> Request:
    """What a person needs, from their answers. How urgent it is follows from the screening's tier.

    Of somebody who was never screened, it follows from the answer to "in danger, ill or a child alone".
    """
    unscreened = Priority.NORMAL if record["urgent"] in ("", "no") else Priority.URGENT
    birth = Birth.from_dict(record["age"])
    sex = record["sex"]
    return Request(
        need=need,
        area=area,
        language=language,
        sex=sex if sex in _SEXES else "",
        age=birth.age(work.now.date()),
        priority=_PRIORITIES.get(tier, unscreened),
        excluded=frozenset(map(str, excluded)),
        at=local_time(work),
    )


def local_time(work: Work) -> datetime:
    """Now by the clock on the country's walls, in UTC's name: what hours are held against."""
    return work.now + work.policy.calendar.utc_offset


def best(work: Work, request: Request, *, lock: bool = False) -> Chosen | None:
    """The best service, or None. `lock` where a leg will follow.

    Nearness comes before all else, so the areas are asked one after the other, the nearest first: whoever fits
    there is the best of all, and the thousands elsewhere are never read.
    """
    gazetteer, since = work.policy.gazetteer, work.now - RECORD_COUNTS
    around, inside = gazetteer.around(request.area), gazetteer.inside(request.area)
    if lock:
        offers.in_turn(work.tx, request.need)
    for areas in (*((area,) for area in around), inside):
        rows = {
            row.service_id: row
            for area in areas
            for row in offers.in_area(work.tx, request.need, area, since)
        }
        found = match(request, [_offer(request.need, row) for row in rows.values()], Reach(around, inside))
        if found:
            offer = found[0].offer
            return Chosen(int(offer.provider), int(offer.service), found[0].reasons)
    return None


def ranked(work: Work, request: Request) -> tuple[tuple[Match, ...], tuple[LeftOut, ...]]:
    """All services for a need: those that fit, best first, and those that do not, by code, each with why.

    What a caseworker reads before choosing otherwise.
    """
    gazetteer = work.policy.gazetteer
    reach = Reach(gazetteer.around(request.area), gazetteer.inside(request.area))
    rows = offers.everywhere(work.tx, request.need, work.now - RECORD_COUNTS)
    every = sorted((_offer(request.need, row) for row in rows), key=attrgetter("code", "service"))
    return match(request, every, reach), refusals(request, every, reach)


def _offer(need: str, row: OfferRow) -> Offer:
    eligible = row.eligibility
    return Offer(
        provider=str(row.provider_id),
        service=str(row.service_id),
        need=need,
        areas=frozenset(row.areas),
        active=row.status in (ACTIVE, PAUSED),
        paused=row.status == PAUSED,
        open=row.state == OPEN,
        capacity=row.capacity,
        load=row.load,
        languages=frozenset(row.languages),
        sexes=frozenset(eligible.get("sexes", ())),
        age_min=eligible.get("age_min"),
        age_max=eligible.get("age_max"),
        declines=row.declines,
        expiries=row.expiries,
        hours=Hours.from_dict(row.hours) if row.hours else NOT_SAID,
        asked_at=row.asked_at,
        code=row.code,
        silent=row.unanswered,
    )
