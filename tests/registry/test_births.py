"""Ages and birth years."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from gateway.messages import Rejected
from gateway.registry.births import Birth, covers, from_age, from_year, other_reading, parse_age
from gateway.registry.calendars import Calendar

TODAY = date(2026, 5, 31)


@pytest.mark.parametrize(
    ("typed", "years", "calendar"),
    [
        pytest.param("35", (1990, 1991), "gregorian", id="an age spans two years"),
        pytest.param("0", (2025, 2026), "gregorian", id="newborn"),
        pytest.param("120", (1905, 1906), "gregorian", id="120"),
        pytest.param("1990", (1990, 1990), "gregorian", id="a birth year"),
        pytest.param("2026", (2026, 2026), "gregorian", id="this year"),
        pytest.param("1410", (1989, 1990), "hijri", id="hijri"),
        pytest.param("1447", (2025, 2026), "hijri", id="this hijri year"),
        pytest.param("٣٥", (1990, 1991), "gregorian", id="arabic-indic"),
        pytest.param("፲፱፻፺", (1990, 1990), "gregorian", id="ethiopic numerals"),
        pytest.param("35 years old", (1990, 1991), "gregorian", id="words after"),
        pytest.param("I am 35.", (1990, 1991), "gregorian", id="words before"),
        pytest.param("35ዓመት", (1990, 1991), "gregorian", id="no space"),
    ],
)
def test_an_age_or_year_is_a_range(typed: str, years: tuple[int, int], calendar: str) -> None:
    """What is stored is the range that was really said, with the calendar and the words."""
    birth = parse_age(typed, TODAY)
    assert isinstance(birth, Birth)
    assert (birth.from_year, birth.to_year) == years
    assert (birth.precision, birth.calendar) == ("year", calendar)
    assert Birth.from_dict(birth.to_dict()) == birth


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        pytest.param("", "not_an_age", id="nothing"),
        pytest.param("young", "not_an_age", id="words"),
        pytest.param("-5", "not_an_age", id="negative"),
        pytest.param("35.5", "not_an_age", id="fraction"),
        pytest.param("20 or 30", "not_an_age", id="two numbers"),
        pytest.param("12345", "not_an_age", id="five digits"),
        pytest.param("121", "implausible_age", id="121"),
        pytest.param("1904", "implausible_age", id="too long ago"),
        pytest.param("2027", "implausible_age", id="not yet"),
        pytest.param("1449", "implausible_age", id="not yet, hijri"),
        pytest.param("1320", "implausible_age", id="too long ago, hijri"),
        pytest.param("1500", "implausible_age", id="neither"),
    ],
)
def test_what_is_no_age_is_rejected(typed: str, reason: str) -> None:
    """A mistake is a value with a reason."""
    assert parse_age(typed, TODAY) == Rejected(reason)


@pytest.mark.parametrize(
    ("hijri", "first", "last"),
    [(1400, 1979, 1980), (1421, 2000, 2001), (1429, 2008, 2008), (1445, 2023, 2024), (1447, 2025, 2026)],
)
def test_hijri_years(hijri: int, first: int, last: int) -> None:
    """A Hijri year spans the Gregorian years that almanacs give."""
    birth = from_year(hijri, date(2030, 1, 1), Calendar.HIJRI)
    assert isinstance(birth, Birth) and (birth.from_year, birth.to_year) == (first, last)


@pytest.mark.parametrize(
    ("birth", "year", "agrees"),
    [
        pytest.param(from_age(35, TODAY), 1990, True, id="age, earlier year"),
        pytest.param(from_age(35, TODAY), 1991, True, id="age, later year"),
        pytest.param(from_age(35, TODAY), 1989, False, id="age, before"),
        pytest.param(from_age(35, TODAY), 1992, False, id="age, after"),
        pytest.param(parse_age("1410", TODAY), 1410, True, id="hijri, same year"),
        pytest.param(parse_age("1410", TODAY), 1989, True, id="hijri, asked in gregorian"),
        pytest.param(parse_age("1410", TODAY), 1411, False, id="hijri, next year"),
        pytest.param(parse_age("1990", TODAY), 1410, False, id="gregorian, asked in hijri"),
    ],
)
def test_covers(birth: Birth, year: int, agrees: bool) -> None:
    """Any year inside the range agrees, in the birth's own calendar or Gregorian; no other does."""
    assert covers(birth, year) is agrees


@pytest.mark.parametrize(
    ("said", "counted_in", "asked_in", "agreeing"),
    [
        pytest.param("1990", "gregorian", "gregorian", {1990, 1982, 1983}, id="a year"),
        pytest.param("1990", "gregorian", "ethiopian", {1990, 1982, 1983}, id="a year, asked in ethiopian"),
        pytest.param("1990", "ethiopian", "ethiopian", {1990, 1997, 1998}, id="an ethiopian year"),
        pytest.param(
            "1990", "ethiopian", "gregorian", {1990, 1997, 1998}, id="an ethiopian year, asked in gregorian"
        ),
        pytest.param("35", "ethiopian", "gregorian", {1990, 1991}, id="an age"),
        pytest.param(
            "35", "ethiopian", "ethiopian", {1982, 1983, 1984, 1990, 1991}, id="an age, asked in ethiopian"
        ),
        pytest.param("1410", "ethiopian", "gregorian", {1410, 1989, 1990}, id="hijri"),
        pytest.param(
            "1410",
            "ethiopian",
            "ethiopian",
            {1410, 1981, 1982, 1983, 1989, 1990},
            id="hijri, asked in ethiopian",
        ),
        pytest.param("1429", "gregorian", "gregorian", {1429, 2008}, id="hijri within a year"),
        pytest.param(
            "1429", "gregorian", "ethiopian", {1429, 2000, 2001, 2008}, id="hijri within a year, ethiopian"
        ),
        pytest.param("1430", "gregorian", "gregorian", {1430, 2008, 2009}, id="hijri, two begin in one year"),
        pytest.param("31/12/1990", "gregorian", "gregorian", {1990, 1983}, id="a day"),
        pytest.param("1/1/1983", "ethiopian", "ethiopian", {1983, 1990}, id="an ethiopian day"),
    ],
)
def test_the_years_that_agree_where_people_count_in_two_calendars(
    said: str, counted_in: str, asked_in: str, agreeing: set[int]
) -> None:
    """Gregorian, the birth's own, the asker's, and what a typed year may have meant; no other year agrees."""
    birth = parse_age(said, TODAY, Calendar(counted_in))
    assert isinstance(birth, Birth)
    found = {year for year in range(1300, 2201) if covers(birth, year, Calendar(asked_in), ambiguous=True)}
    assert found == agreeing


@pytest.mark.parametrize(
    ("said", "agreeing"),
    [("1990", {1990}), ("35", {1990, 1991}), ("1410", {1410, 1989, 1990}), ("31/12/1990", {1990})],
)
def test_the_years_that_agree_where_people_count_in_one(said: str, agreeing: set[int]) -> None:
    """There nothing is ambiguous."""
    birth = parse_age(said, TODAY)
    assert isinstance(birth, Birth)
    assert {year for year in range(1300, 2201) if covers(birth, year)} == agreeing


def test_no_year_is_beyond_covers() -> None:
    """One that no calendar here reaches agrees with nothing."""
    assert not covers(from_age(35, TODAY), 10_000, ambiguous=True)


@pytest.mark.parametrize(
    ("typed", "years", "calendar", "age"),
    [
        pytest.param("1990", (1997, 1998), "ethiopian", 28, id="a year"),
        pytest.param("2018", (2025, 2026), "ethiopian", 0, id="this ethiopian year"),
        pytest.param("2020", (2020, 2020), "gregorian", 6, id="not yet in ethiopian"),
        pytest.param("1410", (1989, 1990), "hijri", 36, id="hijri"),
        pytest.param("35", (1990, 1991), "gregorian", 35, id="an age has no calendar"),
        pytest.param("፲፱፻፺", (1997, 1998), "ethiopian", 28, id="ethiopic numerals"),
    ],
)
def test_a_year_as_ethiopians_count(typed: str, years: tuple[int, int], calendar: str, age: int) -> None:
    """Ethiopian where it can be, otherwise Gregorian; Hijri and ages as everywhere."""
    birth = parse_age(typed, TODAY, Calendar.ETHIOPIAN)
    assert isinstance(birth, Birth)
    assert (birth.from_year, birth.to_year, birth.calendar) == (*years, calendar)
    assert birth.age(TODAY) == age


@pytest.mark.parametrize(
    ("typed", "counted_in", "day", "calendar", "age"),
    [
        pytest.param("31051990", "gregorian", "1990-05-31", "gregorian", 36, id="digits, birthday today"),
        pytest.param("1/6/1990", "gregorian", "1990-06-01", "gregorian", 35, id="birthday tomorrow"),
        pytest.param("01.06.1990", "gregorian", "1990-06-01", "gregorian", 35, id="dots"),
        pytest.param("1990-06-01", "gregorian", "1990-06-01", "gregorian", 35, id="iso"),
        pytest.param("٠١٠٦١٩٩٠", "gregorian", "1990-06-01", "gregorian", 35, id="arabic-indic"),
        pytest.param("23091982", "ethiopian", "1990-05-31", "ethiopian", 36, id="ethiopian"),
        pytest.param("6/13/2015", "ethiopian", "2023-09-11", "ethiopian", 2, id="6 pagume"),
        pytest.param("31/5/1990", "ethiopian", "1990-05-31", "gregorian", 36, id="no ethiopian day"),
        pytest.param("7/6/2018", "ethiopian", "2026-02-14", "ethiopian", 0, id="this ethiopian year"),
    ],
)
def test_a_full_date(typed: str, counted_in: str, day: str, calendar: str, age: int) -> None:
    """Eight digits or any separators, in the calendar of the one who types; the day is kept, and its precision."""
    birth = parse_age(typed, TODAY, Calendar(counted_in))
    assert isinstance(birth, Birth)
    assert (birth.day, birth.precision, birth.calendar) == (day, "day", calendar)
    assert birth.from_year == birth.to_year == int(day[:4])
    assert birth.age(TODAY) == age
    assert birth.to_dict()["day"] == day
    assert Birth.from_dict(birth.to_dict()) == birth


@pytest.mark.parametrize("typed", ["15/09/1410", "15091410", "1410-09-15"])
def test_a_hijri_date_keeps_its_year(typed: str) -> None:
    """Months begin by sight of the moon, so a day of it is none of ours."""
    birth = parse_age(typed, TODAY)
    assert isinstance(birth, Birth)
    assert birth.to_dict() == {
        "from": 1989,
        "to": 1990,
        "precision": "year",
        "calendar": "hijri",
        "raw": typed,
    }


@pytest.mark.parametrize(
    ("typed", "counted_in", "reason"),
    [
        pytest.param("31/2/1990", "gregorian", "not_an_age", id="no such day"),
        pytest.param("5/14/2010", "ethiopian", "not_an_age", id="month 14"),
        pytest.param("7/13/2015", "ethiopian", "not_an_age", id="7 pagume"),
        pytest.param("31/9/1410", "gregorian", "not_an_age", id="no such hijri day"),
        pytest.param("1/6/2026", "gregorian", "implausible_age", id="tomorrow"),
        pytest.param("1/1/1890", "gregorian", "implausible_age", id="too long ago"),
        pytest.param("5/1990", "gregorian", "not_an_age", id="a month"),
    ],
)
def test_dates_that_nobody_was_born_on(typed: str, counted_in: str, reason: str) -> None:
    """Days that do not exist, that are to come, or over 120 years back."""
    assert parse_age(typed, TODAY, Calendar(counted_in)) == Rejected(reason)


@pytest.mark.parametrize(
    ("typed", "counted_in", "ages"),
    [
        pytest.param("1990", "ethiopian", (28, 36), id="ethiopian first"),
        pytest.param("1990", "gregorian", (36, 28), id="gregorian first"),
        pytest.param("1/6/1990", "ethiopian", (28, 35), id="a date"),
        pytest.param("35", "ethiopian", (35, None), id="an age"),
        pytest.param("1410", "gregorian", (36, None), id="hijri"),
        pytest.param("2020", "gregorian", (6, None), id="not yet in ethiopian"),
        pytest.param("31/5/1990", "gregorian", (36, None), id="no ethiopian day"),
    ],
)
def test_the_other_reading(typed: str, counted_in: str, ages: tuple[int, int | None]) -> None:
    """The same year or date in the other calendar, where it may be meant so; read twice, it is the first again."""
    birth = parse_age(typed, TODAY, Calendar(counted_in))
    assert isinstance(birth, Birth)
    other = other_reading(birth, TODAY)
    assert (birth.age(TODAY), other.age(TODAY) if other else None) == ages
    assert other is None or other_reading(other, TODAY) == birth


def test_the_stored_shape() -> None:
    """The plain form has the names that flows and the register use; a repr shows no year."""
    birth = from_age(35, TODAY)
    assert birth.to_dict() == {
        "from": 1990,
        "to": 1991,
        "precision": "year",
        "calendar": "gregorian",
        "raw": "35",
    }
    assert "1990" not in repr(birth)


def test_long_nonsense_is_read_in_no_time() -> None:
    """Text made to slow a pattern down does not."""
    began = perf_counter()
    assert parse_age("35" + "a" * 50_000 + "!", TODAY) == Rejected("not_an_age")
    assert parse_age("a " * 5_000 + "!", TODAY) == Rejected("not_an_age")
    assert perf_counter() - began < 1
