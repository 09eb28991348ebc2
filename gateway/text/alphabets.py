"""Which of the two alphabets of SMS and USSD a text needs, and how much room it takes there."""

from __future__ import annotations

from enum import StrEnum

from gateway.text import gsm7


class Alphabet(StrEnum):
    """The alphabets a carrier can send. One character outside GSM-7 moves the whole text to UCS-2."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


def alphabet_of(text: str) -> Alphabet:
    """The narrower alphabet that holds a text."""
    return Alphabet.UCS2 if gsm7.septets(text) is None else Alphabet.GSM7


def measure(text: str) -> tuple[Alphabet, int]:
    """The alphabet a text needs and its length there: septets, or UTF-16 units (two outside the BMP)."""
    septets = gsm7.septets(text)
    if septets is not None:
        return Alphabet.GSM7, septets
    return Alphabet.UCS2, len(text.encode("utf-16-le", "surrogatepass")) // 2
