"""Who can help: providers that can take a need, best first, each with its reasons.

An offer fits when it serves the need, is active, neither paused, closed nor full, covers the area, may serve
this person, and is not excluded. Those that fit are ranked by nearness (the person's own area, then the
wider area around it, then a part of the area asked for), by certain eligibility, by language, by load, by
the record of declines and expiries, and last by name, so that the same question always has the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from referral_engine.model import Offer, Request

Within = Callable[[str, str], bool]
"""`within(inner, outer)`: whether the place of the first P-code lies inside that of the second."""


class Refusal(StrEnum):
    """The first thing that left an offer out, in the order in which they are tried."""

    NEED = "need"
    NOT_ACTIVE = "not_active"
    PAUSED = "paused"
    CLOSED = "closed"
    FULL = "full"
    EXCLUDED = "excluded"
    AREA = "area"
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
    CAPACITY = "capacity"  # places left
    LOAD = "load"  # live legs
    DECLINES = "declines"
    EXPIRIES = "expiries"


_NEARNESS = (Because.SAME_AREA, Because.WIDER_AREA, Because.PART_OF_AREA)
_OUTSIDE = len(_NEARNESS)


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
        reasons.append(Reason(Because.ELIGIBLE if _eligible(request, offer) else Because.ELIGIBILITY_UNKNOWN))
        if request.language:
            spoken = request.language in offer.languages
            reasons.append(Reason(Because.LANGUAGE if spoken else Because.OTHER_LANGUAGE, request.language))
        if offer.capacity is not None:
            reasons.append(Reason(Because.CAPACITY, offer.capacity - offer.load))
        reasons.append(Reason(Because.LOAD, offer.load))
        if offer.declines:
            reasons.append(Reason(Because.DECLINES, offer.declines))
        if offer.expiries:
            reasons.append(Reason(Because.EXPIRIES, offer.expiries))
        return tuple(reasons)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An offer that does not fit, and the first thing that left it out."""

    offer: Offer
    reason: Refusal


def match(request: Request, offers: Iterable[Offer], within: Within) -> tuple[Match, ...]:
    """The offers that fit, best first. Nothing is made for the others: a directory may hold thousands."""
    need, language = request.need, request.language
    reach = _Reach(request.area, within)
    ranked = []
    for offer in offers:
        if offer.need != need or _refusal(request, offer, reach) is not None:
            continue
        nearness = reach.nearest(offer.areas)
        rank = (
            nearness,
            _eligible(request, offer) is None,
            bool(language) and language not in offer.languages,
            offer.load,
            offer.declines + offer.expiries,
            offer.provider,
            offer.service,
        )
        ranked.append((rank, Match(offer, request, _NEARNESS[nearness])))
    ranked.sort(key=itemgetter(0))
    return tuple(found for _, found in ranked)


def refusals(request: Request, offers: Iterable[Offer], within: Within) -> tuple[LeftOut, ...]:
    """The offers that do not fit, in the order given: a caseworker may see why and decide otherwise."""
    reach = _Reach(request.area, within)
    judged = ((offer, _refusal(request, offer, reach)) for offer in offers)
    return tuple(LeftOut(offer, reason) for offer, reason in judged if reason is not None)


def _refusal(request: Request, offer: Offer, reach: _Reach) -> Refusal | None:
    """The first test that fails; cheap ones come first."""
    if offer.need != request.need:
        return Refusal.NEED
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
    if reach.nearest(offer.areas) == _OUTSIDE:
        return Refusal.AREA
    return Refusal.NOT_ELIGIBLE if _eligible(request, offer) is False else None


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


class _Reach(dict[str, int]):
    """How near each area is to one request's: an index into `_NEARNESS`, or `_OUTSIDE`.

    A dictionary that fills itself: offers share areas, so `within` is asked once an area, not once an offer.
    """

    def __init__(self, area: str, within: Within) -> None:
        super().__init__({area: 0})
        self._area, self._within = area, within

    def __missing__(self, area: str) -> int:
        if self._within(self._area, area):
            self[area] = 1
        else:
            self[area] = 2 if self._within(area, self._area) else _OUTSIDE
        return self[area]

    def nearest(self, areas: frozenset[str]) -> int:
        """The best over an offer's areas; an offer without areas reaches nobody."""
        best = _OUTSIDE
        for area in areas:  # a plain loop: a third faster than min(map(…)) over one to three areas
            nearness = self[area]
            if nearness < best:
                best = nearness
        return best
