"""A PIN lives within one step: never in a session, a repr, or what may be kept of a message."""

from __future__ import annotations

import pytest

from gateway.commands import Result, ShowCertificate
from gateway.conversation.session import to_json
from gateway.conversation.step import resume


def test_a_pin_reaches_its_call_and_no_session(person):
    """Not the session between the question and the call, nor any after it."""
    person.types("MINE")
    taken = person.first("4711")
    assert taken.call == ShowCertificate(person="p1", pin="4711")
    assert taken.masked
    assert b"4711" not in to_json(taken.session)
    person.types("4711")
    assert b"4711" not in to_json(person.session)


def test_a_wrong_pin_is_asked_again_without_offering_it(person):
    """There is no old answer to a PIN question."""
    person.results["ShowCertificate"] = Result("wrong_pin", {"tries_left": 4})
    assert person.says("MINE", "4711") == "Wrong. 4 left. / Your PIN?"
    assert person.says("4712") == "Wrong. 4 left. / Your PIN?"
    assert person.calls[-1] == ShowCertificate(person="p1", pin="4712")


@pytest.mark.parametrize(
    ("typed", "masked"),
    [("4711", True), ("47111111", True), ("47 11", True), ("abc", True), ("HELP", False), ("MENU", False)],
)
def test_what_is_typed_at_a_secret_question_is_masked(person, typed, masked):
    """Valid or not; a keyword is no secret."""
    person.types("MINE")
    assert person.first(typed).masked is masked


def test_a_pin_typed_late_is_masked_too(person):
    """It meets the offer, but it was typed for the question."""
    person.types("MINE")
    person.waits(days=1)
    assert person.first("4711").masked


def test_other_answers_are_not_masked(person):
    """They are sealed, not secret."""
    person.says("REG", "yes")
    assert not person.first("Nuur Xuseen").masked


def test_nothing_personal_is_in_a_repr(person):
    """Reprs reach logs."""
    person.says("REG", "yes", "Nuur Xuseen", "MINE")
    taken = person.first("4711")
    for each in (taken, taken.session, taken.session.frames, person.last, person.revision):
        assert not [canary for canary in ("4711", "Nuur", "Xuseen", "p1") if canary in repr(each)]


def test_a_resumed_step_holds_no_pin(person):
    """The call took it along."""
    person.types("MINE")
    taken = person.first("4711")
    after = resume(person.revision, taken.session, person.results["ShowCertificate"], person.now)
    assert b"4711" not in to_json(after.session)
