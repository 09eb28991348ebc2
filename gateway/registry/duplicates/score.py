"""Two records side by side: a score, a band and the reasons. What to do about it is for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.registry.births import Birth
from gateway.registry.duplicates import evidence
from gateway.registry.duplicates.common import Shares
from gateway.registry.duplicates.evidence import Reason
from gateway.registry.duplicates.keys import tokens
from gateway.registry.duplicates.names import Agreement, agreement
from gateway.registry.duplicates.profiles import REGION, Profile

_PLACES = ("own_name", "fathers_name", "grandfathers_name")
_OTHER_PLACE = "further_name"


class Band(StrEnum):
    """What a score suggests: a likely duplicate, a possible one, or somebody new."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a person. Only the name is needed; all else may be empty.

    `name` as typed; `sex` a code; `area` a P-code; `place` the name of a place where no code is known; `phone` any
    one-way sign of the number, equal for equal numbers; `day` eight digits YYYYMMDD as written elsewhere, where they
    may be no date (else `birth` has the day).
    """

    name: str = field(repr=False)
    birth: Birth | None = field(default=None, repr=False)
    sex: str = ""
    area: str = ""
    phone: bytes = field(default=b"", repr=False)
    day: str = field(default="", repr=False)
    place: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` is the sum of the points (bits of log-odds) of the `reasons`, to two decimals."""

    score: float
    band: Band
    reasons: tuple[Reason, ...]


def compare(
    one: Record,
    other: Record,
    *,
    names: Shares | None = None,
    places: Shares | None = None,
    profile: Profile = REGION,
) -> Comparison:
    """How likely two records are of one person. The same for both orders.

    `names` and `places` say how common words are; without, a table of the region.
    """
    one, other = sorted((one, other), key=_order)
    reasons: list[Reason | None] = []
    own = False
    a, b = tokens(one.name, profile.regional), tokens(other.name, profile.regional)
    if a and b:
        found = agreement(a, b, names or Shares(), profile)
        own = found.own
        reasons += _named(found)
    reasons.append(_born(one, other, profile))
    reasons.append(evidence.sex(one.sex, other.sex, profile))
    reasons.append(
        evidence.area(one.area, other.area, profile)
        or evidence.place(one.place, other.place, places or Shares(), profile)
    )
    reasons.append(evidence.phone(one.phone, other.phone, profile))
    kept = tuple(Reason(each.field, each.agreement, round(each.points, 2)) for each in reasons if each)
    score = round(sum(reason.points for reason in kept), 2)
    return Comparison(score, _band(score, own, profile), kept)


def _born(one: Record, other: Record, profile: Profile) -> Reason | None:
    """By the day where both are known; where the days differ, the years can only speak against, as a day is often a
    guess."""
    days = evidence.day(_day(one), _day(other), profile)
    years = evidence.birth(one.birth, other.birth, profile)
    if days is None or years is None or days.agreement != "different":
        return days or years
    told = "near" if years.points > 0 else years.agreement
    return Reason(years.field, told, min(years.points, 0.0) + profile.day_differs)


def _day(record: Record) -> str:
    return record.day or (record.birth.day.replace("-", "") if record.birth else "")


def _order(record: Record) -> tuple[str, str, str, str, bytes]:
    return record.name, record.day, record.area, record.place, record.phone


def _band(score: float, own: bool, profile: Profile) -> Band:
    """The band of a score. Brothers, sisters and twins have all but the own name in common: never `likely`."""
    if score >= profile.likely and (own or not profile.own_decides):
        return Band.LIKELY
    return Band.POSSIBLE if score >= profile.possible else Band.NEW


def _named(found: Agreement) -> list[Reason]:
    """A reason for each token, and one for what the order and the own name add."""
    reasons = []
    for pair in sorted(found.pairs, key=lambda pair: pair.one if pair.one >= 0 else pair.other):
        at = pair.one if pair.one >= 0 else pair.other
        reasons.append(
            Reason(_PLACES[at] if at < len(_PLACES) else _OTHER_PLACE, pair.agreement, pair.points)
        )
    extra = found.total - sum(pair.points for pair in found.pairs)
    if extra:
        reasons.append(Reason("name_order", "swapped" if found.own else "different", extra))
    return reasons
