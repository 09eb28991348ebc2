"""The public holidays of a country: by rule for every year, and as the people of a country say otherwise."""

from __future__ import annotations

import csv
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from gateway.conversation.source import Node

TABLE = Path(__file__).with_suffix(".csv")
"""What the package says of the countries that are shipped, for some decades: importing it costs a process 10 MB.

Written by `tests/flows/test_public_holidays.py`, which holds it against the package. From `holidays` (MIT licence).
"""


@dataclass(frozen=True, slots=True)
class PublicHolidays(Container[date]):
    """A country's days off, by the rules of the package `holidays`; `add` and `drop` have the last word.

    Days that follow the moon are reckoned, not seen: a government may move them by a day, and a policy with it.
    """

    country: str  # ISO 3166-1; empty: only what is added
    add: frozenset[date] = frozenset()
    drop: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date) or day in self.drop:
            return False
        return day in self.add or day in _of(self.country, day.year)


@lru_cache(maxsize=64)
def _of(country: str, year: int) -> frozenset[date]:
    tabled = _table().get((country, year))
    return reckoned(country, year) if tabled is None else tabled


@cache
def _table() -> Mapping[tuple[str, int], frozenset[date]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            (row["country"], int(row["year"])): frozenset(
                date.fromisoformat(f"{row['year']}-{day}") for day in row["days"].split()
            )
            for row in csv.DictReader(lines)
        }


def reckoned(country: str, year: int) -> frozenset[date]:
    """A country's days off of a year by the rules of the package; no country has none."""
    if not country:
        return frozenset()
    import holidays  # here, for countries and years beyond the table

    return frozenset(holidays.country_holidays(country, years=year))


def known(country: str) -> bool:
    """Whether the package has rules of a country."""
    from holidays.registry import EntityLoader

    return country in EntityLoader.get_country_codes()


def read_holidays(node: Node) -> PublicHolidays:
    """From a list of dates, or from `country` with dates to `add` and to `drop`. Raises `FlowError`.

    Whether the country is `known` is for the check to say, before anything is published.
    """
    if isinstance(node.value, list):
        return PublicHolidays("", add=_dates(node))
    node.only("country", "add", "drop")
    add, drop = (_dates(part) if (part := node.get(key)) else frozenset() for key in ("add", "drop"))
    return PublicHolidays(node.need("country").text(), add, drop)


def _dates(node: Node) -> frozenset[date]:
    found = []
    for each in node.each():
        try:
            found.append(date.fromisoformat(str(each.value)))
        except ValueError:
            raise each.fault("expected a date, like 2027-01-07") from None
    return frozenset(found)
