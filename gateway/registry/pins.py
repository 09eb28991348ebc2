"""Which PINs may be chosen."""

from __future__ import annotations

import re
from itertools import pairwise


def acceptable(pin: str, length: int) -> bool:
    """Whether a PIN is `length` plain digits and none of the first that anyone tries.

    Refused: one piece repeated (0000, 1212, 123123), and steps up or down (1234, 7890, 4321).
    """
    if len(pin) != length or not re.fullmatch(r"[0-9]+", pin):
        return False
    repeated = re.fullmatch(r"([0-9]+?)\1+", pin) is not None
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return not repeated and steps not in ({1}, {9})
