"""The points of a birth date, a sex, an area and a phone that agree or do not."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from rapidfuzz.distance import OSA

from gateway.registry.births import Birth
from gateway.registry.duplicates.common import Shares
from gateway.registry.duplicates.keys import tokens
from gateway.registry.duplicates.profiles import Profile

_NEARBY = 12  # years; more apart are parent and child
_ETHIOPIAN = (7, 8)  # years between the two readings of one number
_DAYS = 365
_REGION = {"KE": 5, "UG": 3, "ER": 3}  # characters of a first-level P-code; four in the other countries


@dataclass(frozen=True, slots=True)
class Reason:
    """One field of the two records: how it agrees and what that is worth, in points. `field` and `agreement` are
    codes; the pages have the words."""

    field: str
    agreement: str
    points: float


def birth(one: Birth | None, other: Birth | None, profile: Profile) -> Reason | None:
    """Two ranges of birth years. The wider they are, the less it means that they meet."""
    if one is None or other is None:
        return None
    apart = max(one.from_year, other.from_year) - min(one.to_year, other.to_year)
    span = (one.to_year - one.from_year) + (other.to_year - other.from_year) + 1
    if apart <= 0:
        return Reason("birth", "same", max(log2(0.85 * profile.years / span), 0.0))
    if apart <= 2:
        return Reason("birth", "near", log2(0.2 * profile.years / (span + 2)) if apart == 1 else 0.0)
    if apart > _NEARBY:
        return Reason("birth", "different", profile.years_apart)
    if _ETHIOPIAN[0] - span < apart <= _ETHIOPIAN[1]:
        return Reason("birth", "calendar", profile.year_differs / 2)
    return Reason("birth", "different", profile.year_differs * min(apart, 6) / 6 - 1)


def day(one: str, other: str, profile: Profile) -> Reason | None:
    """Two dates of eight digits, YYYYMMDD, as typed: one wrong or swapped digit is a slip, more is another day."""
    if not one or not other:
        return None
    wrong = OSA.distance(one, other)
    days = profile.years * _DAYS
    if wrong == 0:
        return Reason("birth", "same", log2(0.8 * days))
    if wrong == 1 or (one[:4] == other[:4] and one[4:] == other[6:] + other[4:6]):
        return Reason("birth", "near", log2(0.05 * days / 40))
    if wrong == 2:
        return Reason("birth", "near", log2(0.03 * days / 450))
    return Reason("birth", "different", profile.day_differs)


def sex(one: str, other: str, profile: Profile) -> Reason | None:
    """Two codes of a code list; either may be empty."""
    if not one or not other:
        return None
    same = one == other
    return Reason("sex", "same" if same else "different", profile.sex_same if same else profile.sex_differs)


def region(code: str) -> str:
    """The first-level P-code that a P-code lies in."""
    return code[: _REGION.get(code[:2], 4)]


def area(one: str, other: str, profile: Profile) -> Reason | None:
    """Two P-codes, of which the one within another begins with it."""
    if not one or not other:
        return None
    if one == other:
        return Reason("area", "same", profile.area_same)
    if region(one) == region(other) or one.startswith(other) or other.startswith(one):
        return Reason("area", "near", profile.area_near)
    return Reason("area", "different", profile.area_differs)


def place(one: str, other: str, shares: Shares, profile: Profile) -> Reason | None:
    """Two places by name as typed, where no P-code is known."""
    a = "".join(token.key for token in tokens(one, profile.regional))
    b = "".join(token.key for token in tokens(other, profile.regional))
    if not a or not b:
        return None
    alike = OSA.normalized_similarity(a, b)
    if alike >= 0.7:
        points = log2(0.9 / max(shares.of(a), shares.of(b)))
        return Reason(
            "area", "same" if alike == 1 else "near", min(points * alike * alike, profile.area_same)
        )
    return Reason("area", "different", profile.area_differs)


def phone(one: bytes, other: bytes, profile: Profile) -> Reason | None:
    """Two phones by any one-way sign of them. Phones are shared and change hands: the same one proves nothing."""
    if not one or not other:
        return None
    same = one == other
    return Reason(
        "phone", "same" if same else "different", profile.phone_same if same else profile.phone_differs
    )
