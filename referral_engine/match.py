"""Who can help: providers that can take a need, best first, each with its reasons.

An offer fits when it serves the need, is active, neither paused, closed nor full, covers the area, may serve
this person, and is not excluded. Those that fit are ranked by nearness (the person's own area, then the next
wider one, then one wider still, then a part of the area asked for), by how many questions about its room it has
left unanswered, by certain eligibility, by language, for what cannot wait by whether it is still open today, by
load, and by the record of declines and expiries.

Equals take turns: who was never asked comes first, then who was asked longest ago. Where that is equal too, the
code in the directory decides, so that the same question always has the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter

from referral_engine.model import Offer, Priority, Request


class Refusal(StrEnum):
    """The first thing that left an offer out, in the order in which they are tried."""

    NEED = "need"
    AREA = "area"
    NOT_ACTIVE = "not_active"
    PAUSED = "paused"
    CLOSED = "closed"
    FULL = "full"
    EXCLUDED = "excluded"
    NOT_ELIGIBLE = "not_eligible"


class Because(StrEnum):
    """Why an offer stands where it stands."""

    SAME_AREA = "same_area"
    WIDER_AREA = "wider_area"
    PART_OF_AREA = "part_of_area"
    ELIGIBLE = "eligible"
    ELIGIBILITY_UNKNOWN = "eligibility_unknown"  # it serves some only; the sex or age is not said
    LANGUAGE = "language"
    OTHER_LANGUAGE = "other_language"  # not known to speak the person's
    OPEN_NOW = "open_now"
    OPENS_ON = "opens_on"  # the local date on which it opens next, which may still be today
    CAPACITY = "capacity"  # places left
    LOAD = "load"  # live legs
    DECLINES = "declines"
    EXPIRIES = "expiries"
    SILENT = "silent"  # questions about its room, one a week, that it left unanswered
    LAST_ASKED = "last_asked"  # the date of its newest leg: equals take turns


_OUTSIDE = 1 << 30  # farther than any area
_NEVER = datetime.min.replace(tzinfo=UTC)
_OPEN_TODAY, _NOT_SAID, _SHUT_TODAY = range(3)


class Reach:
    """How near each area is to the one asked for: fewer steps are nearer.

    `around` is that area and those around it, the nearest first; `inside` are the parts of it, all alike far.
    """

    __slots__ = ("_parts", "_steps")

    def __init__(self, around: Sequence[str], inside: Iterable[str] = ()) -> None:
        self._parts = len(around)
        self._steps: Mapping[str, int] = dict.fromkeys(inside, self._parts) | {
            area: step for step, area in enumerate(around)
        }

    def nearest(self, areas: frozenset[str]) -> int:
        """The best over an offer's areas; an offer without areas reaches nobody."""
        best, steps = _OUTSIDE, self._steps
        for area in areas:  # a plain loop: a third faster than min(map(…)) over one to three areas
            nearness = steps.get(area, _OUTSIDE)
            if nearness < best:
                best = nearness
        return best

    def named(self, steps: int) -> Because:
        """What to call a nearness that is not outside."""
        if steps == self._parts:
            return Because.PART_OF_AREA
        return Because.WIDER_AREA if steps else Because.SAME_AREA


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `value` is the count or the code that goes with it."""

    code: Because
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that fits. `reasons` are made when they are read: most matches are never shown."""

    offer: Offer
    request: Request
    nearness: Because

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it fits, in the order of the ranking."""
        offer, request = self.offer, self.request
        reasons = [Reason(self.nearness)]
        if offer.silent:
            reasons.append(Reason(Because.SILENT, offer.silent))
        reasons.append(Reason(Because.ELIGIBLE if _eligible(request, offer) else Because.ELIGIBILITY_UNKNOWN))
        if request.language:
            spoken = request.language in offer.languages
            reasons.append(Reason(Because.LANGUAGE if spoken else Because.OTHER_LANGUAGE, request.language))
        opens = offer.hours.next_open(request.at) if request.at else None
        if opens is not None:
            now = opens == request.at
            reasons.append(Reason(Because.OPEN_NOW) if now else Reason(Because.OPENS_ON, f"{opens:%Y-%m-%d}"))
        if offer.capacity is not None:
            reasons.append(Reason(Because.CAPACITY, offer.capacity - offer.load))
        reasons.append(Reason(Because.LOAD, offer.load))
        if offer.declines:
            reasons.append(Reason(Because.DECLINES, offer.declines))
        if offer.expiries:
            reasons.append(Reason(Because.EXPIRIES, offer.expiries))
        if offer.asked_at is not None:
            reasons.append(Reason(Because.LAST_ASKED, f"{offer.asked_at:%Y-%m-%d}"))
        return tuple(reasons)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An offer that does not fit, and the first thing that left it out."""

    offer: Offer
    reason: Refusal


def match(request: Request, offers: Iterable[Offer], reach: Reach) -> tuple[Match, ...]:
    """The offers that fit, best first. Nothing is made for the others: a directory may hold thousands."""
    need, language = request.need, request.language
    ranked = []
    for offer in offers:
        if offer.need != need or _refusal(request, offer, reach) is not None:
            continue
        nearness = reach.nearest(offer.areas)
        rank = (
            nearness,
            offer.silent,
            _eligible(request, offer) is None,
            bool(language) and language not in offer.languages,
            _wait(request, offer),
            offer.load,
            offer.declines + offer.expiries,
            offer.asked_at or _NEVER,
            offer.code,
            offer.provider,
            offer.service,
        )
        ranked.append((rank, Match(offer, request, reach.named(nearness))))
    ranked.sort(key=itemgetter(0))
    return tuple(found for _, found in ranked)


def refusals(request: Request, offers: Iterable[Offer], reach: Reach) -> tuple[LeftOut, ...]:
    """The offers that do not fit, in the order given: a caseworker may see why and decide otherwise."""
    judged = ((offer, _refusal(request, offer, reach)) for offer in offers)
    return tuple(LeftOut(offer, reason) for offer, reason in judged if reason is not None)


def _refusal(request: Request, offer: Offer, reach: Reach) -> Refusal | None:
    """The first test that fails: of those elsewhere nobody need know whether they are full."""
    if offer.need != request.need:
        return Refusal.NEED
    if reach.nearest(offer.areas) == _OUTSIDE:
        return Refusal.AREA
    if not offer.active:
        return Refusal.NOT_ACTIVE
    if offer.paused:
        return Refusal.PAUSED
    if not offer.open:
        return Refusal.CLOSED
    if offer.capacity is not None and offer.load >= offer.capacity:
        return Refusal.FULL
    if offer.provider in request.excluded:
        return Refusal.EXCLUDED
    return Refusal.NOT_ELIGIBLE if _eligible(request, offer) is False else None


def _wait(request: Request, offer: Offer) -> int:
    """Whether what cannot wait would: nothing that can wait is moved by hours, nor refused by them."""
    if request.at is None or request.priority is Priority.NORMAL:
        return _OPEN_TODAY
    opens = offer.hours.next_open(request.at)
    if opens is None:
        return _NOT_SAID
    return _OPEN_TODAY if opens.date() == request.at.date() else _SHUT_TODAY


def _eligible(request: Request, offer: Offer) -> bool | None:
    """Whether the offer may serve this person; None where that hangs on something not said."""
    unknown = False
    if offer.sexes and request.sex not in offer.sexes:
        if request.sex:
            return False
        unknown = True
    if offer.age_min is not None or offer.age_max is not None:
        if request.age is None:
            unknown = True
        elif _outside(request.age, offer.age_min, offer.age_max):
            return False
    return None if unknown else True


def _outside(age: int, least: int | None, most: int | None) -> bool:
    return (least is not None and age < least) or (most is not None and age > most)
