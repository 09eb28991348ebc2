"""What a provider is asked for, as the list that its phones read."""

from __future__ import annotations

import re

import pytest

from gateway.commands import MyRequests, RequestAt
from gateway.messages import Address, AddressKind

from .conftest import ABEBE, CASEWORKER, CLINIC, HODAN, OTHER_CLINIC, World

NAMES = ("Hodan", "Cali", "Abebe", "Person")


def asked(world: World, count: int) -> list[str]:
    """So many requests to the shelter of the other clinic, by people of as many phones; their codes."""
    world.policy(review="none")  # people who are so alike are looked at first otherwise
    codes = []
    for number in range(count):
        who = Address(AddressKind.PHONE, f"+25191123450{number}")
        person, _ = world.register(who, f"Person {'ABCDEFGH'[number]} Number")
        codes.append(world.refer(who, person, "shelter"))
    return codes


def listed(world: World, who: Address, after: str = "") -> tuple[str, list[str]]:
    result = world.call(who, MyRequests(after))
    return result.outcome, [each["value"] for each in result.values.get("requests", ())]


def test_nobody_elses(world: World) -> None:
    """A provider sees its own live legs; another, the staff and the person see none, and theirs reads like any."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert listed(world, CLINIC) == ("all", [code])
    for other in (OTHER_CLINIC, CASEWORKER, HODAN, ABEBE):
        assert listed(world, other) == ("none", [])
        assert world.call(other, RequestAt(code)) == world.call(other, RequestAt(code))
        assert world.call(other, RequestAt(code)).outcome == "over"
    assert world.call(CLINIC, RequestAt("000000")).outcome == "over"


def test_a_label_says_nothing_of_anybody(world: World) -> None:
    """A stage in the provider's language, a neutral service and the code."""
    (code,) = asked(world, 1)
    result = world.call(OTHER_CLINIC, MyRequests(), language="so")
    (label,) = [each["label"] for each in result.values["requests"]]
    assert re.fullmatch(rf"la diray S\d+ {code[:5]}-{code[5]}", label)
    assert not any(name in label for name in NAMES)


def test_more_than_a_screen(world: World) -> None:
    """Those that wait for an answer stand first, each is shown once in a round, and the list begins anew after it."""
    codes = asked(world, 5)
    world.answer(OTHER_CLINIC, codes[0], "accept")
    outcome, first = listed(world, OTHER_CLINIC)
    last = world.call(OTHER_CLINIC, MyRequests()).values["last"]
    assert (outcome, first, last) == ("some", codes[1:4], codes[3])
    assert listed(world, OTHER_CLINIC, last) == ("some", [codes[4], codes[0]])
    assert listed(world, OTHER_CLINIC, codes[0]) == ("some", first)
    world.answer(OTHER_CLINIC, codes[3], "decline", "full")  # the place in the list is lost with it
    assert listed(world, OTHER_CLINIC, codes[3])[1] == [codes[1], codes[2], codes[4]]


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ([], "asked"),
        (["got"], "asked"),
        (["wait"], "waiting"),
        (["accept"], "accepted"),
        (["accept", "date"], "scheduled"),
        (["accept", "arrived"], "in_service"),
        (["accept", "arrived", "done"], "over"),
        (["decline"], "over"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_what_it_waits_for(world: World, words: list[str], at: str) -> None:
    """Where a leg stands decides what may be chosen."""
    (code,) = asked(world, 1)
    for word in words:
        detail = {"done": "helped", "decline": "full"}.get(word, "")
        on = "2026-03-16" if word in ("wait", "date") else ""
        assert world.answer(OTHER_CLINIC, code, word, detail, on).outcome == "recorded"
    result = world.call(OTHER_CLINIC, RequestAt(code))
    assert (result.outcome, result.values["code"]) == (at, code)
