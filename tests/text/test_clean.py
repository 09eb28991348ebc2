"""What people type."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.text.clean import clean, fold, ungrouped


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        pytest.param("  Amina   Nuur ", "Amina Nuur", id="spaces"),
        pytest.param("a\tb\r\nc\u00a0d\u3000e", "a b c d e", id="every white space"),
        pytest.param("1\x00234", "1234", id="nul"),
        pytest.param("\u200e\u202b1\u202c\u2069 نعم\u200f", "1 نعم", id="bidi marks"),
        pytest.param("a\u200bb\u200d\ufeffc", "abc", id="zero width"),
        pytest.param("1\ufe0f\u20e3", "1", id="keycap emoji"),
        pytest.param("a\ud83db", "ab", id="lone surrogate"),
        pytest.param("😀", "😀", id="an emoji stays"),
        pytest.param("ＡＢＣ１２３", "ABC123", id="full width"),
        pytest.param("٢٠٢٦", "2026", id="arabic-indic digits"),
        pytest.param("۲۰۲۶", "2026", id="persian digits"),
        pytest.param("२०२६ 𝟙 ²", "2026 1 2", id="other digits"),
        pytest.param("ta’e, ta´e, taʼe", "ta'e, ta'e, ta'e", id="apostrophes are straight"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("", "", id="nothing"),
        pytest.param("\u200b \x00", "", id="nothing that shows"),
    ],
)
def test_clean(typed: str, cleaned: str) -> None:
    """A text is stored without what nobody sees, in one form."""
    assert clean(typed) == cleaned


@pytest.mark.parametrize(
    ("numerals", "number"),
    [
        ("፩", "1"),
        ("፲", "10"),
        ("፲፪", "12"),
        ("፺፱", "99"),
        ("፻", "100"),
        ("፻፩", "101"),
        ("፪፻", "200"),
        ("፲፱፻፺", "1990"),
        ("፳፻፲፰", "2018"),
        ("፼", "10000"),
        ("፼፩", "10001"),
        ("፻፼", "1000000"),
        ("፲፪፼፴፬፻፶፮", "123456"),
        ("፼፼", "100000000"),
        pytest.param("፭፩፪፫", "5123", id="digits side by side"),
        pytest.param("፲፱፻፺ ዓ.ም.", "1990 ዓ.ም.", id="in a text"),
        pytest.param("፭0፪", "502", id="with an ASCII nought"),
    ],
)
def test_ethiopic_numerals(numerals: str, number: str) -> None:
    """Ethiopic numerals add and multiply and have no nought."""
    assert clean(numerals) == number


def test_a_flood_of_myriads_is_harmless() -> None:
    """Numerals that would write an integer of forty thousand digits are read as several numbers."""
    assert set(clean("፼" * 10_000)) == {"0", "1"}


def test_no_invisible_character_survives() -> None:
    """Of all Unicode, no control, format character or surrogate is kept, and every decimal digit is ASCII."""
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs"):
            assert clean(character) == "", hex(point)
        elif category == "Nd":
            assert clean(character) == str(unicodedata.decimal(character)), hex(point)


@settings(deadline=None)
@given(st.text(st.characters()))
def test_clean_and_fold_are_settled(text: str) -> None:
    """Doing either twice changes nothing, what is left can be stored, and folding loses no text whole."""
    cleaned, folded = clean(text), fold(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode() == cleaned.encode("utf-8", "strict")
    assert fold(folded) == folded
    assert (folded == "") == (cleaned == "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("YES", "yes.", id="case and a full stop"),
        pytest.param("Call-back!", "call  back", id="hyphen and space"),
        pytest.param("ta’e", "ta'e", id="apostrophes"),
        pytest.param("go'aan", "goaan", id="apostrophe left out"),
        pytest.param("Jaʿfar", "Jafar", id="transliterated ayin"),
        pytest.param("ISTANBUL", "i\u0307stanbul", id="a dot too many"),
        pytest.param("café", "CAFE", id="latin accents"),
        pytest.param("أُرِيدُ", "اريد", id="arabic vowel signs and hamza"),
        pytest.param("نعـــم", "نعم", id="tatweel"),
        pytest.param("አዎ።", "አዎ", id="ethiopic full stop"),
        pytest.param("ሰላም፡ነው", "ሰላም ነው", id="ethiopic word space"),
        pytest.param("١", "1", id="arabic-indic digit"),
        pytest.param("`hello`", "hello", id="grave accents"),
    ],
)
def test_fold_makes_equal(one: str, other: str) -> None:
    """Spellings that mean the same label are the same."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("*", "*", id="punctuation alone stays"),
        pytest.param("नहीं", "नहीं", id="vowel signs of other scripts are letters"),
        pytest.param("ß", "ss", id="casefold"),
        pytest.param("25/12", "25 12", id="a date"),
    ],
)
def test_fold_keeps(text: str, folded: str) -> None:
    """What distinguishes words is kept."""
    assert fold(text) == folded


def test_ungrouped() -> None:
    """Groups of a number are joined whatever stands between them."""
    assert ungrouped(" 5123-4567 ٨٩٠١/2 3–4.5 ") == "512345678901" + "2345"
