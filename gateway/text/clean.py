"""What people type, made fit to store (`clean`) and to compare (`fold`)."""

from __future__ import annotations

import re
import unicodedata

# Characters that nobody sees: controls, zero-width and bidi marks, fillers, variation selectors, tags, the
# keycap frame of "1️⃣", lone surrogates (which no database takes) and NUL (which PostgreSQL refuses).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Phones set these by themselves for the straight apostrophe, the only one of GSM-7.
_APOSTROPHES = str.maketrans(dict.fromkeys("´‘’‛′ʹʼ", "'"))

_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")

_ETHIOPIC = {chr(0x1369 + n): n + 1 for n in range(9)} | {chr(0x1372 + n): 10 * (n + 1) for n in range(9)}
_HUNDRED, _MYRIAD = "፻", "፼"
_BELOW_MYRIAD = "[፲-፺]?[፩-፱]?(?:፻[፲-፺]?[፩-፱]?)?"
# At most three myriads in one number: a run of thousands of ፼ would be an integer too long to write.
_ETHIOPIC_NUMBER = re.compile(f"(?=[፩-፼])(?:{_BELOW_MYRIAD}፼){{0,3}}{_BELOW_MYRIAD}")

# Vowel signs and accents that people leave out: Latin, Arabic and Ethiopic ones, and the Arabic tatweel.
# Those of other scripts are letters to their readers and stay.
_OPTIONAL_MARK = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u135d-\u135f\u1ab0-\u1aff\u1dc0-\u1dff]"
)
_GLOTTAL_STOP = str.maketrans(dict.fromkeys("'`ʻʽʾʿ"))
# What people put between the groups of a long number.
_GROUPING = re.compile(r"[\s\-‐-―−.·_/]+")
_ASCII_GAP = re.compile(r"[^0-9a-z]+")


def clean(text: str) -> str:
    """A text fit to store and parse.

    Invisible characters go; compatibility forms are normalised (NFKC); numerals of every script become ASCII
    digits, Ethiopic ones read as the numbers they write; apostrophes are straight; white space is single.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_APOSTROPHES))
    text = _ETHIOPIC_NUMBER.sub(_ethiopic_number, text)
    text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """A text fit to compare with a label or keyword: `clean`, no case, no optional marks, no apostrophes.

    Other punctuation reads as a space. A text of punctuation alone stays as it is, so that `*` is not lost.
    """
    cleaned = clean(text)
    if cleaned.isascii():
        lowered = cleaned.lower()
        if lowered.isalnum():
            return lowered
        return _ASCII_GAP.sub(" ", lowered.replace("'", "").replace("`", "")).strip() or lowered
    bare = _OPTIONAL_MARK.sub("", unicodedata.normalize("NFKD", cleaned.casefold()).casefold())
    bare = unicodedata.normalize("NFC", bare.translate(_GLOTTAL_STOP))
    spaced = "".join([each if unicodedata.category(each)[0] in "LMN" else " " for each in bare])
    return " ".join(spaced.split()) or cleaned


def ungrouped(text: str) -> str:
    """A number or code as typed, `clean`, without the spaces, dashes, dots and slashes between its groups."""
    return _GROUPING.sub("", clean(text))


def _ethiopic_number(run: re.Match[str]) -> str:
    """፲፱፻፺ is (10 + 9) x 100 + 90. Digits set side by side (፭፩፪) are separate matches: 5, 1, 2."""
    total = group = 0
    for numeral in run[0]:
        if numeral == _MYRIAD:
            total, group = (total + group or 1) * 10_000, 0
        elif numeral == _HUNDRED:
            group = (group or 1) * 100
        else:
            group += _ETHIOPIC[numeral]
    return str(total + group)
