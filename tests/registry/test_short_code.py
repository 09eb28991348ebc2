"""Short codes of referral legs."""

from __future__ import annotations

from random import Random

import pytest
from stdnum import damm

from gateway.registry.short_code import check, compose, draw, read, shown


def test_every_code_agrees_with_the_oracle() -> None:
    """All 100,000 codes end in the digit that an independent Damm computes."""
    for number in range(100_000):
        five = f"{number:05d}"
        assert compose(five)[-1] == damm.calc_check_digit(five)


def test_every_single_error_and_exchange_is_caught() -> None:
    """No code with one wrong digit, or two neighbours exchanged, passes."""
    for five in ("10000", "12345", "90817", "55210", "73391"):
        code = compose(five)
        assert check(code)
        for place in range(6):
            for digit in set("0123456789") - {code[place]}:
                assert not check(code[:place] + digit + code[place + 1 :])
        for place in range(5):
            exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert exchanged == code or not check(exchanged)


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"], ids=ascii)
def test_what_is_no_code_fails(text: str) -> None:
    """Anything but six plain digits is refused, never an error."""
    assert not check(text)


def test_compose_takes_five_digits() -> None:
    """A code of another length cannot be made."""
    with pytest.raises(ValueError, match="five digits"):
        compose("1234")


def test_draws_are_valid() -> None:
    """Drawn codes pass their own check and never begin with 0."""
    randbelow = Random(3).randrange
    drawn = [draw(randbelow) for _ in range(500)]
    assert all(check(code) and code[0] != "0" for code in drawn)
    assert len(set(drawn)) > 490


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        ("12345-6", "123456"),
        (" 123 456 ", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("12345", None),
    ],
    ids=ascii,
)
def test_read(typed: str, code: str | None) -> None:
    """A code is read in any script and grouping."""
    assert read(typed) == code


def test_shown_is_read_back() -> None:
    """What is shown is read as the code."""
    assert shown("123456") == "12345-6"
    assert read(shown("123456")) == "123456"
