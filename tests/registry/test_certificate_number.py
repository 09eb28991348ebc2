"""Certificate numbers."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from gateway.registry.certificate_number import check, compose, draw, grouped, read

NUMBERS = [draw("5678"[seed % 4], 9 if seed % 3 else 11, Random(seed).randrange) for seed in range(60)]


@settings(deadline=None)
@given(st.sampled_from("5678"), st.from_regex(r"[0-9]{9}([0-9]{2})?", fullmatch=True))
def test_check_digits_agree_with_the_oracle(register_digit: str, body: str) -> None:
    """The check digits are those an independent ISO 7064 computes."""
    number = compose(register_digit, body)
    assert number == register_digit + body + mod_97_10.calc_check_digits(register_digit + body)
    assert check(number) and mod_97_10.is_valid(number)


@pytest.mark.parametrize(
    ("right", "alias"), [("02", "99"), ("97", "00"), ("98", "01")], ids=lambda digits: digits
)
def test_aliases_of_check_digits_are_refused(right: str, alias: str) -> None:
    """Check digits that leave the same remainder, and that the oracle takes, are not ours."""
    number = next(n for body in range(1000) if (n := compose("6", f"{body:09d}")).endswith(right))
    assert check(number)
    assert mod_97_10.is_valid(number[:-2] + alias)
    assert not check(number[:-2] + alias)


@pytest.mark.parametrize(
    "number",
    ["", "5", "51", "512345678901", "5123 4567 8901", "٥١٢٣٤٥٦٧٨٩٠١", compose("5", "123456789") + "\n"],
    ids=ascii,
)
def test_what_is_no_number_fails(number: str) -> None:
    """Anything but 12 or 14 plain digits with right check digits is refused, never an error."""
    assert not check(number)


@pytest.mark.parametrize("register_digit", ["0", "4", "9", "55", "", "٥"], ids=ascii)
def test_a_register_digit_is_5_to_8(register_digit: str) -> None:
    """Numbers cannot be taken for phone numbers, and none begins with 0. The error does not quote them."""
    with pytest.raises(ValueError, match="5 to 8") as refused:
        compose(register_digit, "123456789")
    assert "123456789" not in str(refused.value)
    assert not check(f"4{NUMBERS[0][1:]}")


@pytest.mark.parametrize("run", ["111222333", "902340000", "171717002", "906789012"], ids=str)
def test_numbers_that_are_easily_misread_are_drawn_again(run: str) -> None:
    """Three equal digits, ascending runs and pairs said thrice are not issued; the next draw is."""
    draws = iter([int(run), 204_816_395])
    assert draw("5", 9, lambda _: next(draws)) == compose("5", "204816395")


@pytest.mark.parametrize("digits", [9, 11])
def test_draws_are_valid_and_spread(digits: int) -> None:
    """A thousand draws of either length are a thousand valid numbers, leading noughts kept."""
    randbelow = Random(7).randrange
    drawn = {draw("7", digits, randbelow) for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(check(number) and len(number) == digits + 3 for number in drawn)
    assert any(number[1] == "0" for number in drawn)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("512345678901", "512345678901", id="plain"),
        pytest.param(" 5123 4567-8901 ", "512345678901", id="groups"),
        pytest.param("5123–4567—8901", "512345678901", id="long dashes"),
        pytest.param("٥١٢٣ ٤٥٦٧ ٨٩٠١", "512345678901", id="arabic-indic"),
        pytest.param("５１２３４５６７８９０１", "512345678901", id="full width"),
        pytest.param("፭፩፪፫ ፬፭፮፯ ፰፱0፩", "512345678901", id="ethiopic"),
        pytest.param("5123 4567 8901 23", "51234567890123", id="fourteen digits"),
        pytest.param("5123 4567 890", None, id="eleven digits"),
        pytest.param("5123 4567 8901 2", None, id="thirteen digits"),
        pytest.param("5123 4567 89O1", None, id="a letter"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_read(typed: str, number: str | None) -> None:
    """A number is read in any script and grouping; its check digits are tried elsewhere."""
    assert read(typed) == number


def test_grouped_is_read_back() -> None:
    """A number is shown in fours, and what is shown is read as the number."""
    assert grouped("512345678901") == "5123 4567 8901"
    assert grouped("51234567890123") == "5123 4567 8901 23"
    assert all(read(grouped(number)) == number for number in NUMBERS)
