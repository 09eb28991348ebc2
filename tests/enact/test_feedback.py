"""The person's own word at the end, and the caseworker who sends a request on."""

from __future__ import annotations

from copy import deepcopy

import pytest

from gateway.commands import AnswerCase, AnswerHelp, RebookReferral, ReferralStatus, WithdrawReferral
from gateway.enact.desk import desk
from gateway.enact.helping.directory import load
from gateway.enact.referring.leg_due import LEG_KINDS, SILENCE, WATCH, kind
from gateway.enact.referring.leg_timers import HANDLERS
from gateway.messages import Address
from gateway.store.tables import audit, leg_events, legs, people, referrals, timers
from referral_engine.model import LegEvent

from .conftest import (
    ABEBE,
    CASEWORKER,
    CLINIC,
    DIRECTORY,
    FAR_CASEWORKER,
    HODAN,
    OTHER_CLINIC,
    SUPERVISOR,
    World,
)

SERVED = ["accept", "arrived", "done"]


@pytest.fixture
def code(world: World) -> str:
    """A request to the first clinic, of somebody who may be written to."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    made = world.refer(HODAN, person)
    world.sent()
    return made


def provider(world: World, code: str, *words: str) -> None:
    for word in words:
        on = "2026-03-16" if word == "date" else ""
        detail = {"done": "helped", "decline": "full"}.get(word, "")
        assert world.answer(CLINIC, code, word, detail, on).outcome == "recorded"


def say(world: World, answer: str = "", code: str = "", who: Address = HODAN) -> str:
    return world.call(who, AnswerHelp(code, answer)).outcome


def rebook(world: World, code: str, who: Address = CASEWORKER) -> str:
    return world.call(who, RebookReferral(code)).outcome


def case(world: World) -> tuple[str, bool, str]:
    (row,) = world.rows(referrals)
    return row.state, row.disputed, row.reason


def due(world: World) -> set[str]:
    """The kinds of timers of the request that have yet to fire."""
    kinds = {*LEG_KINDS, SILENCE, WATCH}
    return {row.kind for row in world.rows(timers) if row.state == "due" and row.kind in kinds}


# --- did it help? -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        ("yes", "confirmed", ("served", False, "helped")),
        ("partly", "confirmed", ("served", False, "partly")),
        ("no", "disputed", ("open", True, "")),
    ],
)
def test_the_persons_word_counts(
    world: World, code: str, answer: str, outcome: str, state: tuple[str, bool, str]
) -> None:
    """A yes confirms; a no reopens for the caseworker. Said again it changes nothing and tells nobody."""
    provider(world, code, *SERVED)
    assert say(world) == "ask_helped"
    assert say(world, answer) == outcome
    assert case(world) == state
    heard = world.messages()
    assert say(world, answer) == outcome
    assert say(world) == "answered"
    assert (case(world), world.messages()) == (state, heard)
    assert SILENCE not in due(world)


def test_both_sides_hear_of_it(world: World, code: str) -> None:
    """The provider of a yes, the caseworker of either; the person is answered directly."""
    provider(world, code, *SERVED)
    say(world, "no")
    assert world.told(CASEWORKER)[-1] == "referral_disputed_staff"
    say(world, "yes")
    assert world.told(CASEWORKER)[-1] == "referral_served_staff"
    assert world.told(CLINIC)[-1] == "leg_confirmed_provider"
    assert world.told(HODAN)[-1] == "leg_completed_person"


@pytest.mark.parametrize(
    ("answer", "state"), [("yes", ("served", False, "helped")), ("no", ("open", True, ""))]
)
def test_a_late_answer_counts_too(world: World, code: str, answer: str, state: tuple[str, bool, str]) -> None:
    """After two weeks of silence the request is served, unconfirmed; a word after that confirms or reopens it."""
    provider(world, code, *SERVED)
    fire(world, SILENCE)
    assert case(world) == ("served", False, "unconfirmed")
    assert say(world) == "ask_helped"
    say(world, answer)
    assert case(world) == state
    assert (world.rows(referrals)[0].closed_at is None) == (answer == "no")
    assert (WATCH in due(world)) == (answer == "no")


def fire(world: World, name: str) -> None:
    with world.database.transaction() as tx:
        HANDLERS[name](desk(world.runtime, tx), 1)


def test_the_person_ends_a_service_that_nobody_ended(world: World, code: str) -> None:
    """Asked after a long silence, their yes completes it and confirms it at once."""
    provider(world, code, "accept", "arrived")
    fire(world, kind(LegEvent.PROVIDER_SILENT))
    assert say(world, "yes") == "confirmed"
    assert (world.rows(legs)[0].state, case(world)) == ("completed", ("served", False, "helped"))
    assert due(world) == set()


def test_who_says_that_they_went(world: World, code: str) -> None:
    """It is no arrival, but nobody closes the request: the provider is asked, the caseworker told."""
    provider(world, code, "accept", "date")
    fire(world, kind(LegEvent.APPOINTMENT_PASSED))
    assert say(world) == "ask_attended"
    assert say(world, "yes") == "attended"
    assert world.rows(legs)[0].state == "scheduled"
    assert (world.told(CLINIC)[-1], world.told(CASEWORKER)[-1]) == (
        "leg_attended_provider",
        "leg_attended_staff",
    )
    assert due(world) == {kind(LegEvent.SERVICE_LATE), WATCH}
    assert world.answer(CLINIC, code, "arrived").outcome == "recorded"


def test_who_says_that_they_did_not_go(world: World, code: str) -> None:
    """The timer that ends it goes on; afterwards there is nothing more to say than that."""
    provider(world, code, "accept", "date")
    assert say(world, "no", code) == "missed"
    assert kind(LegEvent.NO_SHOW) in due(world)
    fire(world, kind(LegEvent.NO_SHOW))
    assert say(world, "yes", code) == "missed"


def test_only_who_asked_may_answer(world: World, code: str) -> None:
    """To every other phone nothing was asked, code or not; nor is there before anything began, nor after the end."""
    assert say(world) == "none"
    provider(world, code, *SERVED)
    for who in (ABEBE, CLINIC, CASEWORKER):
        assert (say(world, "no", who=who), say(world, "no", code, who)) == ("none", "none")
    assert say(world, "no", "100000") == "none"
    assert case(world) == ("open", False, "")
    say(world, "no")
    assert world.call(HODAN, WithdrawReferral()).outcome == "withdrawn"
    assert say(world, "yes") == "none"
    assert world.told(CASEWORKER)[-1] == "referral_served_staff"


# --- sending it on ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [CASEWORKER, SUPERVISOR], ids=["caseworker", "supervisor"])
def test_a_disputed_request_goes_to_another_place(world: World, code: str, who: Address) -> None:
    """Not to the one that did not help. The same code again changes nothing, and says the new one."""
    provider(world, code, *SERVED)
    say(world, "no")
    assert rebook(world, code, who) == "recorded"
    assert [leg.provider_id for leg in world.rows(legs)] == [1, 2]
    assert case(world) == ("open", False, "")
    assert (world.told(HODAN)[-1], world.told(OTHER_CLINIC)) == ("leg_declined_person", ["leg_offered"])
    again = world.call(who, RebookReferral(code))
    assert (again.outcome, again.values["code"]) == ("repeated", world.rows(legs)[1].code)
    assert len(world.rows(legs)) == 2
    assert "rebook" in [row.event for row in world.rows(leg_events)]
    assert world.call(HODAN, ReferralStatus()).values["stage"] == "looking"


def test_after_a_day_missed_the_same_place_will_do(world: World, code: str) -> None:
    """It was ready when nobody came: where it is the only one it is asked again, under a new code."""
    directory = deepcopy(DIRECTORY)
    del directory["organisations"]["other_clinic"]
    load(world.runtime, directory)
    provider(world, code, "accept", "noshow")
    assert rebook(world, code) == "recorded"
    assert [leg.provider_id for leg in world.rows(legs)] == [1, 1]


def test_away_from_a_provider(world: World, code: str) -> None:
    """A live attempt is taken back first, and its provider told; the request never closes in between."""
    provider(world, code, "accept")
    assert rebook(world, code) == "recorded"
    assert [(leg.provider_id, leg.state) for leg in world.rows(legs)] == [(1, "revoked"), (2, "queued")]
    assert world.told(CLINIC)[-1] == "leg_revoked_provider"
    assert "referral_closed_person" not in world.told(HODAN)


def test_nobody_else_to_send_it_to(world: World, code: str) -> None:
    """Nothing changes: a live attempt lives on."""
    directory = deepcopy(DIRECTORY)
    del directory["organisations"]["other_clinic"]
    load(world.runtime, directory)
    provider(world, code, "accept")
    assert rebook(world, code) == "no_provider"
    assert [leg.state for leg in world.rows(legs)] == ["accepted"]


def test_who_no_longer_agrees_is_not_sent_on(world: World, code: str) -> None:
    """Consent to share is looked at again."""
    provider(world, code, "accept")
    world.consent(HODAN, "share", False, world.rows(people)[0].reference)
    assert rebook(world, code) == "no_consent"
    assert len(world.rows(legs)) == 1


@pytest.mark.parametrize("last", ["confirmed", "completed", "closed"])
def test_what_is_over_stays_so(world: World, code: str, last: str) -> None:
    """A request that was served, has yet to be answered, or was closed is not sent on."""
    provider(world, code, *SERVED)
    if last == "confirmed":
        say(world, "yes")
    if last == "closed":
        say(world, "no")
        world.call(CASEWORKER, AnswerCase(code, "close"))
    assert rebook(world, code) == "refused"
    assert len(world.rows(legs)) == 1


def test_nobody_else_may_send_it_on(world: World, code: str) -> None:
    """To person, provider, stranger and the staff of elsewhere the code does not exist; the try is on record."""
    for who in (HODAN, CLINIC, ABEBE, FAR_CASEWORKER):
        assert rebook(world, code, who) == "unknown"
        assert rebook(world, "100000", who) == "mistyped"
    assert [row.state for row in world.rows(legs)] == ["sent"]
    tried = [row.action for row in world.rows(audit) if row.actor != "rule:caseload"]
    assert tried == ["rebook_referral"] * 4
