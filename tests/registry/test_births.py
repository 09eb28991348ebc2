"""Ages and birth years."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from gateway.messages import Rejected
from gateway.registry.births import Birth, covers, from_age, from_year, parse_age

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
    birth = from_year(hijri, date(2030, 1, 1), "hijri")
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
    ("birth", "agreeing"),
    [
        pytest.param(parse_age("1990", TODAY), {1982, 1983, 1990, 1997, 1998}, id="a year"),
        pytest.param(from_age(35, TODAY), {1982, 1983, 1984, 1990, 1991}, id="an age"),
        pytest.param(parse_age("1410", TODAY), {1981, 1982, 1983, 1989, 1990, 1410}, id="hijri"),
    ],
)
def test_covers_where_years_are_ethiopian_too(birth: Birth, agreeing: set[int]) -> None:
    """There, a year agrees in either reading of either side, and no other year does."""
    assert {year for year in range(1300, 2027) if covers(birth, year, ethiopian=True)} == agreeing


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
