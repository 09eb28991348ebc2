"""A person's public reference, such as `K7R2 49XM`: what a caller cut off gives to go on.

A letter, then seven of eighteen signs: 6 thousand million references. It opens nothing by itself. The signs look
and sound unlike one another, spell no word, and the letter sets it apart from every number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.text.clean import ungrouped

_LETTERS = "FHJKMQRWXY"
_SIGNS = _LETTERS + "23456789"
_REFERENCE = re.compile(f"[{_LETTERS}][{_SIGNS}]{{7}}")
_LOOKALIKES = str.maketrans("BSZG", "8526")


def draw(randbelow: Callable[[int], int]) -> str:
    """A new reference of eight signs from `randbelow(n)`, which gives 0 to n - 1."""
    return _LETTERS[randbelow(len(_LETTERS))] + "".join(_SIGNS[randbelow(len(_SIGNS))] for _ in range(7))


def read(typed: str) -> str | None:
    """The reference that a person typed, in any case and grouping, B, S, Z and G read as digits; or None."""
    reference = ungrouped(typed).upper().translate(_LOOKALIKES)
    return reference if _REFERENCE.fullmatch(reference) else None


def grouped(reference: str) -> str:
    """A reference as people read it: `K7R2 49XM`."""
    return f"{reference[:4]} {reference[4:]}".strip()
