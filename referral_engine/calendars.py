"""Working days of a country: which days count, and when a number of them has passed."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """A country's week. `rest_days` count from Monday 0 to Sunday 6; `holidays` are local dates.

    `utc_offset` is fixed: no country served here changes its clocks. Raises `ValueError` for a day that does
    not exist, a week without work, or an offset of a day or more.
    """

    rest_days: frozenset[int]
    holidays: Container[date] = frozenset()
    utc_offset: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if not self.rest_days <= set(range(7)):
            raise ValueError("rest_days: only 0 (Monday) to 6 (Sunday)")
        if len(self.rest_days) == 7:
            raise ValueError("rest_days: a week needs a working day")
        if abs(self.utc_offset) >= _DAY:
            raise ValueError("utc_offset: less than 24 hours")

    def works_on(self, day: date) -> bool:
        """Whether a local date counts as a working day."""
        return day.weekday() not in self.rest_days and day not in self.holidays


def add_working_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """`start` plus a number of working days: the same local hour if it falls on a working day.

    Counting from a rest day begins with the next working day's first minute: one day ends as that one ends.
    Raises `ValueError` unless `start` is aware UTC and `days` is 0 or more.
    """
    return add_working_time(calendar, start, days * _DAY)


def add_working_time(calendar: WorkingCalendar, start: datetime, span: timedelta) -> datetime:
    """`start` plus a span in which only working days pass, each 24 hours long. Aware UTC in and out."""
    demand_utc(start)
    if span < timedelta(0):
        raise ValueError("a span of working time is 0 or more")
    local = start + calendar.utc_offset
    left = span
    while left:
        midnight = datetime.combine(local.date() + _DAY, time(), UTC)
        if calendar.works_on(local.date()):
            step = min(left, midnight - local)
            local, left = local + step, left - step
        else:
            local = midnight
    return local - calendar.utc_offset


def demand_utc(moment: datetime) -> None:
    """Raises `ValueError` for a naive time or one in another zone: mixing them moves deadlines by hours."""
    if moment.utcoffset() != timedelta(0):
        raise ValueError("a moment must be aware UTC")
