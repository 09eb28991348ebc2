"""Short codes of referral legs."""

from __future__ import annotations

from random import Random

import pytest
from stdnum import damm

from gateway.registry.short_code import check, compose, draw, near, read, shown


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
        ("#123456.", "123456"),
        ("(123456)", "123456"),
        ("1O3l56", "103156"),
        ("12345", "12345"),
        ("1234567", "1234567"),
        ("1234", None),
        ("12345678", None),
        ("OIL", None),
        ("OIOIO1", None),
        ("12a456", None),
    ],
    ids=ascii,
)
def test_read(typed: str, code: str | None) -> None:
    """A code is read in any script and grouping, with O and I for 0 and 1, and with a digit more or less."""
    assert read(typed) == code


def test_shown_is_read_back() -> None:
    """What is shown is read as the code."""
    assert shown("123456") == "12345-6"
    assert read(shown("123456")) == "123456"


def _slips(code: str) -> dict[str, list[str]]:
    """Every way to mistype a code by one slip."""
    return {
        "wrong": [code[:at] + each + code[at + 1 :] for at in range(6) for each in "0123456789"],
        "exchanged": [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(5)],
        "left out": [code[:at] + code[at + 1 :] for at in range(6)],
        "doubled": [code[:at] + code[at] + code[at:] for at in range(6)],
        "one too many": [code[:at] + each + code[at:] for at in range(7) for each in "0123456789"],
    }


@pytest.mark.parametrize("slip", sorted(_slips("482135")))
def test_a_slip_leads_back(slip: str) -> None:
    """Whatever one slip made of a code, the code is among those near; a valid one has none."""
    for number in range(0, 100_000, 7_919):
        code = compose(f"{number:05d}")
        for typed in _slips(code)[slip]:
            assert (near(typed) == ()) if typed == code else (code in near(typed))


def test_few_codes_are_near() -> None:
    """A slip leads to about six codes: a tenth of what could be tried, never a code that fails its own check."""
    typed = [f"{number:06d}" for number in range(0, 1_000_000, 997)]
    found = [near(each) for each in typed if not check(each)]
    assert max(map(len, found)) <= 12
    assert all(check(code) for each in found for code in each)


@pytest.mark.parametrize("typed", ["", "1", "1234", "12345678"])
def test_what_is_far_from_a_code_is_near_none(typed: str) -> None:
    """Digits that no single slip can have made of a code."""
    assert near(typed) == ()
