"""A list of people known on paper is read whole or refused with line and column, whatever stands in it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.people.import_ import REASONS
from gateway.registry.paper.people import COLUMNS, NEEDED, OPTIONAL, Lists, PaperPerson, read
from gateway.registry.paper.sheet import WHOLE, Refusal, Sheet, decode, open_sheet
from gateway.registry.places import Gazetteer, Place

TODAY = date(2026, 3, 10)
LISTS = Lists(
    codes={
        "sex": ("f", "m", "not_said"),
        "country_from": ("SA", "YE", "other"),
        "return_type": ("forced", "assisted", "not_said"),
    },
    needs=("health", "work"),
    languages=("am", "so"),
    region="ET",
    gazetteer=Gazetteer([Place("ET14", "Addis Ababa", 1), Place("ET04", "Oromia", 1)]),
    two_calendars=True,
)
ROW = {
    "number": "A-17",
    "full_name": "Hodan Cali Nuur",
    "sex": "f",
    "birth": "35",
    "calendar": "",
    "country_from": "SA",
    "return_month": "02/2026",
    "return_type": "forced",
    "area": "Addis Ababa",
    "people_with": "2",
    "children_with": "1",
    "need": "health",
    "phone": "0911 234567",
    "consent_register": "yes",
    "consent_date": "15/01/2024",
    "consent_reference": "box 3, sheet 4",
    "consent_share": "no",
    "consent_statistics": "",
    "consent_sms": "yes",
    "language": "so",
}


def written(*rows: dict[str, str], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as a spreadsheet saves them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def opened(text: str) -> Sheet:
    sheet = open_sheet(text, COLUMNS, NEEDED)
    assert isinstance(sheet, Sheet), sheet
    return sheet


def one(**changes: str) -> Any:
    """What one row is read as: a person, or the refusals as {column: reason}."""
    (found,) = read(opened(written(ROW | changes)), LISTS, TODAY)
    return found if isinstance(found, PaperPerson) else {each.column: each.reason for each in found}


# --- a row ------------------------------------------------------------------------------------------------


def test_a_row_is_what_a_registration_says() -> None:
    """Codes, a place by its name, a phone as E.164; the age counts from the day on which it was written down."""
    person = one()
    assert person.answers == {
        "full_name": "Hodan Cali Nuur",
        "sex": "f",
        "age": {"from": 1988, "to": 1989, "precision": "year", "calendar": "gregorian", "raw": "35"},
        "country_from": "SA",
        "return_month": "2026-02",
        "return_type": "forced",
        "area": "ET14",
        "people_with": 2,
        "children_with": 1,
        "need": "health",
        "urgent": "",
        "area_typed": "Addis Ababa",
        "relation": "self",
    }
    assert (person.line, person.number, person.phone) == (2, "A-17", "+251911234567")
    assert person.consents == {"share": False, "sms": True}, "an empty cell is no answer"
    assert (person.consent_date, person.language) == (date(2024, 1, 15), "so")
    assert "Hodan" not in repr(person)


@pytest.mark.parametrize(
    ("birth", "calendar", "expected"),
    [
        ("35", "", (1988, 1989, "gregorian")),
        ("30-35", "", (1988, 1994, "gregorian")),
        ("1988-1990", "gregorian", (1988, 1990, "gregorian")),
        ("1980-1982", "ethiopian", (1987, 1990, "ethiopian")),
        ("1990", "gregorian", (1990, 1990, "gregorian")),
        ("1980", "ethiopian", (1987, 1988, "ethiopian")),
        ("1410", "", (1989, 1990, "hijri")),
        ("1990-05-31", "gregorian", (1990, 1990, "gregorian")),
    ],
    ids=["age", "ages", "years", "ethiopian years", "year", "ethiopian year", "hijri year", "day"],
)
def test_births(birth: str, calendar: str, expected: tuple[int, int, str]) -> None:
    """Ranges and precision stay what they were; nothing is made finer."""
    age = one(birth=birth, calendar=calendar).answers["age"]
    assert (age["from"], age["to"], age["calendar"]) == expected
    assert age.get("day", "") == ("1990-05-31" if birth == "1990-05-31" else "")
    assert age["raw"] == birth


REFUSED: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"birth": "1990"}, {"calendar": "calendar"}),
    ({"birth": "1990", "calendar": "hijri"}, {"calendar": "other_calendar", "birth": "other_calendar"}),
    ({"birth": "40-30"}, {"birth": "not_an_age"}),
    ({"birth": "30-1990"}, {"birth": "not_an_age"}),
    ({"birth": "33000"}, {"birth": "excel_date"}),
    ({"birth": "old"}, {"birth": "not_an_age"}),
    ({"number": "2.51912E+11"}, {"number": "excel_number"}),
    ({"phone": "2,51912E+11"}, {"phone": "excel_number"}),
    ({"phone": "12"}, {"phone": "not_a_phone"}),
    ({"return_month": "46054"}, {"return_month": "excel_date"}),
    ({"return_month": "Feb-26"}, {"return_month": "excel_month"}),
    ({"return_month": "05/2026"}, {"return_month": "future"}),
    ({"need": "#REF!"}, {"need": "excel_error"}),
    ({"birth": "######"}, {"birth": "excel_error"}),
    ({"area": "Nowhere at all"}, {"area": "unknown_place"}),
    ({"sex": "woman", "need": "gold"}, {"sex": "unknown_code", "need": "unknown_code"}),
    ({"people_with": "31"}, {"people_with": "out_of_range"}),
    ({"children_with": "3"}, {"children_with": "more_children"}),
    ({"children_with": "-1"}, {"children_with": "not_a_number"}),
    ({"consent_register": "no"}, {"consent_register": "no_consent"}),
    ({"consent_register": ""}, {"consent_register": "empty"}),
    ({"consent_date": "11/03/2026"}, {"consent_date": "future"}),
    ({"consent_reference": ""}, {"consent_reference": "empty"}),
    ({"full_name": "Hodan 2"}, {"full_name": "digits_in_name"}),
    ({"full_name": "a" * 81}, {"full_name": "too_long"}),
    ({"language": "xx"}, {"language": "unknown_code"}),
]


@pytest.mark.parametrize(("changes", "expected"), REFUSED, ids=[str(changes) for changes, _ in REFUSED])
def test_refused(changes: dict[str, str], expected: dict[str, str]) -> None:
    """Every fault of a row is named by its column, and a row with a fault is nobody."""
    assert one(**changes).items() <= expected.items()


def test_an_area_by_its_code_or_not_at_all() -> None:
    """A P-code in any case is taken; a name that could be several places is not guessed."""
    assert one(area="et04").answers["area"] == "ET04"
    assert one(area="A") == {"area": "unsure_place"}
    assert one(area="Adis Ababa").answers["area"] == "ET14"


def test_one_number_is_one_person() -> None:
    """The second row of a number is refused, the first stands."""
    first, second = read(opened(written(ROW, ROW | {"full_name": "Asha Ali Nuur"})), LISTS, TODAY)
    assert isinstance(first, PaperPerson)
    assert second == (Refusal(3, "number", "twice"),)


def test_a_changed_row_is_known_by_its_digest() -> None:
    """The same cells have the same digest, whatever the file's form; another cell changes it."""
    same = next(read(opened(written(ROW, delimiter=";")), LISTS, date(2027, 1, 1)))
    assert isinstance(same, PaperPerson)
    assert one().digest == same.digest != one(need="work").digest


# --- a file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_forms_of_a_file(delimiter: str, end: str, mark: str) -> None:
    """With or without a byte order mark; parted by commas, semicolons or tabs; a cell may hold any of them."""
    text = mark + written(ROW | {"consent_reference": 'a, b; "c"\td'}, delimiter=delimiter, end=end)
    decoded = decode(text.encode())
    assert isinstance(decoded, str)
    (person,) = read(opened(decoded), LISTS, TODAY)
    assert isinstance(person, PaperPerson)
    assert person.consent_reference == 'a, b; "c" d'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("né".encode("latin-1"), Refusal(1, WHOLE, "not_utf8")),
        (b"a\nb\n\xff", Refusal(3, WHOLE, "not_utf8")),
        ("number".encode("utf-16"), Refusal(1, WHOLE, "utf16")),
    ],
    ids=["latin", "third line", "utf-16"],
)
def test_other_encodings(data: bytes, expected: Refusal) -> None:
    """What is not UTF-8 is refused before a name is spoiled."""
    assert decode(data) == expected


def test_columns_that_are_wrong() -> None:
    """Missing, unknown and repeated columns are named at once; one without a known name only by its place."""
    header = [name for name in COLUMNS if name not in ("sex", "phone")]
    found = open_sheet(",".join([*header, "Hodan Cali", "need"]) + "\n", COLUMNS, NEEDED)
    assert found == (
        Refusal(1, f"column {len(header) + 1}", "unknown_column"),
        Refusal(1, "need", "twice_column"),
        Refusal(1, "sex", "missing_column"),
    )


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("A,B\r\n", (Refusal(3, WHOLE, "cells"),)),
        ('A,"B\r\nC",' + "x," * 18 + "\r\n", (Refusal(3, WHOLE, "spans_lines"),)),
        ('A,"B"C\r\n', (Refusal(3, WHOLE, "quotes"),)),
    ],
    ids=["too few cells", "a line break in a cell", "a quotation mark astray"],
)
def test_lines_that_are_no_rows(tail: str, expected: tuple[Refusal, ...]) -> None:
    """A broken line is refused by its number, and the others are read."""
    first, second = read(opened(written(ROW) + tail), LISTS, TODAY)
    assert isinstance(first, PaperPerson)
    assert second == expected


def test_blank_lines_and_empty_cells_at_the_end() -> None:
    """What a spreadsheet adds is nobody."""
    text = written(ROW).replace("\r\n", ",,\r\n") + "," * 21 + "\r\n\r\n"
    assert [type(each) for each in read(opened(text), LISTS, TODAY)] == [PaperPerson]


def test_optional_columns_may_be_left_out() -> None:
    """A list without phones is a list."""
    lines = written(
        {name: cell for name, cell in ROW.items() if name not in OPTIONAL} | dict.fromkeys(OPTIONAL, "")
    )
    header = ",".join(name for name in COLUMNS if name in NEEDED)
    cells = next(csv.DictReader(io.StringIO(lines)))
    out = io.StringIO()
    csv.writer(out).writerow([cells[name] for name in COLUMNS if name in NEEDED])
    (person,) = read(opened(f"{header}\r\n{out.getvalue()}"), LISTS, TODAY)
    assert isinstance(person, PaperPerson)
    assert (person.phone, person.language, person.consents) == ("", "", {})


HEADER = ",".join(COLUMNS) + "\n"
CELL = st.one_of(
    st.sampled_from([*ROW.values(), "", '"', "2.5E+11", "1990-1992", "፲፱፻፺", "-"]), st.text(max_size=12)
)


@given(st.one_of(st.text(), st.lists(CELL, max_size=44).map(",".join)))
def test_any_text_is_people_or_refusals(text: str) -> None:
    """Nothing that stands in a file ends the reading; each refusal has a line, a column and words, never a cell."""
    for sheet in (open_sheet(text, COLUMNS, NEEDED), open_sheet(HEADER + text, COLUMNS, NEEDED)):
        found = list(read(sheet, LISTS, TODAY)) if isinstance(sheet, Sheet) else [sheet]
        for row in found:
            assert isinstance(row, PaperPerson) or row
            for refusal in row if isinstance(row, tuple) else ():
                assert refusal.line >= 1
                assert (
                    refusal.column in COLUMNS
                    or refusal.column == WHOLE
                    or refusal.column.startswith("column ")
                )
                assert refusal.reason in REASONS


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), CELL))
def test_any_cell_is_read_or_refused(changes: dict[str, str]) -> None:
    """A row of any cells is one person or refusals of its own columns."""
    found = next(read(opened(written(ROW | changes)), LISTS, TODAY), ())
    if isinstance(found, tuple):
        assert {each.column for each in found} <= {*COLUMNS, WHOLE}
        assert {each.reason for each in found} <= REASONS.keys()


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """Whatever was saved, it is text or said to be none."""
    assert isinstance(decode(data), str | Refusal)
