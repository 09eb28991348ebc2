"""Birth years in the calendar of the one who speaks, and ages as people read them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.commands import Kind
from gateway.conversation.answers import parse, shown, take
from gateway.conversation.flow import Settings, Variable
from gateway.registry.calendars import Calendar

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
AGE = Variable("age", Kind.AGE, 0, 0)


@pytest.mark.parametrize(("calendar", "first"), [(Calendar.GREGORIAN, 1990), (Calendar.ETHIOPIAN, 1997)])
def test_a_year_is_read_in_a_calendar(calendar, first):
    """Alone, and behind a keyword."""
    assert parse(AGE, "1990", NOW, calendar)["from"] == first
    values, complete = take((AGE,), ["1990"], NOW, calendar)
    assert (values["age"]["from"], complete) == (first, True)


@pytest.mark.parametrize(
    ("value", "at", "text"),
    [
        pytest.param({"from": 1990, "to": 1991, "raw": "35"}, 0.0, "35", id="as typed"),
        pytest.param({"from": 1990, "to": 1991, "raw": "35"}, NOW.timestamp(), "35", id="an age"),
        pytest.param({"from": 1990, "to": 1990, "raw": "1990"}, 0.0, "1990", id="a year as typed"),
        pytest.param({"from": 1990, "to": 1990, "raw": "1990"}, NOW.timestamp(), "36", id="a year"),
        pytest.param({"from": 1989, "to": 1990, "raw": "1410"}, NOW.timestamp(), "36", id="hijri"),
        pytest.param(
            {"from": 1990, "to": 1990, "raw": "2/6/1990", "day": "1990-06-02"},
            NOW.timestamp(),
            "35",
            id="a day",
        ),
    ],
)
def test_a_birth_is_read_as_an_age(value, at, text):
    """Years at the time it is shown, so that nobody has to count; where no time is known, what was typed."""
    whole = {"precision": "year", "calendar": "gregorian"} | value
    assert shown(Kind.AGE, whole, at) == text


@pytest.mark.parametrize(
    ("chosen", "country", "age"),
    [
        pytest.param("am", "so", "28", id="chosen"),
        pytest.param("so", "am", "36", id="chosen, not the country's"),
        pytest.param("", "am", "28", id="the country's"),
        pytest.param("", "so", "36", id="the country's other"),
    ],
)
def test_the_language_says_how_years_are_counted(meet, chosen, country, age):
    """Of the person, else of the country; going back shows the age that the year was taken for."""
    person = meet()
    counting = Settings(language=country, calendars={"am": Calendar.ETHIOPIAN})
    person.revision = replace(person.revision, settings=counting)
    person.says("REG", "1", "Nuur Xuseen")
    person.session = replace(person.session, language=chosen)
    person.says("1990", "BACK")
    assert f"Before: {age}" in person.screen
