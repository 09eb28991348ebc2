"""Public holidays by rule, and as a country's people say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from gateway.catalogue.files import Bundle
from gateway.catalogue.policy import read_policy
from gateway.errors import FlowError
from referral_engine.calendars import add_working_days

Edit = Callable[[str, str, str], Bundle]
RULE = "holidays: {country: ET, add: [], drop: []}"


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        pytest.param("et", "2026-01-07", False, id="Genna"),
        pytest.param("et", "2027-09-12", False, id="Enkutatash-of-a-leap-year"),
        pytest.param("et", "2026-03-20", False, id="Eid-in-Ethiopia"),
        pytest.param("et", "2026-01-01", True, id="no-new-year-in-Ethiopia"),
        pytest.param("et", "2026-12-25", True, id="no-Christmas-in-December"),
        pytest.param("so", "2026-07-01", False, id="Somali-independence"),
        pytest.param("so", "2026-01-07", True, id="a-Wednesday-in-Somalia"),
        pytest.param("sd", "2026-05-27", False, id="Eid-in-Sudan"),
        pytest.param("sd", "2026-03-06", False, id="a-Friday-in-Sudan"),
        pytest.param("et", "2026-03-06", True, id="a-Friday-in-Ethiopia"),
    ],
)
def test_shipped_calendars(shipped: Bundle, country: str, day: str, works: bool) -> None:
    """Each country's own week and days off, whatever calendar they follow."""
    assert read_policy(shipped, country).calendar.works_on(date.fromisoformat(day)) is works


def test_a_deadline_over_a_holiday(shipped: Bundle) -> None:
    """One working day from the eve of Genna ends on the day after it."""
    calendar = read_policy(shipped, "et").calendar
    eve = datetime(2026, 1, 6, 9, tzinfo=UTC)
    assert add_working_days(calendar, eve, 1) == datetime(2026, 1, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "off", "on"),
    [
        ("holidays: {country: ET, add: [2026-03-19], drop: [2026-03-20]}", "2026-03-19", "2026-03-20"),
        ('holidays: {country: ET, add: ["2026-06-02"]}', "2026-06-02", "2026-06-03"),
        ("holidays: [2026-03-19]", "2026-03-19", "2026-03-20"),
        ("holidays: []", "2026-03-21", "2026-03-20"),
    ],
    ids=["moved", "added", "a-list-alone", "none"],
)
def test_what_a_policy_says_counts(edited: Edit, written: str, off: str, on: str) -> None:
    """The moon is sighted, not reckoned: a day may be added or dropped, or all of them listed."""
    calendar = read_policy(edited("policies/et.yaml", RULE, written), "et").calendar
    assert [calendar.works_on(date.fromisoformat(day)) for day in (off, on)] == [False, True]


@pytest.mark.parametrize(
    "written",
    [
        "holidays: {country: XX}",
        "holidays: {add: []}",
        "holidays: {country: ET, add: [soon]}",
        "holidays: {country: ET, also: []}",
        "holidays: [2026-02-30]",
        "holidays: ET",
    ],
)
def test_what_cannot_be_read_is_named(edited: Edit, written: str) -> None:
    """By the file, before anybody relies on it."""
    with pytest.raises(FlowError, match=r"et\.yaml"):
        read_policy(edited("policies/et.yaml", RULE, written), "et")
