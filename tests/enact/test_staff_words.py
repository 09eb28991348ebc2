"""What the staff do with a request by a code: days, call-backs, a provider's spoken word, another provider."""

from __future__ import annotations

import pytest

from gateway.commands import (
    AnswerCase,
    AnswerFor,
    AnswerReview,
    RebookReferral,
    RequestCallback,
    Result,
    WhoCan,
)
from gateway.enact.helping.directory import load
from gateway.registry import short_code
from gateway.store.tables import conversations, leg_events, legs, referrals

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

DAY = "2026-03-20"


def asked(world: World, *words: str) -> str:
    """A request that the first clinic has got and answered so; returns its code."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.sent()
    for word in words:
        assert world.answer(CLINIC, code, word).outcome == "recorded"
    return code


def last_event(world: World) -> tuple[str, str, str]:
    row = world.rows(leg_events)[-1]
    return str(row.event), str(row.actor).split(":")[0], str(row.detail)


# --- a day ------------------------------------------------------------------------------------------------


def test_a_caseworker_sets_the_day(world: World) -> None:
    """Person and provider are told; the same day again changes nothing, another one moves it."""
    code = asked(world, "accept")
    day = AnswerCase(code, "date", DAY)
    assert world.call(CASEWORKER, day).outcome == "recorded"
    assert world.call(CASEWORKER, day).outcome == "repeated"
    assert last_event(world)[:2] == ("schedule", "staff")
    assert world.told(CLINIC)[-1] == "leg_scheduled_provider"
    assert world.told(HODAN)[-1] == "leg_scheduled_person"
    assert world.call(CASEWORKER, AnswerCase(code, "date", "2026-03-21")).outcome == "recorded"
    assert (world.told(CLINIC).count("leg_scheduled_provider"), last_event(world)[0]) == (2, "reschedule")


@pytest.mark.parametrize(
    ("words", "on", "outcome"),
    [
        (["accept"], "", "needs_detail"),
        (["accept"], "2026-03-01", "needs_detail"),
        ([], DAY, "refused"),
        (["accept", "arrived"], DAY, "refused"),
    ],
    ids=["no-day", "a-day-gone-by", "nobody-accepted", "there-already"],
)
def test_a_day_that_cannot_be_set(world: World, words: list[str], on: str, outcome: str) -> None:
    """Nothing is moved, not even to sent: a caseworker's word proves no delivery."""
    code = asked(world, *words)
    before = world.rows(leg_events)
    assert world.call(CASEWORKER, AnswerCase(code, "date", on)).outcome == outcome
    assert world.rows(leg_events) == before


# --- calling ----------------------------------------------------------------------------------------------


def test_who_is_called_hears_that_somebody_calls(world: World) -> None:
    """The case is theirs, and the person told once a day; in words that a shared phone may show."""
    code = asked(world)
    for outcome in ("recorded", "repeated"):
        assert world.call(CASEWORKER, AnswerCase(code, "call")).outcome == outcome
    assert world.rows(referrals)[0].staff_id == 1
    assert world.told(HODAN)[-1] == "call_soon_person"
    world.pass_time(days=1)
    assert world.call(CASEWORKER, AnswerCase(code, "call")).outcome == "recorded"
    assert world.told(HODAN).count("call_soon_person") == 2


def test_calling_takes_a_call_back(world: World) -> None:
    """Whoever asked for it and allowed messages is told; nobody else may take it then."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = str(world.call(HODAN, RequestCallback("help")).values["code"])
    outcomes = [
        world.call(who, AnswerCase(code, "call")).outcome for who in (CASEWORKER, CASEWORKER, SUPERVISOR)
    ]
    assert outcomes == ["recorded", "repeated", "refused"]
    assert world.told(HODAN) == ["call_soon_person"]


def test_nothing_is_said_to_a_phone_that_did_not_agree(world: World) -> None:
    """A phone without consent to messages stays silent, also where nobody registered."""
    for who in (HODAN, ABEBE):
        if who is HODAN:
            world.register(who)
        code = str(world.call(who, RequestCallback("help")).values["code"])
        assert world.call(CASEWORKER, AnswerCase(code, "call")).outcome == "recorded"
        assert world.told(who) == []


# --- a provider's spoken word -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "detail", "state"),
    [("got", "", "received"), ("accept", "", "accepted"), ("decline", "full", "declined")],
    ids=["seen", "accepted", "declined"],
)
def test_what_a_provider_said_by_voice(world: World, answer: str, detail: str, state: str) -> None:
    """It stands in the caseworker's name, and the provider reads what was written down. Twice changes nothing."""
    code = asked(world)
    for outcome in ("recorded", "repeated"):
        assert world.call(CASEWORKER, AnswerFor(code, answer, detail)).outcome == outcome
    assert world.rows(legs)[0].state == state
    (step,) = [row for row in world.rows(leg_events) if row.event in ("acknowledge", "accept", "decline")]
    assert step.actor == "staff:1"
    assert world.told(CLINIC).count("leg_noted_provider") == 1
    assert (len(world.rows(legs)) == 2) is (answer == "decline")  # the next place is asked by itself


def test_a_voice_reaches_where_no_message_did(world: World) -> None:
    """An offer that could not be delivered is answered by voice all the same."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    world.sent(left=False)
    assert world.call(CASEWORKER, AnswerFor(code, "accept")).outcome == "recorded"
    assert world.rows(legs)[0].state == "accepted"


def test_a_voice_that_says_too_little(world: World) -> None:
    """No word, none that is theirs to say for another, no reason, no such reason."""
    code = asked(world)
    for answer, detail in (
        ("", ""),
        ("arrived", ""),
        ("done", "helped"),
        ("decline", ""),
        ("decline", "tired"),
    ):
        assert world.call(CASEWORKER, AnswerFor(code, answer, detail)).outcome == "needs_detail"
    assert world.rows(legs)[0].state == "sent"


def test_nobody_else_speaks_for_a_provider(world: World) -> None:
    """To anyone but the staff of that area the code does not exist, whatever they ask of it."""
    code = asked(world)
    for who in (HODAN, CLINIC, ABEBE, FAR_CASEWORKER):
        for call in (AnswerFor(code, "accept"), WhoCan(code), RebookReferral(code, "other_clinic")):
            assert world.call(who, call) == Result("unknown", {})
    assert world.rows(legs)[0].state == "sent"


# --- another provider -------------------------------------------------------------------------------------


def change(world: World, **services: object) -> None:
    """Other Clinic's health service is otherwise."""
    clinic = DIRECTORY["organisations"]["other_clinic"]
    health, shelter = clinic["services"]
    changed = clinic | {"services": [health | services, shelter]}
    load(world.runtime, DIRECTORY | {"organisations": DIRECTORY["organisations"] | {"other_clinic": changed}})


def test_who_could_take_it_and_sending_it_there(world: World) -> None:
    """The list leaves out who has it; whoever is chosen is asked, and that a caseworker chose is on record."""
    code = asked(world)
    listed = world.call(CASEWORKER, WhoCan(code))
    assert listed.values["places"] == [{"value": "other_clinic", "label": "Centre Two, this area"}]
    sent = world.call(CASEWORKER, RebookReferral(code, "OTHER_CLINIC"))
    assert sent.outcome == "recorded"
    assert [leg.state for leg in world.rows(legs)] == ["revoked", "queued"]
    steps = [(row.event, row.detail) for row in world.rows(leg_events)]
    assert ("rebook", "chosen") in steps
    assert ("open", "chosen") in steps
    assert "leg_offered" in world.told(OTHER_CLINIC)
    assert world.call(CASEWORKER, RebookReferral(code, "clinic")).values["code"] == sent.values["code"]
    assert len(world.rows(legs)) == 2  # the code was an earlier leg's: a repeat


def test_full_is_theirs_to_overrule_and_closed_is_not(world: World) -> None:
    """A place that is full may make room for a caseworker; one that may not serve this person may not."""
    code = asked(world)
    change(world, capacity=0)
    assert world.call(CASEWORKER, RebookReferral(code)).outcome == "no_provider"
    (shown,) = world.call(CASEWORKER, WhoCan(code)).values["places"]
    assert shown["label"] == "Centre Two, says it is full"
    change(world, eligibility={"sexes": ["m"]})
    assert world.call(CASEWORKER, WhoCan(code)).outcome == "none"
    assert world.call(CASEWORKER, RebookReferral(code, "other_clinic")).outcome == "unfit"
    change(world, capacity=0)
    assert world.call(CASEWORKER, RebookReferral(code, "other_clinic")).outcome == "recorded"


def test_a_provider_that_cannot_be_named(world: World) -> None:
    """Who has it already, and who is not there: nothing is taken from anybody."""
    code = asked(world)
    for named in ("clinic", "nobody_of_this_name", "1"):
        assert world.call(CASEWORKER, RebookReferral(code, named)).outcome == "unfit"
    assert [leg.state for leg in world.rows(legs)] == ["sent"]


def test_the_next_provider_is_looked_for_in_the_persons_language(world: World) -> None:
    """Whoever acts, here the provider: the request is its person's."""
    code = asked(world)
    with world.database.transaction() as tx:
        tx.execute(conversations.update().values(language="so"))
    world.answer(CLINIC, code, "decline", "full")
    assert ["language", "so"] in world.rows(legs)[-1].reasons


# --- slips ------------------------------------------------------------------------------------------------


def slipped(code: str) -> str:
    """The code with its last digit wrong, so that one slip alone leads back."""
    return next(
        wrong
        for digit in "0123456789"
        if not short_code.check(wrong := f"{code[:5]}{digit}") and digit != code[5]
    )


def test_a_slip_of_the_staff_is_understood(world: World) -> None:
    """Every word answers with the code that was surely meant, and does nothing."""
    code = asked(world)
    wrong = slipped(code)
    calls = (
        AnswerCase(wrong, "revoke"),
        AnswerFor(wrong, "accept"),
        RebookReferral(wrong),
        WhoCan(wrong),
        AnswerReview(wrong, "open"),
    )
    for call in calls:
        assert world.call(CASEWORKER, call) == Result("meant", {"code": code})
    assert world.rows(legs)[0].state == "sent"


def test_a_slip_tells_nobody_else_what_is_near(world: World) -> None:
    """Nor the staff of another area."""
    code = asked(world)
    for who in (HODAN, CLINIC, FAR_CASEWORKER):
        assert world.call(who, AnswerCase(slipped(code), "take")) == Result("mistyped", {})
