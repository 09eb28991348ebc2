"""The six digits that name a referral's leg in a text message: five, and a check digit by Damm's method."""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.text.clean import ungrouped

# H. M. Damm's totally anti-symmetric quasigroup of order 10 (dissertation, Marburg 2004): it catches every single
# wrong digit and every exchange of neighbours. Row: the state so far; column: the next digit.
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_SIX = re.compile(r"[0-9]{6}")


def compose(five: str) -> str:
    """Five digits and their check digit. Raises `ValueError` for anything but five ASCII digits."""
    if not re.fullmatch(r"[0-9]{5}", five):
        raise ValueError("a short code is made of five digits")
    return five + _damm(five)


def draw(randbelow: Callable[[int], int]) -> str:
    """A new code from `randbelow(n)`, which gives 0 to n - 1. It never begins with 0, which a spreadsheet drops."""
    return compose(str(10_000 + randbelow(90_000)))


def check(six: str) -> bool:
    """Whether six plain digits end in the right check digit."""
    return bool(_SIX.fullmatch(six)) and _damm(six) == "0"


def read(typed: str) -> str | None:
    """The six digits that a person typed in any script, or None; the check digit is not tried."""
    digits = ungrouped(typed)
    return digits if _SIX.fullmatch(digits) else None


def shown(six: str) -> str:
    """A code as it is read aloud: `12345-6`."""
    return f"{six[:5]}-{six[5:]}"


def _damm(digits: str) -> str:
    state = "0"
    for digit in digits:
        state = _QUASIGROUP[int(state)][int(digit)]
    return state
