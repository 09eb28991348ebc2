"""Public holidays by rule, and as a country's people say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from gateway.catalogue.files import Bundle
from gateway.catalogue.policy import read_policy
from gateway.catalogue.public_holidays import TABLE, reckoned
from gateway.errors import FlowError
from referral_engine.calendars import add_working_days

Edit = Callable[[str, str, str], Bundle]
RULE = "holidays: {country: ET, add: [], drop: []}"
COUNTRIES, YEARS = ("ET", "SD", "SO"), range(2024, 2046)


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


def table() -> str:
    """What the table must hold: each country's days of each year, as the package reckons them today."""
    rows = [
        f"{country},{year},{' '.join(sorted(day.isoformat()[5:] for day in reckoned(country, year)))}"
        for country in COUNTRIES
        for year in YEARS
    ]
    return "\n".join(["country,year,days", *rows]) + "\n"


def test_the_table_is_what_the_package_says() -> None:
    """A newer package moves days: then this file, run as a program, writes the table anew."""
    assert TABLE.read_text("utf-8") == table()


def test_years_beyond_the_table_are_reckoned(shipped: Bundle) -> None:
    """Nothing ends with the table."""
    assert not read_policy(shipped, "et").calendar.works_on(date(2050, 1, 7))


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
