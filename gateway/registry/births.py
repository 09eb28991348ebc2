"""When a person was born, as far as it is known: a range of Gregorian years, and how it was said.

Most people know an age or a year. A day is never asked for, and a 1 January never invented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.messages import Rejected
from gateway.text.clean import clean

OLDEST = 120  # years
_HIJRI_YEARS = range(1300, 1461)  # no Gregorian or Ethiopian year of a living person is among them
_HIJRI_EPOCH = 227_015  # 1 Muharram of the year 1 (16 July 622 Julian) as `date.toordinal` counts
_ETHIOPIAN_AHEAD = (7, 8)  # years that the Gregorian count is ahead: 1 Meskerem 2000 is 12 September 2007
_SAID = re.compile(r"(?:[^\W\d_]|[ .'])*([0-9]{1,4})(?:[^\W\d_]|[ .'])*")


@dataclass(frozen=True, slots=True)
class Birth:
    """Born from the first day of `from_year` to the last of `to_year`, both Gregorian.

    `precision` says how fine the statement was (`year`), `calendar` in which it was made (`gregorian`, `hijri`),
    `raw` what was typed, cleaned.
    """

    from_year: int
    to_year: int
    precision: str
    calendar: str
    raw: str

    def __repr__(self) -> str:
        return f"Birth({self.precision}, {self.calendar})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a session or a sealed column: `from`, `to`, `precision`, `calendar`, `raw`."""
        return {
            "from": self.from_year,
            "to": self.to_year,
            "precision": self.precision,
            "calendar": self.calendar,
            "raw": self.raw,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Birth:
        """The inverse of `to_dict`. Raises `KeyError` for data of another shape."""
        return cls(data["from"], data["to"], data["precision"], data["calendar"], data["raw"])


def parse_age(text: str, today: date) -> Birth | Rejected:
    """What a person typed for an age: 0 to 120 years, or a birth year, words around it ignored.

    A year from 1300 to 1460 is Hijri, any other Gregorian. Rejected: `not_an_age`, `implausible_age`.
    """
    raw = clean(text)
    said = _SAID.fullmatch(raw)
    if not said:
        return Rejected("not_an_age")
    number = int(said[1])
    if number <= OLDEST:
        return from_age(number, today, raw)
    return from_year(number, today, "hijri" if number in _HIJRI_YEARS else "gregorian", raw)


def from_age(years: int, today: date, raw: str = "") -> Birth:
    """Someone of that age today was born in one of two years."""
    return Birth(today.year - years - 1, today.year - years, "year", "gregorian", raw or str(years))


def from_year(year: int, today: date, calendar: str = "gregorian", raw: str = "") -> Birth | Rejected:
    """Someone born in that year of the calendar. Rejected as `implausible_age` if not yet born, or over 120."""
    first, last = _hijri(year) if calendar == "hijri" else (year, year)
    if not today.year - OLDEST - 1 <= first <= today.year:
        return Rejected("implausible_age")
    return Birth(first, min(last, today.year), "year", calendar, raw or str(year))


def covers(birth: Birth, year: int, *, ethiopian: bool = False) -> bool:
    """Whether a year that someone else was told, in the birth's own calendar or Gregorian, agrees with it.

    With `ethiopian`, either side may have said a year of the Ethiopian calendar: nothing tells 1990 there from
    1990 here, so both readings agree, and a wrong year is a little easier to guess.
    """
    if birth.calendar == "hijri" and year in _HIJRI_YEARS:
        first, last = _hijri(year)
        return birth.from_year <= first <= last <= birth.to_year
    if birth.from_year <= year <= birth.to_year:
        return True
    if not ethiopian:
        return False
    told = any(birth.from_year <= year + ahead <= birth.to_year for ahead in _ETHIOPIAN_AHEAD)
    typed = birth.from_year == birth.to_year  # an age spans two years, and says nothing of a calendar
    return told or (typed and year - birth.from_year in _ETHIOPIAN_AHEAD)


def _hijri(year: int) -> tuple[int, int]:
    """The Gregorian years in which a year of the tabular Islamic calendar begins and ends."""
    return date.fromordinal(_new_year(year)).year, date.fromordinal(_new_year(year + 1) - 1).year


def _new_year(year: int) -> int:
    """The ordinal of 1 Muharram: years of 354 days, and eleven leap days in thirty years."""
    return _HIJRI_EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30
