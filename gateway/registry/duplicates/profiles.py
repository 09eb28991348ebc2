"""The points, in bits, of each kind of agreement, and the scores from which a pair is `likely` or `possible`.

A point is a doubling of the odds that two records are one person. `REGION` is for the register; `WESTERN` for names of
a given name and a surname that people swap, with dates to the day. This is the one place where the thresholds are
chosen. All was set by hand, in round numbers, after looking at the mistakes on FEBRL 2 to 4 and on a made-up register
of the region (seed 1). The thresholds suit registers of up to `USUAL` people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2

USUAL = 10_000  # people


@dataclass(frozen=True, slots=True)
class Profile:
    """What the comparison expects of the records. All fields but the first three are points.

    `regional`: spelling rules, compounds and common names of the region. `own_decides`: two people of other own names
    are at most `possible`, whatever else agrees. `years`: how many birth years the people are spread over.
    """

    regional: bool
    own_decides: bool
    years: int

    likely: float
    possible: float

    name_alike: float  # taken from what the same name is worth: another spelling
    name_differs: float
    own_differs: float  # on top, for the own name
    own_missing: float
    name_missing: float
    swapped: float
    own_moved: float  # on top, where the own name stands elsewhere

    day_differs: float
    year_differs: float
    years_apart: float  # more than a dozen

    sex_same: float
    sex_differs: float

    area_same: float
    area_near: float  # the same region, or one of the two is within the other
    area_differs: float

    phone_same: float
    phone_differs: float

    def for_people(self, count: int) -> Profile:
        """This profile for a register of that many: each doubling beyond `USUAL` doubles the strangers who are alike by
        chance, and raises both thresholds by a point."""
        extra = log2(count / USUAL) if count > USUAL else 0.0
        return replace(self, likely=self.likely + extra, possible=self.possible + extra)


REGION = Profile(
    regional=True,
    own_decides=True,
    years=45,
    likely=15.0,
    possible=9.0,
    name_alike=-1.5,
    name_differs=-6.0,
    own_differs=-4.0,
    own_missing=-6.0,
    name_missing=-0.5,
    swapped=-1.5,
    own_moved=-4.0,
    day_differs=-1.0,
    year_differs=-4.0,
    years_apart=-9.0,
    sex_same=0.8,
    sex_differs=-6.0,
    area_same=4.0,
    area_near=1.5,
    area_differs=-1.0,
    phone_same=5.0,
    phone_differs=-0.5,
)

WESTERN = Profile(
    regional=False,
    own_decides=False,
    years=90,
    likely=12.0,
    possible=7.0,
    name_alike=-1.0,
    name_differs=-3.0,
    own_differs=0.0,
    own_missing=0.0,
    name_missing=-0.5,
    swapped=-2.0,
    own_moved=0.0,
    day_differs=-5.0,
    year_differs=-3.0,
    years_apart=-3.0,
    sex_same=0.8,
    sex_differs=-5.0,
    area_same=8.0,
    area_near=5.0,
    area_differs=-4.0,
    phone_same=5.0,
    phone_differs=-0.5,
)
