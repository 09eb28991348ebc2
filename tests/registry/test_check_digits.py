"""What the check digits of a certificate number catch, counted kind by kind over both lengths.

Every error of a kind is made at every place of many numbers, the check digits' own places included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from gateway.registry.certificate_number import check, compose, draw

DIGITS = "0123456789"
DRAWN = [draw("5678"[seed % 4], 9 if seed % 2 else 11, Random(seed).randrange) for seed in range(100)]
TWINS = [
    compose("5", "114400772"),
    compose("6", "00110020300"),
    compose("7", "090919282"),
    compose("8", "100100100"),
]
NUMBERS = [*DRAWN, *TWINS]

Kind = Callable[[str], Iterator[str]]


def single(number: str) -> Iterator[str]:
    """a → b"""
    for place in range(len(number)):
        for digit in DIGITS:
            yield number[:place] + digit + number[place + 1 :]


def transposition(number: str) -> Iterator[str]:
    """ab → ba"""
    for place in range(len(number) - 1):
        yield number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def jump_transposition(number: str) -> Iterator[str]:
    """acb → bca"""
    for place in range(len(number) - 2):
        yield number[:place] + number[place : place + 3][::-1] + number[place + 3 :]


def twin(number: str) -> Iterator[str]:
    """aa → bb"""
    for place in range(len(number) - 1):
        if number[place] == number[place + 1]:
            for digit in DIGITS:
                yield number[:place] + digit * 2 + number[place + 2 :]


def jump_twin(number: str) -> Iterator[str]:
    """aca → bcb"""
    for place in range(len(number) - 2):
        if number[place] == number[place + 2]:
            for digit in DIGITS:
                yield number[:place] + digit + number[place + 1] + digit + number[place + 3 :]


def phonetic(number: str) -> Iterator[str]:
    """1a ↔ a0: thirteen and thirty"""
    for place in range(len(number) - 1):
        first, second = number[place], number[place + 1]
        if first == "1" and second in "23456789":
            yield number[:place] + second + "0" + number[place + 2 :]
        if second == "0" and first in "23456789":
            yield number[:place] + "1" + first + number[place + 2 :]


def shift(number: str) -> Iterator[str]:
    """one digit left out, and one said twice: of another length"""
    for place in range(len(number)):
        yield number[:place] + number[place + 1 :]
        yield number[:place] + number[place] + number[place:]


TABLE: list[tuple[Kind, int]] = [
    (single, 12_150),
    (transposition, 1_100),
    (jump_transposition, 1_000),
    (twin, 300),
    (jump_twin, 800),
    (phonetic, 150),
    (shift, 2_700),
]
"""Each kind, and how many such errors are tried at least. None of them may pass."""


@pytest.mark.parametrize(("kind", "least"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
def test_every_error_of_a_kind_is_caught(kind: Kind, least: int) -> None:
    """Not one of thousands passes for a number."""
    wrong = [made for number in NUMBERS for made in kind(number) if made != number]
    assert len(wrong) >= least
    assert [made for made in wrong if check(made)] == []


def test_of_all_other_errors_one_in_a_hundred_passes() -> None:
    """Two digits wrong at once are as good as a guess: about one in 97 has the right check digits."""
    random, tried, passed = Random(7), 0, 0
    while tried < 40_000:
        number = random.choice(DRAWN)
        one, other = random.sample(range(1, len(number) - 2), 2)
        digits = list(number)
        digits[one], digits[other] = random.choice(DIGITS), random.choice(DIGITS)
        if sum(a != b for a, b in zip(digits, number, strict=True)) == 2:
            tried += 1
            passed += check("".join(digits))
    assert 0.007 < passed / tried < 0.013
