"""Answers that name their question and their request, as buttons send them: late ones, and those of an earlier leg."""

from __future__ import annotations

import pytest

from gateway.commands import AnswerCase, AnswerHelp, RebookReferral
from gateway.store.tables import leg_events, referrals
from referral_engine.model import LegEvent

from .conftest import ABEBE, CASEWORKER, CLINIC, HODAN, World


@pytest.fixture
def code(world: World) -> str:
    """A request that the first clinic accepted."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    made = world.refer(HODAN, person)
    world.sent()
    world.answer(CLINIC, made, "accept")
    return made


def press(world: World, code: str, answer: str) -> str:
    return world.call(HODAN, AnswerHelp(code, answer)).outcome


def happened(world: World, event: LegEvent) -> int:
    return sum(row.event == event for row in world.rows(leg_events))


def case(world: World) -> tuple[str, bool]:
    (row,) = world.rows(referrals)
    return row.state, row.disputed


def test_whether_they_went(world: World, code: str) -> None:
    """`went` keeps the leg from closing and `not_there` changes nothing yet; each as often as it is pressed."""
    assert [press(world, code, "not_there") for _ in range(2)] == ["missed", "missed"]
    assert happened(world, LegEvent.SAY_ATTENDED) == 0
    assert [press(world, code, "went") for _ in range(2)] == ["attended", "attended"]


@pytest.mark.parametrize("answer", ["went", "not_there"])
def test_an_answer_to_the_question_before(world: World, code: str, answer: str) -> None:
    """Pressed under "did you go there?" once it is over, it is no word on the help: that is asked."""
    for word in ("arrived", "done"):
        world.answer(CLINIC, code, word, "helped" if word == "done" else "")
    assert press(world, code, answer) == "ask_helped"
    assert case(world) == ("open", False)
    assert [press(world, code, "no") for _ in range(2)] == ["disputed", "disputed"]
    assert press(world, code, answer) == "answered"
    assert case(world) == ("open", True)


def test_an_answer_about_an_earlier_leg(world: World, code: str) -> None:
    """Once it was sent on, a yes under the old code is not taken for a word on the new place."""
    for word in ("arrived", "done"):
        world.answer(CLINIC, code, word, "helped" if word == "done" else "")
    press(world, code, "no")
    assert world.call(CASEWORKER, RebookReferral(code)).outcome == "recorded"
    assert press(world, code, "yes") == "none"
    assert case(world) == ("open", False)


def test_an_answer_from_another_chat(world: World, code: str) -> None:
    """The code of another's request is nobody's."""
    assert world.call(ABEBE, AnswerHelp(code, "went")).outcome == "none"
    assert world.call(HODAN, AnswerCase(code, "take")).outcome == "unknown"
    assert happened(world, LegEvent.SAY_ATTENDED) == 0
