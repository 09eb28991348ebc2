"""Ethiopic in Latin letters."""

from __future__ import annotations

import unicodedata

import pytest

from gateway.text import gsm7
from gateway.text.romanise import romanised


@pytest.mark.parametrize(
    ("ethiopic", "latin"),
    [
        ("ሰላም", "selam"),
        ("ምዝገባ", "mzgeba"),
        ("እንኳን ደህና መጡ", "enkwan dehna metu"),
        ("አማርኛ", "amarnya"),
        ("ትግርኛ።", "tgrnya."),
        ("ስም፣ ዕድሜ፦ 35", "sm, edme: 35"),
        ("ጸሐይ", "tsehay"),
        ("ሐረር", "harer"),
        ("Addis ABEBA!", "Addis ABEBA!"),
    ],
)
def test_words(ethiopic: str, latin: str) -> None:
    """As people write them on phones without Ethiopic; what is Latin already stays."""
    assert romanised(ethiopic) == latin


def test_every_syllable_has_letters() -> None:
    """Each syllable and sign of the Ethiopic block becomes letters of GSM-7, none of them is lost."""
    for code in range(0x1200, 0x1369):
        letter = chr(code)
        if unicodedata.name(letter, "").startswith(("ETHIOPIC SYLLABLE", "ETHIOPIC COMMA", "ETHIOPIC FULL")):
            assert romanised(letter), unicodedata.name(letter)
            assert gsm7.septets(romanised(letter)) is not None, unicodedata.name(letter)
