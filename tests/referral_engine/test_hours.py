"""When a service is open next, by the local clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_engine.hours import NOT_SAID, Hours, read_hours

WEEKDAYS = read_hours({day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")})
TUESDAY = date(2026, 3, 10)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def days(count: int) -> date:
    return TUESDAY + timedelta(days=count)


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        pytest.param(at(TUESDAY, 8), at(TUESDAY, 8), id="at-the-first-minute"),
        pytest.param(at(TUESDAY, 11, 59), at(TUESDAY, 11, 59), id="at-the-last-minute"),
        pytest.param(at(TUESDAY, 12), at(TUESDAY, 13), id="at-noon"),
        pytest.param(at(TUESDAY, 3), at(TUESDAY, 8), id="before-it-opens"),
        pytest.param(at(TUESDAY, 17), at(days(1), 8), id="after-it-closed"),
        pytest.param(at(days(3), 18), at(days(6), 8), id="over-the-weekend"),
    ],
)
def test_open_next(asked: datetime, opens: datetime) -> None:
    """A span holds its first minute and not its last moment; between two spans it is closed."""
    assert WEEKDAYS.next_open(asked) == opens


def test_a_closed_date_passes_over_the_day() -> None:
    """A date outweighs the week, as often as it is given; the search for an open day always ends."""
    closed = Hours(((1, 480, 1020),), frozenset({TUESDAY, days(7), days(14)}))
    assert closed.next_open(at(TUESDAY, 9)) == at(days(21), 8)


def test_hours_that_were_not_said() -> None:
    """Nothing is known, and nothing is claimed."""
    assert NOT_SAID.next_open(at(TUESDAY, 9)) is None


def test_the_whole_day() -> None:
    """24:00 is the end of a day, and the next one goes on from there."""
    always = read_hours({day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    assert always.next_open(at(TUESDAY, 23, 59)) == at(TUESDAY, 23, 59)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"monday": ["08:00-17:00"]}, id="no-such-day"),
        pytest.param({"mon": ["17:00-08:00"]}, id="past-midnight"),
        pytest.param({"mon": ["08:00-08:00"]}, id="no-time-at-all"),
        pytest.param({"mon": ["08:00-24:01"]}, id="beyond-the-day"),
        pytest.param({"mon": ["8-17"]}, id="another-writing"),
        pytest.param({"mon": "08:00-17:00"}, id="no-list"),
        pytest.param({"mon": ["08:00-12:00", "11:00-17:00"]}, id="overlapping"),
        pytest.param({"closed": ["25/12/2026"]}, id="another-date"),
    ],
)
def test_what_cannot_be_read_is_refused(written: dict[str, Any]) -> None:
    """A wrong hour sends somebody to a locked door."""
    with pytest.raises(ValueError, match=r"."):
        read_hours(written)


SPANS = st.tuples(st.integers(0, 6), st.integers(0, 700), st.integers(701, 1440))
HOURS = st.builds(
    Hours,
    st.lists(SPANS, min_size=1, max_size=4).map(lambda spans: tuple(sorted(spans))),
    st.frozensets(st.integers(0, 30).map(days), max_size=5),
)


@given(HOURS, st.integers(0, 60 * 24 * 20))
def test_the_next_opening_is_the_first_one(hours: Hours, minutes: int) -> None:
    """It is a minute of a span on a day that is not closed, and no minute before it is."""
    asked = at(TUESDAY, 0) + timedelta(minutes=minutes)
    opens = hours.next_open(asked)
    assert opens is not None
    between = range(0, int((opens - asked).total_seconds()) // 60, 17)
    assert _open(hours, opens)
    assert not any(_open(hours, asked + timedelta(minutes=each)) for each in between)


def _open(hours: Hours, moment: datetime) -> bool:
    minute = moment.hour * 60 + moment.minute
    spans = (span for span in hours.week if span[0] == moment.weekday() and span[1] <= minute < span[2])
    return moment.date() not in hours.closed and any(spans)


@given(HOURS)
def test_kept_and_read_again(hours: Hours) -> None:
    """What is kept is what was given."""
    assert Hours.from_dict(hours.to_dict()) == hours
