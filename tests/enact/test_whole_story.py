"""The product's main job, at the level of commands: from a first call to help that came."""

from __future__ import annotations

from gateway.commands import (
    AnswerCase,
    BindPhone,
    ChoosePin,
    FindPlaces,
    FindService,
    MyPeople,
    ReferralStatus,
    RequestReferral,
    ShowCertificate,
    VerifyCertificate,
)
from gateway.store.tables import leg_events, referrals

from .conftest import CASEWORKER, CHAT, CLINIC, HODAN, World


def test_from_a_first_call_to_help(world: World) -> None:
    """Registered, certified, verified, referred, answered, told: each part hears what it should, in order."""
    world.policy(review="none")
    place = world.call(HODAN, FindPlaces("Addis Ababa")).values["place"]
    person, number = world.register(HODAN, area=place, urgent="yes")
    world.consent(HODAN, "sms", person=person)
    world.call(HODAN, ChoosePin(person, "2580"))
    assert world.call(CLINIC, VerifyCertificate(number, 1990)).outcome == "valid"

    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    assert world.call(CHAT, MyPeople()).values == {"person": person}
    shown = world.call(CHAT, ShowCertificate(person, "2580"))
    assert shown.values["certificate_number"] == number

    world.consent(CHAT, "share", person=person)
    assert world.call(CHAT, FindService("health", place)).outcome == "available"
    code = world.call(CHAT, RequestReferral(person, "health", place)).values["code"]
    assert world.call(CASEWORKER, AnswerCase(code, "take")).outcome == "recorded"
    world.sent()
    assert world.answer(CLINIC, code, "accept").values == {"stage": "accepted"}
    assert world.call(CLINIC, VerifyCertificate(number, 1991)).outcome == "valid"
    assert world.call(CHAT, ReferralStatus()).values == {"stage": "in_service", "code": code}
    assert world.answer(CLINIC, code, "done", "helped").outcome == "recorded"
    assert world.call(HODAN, ReferralStatus()).values["stage"] == "done"

    assert world.told(CHAT) == ["leg_accepted_person", "leg_completed_person"]
    assert world.told(HODAN) == []
    assert world.told(CLINIC) == ["leg_offered"]
    assert "URGENT" in world.messages(CLINIC)[0][1]
    assert world.told(CASEWORKER) == [
        "callback_staff",
        "leg_offered_staff",
        "leg_accepted_staff",
        "leg_offered_staff",
        "leg_completed_staff",
    ]
    assert [event.event for event in world.rows(leg_events)] == [
        "open",
        "sent",
        "accept",
        "arrive",
        "complete",
    ]
    assert world.rows(referrals)[0].staff_id == 1
