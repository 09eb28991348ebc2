"""A mistyped code is answered with the one that was meant, and only to who may answer for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.enact.referring.meant import meant
from gateway.registry import short_code
from gateway.store.tables import audit

from .conftest import ABEBE, CASEWORKER, CLINIC, HODAN, OTHER_CLINIC, World

FIVES = st.integers(10_000, 99_999).map(lambda number: short_code.compose(str(number)))


def next_digit(code: str, at: int) -> str:
    """The code with one digit wrong."""
    return code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :]


SLIPS: dict[str, Callable[[str], str]] = {
    "first digit wrong": lambda code: next_digit(code, 0),
    "check digit wrong": lambda code: next_digit(code, 5),
    "digit left out": lambda code: code[:2] + code[3:],
    "digit doubled": lambda code: code[:3] + code[2:],
}


# --- which code -------------------------------------------------------------------------------------------


@given(FIVES, st.integers(0, 5))
def test_the_only_one_that_is_mine(code: str, at: int) -> None:
    """Of all that are near, the one that the sender could answer for."""
    assert meant(next_digit(code, at), {code}.__contains__) == code


@given(FIVES, st.integers(0, 5))
def test_none_of_mine(code: str, at: int) -> None:
    """Whoever could answer for none of those near learns nothing."""
    assert meant(next_digit(code, at), lambda _: False) == ""


@given(FIVES)
def test_a_valid_code_means_itself(code: str) -> None:
    """Even one that is unknown here: it is no slip, and nothing is proposed for it."""
    assert meant(code, lambda _: True) == ""


def test_of_two_neither() -> None:
    """Nobody is led to the wrong case: where two of one's own are near, the code is asked for again."""
    typed = next_digit("482135", 2)
    near = short_code.near(typed)
    assert len(near) > 2
    assert meant(typed, set(near[:2]).__contains__) == ""
    assert meant(typed, set(near[:1]).__contains__) == near[0]


# --- a provider's own -------------------------------------------------------------------------------------


@pytest.fixture
def code(world: World) -> str:
    """The code of a leg at the first clinic."""
    return world.refer(HODAN, world.register(HODAN)[0])


def test_every_slip_of_the_provider_is_understood(world: World, code: str) -> None:
    """One digit wrong, missing or too many: the code is proposed with the word, and nothing has moved."""
    for slip in SLIPS.values():
        found = world.answer(CLINIC, slip(code), "accept")
        assert (found.outcome, found.values) == ("meant", {"code": code, "answer": "accept"})
    assert world.answer(CLINIC, "", "got").values == {"code": code, "answer": "got"}
    assert world.answer(CLINIC, code, "accept").outcome == "recorded"


def test_nobody_else_gets_a_hint(world: World, code: str) -> None:
    """To another provider, a caseworker or a returnee the same slip is a slip and no more; the code is unknown."""
    for who in (OTHER_CLINIC, CASEWORKER, ABEBE):
        for typed in (*[slip(code) for slip in SLIPS.values()], ""):
            assert world.answer(who, typed, "accept").outcome == "mistyped"
        assert world.answer(who, code, "accept").outcome == "unknown"
    assert [row.subject for row in world.rows(audit) if row.action == "answer_leg.accept"] == ["leg:0"] * 3


def test_what_is_over_is_not_proposed(world: World, code: str) -> None:
    """A leg that ended is no case to answer for, and a word without a code does not mean it."""
    world.answer(CLINIC, code, "decline", "other")
    for typed in (next_digit(code, 0), ""):
        assert world.answer(CLINIC, typed, "accept").outcome == "mistyped"


def test_without_a_code_only_the_only_one(world: World, code: str) -> None:
    """Where a provider has two requests in hand, a word alone means neither."""
    world.refer(ABEBE, world.register(ABEBE)[0])
    assert world.answer(CLINIC, "", "got").outcome == "mistyped"
    world.answer(CLINIC, code, "decline", "other")
    assert world.answer(CLINIC, "", "got").outcome == "meant"
