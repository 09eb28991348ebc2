"""The public holidays of a country: by rule for every year, and as the people of a country say otherwise."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from gateway.conversation.source import Node


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
    return frozenset(holidays.country_holidays(country, years=year)) if country else frozenset()


def read_holidays(node: Node) -> PublicHolidays:
    """From a list of dates, or from `country` with dates to `add` and to `drop`. Raises `FlowError`."""
    if isinstance(node.value, list):
        return PublicHolidays("", add=_dates(node))
    node.only("country", "add", "drop")
    country = node.need("country")
    if country.text() not in holidays.list_supported_countries():
        raise country.fault("no public holidays are known of this country: list them")
    add, drop = (_dates(part) if (part := node.get(key)) else frozenset() for key in ("add", "drop"))
    return PublicHolidays(country.text(), add, drop)


def _dates(node: Node) -> frozenset[date]:
    found = []
    for each in node.each():
        try:
            found.append(date.fromisoformat(str(each.value)))
        except ValueError:
            raise each.fault("expected a date, like 2027-01-07") from None
    return frozenset(found)
