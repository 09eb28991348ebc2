"""Certificate numbers `CRRR RRRR RRKK`.

C is the digit of the register, 5 to 8: the 12-digit phone numbers of the region and its corridors begin with
2, 3, 4 or 9, and a leading 0 dies in a spreadsheet. Nine random digits follow (eleven for a register open to
the public), then two check digits by ISO/IEC 7064 MOD 97-10. Nothing is derived from the person or the date.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.text.clean import ungrouped

_PAYLOAD = re.compile(r"[5-8](?:[0-9]{9}|[0-9]{11})")
_TYPED = re.compile(r"[0-9]{12}|[0-9]{14}")
# Digits that people miscount or take for an example: 555, 1234 and its like, 171717.
_EASILY_MISREAD = re.compile(r"([0-9])\1\1|0123|1234|2345|3456|4567|5678|6789|([0-9]{2})\2\2")


def compose(register_digit: str, body: str) -> str:
    """The number of a register digit (5 to 8) and 9 or 11 random digits. Raises `ValueError` for any other."""
    payload = register_digit + body
    if len(register_digit) != 1 or not _PAYLOAD.fullmatch(payload):
        raise ValueError("a certificate number is a register digit, 5 to 8, and 9 or 11 digits")
    return f"{payload}{98 - int(payload) * 100 % 97:02d}"


def draw(register_digit: str, digits: int, randbelow: Callable[[int], int]) -> str:
    """A new number with 9 or 11 random `digits` from `randbelow(n)`, which gives 0 to n - 1.

    Drawn again while it holds a run that is easily misread (about one in eight does).
    """
    while True:
        number = compose(register_digit, f"{randbelow(10**digits):0{digits}d}")
        if not _EASILY_MISREAD.search(number):
            return number


def check(number: str) -> bool:
    """Whether a number of 12 or 14 plain digits is one that `compose` makes.

    The check digits are compared, not divided: 00, 01 and 99 leave the same remainder as 97, 98 and 02, and
    taking them would let some errors through.
    """
    payload = number[:-2]
    return bool(_PAYLOAD.fullmatch(payload)) and compose(payload[0], payload[1:]) == number


def read(typed: str) -> str | None:
    """The 12 or 14 digits that a person typed in any script, grouped in any way; check digits are not tried."""
    digits = ungrouped(typed)
    return digits if _TYPED.fullmatch(digits) else None


def grouped(number: str) -> str:
    """A number as it is shown: `5123 4567 8901`."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
