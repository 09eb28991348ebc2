"""The calendars of the region: Ethiopian days to and from Gregorian ones, and when Ethiopian and Hijri years began.

The Ethiopian year has twelve months of 30 days and a thirteenth, Pagume, of five, or six where the year divided by
four leaves three. It begins on 11 or 12 September. A Hijri year is the one of Umm al-Qura as far as that is
tabled, 1343 to 1500 (1924 to 2077); outside, the tabular one, which differs from it by a day or two.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from hijridate import Hijri

Span = tuple[date, date]
"""The first and the last day of something, both Gregorian."""

HIJRI_YEARS = range(1300, 1461)
"""Years as typed that can only be Hijri: nobody alive was born in such a year of another calendar."""

_ETHIOPIAN_EPOCH = 2796  # 1 Meskerem of the year 1 (29 August 8 Julian) as `date.toordinal` counts
_MONTHS, _MONTH, _PAGUME = 13, 30, 13
_TABLED = range(1343, 1501)  # Hijri years of which `hijridate` knows every day
_HIJRI_EPOCH = 227_015  # 1 Muharram of the year 1 (16 July 622 Julian)
_HIJRI_MONTHS, _HIJRI_MONTH = 12, 30


class Calendar(StrEnum):
    """In which calendar a year or a day was said."""

    GREGORIAN = "gregorian"
    ETHIOPIAN = "ethiopian"
    HIJRI = "hijri"


def from_ethiopian(year: int, month: int, day: int) -> date:
    """The Gregorian day of an Ethiopian one. Raises `ValueError` for one that does not exist, as 7 Pagume."""
    longest = _MONTH if month != _PAGUME else 6 if year % 4 == 3 else 5
    if not (1 <= year < 9_990 and 1 <= month <= _MONTHS and 1 <= day <= longest):
        raise ValueError("there is no such day in the Ethiopian calendar")
    return date.fromordinal(_ETHIOPIAN_EPOCH + 365 * (year - 1) + year // 4 + _MONTH * (month - 1) + day - 1)


def to_ethiopian(day: date) -> tuple[int, int, int]:
    """The Ethiopian (year, month, day) of a Gregorian day. Raises `ValueError` before the year 1."""
    since = day.toordinal() - _ETHIOPIAN_EPOCH
    if since < 0:
        raise ValueError("the Ethiopian calendar begins on 27 August of the year 8")
    year = (4 * since + 1463) // 1461  # 1461 days in four years, the third of them the long one
    month, before = divmod(since - 365 * (year - 1) - year // 4, _MONTH)
    return year, month + 1, before + 1


def year_span(year: int, calendar: Calendar) -> Span:
    """The days of a year. Raises `ValueError` for one that Gregorian dates do not reach."""
    match calendar:
        case Calendar.GREGORIAN:
            return date(year, 1, 1), date(year, 12, 31)
        case Calendar.ETHIOPIAN:
            return from_ethiopian(year, 1, 1), from_ethiopian(year + 1, 1, 1) - timedelta(days=1)
        case Calendar.HIJRI:
            return _hijri_new_year(year), _hijri_new_year(year + 1) - timedelta(days=1)


def is_hijri_day(month: int, day: int) -> bool:
    """Whether some Hijri year has that day: months have 29 or 30 days."""
    return 1 <= month <= _HIJRI_MONTHS and 1 <= day <= _HIJRI_MONTH


def _hijri_new_year(year: int) -> date:
    """The Gregorian day of 1 Muharram."""
    if year in _TABLED:
        return date(*Hijri(year, 1, 1).to_gregorian().datetuple())
    if year - 1 in _TABLED:  # the day after the last that is tabled
        last = Hijri(year - 1, 12, 1)
        return date(*last.to_gregorian().datetuple()) + timedelta(days=last.month_length())
    # Years of 354 days, and eleven leap days in thirty years.
    return date.fromordinal(_HIJRI_EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30)
