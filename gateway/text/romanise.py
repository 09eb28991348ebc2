"""Ethiopic in Latin letters, as people write it on phones without it: for screens that would show boxes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SYLLABLE = re.compile(
    r"ETHIOPIC SYLLABLE (?:SEBATBEIT |GLOTTAL |PHARYNGEAL )?(.*?)(W?)(AA|EE|OA|A|U|I|E|O)$"
)
_VOWELS = {"A": "e", "U": "u", "I": "i", "AA": "a", "EE": "e", "E": "", "O": "o", "OA": "o"}
_ALONE = {"A": "a", "U": "u", "I": "i", "AA": "a", "EE": "e", "E": "e", "O": "o", "OA": "o"}
_CONSONANTS = {
    "HH": "h", "SZ": "s", "X": "h", "KX": "h", "TH": "t", "CH": "ch", "C": "ch", "PH": "p", "TZ": "ts",
    "Q": "k", "QH": "k", "DD": "d", "GG": "g", "ZH": "zh", "SH": "sh", "NY": "ny", "TS": "ts",
}  # fmt: skip
_IN_THE_THROAT = frozenset({"H", "HH", "X"})  # their first order is said as the fourth: Harar, not Herer
_SIGNS = {"፡": " ", "።": ".", "፣": ",", "፤": ";", "፥": ":", "፦": ":", "፧": "?", "፨": "."}


def romanised(text: str) -> str:
    """A text with every Ethiopic letter in Latin ones; all else stays as it is."""
    return "".join([_letter(each) for each in text])


@lru_cache(maxsize=512)
def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    found = _SYLLABLE.match(unicodedata.name(letter, ""))
    if not found:
        return letter
    consonant, rounded, vowel = found.groups()
    if not consonant and not rounded:
        return _ALONE[vowel]
    if consonant in _IN_THE_THROAT and vowel == "A":
        return "ha"
    return _CONSONANTS.get(consonant, consonant.lower()) + rounded.lower() + _VOWELS[vowel]
