"""The directory as one plain CSV file, for those who have only a spreadsheet: a row for each service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from gateway.directory import cells
from gateway.directory.model import DAYS, Organisation, from_entry, location_of, service_of, to_entry
from gateway.directory.reading import Known, Reading
from gateway.errors import FlowError
from gateway.text.clean import clean

OF_ORGANISATION: Mapping[str, str] = {
    "organisation": "a short code of your own, the same in every file",
    "name": "the organisation's name, for the staff",
    "neutral": "what messages may call it; a number is given where it is empty",
    "language": "of the messages to it; the country's where it is empty",
    "phones": "those that answer referrals, each as +251…",
    "email": "",
    "website": "",
}
OF_SERVICE: Mapping[str, str] = {
    "need": "a need's code, or a word of the mapping file",
    "areas": "P-codes or names",
    "capacity": "people at once; no bound where it is empty",
    "sexes": "f, m; everyone where it is empty",
    "age_min": "whole years",
    "age_max": "whole years",
    "languages": "the organisation's own where it is empty",
    **dict.fromkeys(DAYS, "08:00-12:00; 13:00-17:00"),
    "closed": "days of the year, 2026-01-07",
    "assured": "the day on which this was last known to be so, 2026-01-31",
    "state": "open, full or closed; open where it is empty",
}
OF_PLACE: Mapping[str, str] = {
    "place_area": "where it is: a P-code or a name",
    "place_name": "",
    "place_address": "",
    "place_latitude": "degrees, WGS 84",
    "place_longitude": "degrees, WGS 84",
}
COLUMNS: Mapping[str, str] = {**OF_ORGANISATION, **OF_SERVICE, **OF_PLACE}
"""Every column, and what stands in it. Several values of a cell are parted by semicolons."""

_LISTS = {"areas", "sexes", "languages", "closed", *DAYS}
_PARTED = re.compile(r"[;,\n]")
_LONG_NUMBER = re.compile(r"[0-9]{7,}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,17})?(e-?[0-9]{1,2})?")


def write(organisations: Iterable[Organisation]) -> str:
    """The file. An organisation's own columns stand in each of its rows; its places beside its services."""
    return cells.MARK + cells.written(list(COLUMNS), (row for each in organisations for row in _rows(each)))


def _rows(organisation: Organisation) -> Iterator[dict[str, str]]:
    entry = {"organisation": organisation.code, **to_entry(organisation)}
    own = {name: _cell(entry[name]) for name in OF_ORGANISATION if name in entry}
    beside: Iterable[Any] = zip_longest(entry.get("services", ()), entry.get("locations", ()), fillvalue={})
    for service, place in [*beside] or [({}, {})]:
        flat = {**service, **service.get("eligibility", {}), **service.get("hours", {})}
        offered = {name: _cell(flat[name]) for name in OF_SERVICE if name in flat}
        where = {name: _cell(place[name[6:]]) for name in OF_PLACE if name[6:] in place}
        yield {**own, **offered, **where}


def _cell(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


# --- reading ----------------------------------------------------------------------------------------------


def read(text: str, file: str, known: Known) -> Reading:
    """The organisations of a file of these columns; commas, semicolons or tabs may part them.

    Raises `FlowError` with the line of the first cell that cannot be read, or that says something else of an
    organisation than a row before. Columns of other names are counted as left out.
    """
    reading = Reading()
    entries: dict[str, dict[str, Any]] = {}
    for line, row in cells.rows(text, file, separators=",;\t"):
        reading.fields.update(name for name in row if name not in COLUMNS)
        given = {name: clean(cell) for name, cell in row.items() if name in COLUMNS}
        code = given.get("organisation", "")
        if not code:
            raise FlowError("the column 'organisation' is empty", file=file, line=line)
        entry = entries.setdefault(code, {"services": [], "locations": []})
        try:
            _take(entry, given, known)
        except KeyError as missing:
            raise FlowError(f"the column '{missing.args[0]}' is empty", file=file, line=line) from None
        except ValueError as error:
            raise FlowError(str(error), file=file, line=line) from None
    for code, entry in entries.items():
        reading.organisations.append(from_entry(code, {"language": known.language, **entry}, file))
    return reading


def _take(entry: dict[str, Any], given: Mapping[str, str], known: Known) -> None:
    """Adds a row to what its organisation's entry has. Raises `ValueError` or `KeyError` for a wrong cell."""
    for name in OF_ORGANISATION:
        if name in given and name != "organisation":
            value = _parted(given[name]) if name == "phones" else given[name]
            if entry.setdefault(name, value) != value:
                raise ValueError(f"the column '{name}' says something else than a row before")
    if any(name in given for name in OF_SERVICE):
        entry["services"].append(_service(given, known))
        service_of(entry["services"][-1])
    if any(name in given for name in OF_PLACE):
        entry["locations"].append(_place(given, known))
        location_of(entry["locations"][-1])


def _service(given: Mapping[str, str], known: Known) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: _parted(given[name]) if name in _LISTS else given[name] for name in OF_SERVICE if name in given
    }
    values["need"] = known.need_of(values["need"]) or _refuse("need", values["need"])
    values["areas"] = [known.place_of(each) or _refuse("areas", each) for each in values.get("areas", ())]
    for name in ("capacity", "age_min", "age_max"):
        if name in values:
            values[name] = int(values[name]) if values[name].isdecimal() else _refuse(name, values[name])
    values["eligibility"] = {name: values[name] for name in ("sexes", "age_min", "age_max") if name in values}
    values["hours"] = {name: values[name] for name in (*DAYS, "closed") if name in values}
    return values


def _place(given: Mapping[str, str], known: Known) -> dict[str, Any]:
    place: dict[str, Any] = {name[6:]: given[name] for name in OF_PLACE if name in given}
    area = place.get("area", "")
    place["area"] = known.place_of(area) or _refuse("place_area", area)
    for name in ("latitude", "longitude"):
        if name in place:
            fits = _NUMBER.fullmatch(place[name])
            place[name] = float(place[name]) if fits else _refuse(f"place_{name}", place[name])
    return place


def _refuse(column: str, cell: str) -> Any:
    shown = _LONG_NUMBER.sub("…", cell)[:40]  # a phone in the wrong column is not repeated
    raise ValueError(f"the column '{column}' cannot hold '{shown}'")


def _parted(cell: str) -> list[str]:
    return [part.strip() for part in _PARTED.split(cell) if part.strip()]
