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
from gateway.registry import calendars
from gateway.registry.calendars import HIJRI_YEARS, Calendar
from gateway.registry.months import days_said
from gateway.text.clean import clean

OLDEST = 120  # years
_SAID = re.compile(r"(?:[^\W\d_]|[ .'])*([0-9]{1,4})(?:[^\W\d_]|[ .'])*")
_OTHER = {Calendar.GREGORIAN: Calendar.ETHIOPIAN, Calendar.ETHIOPIAN: Calendar.GREGORIAN}


@dataclass(frozen=True, slots=True)
class Birth:
    """Born from the first day of `from_year` to the last of `to_year`, both Gregorian.

    `precision` says how fine the statement was: `year`, or `day` with the Gregorian `day` in ISO form. `calendar`
    is the one it was said in (`gregorian`, `ethiopian`, `hijri`), `raw` what was typed, cleaned.
    """

    from_year: int
    to_year: int
    precision: str
    calendar: str
    raw: str
    day: str = ""

    def __repr__(self) -> str:
        return f"Birth({self.precision}, {self.calendar})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a session or a sealed column: `from`, `to`, `precision`, `calendar`, `raw`, perhaps `day`."""
        data: dict[str, Any] = {
            "from": self.from_year,
            "to": self.to_year,
            "precision": self.precision,
            "calendar": self.calendar,
            "raw": self.raw,
        }
        return data | {"day": self.day} if self.day else data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Birth:
        """The inverse of `to_dict`. Raises `KeyError` for data of another shape."""
        day = data.get("day", "")
        return cls(data["from"], data["to"], data["precision"], data["calendar"], data["raw"], day)

    def age(self, today: date) -> int:
        """Full years on a day; of a range of years, what somebody born in the last of them turns this year."""
        if not self.day:
            return max(0, today.year - self.to_year)
        born = date.fromisoformat(self.day)
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def parse_age(text: str, today: date, calendar: Calendar = Calendar.GREGORIAN) -> Birth | Rejected:
    """What a person typed for an age: 0 to 120 years, a birth year (words around either ignored), or a full date.

    A year from 1300 to 1460 is Hijri. Any other year, or date, is one of the `calendar` that the person counts in;
    one that cannot be in the Ethiopian calendar is Gregorian. Rejected: `not_an_age`, `implausible_age`.
    """
    raw = clean(text)
    said = _SAID.fullmatch(raw)
    if not said:
        return _date(raw, today, calendar)
    number = int(said[1])
    if number <= OLDEST:
        return from_age(number, today, raw)
    return _first([from_year(number, today, each, raw) for each in _readings(number, calendar)])


def from_age(years: int, today: date, raw: str = "") -> Birth:
    """Someone of that age today was born in one of two years."""
    return Birth(today.year - years - 1, today.year - years, "year", Calendar.GREGORIAN, raw or str(years))


def from_year(
    year: int, today: date, calendar: Calendar = Calendar.GREGORIAN, raw: str = ""
) -> Birth | Rejected:
    """Someone born in that year of the calendar. Rejected as `implausible_age` if not yet born, or over 120."""
    try:
        first, last = calendars.year_span(year, calendar)
    except ValueError:
        return Rejected("implausible_age")
    if first > today or first.year < today.year - OLDEST - 1:
        return Rejected("implausible_age")
    return Birth(first.year, last.year, "year", calendar, raw or str(year))


def other_reading(birth: Birth, today: date) -> Birth | None:
    """The same words read in the other calendar, where nothing tells Gregorian from Ethiopian; None for the rest."""
    other = _OTHER.get(Calendar(birth.calendar))
    read = parse_age(birth.raw, today, other) if other else None
    return read if isinstance(read, Birth) and read.calendar == other else None


def covers(
    birth: Birth, year: int, calendar: Calendar = Calendar.GREGORIAN, *, ambiguous: bool = False
) -> bool:
    """Whether a birth year that somebody else was told agrees: a Gregorian one, or one of the birth's own calendar.

    So does one of the `calendar` that the asker counts in. `ambiguous`: people of the country count in two, so a
    birth that was typed as a year or a day agrees in either; an age says nothing of a calendar.
    """
    if year in HIJRI_YEARS:
        return birth.calendar == Calendar.HIJRI and _agrees(birth, year, Calendar.HIJRI)
    typed = birth.from_year == birth.to_year and birth.calendar != Calendar.HIJRI  # an age spans two years
    ethiopian = Calendar.ETHIOPIAN in (birth.calendar, calendar) or (ambiguous and typed)
    return _agrees(birth, year, Calendar.GREGORIAN) or (
        ethiopian and _agrees(birth, year, Calendar.ETHIOPIAN)
    )


def _agrees(birth: Birth, year: int, calendar: Calendar) -> bool:
    """Whether a year of the calendar is one that the person may have been born in."""
    try:
        first, last = calendars.year_span(year, calendar)
    except ValueError:
        return False
    if birth.day:
        return first <= date.fromisoformat(birth.day) <= last
    if calendar == birth.calendar and calendar is not Calendar.GREGORIAN:
        # It was said as a year of this calendar: the one before shares a Gregorian year with it, and is wrong.
        return (first.year, last.year) == (birth.from_year, birth.to_year)
    return first.year <= birth.to_year and birth.from_year <= last.year


# --- reading ----------------------------------------------------------------------------------------------


def _readings(year: int, calendar: Calendar) -> tuple[Calendar, ...]:
    """The calendars that a year may be meant in, the likeliest first."""
    if year in HIJRI_YEARS:
        return (Calendar.HIJRI,)
    return (Calendar.GREGORIAN,) if calendar is Calendar.GREGORIAN else (calendar, Calendar.GREGORIAN)


def _date(raw: str, today: date, calendar: Calendar) -> Birth | Rejected:
    return _first(
        [
            _from_day(said, today, each, raw)
            for said in days_said(raw)
            for each in _readings(said[0], calendar)
        ]
    )


def _from_day(said: tuple[int, int, int], today: date, calendar: Calendar, raw: str) -> Birth | Rejected:
    """Someone born on that (year, month, day). Of a Hijri day only the year counts: months begin by sight."""
    year, month, day = said
    if calendar is Calendar.HIJRI:
        if not calendars.is_hijri_day(month, day):
            return Rejected("not_an_age")
        return from_year(year, today, calendar, raw)
    try:
        born = (
            calendars.from_ethiopian(year, month, day)
            if calendar is Calendar.ETHIOPIAN
            else date(year, month, day)
        )
    except ValueError:
        return Rejected("not_an_age")
    if not today.year - OLDEST - 1 <= born.year or born > today:
        return Rejected("implausible_age")
    return Birth(born.year, born.year, "day", calendar, raw, born.isoformat())


def _first(read: list[Birth | Rejected]) -> Birth | Rejected:
    """The first reading that holds; else why the first does not."""
    holding = (each for each in read if isinstance(each, Birth))
    return next(holding, read[0] if read else Rejected("not_an_age"))
