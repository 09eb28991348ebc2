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
_TYPED = re.compile(r"[0-9]{5,7}")
_AROUND = "#.,;:!?\"'()[]<>"
_LOOKS_LIKE = str.maketrans("oOiIlL|", "0011111")
_TEN = "0123456789"


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
    """The digits of a code as a person typed it, in any script; None where it can be none.

    Five to seven digits: one may be missing or doubled, and the check digit is not tried. The letters O, I and L
    between digits are 0 and 1: phones and handwriting do not tell them apart.
    """
    digits = ungrouped(typed).strip(_AROUND)
    if sum(map(_TEN.__contains__, digits)) > len(digits) // 2:
        digits = digits.translate(_LOOKS_LIKE)
    return digits if _TYPED.fullmatch(digits) else None


def near(digits: str) -> tuple[str, ...]:
    """The valid codes that are one slip away from digits that are none, in order.

    A slip is a wrong digit, two neighbours exchanged, a digit left out, or one too many. Of the five dozen ways to
    mend one the check digit leaves about six, and none for a code that is valid itself.
    """
    match len(digits):
        case 5:
            made = {digits[:at] + each + digits[at:] for at in range(6) for each in _TEN}
        case 6:
            made = {digits[:at] + each + digits[at + 1 :] for at in range(6) for each in _TEN}
            made |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(5)}
        case 7:
            made = {digits[:at] + digits[at + 1 :] for at in range(7)}
        case _:
            made = set()
    return tuple(sorted(each for each in made - {digits} if check(each)))


def shown(six: str) -> str:
    """A code as it is read aloud: `12345-6`."""
    return f"{six[:5]}-{six[5:]}"


def _damm(digits: str) -> str:
    state = "0"
    for digit in digits:
        state = _QUASIGROUP[int(state)][int(digit)]
    return state
