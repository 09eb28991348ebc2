"""When a service is open: the spans of its week and the days on which it is closed, by the local clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

_DAY = timedelta(days=1)
_MINUTES = 24 * 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOSED = "closed"
_SPAN = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")

Span = tuple[int, int, int]
"""A weekday (Monday 0 to Sunday 6), and the minutes after its midnight at which a service opens and closes."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The `week` in the order of its spans, and the local dates on which the service is `closed` all the same.

    A span lies in one day: who is open past midnight has two. No span at all: nothing was said. Raises
    `ValueError` for a day or a span that does not exist.
    """

    week: tuple[Span, ...] = ()
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        for weekday, opens, closes in self.week:
            if not (0 <= weekday < len(_DAYS) and 0 <= opens < closes <= _MINUTES):
                raise ValueError("a span of a week opens before it closes, on the same day")
        if list(self.week) != sorted(self.week):
            raise ValueError("a week stands in the order of its spans")

    def next_open(self, at: datetime) -> datetime | None:
        """From when it is open: `at` itself where it is open then. None where its week is not said."""
        if not self.week:
            return None
        return next(max(at, opens) for opens, closes in self._spans(at) if at < closes)

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans from the day of `at` on; each closed date takes away a week of them at most."""
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(7 * (len(self.closed) + 2)):
            if day.date() not in self.closed:
                for weekday, opens, closes in self.week:
                    if weekday == day.weekday():
                        yield day + timedelta(minutes=opens), day + timedelta(minutes=closes)
            day += _DAY

    def to_dict(self) -> dict[str, Any]:
        """As it is kept: `{"week": [[0, 480, 1020]], "closed": ["2026-01-07"]}`."""
        return {"week": [list(span) for span in self.week], "closed": sorted(map(str, self.closed))}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Hours:
        """What `to_dict` kept. Most services of a directory keep the same few hours: they are made once."""
        return _kept(tuple(map(tuple, kept["week"])), tuple(kept["closed"]))


@lru_cache(maxsize=4096)
def _kept(week: tuple[Span, ...], closed: tuple[str, ...]) -> Hours:
    return Hours(week, frozenset(map(date.fromisoformat, closed)))


NOT_SAID = Hours()


def read_hours(written: Mapping[str, Any]) -> Hours:
    """Hours as a directory writes them: `{mon: ["08:00-12:00", "13:00-17:00"], closed: ["2026-01-07"]}`.

    Midnight at the end of a day is 24:00. Raises `ValueError` for what cannot be read, and for spans that overlap.
    """
    unknown = set(written) - {*_DAYS, _CLOSED}
    if unknown:
        raise ValueError(f"hours know {', '.join(_DAYS)} and {_CLOSED}")
    week = sorted(_span(weekday, text) for weekday, day in enumerate(_DAYS) for text in written.get(day, ()))
    for (weekday, _, closes), (following, opens, _) in pairwise(week):
        if weekday == following and opens < closes:
            raise ValueError("two spans of a day overlap")
    closed = frozenset(date.fromisoformat(str(each)) for each in written.get(_CLOSED, ()))
    return Hours(tuple(week), closed)


def _span(weekday: int, text: Any) -> Span:
    read = _SPAN.fullmatch(str(text))
    if read is None:
        raise ValueError("hours are written 08:00-17:00")
    hour, minute, until, last = map(int, read.groups())
    return weekday, hour * 60 + minute, until * 60 + last
