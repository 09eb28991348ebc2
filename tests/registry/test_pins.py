"""PINs that may be chosen."""

from __future__ import annotations

import pytest

from gateway.registry.pins import acceptable


@pytest.mark.parametrize(
    ("pin", "length", "taken"),
    [
        ("4821", 4, True),
        ("1223", 4, True),
        ("0190", 4, True),
        ("482157", 6, True),
        ("0000", 4, False),
        ("1111", 4, False),
        ("1234", 4, False),
        ("4321", 4, False),
        ("7890", 4, False),
        ("0987", 4, False),
        ("1212", 4, False),
        ("123123", 6, False),
        ("121212", 6, False),
        ("654321", 6, False),
        ("482", 4, False),
        ("48215", 4, False),
        ("482a", 4, False),
        ("٤٨٢١", 4, False),
        ("", 4, False),
        ("", 0, False),
    ],
)
def test_acceptable(pin: str, length: int, taken: bool) -> None:
    """The right number of plain digits, and none of the first that anyone tries."""
    assert acceptable(pin, length) is taken
