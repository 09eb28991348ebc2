"""What people type: digits of every script, labels, synonyms, every kind that can be asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.commands import Kind
from gateway.conversation.answers import BOUNDS, parse, shown, take
from gateway.conversation.flow import Variable
from gateway.messages import Rejected

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DETAIL = {"full": "full", "no room": "full", "closed": "closed"}


def variable(kind: Kind, name: str = "x", **bounds: int) -> Variable:
    least, most = BOUNDS.get(kind, (0, 0))
    return Variable(name, kind, bounds.get("least", least), bounds.get("most", most), DETAIL)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1", "yes"),
        ("2", "no"),
        (" 1 ", "yes"),
        ("1.", "yes"),
        ("(2)", "no"),
        ("١", "yes"),
        ("۲", "no"),
        ("፩", "yes"),
        ("２", "no"),
        ("1️⃣", "yes"),
        ("\u200f1", "yes"),
        ("yes", "yes"),
        ("YES!", "yes"),
        ("No", "no"),
        ("ok", "yes"),
        ("Haa", "yes"),
        ("waan", "yes"),
        ("Maya", "no"),
        ("አዎ", "yes"),
        ("አይ", "no"),
        ("y", "yes"),
    ],
)
def test_a_choice_is_made_by_digit_label_or_synonym_of_any_language(person, typed, code):
    """Whatever language the session speaks; 1 is yes and 2 is no in all of them."""
    person.says("REG", typed)
    assert person.session.frames[-1].variables["consent"] == code if code == "yes" else person.closed


@pytest.mark.parametrize(
    "typed", ["", " ", "3", "0", "11", "yes no", "١٢", "*", "\x00", "\ud800", "12345678901" * 9]
)
def test_anything_else_asks_again(person, typed):
    """Never an error, never a guess."""
    person.says("REG", typed)
    assert person.session.tries == 1


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.TEXT, "  a   b ", "a b"),
        (Kind.TEXT, "", None),
        (Kind.TEXT, "x" * 301, None),
        (Kind.PERSON_NAME, "Nuur Xuseen", "Nuur Xuseen"),
        (Kind.PERSON_NAME, "ሰላም ተስፋዬ", "ሰላም ተስፋዬ"),
        (Kind.PERSON_NAME, "N", None),
        (Kind.PERSON_NAME, "Nuur 2", None),
        (Kind.PERSON_NAME, "n" * 81, None),
        (Kind.NUMBER, "0", 0),
        (Kind.NUMBER, "٠٧", 7),
        (Kind.NUMBER, "፲፪", 12),
        (Kind.NUMBER, "-1", None),
        (Kind.NUMBER, "1.5", None),
        (Kind.NUMBER, "1000000", None),
        (Kind.NUMBER, "9" * 40, None),
        (Kind.YEAR, "1990", 1990),
        (Kind.YEAR, "1410", 1410),
        (Kind.YEAR, "90", None),
        (Kind.PIN, "0471", "0471"),
        (Kind.PIN, "٤٧١١", "4711"),
        (Kind.PIN, "471", None),
        (Kind.PIN, "4711223", None),
        (Kind.PIN, "47 11", None),
        (Kind.CODE, "No ROOM", "full"),
        (Kind.CODE, "else", None),
        (Kind.MONTH, "5/2026", "2026-05"),
        (Kind.MONTH, "2025", "2025"),
        (Kind.MONTH, "soon", None),
        (Kind.DATE, "25/12", "2026-12-25"),
        (Kind.DATE, "31/2/2026", None),
        (Kind.CERTIFICATE_NUMBER, "5123 4567 8901", "512345678901"),
        (Kind.CERTIFICATE_NUMBER, "5123", None),
        (Kind.LEG_CODE, "12345-6", "123456"),
        (Kind.LEG_CODE, "12345", "12345"),
        (Kind.LEG_CODE, "1234", None),
    ],
)
def test_each_kind_takes_what_it_is(kind, typed, value):
    """A value in plain JSON, or `Rejected`."""
    parsed = parse(variable(kind), typed, NOW)
    assert isinstance(parsed, Rejected) if value is None else parsed == value


@pytest.mark.parametrize(("typed", "first"), [("35", 1990), ("1990", 1990), ("1410", 1989)])
def test_an_age_is_a_range_of_years(typed, first):
    """An age, a Gregorian year, a Hijri year."""
    assert parse(variable(Kind.AGE), typed, NOW)["from"] == first


@pytest.mark.parametrize(
    ("bounds", "typed", "taken"),
    [
        ({"least": 2}, "1", False),
        ({"least": 2}, "2", True),
        ({"most": 4}, "5", False),
        ({"most": 4}, "4", True),
    ],
)
def test_a_number_keeps_its_bounds(bounds, typed, taken):
    """`min` and `max` of the flow."""
    assert isinstance(parse(variable(Kind.NUMBER, **bounds), typed, NOW), Rejected) is not taken


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.CERTIFICATE_NUMBER, "512345678901", "5123 4567 8901"),
        (Kind.LEG_CODE, "123456", "12345-6"),
        (Kind.MONTH, "2026-05", "05/2026"),
        (Kind.MONTH, "2026", "2026"),
        (Kind.DATE, "2026-05-31", "31/05/2026"),
        (Kind.AGE, {"raw": "35"}, "35"),
        (Kind.NUMBER, 7, "7"),
        (Kind.PIN, "4711", ""),
        (Kind.LIST, [{"value": "a", "label": "b"}], ""),
    ],
)
def test_values_show_as_people_read_them(kind, value, text):
    """No PIN and no list is ever shown."""
    assert shown(kind, value) == text


def test_words_are_shared_out_among_variables():
    """The first takes as much as leaves something for the next."""
    number, year = variable(Kind.CERTIFICATE_NUMBER, "number"), variable(Kind.YEAR, "year")
    assert take((number, year), ["5123", "4567", "8901", "1990"], NOW) == (
        {"number": "512345678901", "year": 1990},
        True,
    )
    assert take((number, year), ["5123", "4567", "8901", "x"], NOW) == ({"number": "512345678901"}, False)
    assert take((), ["x"], NOW) == ({}, False)


def test_a_stored_code_shows_its_label_in_the_language_spoken(person):
    """Codes are neutral; the words are the option's."""
    person.says("REG", "LANG so", "1", "Nuur Xuseen", "35", "0", "x", "1", "1")
    assert "Registered: K7R2 49XM, Haa." in person.screen
