"""Months and dates as people type them: day before month, any separator or none, or the ISO order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from gateway.messages import Rejected
from gateway.text.clean import clean

_EARLIEST = 120  # years ago
_YEARS = range(1900, 2100)  # of a date that somebody means
_LEAP_DAY_WITHIN = 8  # years: 1896 to 1904, and 2096 to 2104

# Tried in order: 122012 is December 2012, and 202605, which can have no month 20, takes the second form.
_MONTHS = (
    re.compile(r"(?P<month>0?[1-9]|1[0-2])[ ./-]?(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})[ ./-]?(?P<month>0?[1-9]|1[0-2])"),
    re.compile(r"(?P<year>[0-9]{4})"),
)
_DATES = (
    re.compile(r"(?P<day>[0-9]{1,2})[ ./-](?P<month>[0-9]{1,2})[ ./-](?P<year>[0-9]{4})"),
    re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})[ ./-]?(?P<month>[0-9]{2})[ ./-]?(?P<day>[0-9]{2})"),
)
_DAY_AND_MONTH = re.compile(r"(?P<day>[0-9]{1,2})[ ./-](?P<month>[0-9]{1,2})")


def parse_month(text: str, today: date) -> str | Rejected:
    """A past month, `2026-05`, or where only that was said a year, `2026`.

    Takes 05/2026, 5 2026, 2026-05, 052026 and 2026. Rejected: `not_a_month`, or `future` after `today`.
    """
    typed = clean(text)
    for form in _MONTHS:
        if not (read := form.fullmatch(typed)):
            continue
        said = read.groupdict()
        year, month = int(said["year"]), int(said.get("month") or 0)
        if year < today.year - _EARLIEST:
            continue
        if (year, month) > (today.year, today.month):
            return Rejected("future")
        return f"{year}-{month:02d}" if month else f"{year}"
    return Rejected("not_a_month")


def parse_date(text: str, today: date) -> str | Rejected:
    """A day, `2026-05-31`. Without a year it is the next such day, `today` included. Rejected: `not_a_date`.

    Takes 31/5/2026, 31052026, 2026-05-31, 20260531 and 31/5. Whether it must be past or to come is the asker's.
    """
    typed = clean(text)
    for year, month, number in days_said(typed):
        if year in _YEARS and (day := _day(year, month, number)):
            return day.isoformat()
    if read := _DAY_AND_MONTH.fullmatch(typed):
        for year in range(today.year, today.year + _LEAP_DAY_WITHIN + 1):
            if (day := _day(year, int(read["month"]), int(read["day"]))) and day >= today:
                return day.isoformat()
    return Rejected("not_a_date")


def days_said(typed: str) -> Iterator[tuple[int, int, int]]:
    """What a cleaned text may say as year, month and day of some calendar, the likeliest first; they need not exist."""
    for form in _DATES:
        if read := form.fullmatch(typed):
            yield int(read["year"]), int(read["month"]), int(read["day"])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
