"""What a reader of somebody else's directory needs to know, and what it tells of a file beside the organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from gateway.directory.model import Organisation
from gateway.text.clean import clean, fold

PlaceOf = Callable[[str], str]
"""The P-code of an area that is meant by its P-code or by a name; empty where none is."""


@dataclass(frozen=True, slots=True)
class Known:
    """The words of this register. `needs` leads from folded words and ids of terms to needs; `offset` is hours east."""

    needs: Mapping[str, str]
    place_of: PlaceOf
    language: str  # in which an organisation is spoken to that says nothing of it
    offset: float
    today: date

    def need_of(self, *words: str) -> str:
        """The need that the first known of some words leads to; empty where none does."""
        return next((self.needs[fold(word)] for word in words if word and fold(word) in self.needs), "")


@dataclass(frozen=True, slots=True)
class Reading:
    """The organisations of a file, and what was left out of it.

    `fields` counts what has no place in the register by where it stands (`service.fees`); `terms` the words of
    taxonomies that lead to no need; `areas` the names that lead to no place; `services` why services were left out.
    """

    organisations: list[Organisation] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)
    terms: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)


def text_of(given: object, most: int = 500) -> str:
    """A text of a file, fit to store: in one line, without what nobody sees."""
    return clean(str(given))[:most].strip() if isinstance(given, str | int | float) else ""
