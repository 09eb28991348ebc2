"""Working calendars, a policy's timers, and the due times that follow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_engine.calendars import WorkingCalendar, add_working_days, add_working_time
from referral_engine.deadlines import (
    Span,
    after_appointment,
    after_arrival,
    answer_by,
    due,
    read_timers,
)
from referral_engine.model import Priority

EAT = timedelta(hours=3)
ETHIOPIA = WorkingCalendar(frozenset({5, 6}), frozenset({date(2026, 1, 7)}), EAT)
SOMALIA = WorkingCalendar(frozenset({4, 5}), utc_offset=EAT)
UTC_WEEK = WorkingCalendar(frozenset({5, 6}))

POLICY: dict[str, dict[str, object]] = {
    "emergency": {
        "acknowledge": {"hours": 1},
        "accept": {"hours": 4},
        "first_service": {"hours": 24},
        "ask": {"hours": 24},
    },
    "urgent": {
        "acknowledge": {"hours": 4},
        "accept": {"hours": 24},
        "first_service": {"hours": 72},
        "ask": {"hours": 72},
    },
    "normal": {
        "acknowledge": {"working_days": 1},
        "accept": {"working_days": 3},
        "first_service": {"days": 14},
        "ask": {"days": 3},
    },
}


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "start", "days", "end"),
    [
        pytest.param(UTC_WEEK, "2026-03-04 15:00", 1, "2026-03-05 15:00", id="mid-week"),
        pytest.param(UTC_WEEK, "2026-03-06 15:00", 1, "2026-03-09 15:00", id="over-a-weekend"),
        pytest.param(UTC_WEEK, "2026-03-06 15:00", 6, "2026-03-16 15:00", id="over-two-weekends"),
        pytest.param(UTC_WEEK, "2026-03-07 10:00", 1, "2026-03-10 00:00", id="from-a-saturday"),
        pytest.param(UTC_WEEK, "2026-03-07 10:00", 0, "2026-03-07 10:00", id="no-days"),
        pytest.param(SOMALIA, "2026-03-05 12:00", 1, "2026-03-08 12:00", id="friday-saturday-rest"),
        pytest.param(SOMALIA, "2026-03-06 12:00", 1, "2026-03-08 21:00", id="from-a-friday"),
        pytest.param(ETHIOPIA, "2026-01-06 09:00", 1, "2026-01-08 09:00", id="over-a-holiday"),
        pytest.param(ETHIOPIA, "2026-01-06 22:00", 1, "2026-01-08 21:00", id="local-date-is-the-holiday"),
        pytest.param(ETHIOPIA, "2026-03-05 21:30", 1, "2026-03-08 21:30", id="local-friday-began-at-21-utc"),
        pytest.param(UTC_WEEK, "2028-02-28 08:00", 1, "2028-02-29 08:00", id="leap-day"),
        pytest.param(UTC_WEEK, "2028-02-28 08:00", 2, "2028-03-01 08:00", id="past-the-leap-day"),
        pytest.param(UTC_WEEK, "2027-02-26 08:00", 1, "2027-03-01 08:00", id="no-leap-day"),
        pytest.param(UTC_WEEK, "2025-12-31 08:00", 1, "2026-01-01 08:00", id="over-new-year"),
    ],
)
def test_working_days(calendar: WorkingCalendar, start: str, days: int, end: str) -> None:
    """Only local working days pass; from a rest day counting begins with the next working day."""
    assert add_working_days(calendar, at(start), days) == at(end)


@given(
    rest=st.frozensets(st.integers(0, 6), max_size=6),
    holidays=st.frozensets(st.dates(date(2028, 2, 1), date(2028, 4, 1)), max_size=20),
    offset=st.integers(-12, 14),
    start=st.datetimes(datetime(2028, 2, 1), datetime(2028, 3, 31), timezones=st.just(UTC)),
    spans=st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
@settings(deadline=None)
def test_working_time_adds_up(
    rest: frozenset[int],
    holidays: frozenset[date],
    offset: int,
    start: datetime,
    spans: tuple[int, int],
) -> None:
    """Two spans one after the other end where their sum ends, never early, never inside a rest day."""
    calendar = WorkingCalendar(rest, holidays, timedelta(hours=offset))
    one, two = (timedelta(hours=hours) for hours in spans)
    end = add_working_time(calendar, start, one + two)
    assert add_working_time(calendar, add_working_time(calendar, start, one), two) == end
    assert end - start >= one + two
    if end > start:
        just_before = end + calendar.utc_offset - timedelta(microseconds=1)
        assert calendar.works_on(just_before.date())


@pytest.mark.parametrize(
    ("rest_days", "offset", "fault"),
    [
        ({7}, EAT, "rest_days: only 0"),
        ({-1}, EAT, "rest_days: only 0"),
        (set(range(7)), EAT, "needs a working day"),
        ({5, 6}, timedelta(days=1), "utc_offset"),
    ],
)
def test_a_calendar_that_cannot_be(rest_days: set[int], offset: timedelta, fault: str) -> None:
    """A week without work would count for ever: it is refused when it is made."""
    with pytest.raises(ValueError, match=fault):
        WorkingCalendar(frozenset(rest_days), utc_offset=offset)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 3, 4, 15), id="naive"),
        pytest.param(datetime(2026, 3, 4, 15, tzinfo=timezone(EAT)), id="another-zone"),
    ],
)
def test_only_aware_utc_is_taken(moment: datetime) -> None:
    """A moment in another zone, or in none, would move a deadline by hours."""
    timers = read_timers(POLICY)
    with pytest.raises(ValueError, match="aware UTC"):
        add_working_days(ETHIOPIA, moment, 1)
    with pytest.raises(ValueError, match="aware UTC"):
        due(timers, ETHIOPIA, Priority.URGENT, moment)
    with pytest.raises(ValueError, match="aware UTC"):
        after_appointment(timers, ETHIOPIA, Priority.URGENT, moment)
    with pytest.raises(ValueError, match="aware UTC"):
        after_arrival(timers, ETHIOPIA, moment)
    with pytest.raises(ValueError, match="aware UTC"):
        answer_by(timers, ETHIOPIA, moment)


def test_working_time_does_not_run_backwards() -> None:
    """A negative span is a mistake."""
    with pytest.raises(ValueError, match="0 or more"):
        add_working_days(ETHIOPIA, at("2026-03-04 15:00"), -1)


@pytest.mark.parametrize(
    ("priority", "opened", "times"),
    [
        pytest.param(
            Priority.EMERGENCY,
            "2026-03-07 02:00",  # a Saturday night: emergencies do not wait
            ["03-07 02:30", "03-07 03:00", "03-07 04:00", "03-07 06:00", "03-08 02:00", "03-08 02:00"],
            id="emergency",
        ),
        pytest.param(
            Priority.URGENT,
            "2026-03-06 15:00",
            ["03-06 17:00", "03-06 19:00", "03-07 03:00", "03-07 15:00", "03-09 15:00", "03-09 15:00"],
            id="urgent",
        ),
        pytest.param(
            Priority.NORMAL,
            "2026-03-06 12:00",  # Friday 15:00 in Addis Ababa
            ["03-09 00:00", "03-09 12:00", "03-10 00:00", "03-11 12:00", "03-20 12:00", "03-20 12:00"],
            id="normal",
        ),
    ],
)
def test_the_due_times_of_a_leg(priority: Priority, opened: str, times: list[str]) -> None:
    """Acknowledge, accept and first service fall due as the policy says, each reminder at half time."""
    found = due(read_timers(POLICY), ETHIOPIA, priority, at(opened))
    assert [
        found.remind_acknowledge_at,
        found.acknowledge_by,
        found.remind_accept_at,
        found.accept_by,
        found.serve_by,
        found.ask_at,
    ] == [at(f"2026-{time}") for time in times]


def test_an_appointment_makes_its_own_due_times() -> None:
    """A day later the person is asked whether they went; three days later it is a no-show."""
    timers, when = read_timers(POLICY), at("2026-03-10 08:00")
    normal = after_appointment(timers, ETHIOPIA, Priority.NORMAL, when)
    assert normal.ask_attended_at == at("2026-03-11 08:00")
    assert normal.no_show_at == normal.ask_at == at("2026-03-13 08:00")
    assert after_appointment(timers, ETHIOPIA, Priority.EMERGENCY, when).ask_at == at("2026-03-11 08:00")


def test_silences() -> None:
    """Thirty quiet days in service, then the provider's week; fourteen days for a person's answer."""
    timers, when = read_timers(POLICY), at("2026-03-10 08:00")
    quiet = after_arrival(timers, ETHIOPIA, when)
    assert quiet.ask_provider_at == at("2026-04-09 08:00")
    assert quiet.ask_person_at == at("2026-04-16 08:00")
    assert answer_by(timers, ETHIOPIA, when) == at("2026-03-24 08:00")


def test_a_policy_may_change_every_time() -> None:
    """Sections left out, or left out in part, keep their defaults."""
    timers = read_timers(
        {**POLICY, "missed": {"close": {"working_days": 5}}, "silences": {"answer": {"days": 7}}}
    )
    assert timers.missed.close == Span(timedelta(days=5), working=True)
    assert timers.missed.ask == Span(timedelta(hours=24))
    assert timers.silences.answer == Span(timedelta(days=7))
    assert timers.silences.in_service == Span(timedelta(days=30))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param({"soon": {}}, "timers.soon: unknown", id="unknown-priority"),
        pytest.param({"urgent": []}, "timers.urgent: expected a mapping", id="not-a-mapping"),
        pytest.param({"urgent": {}}, "timers.urgent.accept: missing", id="missing-time"),
        pytest.param(
            {"urgent": {**POLICY["urgent"], "accept": {"weeks": 1}}},
            "timers.urgent.accept: expected one of hours, days, working_days",
            id="unknown-unit",
        ),
        pytest.param(
            {"urgent": {**POLICY["urgent"], "accept": {"hours": 1, "days": 1}}},
            "timers.urgent.accept: expected one of",
            id="two-units",
        ),
        pytest.param(
            {"urgent": {**POLICY["urgent"], "accept": 24}},
            "timers.urgent.accept: expected one of",
            id="bare-number",
        ),
        pytest.param(
            {"urgent": {**POLICY["urgent"], "first_service": {"days": 367}}},
            "timers.urgent.first_service.days: expected a whole number",
            id="more-than-a-year",
        ),
        pytest.param(
            {"urgent": {**POLICY["urgent"], "accept": {"hours": 2}}},
            "timers.urgent.accept: shorter than acknowledge",
            id="accept-before-acknowledge",
        ),
        pytest.param(
            {"missed": {"close": {"hours": 12}}},
            "timers.missed.close: shorter than ask",
            id="close-before-ask",
        ),
        pytest.param(
            {"silences": {"sulk": {"days": 1}}}, "timers.silences.sulk: unknown", id="unknown-silence"
        ),
    ],
)
def test_a_wrong_policy_is_named(change: dict[str, object], fault: str) -> None:
    """A policy's author is told where the mistake stands and what was expected."""
    with pytest.raises(ValueError, match=fault):
        read_timers({**POLICY, **change})


@pytest.mark.parametrize("number", [0, -4, True, "24", 1.5, 10**40, None], ids=lambda number: str(number)[:5])
def test_a_time_is_a_whole_number(number: object) -> None:
    """Nothing but a whole number above 0 and within a year is a time."""
    urgent = {**POLICY["urgent"], "accept": {"hours": number}}
    with pytest.raises(ValueError, match=r"timers\.urgent\.accept\.hours: expected a whole number"):
        read_timers({**POLICY, "urgent": urgent})


def test_every_fault_is_named_at_once() -> None:
    """Nobody mends a policy one fault at a time."""
    with pytest.raises(ValueError, match="; ") as caught:
        read_timers({"urgent": {**POLICY["urgent"], "ask": {}}, "later": {}})
    faults = str(caught.value).split("; ")
    assert set(faults) == {
        "timers.later: unknown",
        "timers.emergency: missing",
        "timers.normal: missing",
        "timers.urgent.ask: expected one of hours, days, working_days with a number",
    }
    with pytest.raises(ValueError, match="timers: expected a mapping"):
        read_timers(None)
