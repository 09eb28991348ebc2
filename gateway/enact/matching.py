"""Who could take a need: the directory and a person's record, as the referral engine asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.commands import FindService, Result
from gateway.enact.work import Work
from gateway.registry.births import Birth
from gateway.store import providers
from gateway.store.providers import ACTIVE, OPEN, PAUSED, OfferRow
from referral_engine.match import Match, Reason, match
from referral_engine.model import Offer, Priority, Request

RECORD_COUNTS = timedelta(days=90)  # how far back declines and expiries weigh
_SEXES = frozenset({"f", "m"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The service to ask, and why it."""

    provider_id: int
    service_id: int
    reasons: tuple[Reason, ...]


def find_service(work: Work, query: FindService) -> Result:
    """Whether anyone could take this need there now."""
    request = Request(query.need, query.area, language=work.party.language)
    return Result("available" if best(work, request) else "none", {})


def request_for(
    work: Work, record: Mapping[str, Any], need: str, area: str, language: str, excluded: frozenset[int]
) -> Request:
    """What a person needs, from their answers. Who said "in danger, ill or a child alone" is urgent."""
    birth = Birth.from_dict(record["age"])
    sex = record["sex"]
    return Request(
        need=need,
        area=area,
        language=language,
        sex=sex if sex in _SEXES else "",
        age=birth.age(work.now.date()),
        priority=Priority.NORMAL if record["urgent"] in ("", "no") else Priority.URGENT,
        excluded=frozenset(map(str, excluded)),
    )


def best(work: Work, request: Request, *, lock: bool = False) -> Chosen | None:
    """The best service, or None. `lock` where a leg will follow."""
    rows = providers.offers(work.tx, request.need, work.now - RECORD_COUNTS, lock=lock)
    offers = [_offer(request.need, row) for row in rows]
    found: tuple[Match, ...] = match(request, offers, work.policy.gazetteer.within)
    if not found:
        return None
    first = found[0]
    return Chosen(int(first.offer.provider), int(first.offer.service), first.reasons)


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
        languages=frozenset({row.language}),
        sexes=frozenset(eligible.get("sexes", ())),
        age_min=eligible.get("age_min"),
        age_max=eligible.get("age_max"),
        declines=row.declines,
        expiries=row.expiries,
    )
