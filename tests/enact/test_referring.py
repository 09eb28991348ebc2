"""From a need to a provider's last word on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest

from gateway.commands import FindService, ReferralStatus, RequestReferral, StopMessages, WithdrawReferral
from gateway.enact.helping.directory import load
from gateway.enact.referring.answers import leg_sent_hook
from gateway.registry import short_code
from gateway.store import outbox
from gateway.store.outbox import Fate
from gateway.store.tables import audit, leg_events, legs, referrals

from .conftest import ABEBE, CASEWORKER, CLINIC, DIRECTORY, HODAN, OTHER_CLINIC, SUPERVISOR, World


def stage(world: World) -> Any:
    return world.call(HODAN, ReferralStatus()).values.get("stage")


def leg_states(world: World) -> list[str]:
    return [leg.state for leg in world.rows(legs)]


# --- asking -----------------------------------------------------------------------------------------------


def test_a_request_reaches_provider_and_caseworker(world: World) -> None:
    """One leg, its due times, and two notices in neutral words, in the transaction of the request."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert short_code.check(code)
    shown = short_code.shown(code)
    assert world.messages() == [
        (
            "leg_offered",
            f"Request {shown}, NORMAL. Service S1, Addis Ababa. Answer ACCEPT {shown} or DECLINE {shown}.",
        ),
        ("leg_offered_staff", f"Request {shown}: waiting to be sent."),
    ]
    assert len(world.rung) == 2
    (leg,) = world.rows(legs)
    assert leg.acknowledge_by < leg.accept_by < leg.serve_by <= leg.ask_at
    assert leg.reasons[0] == ["same_area", None]
    assert stage(world) == "looking"


@pytest.mark.parametrize(
    ("prepare", "outcome"),
    [
        ("nothing", "not_registered"),
        ("draft", "not_registered"),
        ("register", "no_consent"),
        ("refuse", "no_consent"),
    ],
)
def test_what_must_stand_before_a_request(world: World, prepare: str, outcome: str) -> None:
    """Registered, and a live yes to share: otherwise nothing is sent to anyone."""
    person = "F2345678"
    if prepare == "draft":
        person = world.draft(HODAN)
    elif prepare in ("register", "refuse"):
        person, _ = world.register(HODAN)
        if prepare == "refuse":
            world.consent(HODAN, "share", True, person)
            world.consent(HODAN, "share", False, person)
    assert world.call(HODAN, RequestReferral(person, "health", "ET14")).outcome == outcome
    assert world.messages() == []
    assert world.rows(referrals) == []


def test_the_same_need_is_asked_once(world: World) -> None:
    """While a leg lives its code is given again; another need is another request."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    again = world.call(HODAN, RequestReferral(person, "health", "ET14"))
    assert (again.outcome, again.values) == ("already_open", {"code": code})
    assert world.call(HODAN, RequestReferral(person, "shelter", "ET14")).outcome == "requested"


def test_twenty_at_once_open_one_referral(world: World) -> None:
    """The same request many times at the same moment is one referral with one leg."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "share", person=person)
    request = RequestReferral(person, "health", "ET14")
    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(lambda _: world.call(HODAN, request), range(20)))
    assert sorted(result.outcome for result in results) == ["already_open"] * 19 + ["requested"]
    assert len(world.rows(referrals)) == len(world.rows(legs)) == 1


def test_a_need_that_nobody_meets_is_counted_once_a_day(world: World) -> None:
    """Nobody is asked, and the figure does not grow with impatience."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "share", person=person)
    for _ in range(2):
        assert world.call(HODAN, RequestReferral(person, "legal", "ET14")).outcome == "no_provider"
    assert [(row.state, row.reason) for row in world.rows(referrals)] == [("unmet", "no_provider")]
    world.pass_time(days=1)
    world.call(HODAN, RequestReferral(person, "legal", "ET14"))
    assert len(world.rows(referrals)) == 2
    assert stage(world) is None


def test_a_full_service_is_not_asked(world: World) -> None:
    """Capacity counts live legs: the places of the first clinic are not given twice."""
    for name in (
        "Hodan Cali",
        "Nuur Faarax",
        "Sahra Warsame",
        "Cabdi Geedi",
        "Amina Yuusuf",
        "Leyla Axmed",
        "Xasan Dirir",
    ):
        person, _ = world.register(HODAN, name)
        world.refer(HODAN, person)
    person, _ = world.register(HODAN, "Ayaan Jaamac")
    world.consent(HODAN, "share", person=person)
    assert world.call(HODAN, RequestReferral(person, "health", "ET14")).outcome == "no_provider"
    assert sorted(leg.provider_id for leg in world.rows(legs)) == [1] * 2 + [2] * 5


@pytest.mark.parametrize(
    ("area", "outcome"), [("ET14", "available"), ("ET1401", "available"), ("ET05", "none")]
)
def test_whether_anyone_could_help(world: World, area: str, outcome: str) -> None:
    """A service covers its area and all that lies in it."""
    assert world.call(HODAN, FindService("health", area)).outcome == outcome


# --- answering --------------------------------------------------------------------------------------------


def test_a_service_from_sending_to_done(world: World) -> None:
    """Every step is on record, and the person and the caseworker hear of those that matter to them."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.sent()
    steps = [
        ("got", "", ""),
        ("accept", "", ""),
        ("date", "", "2026-03-20"),
        ("arrived", "", ""),
        ("done", "helped", ""),
    ]
    stages = []
    for word, detail, on in steps:
        assert world.answer(CLINIC, code, word, detail, on).outcome == "recorded"
        stages.append(stage(world))
        assert world.answer(CLINIC, code, word, detail, on).outcome == "repeated"
    assert stages == ["sent", "accepted", "accepted", "in_service", "done"]
    events = [event.event for event in world.rows(leg_events)]
    assert events == ["open", "sent", "acknowledge", "accept", "schedule", "arrive", "complete"]
    assert world.told(HODAN) == ["leg_accepted_person", "leg_scheduled_person", "leg_completed_person"]
    assert "20/03/2026" in world.messages(HODAN)[1][1]
    assert world.told(CASEWORKER) == [
        "leg_offered_staff",
        "leg_offered_staff",  # seen
        "leg_accepted_staff",
        "leg_offered_staff",  # day noted
        "leg_offered_staff",  # being helped
        "leg_completed_staff",
    ]
    assert world.told(CLINIC) == ["leg_offered"]
    (leg,) = world.rows(legs)
    assert (leg.detail, leg.acknowledge_by, leg.accept_by, leg.serve_by) == ("helped", None, None, None)
    assert leg.closed_at == world.now
    assert {row.actor for row in world.rows(audit)} == {"rule:caseload", "provider:1"}


def test_another_day_is_told_again(world: World) -> None:
    """A new date moves the appointment and tells the person; the same date again is a repeat."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.answer(CLINIC, code, "accept")
    for day, outcome in (("2026-03-20", "recorded"), ("2026-03-21", "recorded"), ("2026-03-21", "repeated")):
        assert world.answer(CLINIC, code, "date", on=day).outcome == outcome
    assert world.told(HODAN).count("leg_scheduled_person") == 2


def test_a_day_moved_there_and_back_is_told_each_time(world: World) -> None:
    """The last message names the day that holds."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.answer(CLINIC, code, "accept")
    for day in ("2026-03-20", "2026-03-21", "2026-03-20", "2026-03-21"):
        assert world.answer(CLINIC, code, "date", on=day).outcome == "recorded"
    days = [text for purpose, text in world.messages(HODAN) if purpose == "leg_scheduled_person"]
    assert [day for text in days for day in ("20/03/2026", "21/03/2026") if day in text] == [
        "20/03/2026",
        "21/03/2026",
    ] * 2


def test_who_was_not_seen_is_told_so(world: World) -> None:
    """A provider may be wrong about it: the person hears, and nobody says that we are looking for someone."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.answer(CLINIC, code, "accept")
    assert world.answer(CLINIC, code, "noshow").outcome == "recorded"
    assert world.told(HODAN) == ["leg_accepted_person", "leg_no_show_person"]
    assert stage(world) == "missed"


@pytest.mark.parametrize(
    ("word", "detail", "on"),
    [
        ("decline", "", ""),
        ("decline", "helped", ""),
        ("done", "", ""),
        ("done", "full", ""),
        ("wait", "", ""),
        ("date", "", "2026-03-09"),
    ],
    ids=["decline", "decline-nonsense", "done", "done-nonsense", "wait", "date-past"],
)
def test_what_an_answer_lacks_is_asked_for(world: World, word: str, detail: str, on: str) -> None:
    """Nothing moves until the reason, the outcome or the day is known."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert world.answer(CLINIC, code, word, detail, on).outcome == "needs_detail"
    assert leg_states(world) == ["queued"]


def test_a_wrong_phone_is_answered_like_a_wrong_code(world: World) -> None:
    """No phone but the provider's own learns whether a code exists; nothing moves; the try is on record."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    strange = short_code.compose("10000" if code[:5] != "10000" else "10001")
    answers = [world.answer(who, code, "accept") for who in (ABEBE, OTHER_CLINIC, HODAN, CASEWORKER)]
    answers += [world.answer(CLINIC, strange, "accept"), world.answer(ABEBE, strange, "accept")]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].outcome == "unknown"
    assert leg_states(world) == ["queued"]
    tried = [row for row in world.rows(audit) if row.actor != "rule:caseload"]
    assert len(tried) == 6


def test_a_mistyped_code_never_names_another_leg(world: World) -> None:
    """The check digit is tried first, for anyone: to the provider its own code is proposed, and nothing moves."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert world.answer(OTHER_CLINIC, mistyped, "accept").outcome == "mistyped"
    assert world.answer(CLINIC, mistyped, "accept").values["code"] == code
    assert leg_states(world) == ["queued"]


def test_an_answer_proves_that_the_offer_arrived(world: World) -> None:
    """An answer can overtake the worker: the sending is recorded first, and the worker's late word is no harm."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert world.answer(CLINIC, code, "accept").values == {"stage": "accepted"}
    world.sent()
    assert [event.event for event in world.rows(leg_events)] == ["open", "sent", "accept"]


def test_a_word_that_does_not_fit_is_refused(world: World) -> None:
    """Nobody arrives before they were accepted."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    result = world.answer(CLINIC, code, "arrived")
    assert (result.outcome, result.values) == ("refused", {"stage": "sent"})


def test_a_decline_goes_to_the_next_provider(world: World) -> None:
    """The one who declined is not asked again; the person hears that somebody is looking."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    first = world.refer(HODAN, person)
    assert world.answer(CLINIC, first, "decline", "full").outcome == "recorded"
    assert [(leg.provider_id, leg.state) for leg in world.rows(legs)] == [(1, "declined"), (2, "queued")]
    assert world.told(OTHER_CLINIC) == ["leg_offered"]
    assert world.messages(OTHER_CLINIC)[0][1].startswith("Codsi ")  # in that provider's language
    assert world.told(HODAN) == ["leg_declined_person"]
    assert [row.state for row in world.rows(referrals)] == ["open"]
    assert world.answer(CLINIC, first, "accept").outcome == "refused"


def test_who_no_longer_agrees_is_not_passed_on(world: World) -> None:
    """Consent to share is looked at again before the next provider is asked."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    world.consent(HODAN, "share", False, person)
    world.answer(CLINIC, code, "decline", "full")
    assert world.told(OTHER_CLINIC) == []
    assert [(row.state, row.reason) for row in world.rows(referrals)] == [("unmet", "no_consent")]


def test_when_nobody_is_left_the_need_is_unmet(world: World) -> None:
    """With the commonest reason; person, caseworker and supervisor are told once, and not that we go on looking."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    world.answer(CLINIC, world.refer(HODAN, person), "decline", "full")
    world.answer(OTHER_CLINIC, world.rows(legs)[1].code, "decline", "full")
    (referral,) = world.rows(referrals)
    assert (referral.state, referral.reason, referral.closed_at) == ("unmet", "full", world.now)
    assert world.told(HODAN) == ["leg_declined_person", "referral_unmet_person"]
    assert world.told(CASEWORKER)[-1] == "referral_unmet_staff"
    assert world.told(SUPERVISOR) == ["referral_unmet_staff"]
    assert stage(world) == "closed"


def test_words_at_the_same_moment_move_a_leg_once(world: World) -> None:
    """Twelve declines and twelve withdrawals together: one of them wins, and at most one further leg opens."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)

    def speak(turn: int) -> str:
        if turn % 2:
            return world.answer(CLINIC, code, "decline", "full").outcome
        return world.call(HODAN, WithdrawReferral()).outcome

    with ThreadPoolExecutor(24) as threads:
        outcomes = list(threads.map(speak, range(24)))
    assert outcomes.count("withdrawn") == 1
    assert outcomes.count("recorded") <= 1
    assert world.rows(referrals)[0].state == "withdrawn"
    assert leg_states(world) in (["withdrawn"], ["declined", "withdrawn"])


def test_withdrawing_tells_the_provider(world: World) -> None:
    """The person ends it without a reason; a second time there is nothing to end."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    assert world.call(HODAN, WithdrawReferral()).outcome == "withdrawn"
    assert world.call(HODAN, WithdrawReferral()).outcome == "none"
    assert (leg_states(world), world.rows(referrals)[0].state) == (["withdrawn"], "withdrawn")
    assert world.told(CLINIC) == ["leg_offered", "leg_withdrawn_provider"]
    assert world.call(ABEBE, WithdrawReferral()).outcome == "none"


def test_what_status_shows_is_what_is_withdrawn(world: World) -> None:
    """An older request that went on to another provider is not the newest: the code shown names the one that ends."""
    person, _ = world.register(HODAN)
    first = world.refer(HODAN, person)
    world.refer(HODAN, person, "shelter")
    world.answer(CLINIC, first, "decline", "full")  # the older request's leg is now the newest
    shown = world.call(HODAN, ReferralStatus()).values["code"]
    assert shown == world.rows(legs)[1].code
    assert world.call(HODAN, WithdrawReferral(shown)).outcome == "withdrawn"
    assert [row.state for row in world.rows(referrals)] == ["open", "withdrawn"]
    assert world.call(HODAN, WithdrawReferral(shown)).outcome == "none"
    assert world.call(ABEBE, WithdrawReferral(first)).outcome == "none"
    assert world.call(HODAN, ReferralStatus()).values["code"] == world.rows(legs)[2].code
    assert world.call(HODAN, WithdrawReferral(first)).outcome == "withdrawn"  # by the code of its earlier leg
    assert stage(world) == "closed"


# --- the worker -------------------------------------------------------------------------------------------


def hear(world: World, fate: Fate) -> None:
    """What the outbox does when the fate of the offer's row is known."""
    hook = leg_sent_hook(world.runtime)
    with world.database.transaction() as tx:
        row = outbox.get(tx, 1)
        assert row is not None
        hook(tx, row, fate)


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate.ACCEPTED, "sent"),
        (Fate.DELIVERED, "sent"),
        (Fate.DEAD, "undelivered"),
        (Fate.REJECTED, "undelivered"),
        (Fate.FAILED, "undelivered"),
        (Fate.HELD, "queued"),
    ],
)
def test_the_letters_fate_moves_the_leg(world: World, fate: Fate, state: str) -> None:
    """An offer that left is sent; one that never will is told to the caseworker; heard twice, told once."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    for _ in range(2):
        hear(world, fate)
    assert leg_states(world) == [state]
    assert world.told(CASEWORKER).count("leg_undelivered") == (state == "undelivered")


def test_an_offer_lost_on_the_way_is_told(world: World) -> None:
    """The carrier took it and later reports a failure: the leg stays sent, the caseworker hears of it once."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    for fate in (Fate.ACCEPTED, Fate.FAILED, Fate.FAILED):
        hear(world, fate)
    assert leg_states(world) == ["sent"]
    assert world.told(CASEWORKER) == ["leg_offered_staff", "leg_undelivered"]


def test_one_phone_of_two_is_enough(world: World) -> None:
    """A letter to a dead phone says nothing while the provider's other phone may still get its own."""
    directory = deepcopy(DIRECTORY)
    directory["organisations"]["clinic"]["phones"].append("+251933000000")
    load(world.runtime, directory)
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    hear(world, Fate.DEAD)
    assert leg_states(world) == ["queued"]
    assert "leg_undelivered" not in world.told(CASEWORKER)


def test_a_provider_without_a_phone_is_told_to_the_caseworker(world: World) -> None:
    """A leg that cannot be offered does not wait for a timer."""
    world.call(CLINIC, StopMessages())
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    assert leg_states(world) == ["undelivered"]
    assert world.told(CLINIC) == []
    assert world.told(CASEWORKER) == ["leg_undelivered"]
