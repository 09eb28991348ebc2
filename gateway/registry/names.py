"""Names of people: one field, kept as typed. The region has own, father's and grandfather's name, no surname."""

from __future__ import annotations

from gateway.messages import Rejected
from gateway.text.clean import clean


def person_name(text: str) -> str | Rejected:
    """A name as typed, its spacing cleaned. Rejected: `digits_in_name`, or `name_too_short` under two letters."""
    name = clean(text)
    if any(character.isdigit() for character in name):
        return Rejected("digits_in_name")
    if sum(character.isalpha() for character in name) < 2:
        return Rejected("name_too_short")
    return name


def given_and_initials(name: str) -> tuple[str, str]:
    """A person's own name, and the first letters of the names behind it: `Hodan`, `C N`."""
    own, _, others = name.strip().partition(" ")
    return own, initials(others)


def initials(name: str) -> str:
    """The first letter of each word, apart: `A N X`. What a shared phone may show. No dots: they would jump in
    right-to-left text."""
    firsts = (next(filter(str.isalpha, word), "") for word in name.split())
    return " ".join(letter.upper() for letter in firsts if letter)
