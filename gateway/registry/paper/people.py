"""The columns of a list of people known on paper, and how each cell is read: as `RegisterPerson` has it.

A row is taken whole or not at all. Nothing is invented: where a year could be of two calendars the row must say
which, and an age counts from the day on which it was written down.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from gateway.messages import Rejected
from gateway.registry import births
from gateway.registry.births import Birth
from gateway.registry.calendars import Calendar
from gateway.registry.months import parse_date, parse_month
from gateway.registry.names import person_name
from gateway.registry.paper.sheet import Line, Refusal, Sheet
from gateway.registry.places import Gazetteer
from gateway.text.phones import phone

COLUMNS: Mapping[str, str] = {
    "number": "the number on paper: at most 40 characters, unique in the list",
    "full_name": "own, father's and grandfather's name, in one cell",
    "sex": "f, m or not_said",
    "birth": "an age, a year, a range of either (30-35, 1988-1990) or a date, day first or 1990-05-31",
    "calendar": "of the birth: gregorian, ethiopian or hijri",
    "country_from": "a code of the policy's list, such as SA",
    "return_month": "2026-05, 05/2026 or 2026",
    "return_type": "a code of the policy's list, such as forced",
    "area": "the place to live in: a P-code, or a name that is clear",
    "people_with": "0 to 30",
    "children_with": "of them under 18",
    "need": "the code of a service, such as health",
    "phone": "with + or as it is dialled at home; nothing is sent to it without consent_sms",
    "consent_register": "yes: nobody is registered without it",
    "consent_date": "the day on which it was given, on paper; ages count from this day",
    "consent_reference": "where the paper is: at most 60 characters",
    "consent_share": "yes or no; empty where nobody asked",
    "consent_statistics": "yes or no; empty where nobody asked",
    "consent_sms": "yes or no; empty where nobody asked",
    "language": "a code of the policy's languages, such as so",
}
"""What each column holds."""

OPTIONAL = frozenset(("calendar", "phone", "consent_share", "consent_statistics", "consent_sms", "language"))
"""May be left out, as a column or as a cell."""

NEEDED = tuple(name for name in COLUMNS if name not in OPTIONAL)
CONSENTS = {"consent_share": "share", "consent_statistics": "statistics", "consent_sms": "sms"}
MOST_PEOPLE = 30
_LONGEST = {"number": 40, "full_name": 80, "consent_reference": 60}
_DATES = frozenset(("birth", "return_month", "consent_date"))

# What a spreadsheet makes of numbers, dates and formulas. It shows them rightly, and saves them so.
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]+)?")
_SHORT_MONTH = re.compile(r"[^\W\d_]{3,4}[-. ][0-9]{2}|[0-9]{1,2}-[^\W\d_]{3,4}")
_ERROR = re.compile(r"#+|#[A-Z/0!?]+[!?]?")
_RANGE = re.compile(r"([0-9]{1,4}) ?[-–/] ?([0-9]{1,4})")
_CLEAR = 0.9  # of a place's name: more than in a conversation, where the person is asked whether it is right
_YEAR = 1000  # from here on a number is a year, not an age


@dataclass(frozen=True, slots=True)
class Lists:
    """What a country's policy knows. `two_calendars`: a year alone may be Gregorian or Ethiopian."""

    codes: Mapping[str, Sequence[str]]
    needs: Sequence[str]
    languages: Sequence[str]
    region: str
    gazetteer: Gazetteer
    two_calendars: bool


@dataclass(frozen=True, slots=True, repr=False)
class PaperPerson:
    """One row. `answers` are those of a registration; `consents` the other purposes that were asked about.

    `phone` and `language` may be empty. `digest` is of all cells: a row that was changed has another.
    """

    line: int
    number: str
    answers: Mapping[str, Any]
    phone: str
    language: str
    consents: Mapping[str, bool]
    consent_date: date
    consent_reference: str
    digest: str


def read(sheet: Sheet, lists: Lists, today: date) -> Iterator[PaperPerson | tuple[Refusal, ...]]:
    """Every row as a person, or as all that is wrong with it."""
    reader = _Reader(lists, today)
    seen: set[str] = set()
    for line in sheet.lines():
        if isinstance(line, Refusal):
            yield (line,)
            continue
        row = reader.row(line)
        if isinstance(row, PaperPerson) and row.number in seen:
            yield (Refusal(line.line, "number", "twice"),)
            continue
        if isinstance(row, PaperPerson):
            seen.add(row.number)
        yield row


class _Reader:
    """Reads the cells of rows by the lists of a country."""

    def __init__(self, lists: Lists, today: date) -> None:
        self._lists = lists
        self._today = today
        self._place = lru_cache(maxsize=4096)(self._find_place)
        self._readers: Mapping[str, Callable[[str], Any]] = {
            "full_name": person_name,
            "sex": self._code("sex"),
            "calendar": _one_of({each.value: each for each in Calendar}),
            "country_from": self._code("country_from"),
            "return_month": lambda cell: parse_month(cell, today),
            "return_type": self._code("return_type"),
            "area": self._place,
            "people_with": _count,
            "children_with": _count,
            "need": _one_of({each.casefold(): each for each in lists.needs}),
            "phone": lambda cell: phone(cell, lists.region),
            "consent_register": _yes_or_no,
            "consent_date": self._past_day,
            **dict.fromkeys(CONSENTS, _yes_or_no),
            "language": _one_of({each: each for each in lists.languages}),
        }

    def row(self, line: Line) -> PaperPerson | tuple[Refusal, ...]:
        """A person, or every refusal of the row."""
        read: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for name in COLUMNS:
            cell = line.cells.get(name, "")
            value = self._cell(name, cell)
            if isinstance(value, Rejected):
                faults[name] = value.reason
            else:
                read[name] = value
        if read.get("consent_register") is False:
            faults["consent_register"] = "no_consent"
        if read.get("children_with", 0) > read.get("people_with", MOST_PEOPLE):
            faults["children_with"] = "more_children"
        if not faults.keys() & {"birth", "consent_date", "calendar"}:
            birth = self._birth(read["birth"], read["consent_date"], read["calendar"])
            if isinstance(birth, Rejected):
                faults["calendar" if birth.reason == "calendar" else "birth"] = birth.reason
            else:
                read["birth"] = birth
        if faults:
            return tuple(Refusal(line.line, name, reason) for name, reason in faults.items())
        return _person(line, read)

    def _cell(self, name: str, cell: str) -> Any:
        """The value of a cell; what Excel spoiled is refused as that, whatever else it might be read as."""
        if not cell:
            return None if name in OPTIONAL else Rejected("empty")
        if spoiled := _spoiled(name, cell):
            return Rejected(spoiled)
        if len(cell) > _LONGEST.get(name, 200):
            return Rejected("too_long")
        reader = self._readers.get(name)
        return reader(cell) if reader else cell

    def _code(self, name: str) -> Callable[[str], str | Rejected]:
        return _one_of({code.casefold(): code for code in self._lists.codes.get(name, ())})

    def _find_place(self, cell: str) -> str | Rejected:
        gazetteer = self._lists.gazetteer
        if gazetteer.name(code := cell.upper()) != code:
            return code
        found = gazetteer.find(cell)
        if not found:
            return Rejected("unknown_place")
        alone = len(found) == 1 and found[0].score >= _CLEAR
        return found[0].place.code if alone else Rejected("unsure_place")

    def _past_day(self, cell: str) -> date | Rejected:
        day = parse_date(cell, self._today)
        if isinstance(day, Rejected):
            return day
        said = date.fromisoformat(day)
        return said if said <= self._today else Rejected("future")

    def _birth(self, cell: str, written: date, calendar: Calendar | None) -> Birth | Rejected:
        """A birth as it was said on the day that it was written down."""
        counted = calendar or Calendar.GREGORIAN
        if span := _RANGE.fullmatch(cell):
            read = _range(int(span[1]), int(span[2]), written, counted, cell)
        else:
            read = births.parse_age(cell, written, counted)
        if isinstance(read, Rejected):
            return read
        if calendar is not None and calendar != read.calendar and not _is_age(read):
            return Rejected("other_calendar")
        unclear = calendar is None and read.calendar == Calendar.GREGORIAN and not _is_age(read)
        return Rejected("calendar") if unclear and self._lists.two_calendars else read


def _person(line: Line, read: Mapping[str, Any]) -> PaperPerson:
    answers = {
        "full_name": read["full_name"],
        "sex": read["sex"],
        "age": read["birth"].to_dict(),
        **{name: read[name] for name in ("country_from", "return_month", "return_type", "area")},
        **{name: read[name] for name in ("people_with", "children_with", "need")},
        "urgent": "",
        "area_typed": line.cells["area"],
        "relation": "self",
    }
    said = [line.cells.get(name, "") for name in COLUMNS]
    return PaperPerson(
        line=line.line,
        number=read["number"],
        answers=answers,
        phone=read["phone"] or "",
        language=read["language"] or "",
        consents={purpose: read[name] for name, purpose in CONSENTS.items() if read[name] is not None},
        consent_date=read["consent_date"],
        consent_reference=read["consent_reference"],
        digest=hashlib.sha256(json.dumps(said).encode()).hexdigest(),
    )


# --- cells ------------------------------------------------------------------------------------------------


def _spoiled(name: str, cell: str) -> str:
    """The reason why a cell is not what somebody typed; empty where it may be."""
    if _ERROR.fullmatch(cell):
        return "excel_error"
    if name in ("number", "phone") and _SCIENTIFIC.fullmatch(cell):
        return "excel_number"
    if name in _DATES and _SERIAL.fullmatch(cell):
        return "excel_date"
    return "excel_month" if name == "return_month" and _SHORT_MONTH.fullmatch(cell) else ""


def _one_of(values: Mapping[str, Any]) -> Callable[[str], Any]:
    return lambda cell: values.get(cell.casefold(), Rejected("unknown_code"))


_yes_or_no = _one_of({"yes": True, "no": False})


def _count(cell: str) -> int | Rejected:
    whole = cell.removesuffix(".0")
    if not whole.isdecimal():
        return Rejected("not_a_number")
    return int(whole) if len(whole) <= 2 and int(whole) <= MOST_PEOPLE else Rejected("out_of_range")


def _range(first: int, last: int, written: date, calendar: Calendar, raw: str) -> Birth | Rejected:
    """Born in one of several years, or of an age between two. Both ends are ages, or both are years."""
    if first > last or (first < _YEAR) != (last < _YEAR) or (first < _YEAR and last > births.OLDEST):
        return Rejected("not_an_age")
    if last < _YEAR:
        old, young = births.from_age(last, written), births.from_age(first, written)
        return Birth(old.from_year, young.to_year, "year", Calendar.GREGORIAN, raw)
    ends = [births.parse_age(str(year), written, calendar) for year in (first, last)]
    begin, end = ends
    if isinstance(begin, Rejected) or isinstance(end, Rejected) or begin.calendar != end.calendar:
        return Rejected("implausible_age")
    return Birth(begin.from_year, end.to_year, "year", begin.calendar, raw)


def _is_age(birth: Birth) -> bool:
    """Whether it was said as an age, which is the same in every calendar: a range of them, or two years for one."""
    if span := _RANGE.fullmatch(birth.raw):
        return int(span[1]) < _YEAR
    return birth.calendar == Calendar.GREGORIAN and birth.from_year < birth.to_year
