"""The places of a country, read from the CSV files that its policy names: ours, and an operator's behind them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence

from gateway.catalogue.files import Bundle
from gateway.errors import FlowError
from gateway.registry.places import Gazetteer, Place

FOLDER = "policies"
COLUMNS = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code")
ALIAS_COLUMNS = ("code", "language", "name")

Line = tuple[str, int, Mapping[str, str]]  # the file, the line from 1, the row


def read_gazetteer(
    bundle: Bundle,
    country: str,
    files: Sequence[str],
    aliases: Sequence[str],
    towns: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> Gazetteer:
    """The gazetteer of a country (ISO 3166-1, three letters). A later file replaces places of an earlier by P-code.

    An alias with a language is the place's name in it, the last file's first row of a language before all others; an
    alias without is only found by. `towns` are files of the shape of aliases, with smaller places by the code
    of the one around them. Raises `FlowError` with file and line for a missing column, a P-code or alias given twice
    in one file, a level that is no number, a parent that is unknown or no wider than the place, and an alias of an
    unknown place or language (none is unknown where no `languages` are given).
    """
    every: dict[str, Line] = {}
    for name in files:
        every |= _places(bundle, name)
    for file, line, row in every.values():
        _check_parent(file, line, row, every)
    found: dict[str, list[str]] = {}
    named: dict[str, dict[str, str]] = {}
    for name in aliases:
        for code, called in _aliases(bundle, name, every, languages, found).items():
            named.setdefault(code, {}).update(called)
    inside: dict[str, list[str]] = {}
    for name in towns:
        _aliases(bundle, name, every, languages, inside)
    return Gazetteer(
        Place(
            code,
            row["Name"],
            _level(row),
            row["Parent P-Code"],
            tuple(found.get(code, ())),
            named.get(code, {}),
            tuple(inside.get(code, ())),
        )
        for code, (_, _, row) in every.items()
        if row["Location"] == country
    )


def rows(bundle: Bundle, name: str, columns: Sequence[str] = COLUMNS) -> Iterator[Mapping[str, str]]:
    """The rows of a CSV file beside the policies. Raises `FlowError` for a missing column."""
    return (row for _, _, row in _rows(bundle, name, columns))


def _rows(bundle: Bundle, name: str, columns: Sequence[str]) -> Iterator[Line]:
    path = f"{FOLDER}/{name}"
    reader = csv.DictReader(bundle.texts[path].removeprefix("\ufeff").splitlines(), restval="")
    for column in columns:
        if column not in (reader.fieldnames or ()):
            hint = f"The first line names the columns: {','.join(columns)}."
            raise _fault(path, 1, f"the column '{column}' is missing", hint)
    for row in reader:
        yield path, reader.line_num, {column: row[column].strip() for column in columns}


def _places(bundle: Bundle, name: str) -> dict[str, Line]:
    """The places of one file by their P-codes."""
    found: dict[str, Line] = {}
    for file, line, row in _rows(bundle, name, COLUMNS):
        code = row["P-Code"]
        if code in found:
            hint = (
                f"It stands in line {found[code][1]} already: take one away, or give the place its own code."
            )
            raise _fault(file, line, f"the P-code {code} is given twice", hint)
        if not (code and row["Name"] and row["Location"]):
            hint = "Fill in Location, P-Code and Name, or take the line away."
            raise _fault(file, line, "a place without a code, name or country", hint)
        if not (row["Admin Level"].isascii() and row["Admin Level"].isdigit()):
            hint = "Write 1 for a region or state, 2 for a zone or district."
            raise _fault(file, line, f"the level of {code} is no whole number", hint)
        found[code] = file, line, row
    return found


def _check_parent(file: str, line: int, row: Mapping[str, str], every: Mapping[str, Line]) -> None:
    """A place lies in its country, or in a wider place that is known."""
    code, parent = row["P-Code"], row["Parent P-Code"]
    if parent == row["Location"]:
        return
    if parent not in every:
        hint = f"Write a P-code of these files, or {row['Location']} for a place of level 1."
        raise _fault(file, line, f"the place {code} lies in {parent or 'nothing'}, which is unknown", hint)
    if _level(every[parent][2]) >= _level(row):
        hint = "A place lies in one of a smaller Admin Level."
        raise _fault(file, line, f"the place {code} lies in {parent}, which is no wider", hint)


def _aliases(
    bundle: Bundle,
    name: str,
    places: Mapping[str, Line],
    languages: Sequence[str],
    found: dict[str, list[str]],
) -> dict[str, dict[str, str]]:
    """Adds one file's aliases to those found, and says what each place is called in which language."""
    named: dict[str, dict[str, str]] = {}
    given: set[tuple[str, str]] = set()
    for file, line, row in _rows(bundle, name, ALIAS_COLUMNS):
        code, language, alias = row["code"], row["language"], row["name"]
        if code not in places:
            hint = "Write a P-code of the places' files, or add the place there."
            raise _fault(file, line, f"an alias of the unknown place {code}", hint)
        if not alias:
            raise _fault(file, line, f"an alias of {code} without a name", "Fill it in.")
        if language and languages and language not in languages:
            hint = f"Write one of {', '.join(languages)}, or nothing for a name of no language."
            raise _fault(file, line, f"the language '{language}' is unknown", hint)
        if (code, alias) in given:
            raise _fault(file, line, f"an alias of {code} is given twice", "Take one away.")
        given.add((code, alias))
        found.setdefault(code, []).append(alias)
        if language:
            named.setdefault(code, {}).setdefault(language, alias)
    return named


def _fault(file: str, line: int, problem: str, hint: str) -> FlowError:
    return FlowError(problem, file=file, line=line, hint=hint, rule="places")


def _level(row: Mapping[str, str]) -> int:
    return int(row["Admin Level"])
