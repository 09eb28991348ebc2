"""The Ethiopian calendar on every day of 1900 to 2100, and the beginnings of Hijri years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from gateway.registry.calendars import Calendar, from_ethiopian, to_ethiopian, year_span

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)


def counted() -> Iterator[tuple[date, tuple[int, int, int]]]:
    """Each day beside its Ethiopian date, by a rule of its own: one day after another from New Year to New Year.

    Written out, New Year is 11 September, and 12 September where the next year is divisible by four. As the
    Gregorian calendar left out two leap days that the Ethiopian one has, it is a day earlier before March 1900,
    and a day later from March 2100.
    """
    for year in range(1892, 2094):
        day, following = new_year(year), new_year(year + 1)
        for number in range((following - day).days):
            yield day + timedelta(days=number), (year, number // 30 + 1, number % 30 + 1)


def new_year(ethiopian: int) -> date:
    year = ethiopian + 7
    moved = {1899: -1, 2100: 1}.get(year, 0)
    return date(year, 9, (12 if (year + 1) % 4 == 0 else 11) + moved)


def test_every_day_of_two_centuries() -> None:
    """No wrong day in either direction from 1900 to 2100, against a count that shares no arithmetic with ours."""
    walked = [(day, ethiopian) for day, ethiopian in counted() if FIRST <= day <= LAST]
    assert [day for day, _ in walked] == [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    wrong = [day for day, said in walked if to_ethiopian(day) != said or from_ethiopian(*said) != day]
    assert wrong == []


@pytest.mark.parametrize(
    ("ethiopian", "gregorian"),
    [
        pytest.param((2000, 1, 1), date(2007, 9, 12), id="the millennium"),
        pytest.param((2015, 13, 6), date(2023, 9, 11), id="the sixth day of Pagume"),
        pytest.param((2017, 4, 29), date(2025, 1, 7), id="Christmas"),
        pytest.param((1888, 6, 23), date(1896, 3, 1), id="Adwa"),
        pytest.param((1, 1, 1), date(8, 8, 27), id="the first day"),
    ],
)
def test_known_days(ethiopian: tuple[int, int, int], gregorian: date) -> None:
    """Days of which history says both dates."""
    assert from_ethiopian(*ethiopian) == gregorian
    assert to_ethiopian(gregorian) == ethiopian


@pytest.mark.parametrize(
    "said",
    [
        (2015, 14, 1),
        (2015, 13, 7),
        (2016, 13, 6),
        (2015, 1, 31),
        (2015, 0, 1),
        (2015, 1, 0),
        (0, 1, 1),
        (9999, 1, 1),
    ],
    ids=str,
)
def test_days_that_do_not_exist(said: tuple[int, int, int]) -> None:
    """There is no month 14, no 7 Pagume, and a 6 Pagume only every fourth year."""
    with pytest.raises(ValueError, match="no such day"):
        from_ethiopian(*said)


def test_before_the_first_ethiopian_day() -> None:
    """Nothing is made up for it."""
    with pytest.raises(ValueError, match="begins"):
        to_ethiopian(date(8, 8, 26))


@pytest.mark.parametrize(
    ("year", "calendar", "first", "last"),
    [
        pytest.param(1990, Calendar.GREGORIAN, date(1990, 1, 1), date(1990, 12, 31), id="gregorian"),
        pytest.param(1990, Calendar.ETHIOPIAN, date(1997, 9, 11), date(1998, 9, 10), id="ethiopian"),
        pytest.param(2015, Calendar.ETHIOPIAN, date(2022, 9, 11), date(2023, 9, 11), id="long ethiopian"),
        pytest.param(1445, Calendar.HIJRI, date(2023, 7, 19), date(2024, 7, 6), id="hijri"),
        pytest.param(1343, Calendar.HIJRI, date(1924, 8, 1), date(1925, 7, 22), id="first tabled hijri"),
        pytest.param(1500, Calendar.HIJRI, date(2076, 11, 27), date(2077, 11, 16), id="last tabled hijri"),
    ],
)
def test_the_days_of_a_year(year: int, calendar: Calendar, first: date, last: date) -> None:
    """As almanacs give them."""
    assert year_span(year, calendar) == (first, last)


def test_hijri_years_follow_each_other() -> None:
    """Year on year without a gap or an overlap, also where the table begins and ends: 353 to 356 days each."""
    spans = [year_span(year, Calendar.HIJRI) for year in range(1300, 1520)]
    for (first, last), (following, _) in pairwise(spans):
        assert following == last + timedelta(days=1)
        assert 353 <= (following - first).days <= 356
