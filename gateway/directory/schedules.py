"""A service's hours as HSDS schedules (RFC 5545 in columns), and back.

Times are local ones without an offset, since a week of opening hours belongs to the place. The standard knows no
dates that are left out of a week: they are attributes, and not of this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from gateway.directory.hsds import made_id
from gateway.directory.model import clock
from referral_engine.hours import Hours, Span

_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTES = 24 * 60
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_UNKNOWN_RULES = ("count", "until", "byweekno", "bymonthday", "byyearday", "dtstart")


class Unlike(ValueError):
    """A schedule that is no week of opening hours; says which field makes it so."""


def schedules(hours: Hours, service_id: str) -> list[dict[str, Any]]:
    """One schedule for each span, with the days that share it. A day that ends at midnight closes at 00:00."""
    days: dict[tuple[int, int], list[str]] = {}
    for weekday, opens, closes in hours.week:
        days.setdefault((opens, closes), []).append(_BYDAY[weekday])
    return [
        {
            "id": made_id("schedule", service_id, clock(opens), clock(closes)),
            "freq": "WEEKLY",
            "byday": ",".join(byday),
            "opens_at": clock(opens),
            "closes_at": clock(closes % _MINUTES),
        }
        for (opens, closes), byday in days.items()
    ]


def spans(schedule: Mapping[str, Any], offset: float, today: date) -> Iterator[Span]:
    """The spans of one schedule that holds today; `offset` is the country's, in hours east of UTC.

    A span past midnight becomes two. Raises `Unlike` for a rule that is no week (every second week, days of a month,
    a count), for times of another offset, and for a schedule that is past or still to come.
    """
    for name in _UNKNOWN_RULES:
        if schedule.get(name) not in (None, ""):
            raise Unlike(name)
    if str(schedule.get("freq") or "WEEKLY").upper() != "WEEKLY" or not schedule.get("byday"):
        raise Unlike("freq")
    if str(schedule.get("interval") or 1) not in ("1", "1.0"):
        raise Unlike("interval")
    _holds(schedule, today)
    if schedule.get("timezone") not in (None, "") and _number(schedule["timezone"]) != offset:
        raise Unlike("timezone")
    opens = _minutes(schedule.get("opens_at"), offset, "opens_at")
    closes = _minutes(schedule.get("closes_at"), offset, "closes_at") or _MINUTES
    if opens in (_MINUTES, closes):
        raise Unlike("opens_at")
    for weekday in _weekdays(str(schedule["byday"])):
        if opens < closes:
            yield weekday, opens, closes
        else:
            yield weekday, opens, _MINUTES
            yield (weekday + 1) % 7, 0, closes


def week(found: set[Span]) -> tuple[Span, ...]:
    """The spans in order. Raises `Unlike` where two of a day overlap."""
    ordered = tuple(sorted(found))
    for (weekday, _, closes), (following, opens, _) in pairwise(ordered):
        if weekday == following and opens < closes:
            raise Unlike("opens_at")
    return ordered


def _holds(schedule: Mapping[str, Any], today: date) -> None:
    for name, wrong in (("valid_from", date.__gt__), ("valid_to", date.__lt__)):
        if written := schedule.get(name):
            try:
                day = date.fromisoformat(str(written)[:10])
            except ValueError:
                raise Unlike(name) from None
            if wrong(day, today):
                raise Unlike(name)


def _weekdays(byday: str) -> list[int]:
    try:
        return [_BYDAY.index(day.strip().upper()) for day in byday.split(",")]
    except ValueError:
        raise Unlike("byday") from None


def _minutes(written: Any, offset: float, name: str) -> int:
    read = _TIME.fullmatch(str(written or ""))
    if read is None:
        raise Unlike(name)
    hour, minute, zone = int(read[1]), int(read[2]), read[3]
    if hour * 60 + minute > _MINUTES or (zone and _hours_east(zone) != offset):
        raise Unlike(name)
    return hour * 60 + minute


def _hours_east(zone: str) -> float:
    if zone == "Z":
        return 0.0
    digits = zone[1:].replace(":", "")
    east = int(digits[:2]) + int(digits[2:]) / 60
    return -east if zone[0] == "-" else east


def _number(written: Any) -> float | None:
    try:
        return float(written)
    except (TypeError, ValueError):
        return None
