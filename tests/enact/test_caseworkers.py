"""Call-backs, and a caseworker's word."""

from __future__ import annotations

from copy import deepcopy

import pytest
from sqlalchemy import update

from gateway.commands import AnswerCase, RequestCallback, StopMessages
from gateway.enact.helping.directory import load
from gateway.messages import Address
from gateway.store.tables import addresses, audit, callbacks, leg_events, legs, referrals

from .conftest import ABEBE, CASEWORKER, CLINIC, DIRECTORY, FAR_CASEWORKER, HODAN, SUPERVISOR, World


def say(world: World, code: str, word: str, who: Address = CASEWORKER) -> tuple[str, object]:
    result = world.call(who, AnswerCase(code, word))
    return result.outcome, result.values.get("stage")


def test_one_open_callback_a_conversation(world: World) -> None:
    """Asked again it is the same one; the caseworkers are rung once, and again when it turns to danger."""
    code = world.call(HODAN, RequestCallback("help")).values["code"]
    assert world.call(HODAN, RequestCallback("help")).values["code"] == code
    assert world.told(CASEWORKER) == ["callback_staff"]
    assert world.call(HODAN, RequestCallback("danger")).values["code"] == code
    assert world.told(CASEWORKER) == ["callback_staff"] * 2
    assert [row.reason for row in world.rows(callbacks)] == ["danger"]


def test_danger_rings_again(world: World) -> None:
    """An impatient thumb rings once; whoever presses again while nobody took the call is heard again."""
    for minutes, rung in ((0, 1), (5, 1), (10, 2), (1, 2), (180, 3)):
        world.pass_time(minutes=minutes)
        world.call(HODAN, RequestCallback("danger"))
        assert len(world.told(CASEWORKER)) == rung
    assert len(world.rows(callbacks)) == 1
    world.pass_time(hours=1)
    world.call(HODAN, RequestCallback("help"))
    assert len(world.told(CASEWORKER)) == 3


def test_danger_reads_apart_from_help(world: World) -> None:
    """By a priority, since the staff's phones may be looked at too."""
    world.call(HODAN, RequestCallback("help"))
    world.call(ABEBE, RequestCallback("danger"))
    starts = [text.split(":")[0] for _, text in world.messages(CASEWORKER)]
    assert starts == ["NORMAL", "VERY URGENT"]


def test_stop_does_not_silence_the_staff(world: World) -> None:
    """A caseworker who sent STOP, or whose carrier did, is rung all the same."""
    world.call(CASEWORKER, StopMessages())
    world.call(HODAN, RequestCallback("danger"))
    assert world.told(CASEWORKER) == ["callback_staff"]


def test_where_nobody_of_the_area_can_be_reached(world: World) -> None:
    """The supervisors are rung; where they cannot be reached either, everyone."""
    world.register(HODAN)
    _block(world, CASEWORKER)
    world.call(HODAN, RequestCallback("danger"))
    assert (world.told(SUPERVISOR), world.told(FAR_CASEWORKER)) == (["callback_staff"], [])
    directory = deepcopy(DIRECTORY)
    directory["staff"]["boss"]["phones"] = []
    load(world.runtime, directory)
    world.pass_time(hours=1)
    world.call(HODAN, RequestCallback("danger"))
    assert world.told(FAR_CASEWORKER) == ["callback_staff"]


def _block(world: World, who: Address) -> None:
    """The owner of a chat blocked the bot."""
    with world.database.transaction() as tx:
        address = world.work(tx, who).party.address_id
        tx.execute(update(addresses).where(addresses.c.id == address).values(unreachable_at=world.now))


def test_a_callback_rings_the_area_of_the_person(world: World) -> None:
    """Before anything is known everyone is rung; later those of the area."""
    world.call(HODAN, RequestCallback("help"))
    assert world.told(FAR_CASEWORKER) == ["callback_staff"]
    world.register(ABEBE)
    world.call(ABEBE, RequestCallback("help"))
    assert world.told(FAR_CASEWORKER) == ["callback_staff"]
    assert world.told(CASEWORKER) == ["callback_staff"] * 2


def test_an_area_without_a_caseworker_rings_the_supervisor(world: World) -> None:
    """A case never waits unseen."""
    reference = world.draft(HODAN)
    world.call(HODAN, world.answers(reference, area="SO12", urgent="yes"))
    world.register(ABEBE, area="SO12")
    world.call(ABEBE, RequestCallback("help"))
    assert "callback_staff" in world.told(SUPERVISOR)


def test_taking_and_closing_a_callback(world: World) -> None:
    """Once taken it is that caseworker's; closed it stays closed, and the next wish is a new one."""
    code = world.call(HODAN, RequestCallback("help")).values["code"]
    assert say(world, code, "revoke") == ("refused", "open")
    assert say(world, code, "take") == ("recorded", "taken")
    assert say(world, code, "take") == ("repeated", "taken")
    assert say(world, code, "take", SUPERVISOR) == ("refused", "taken")
    assert say(world, code, "close") == ("recorded", "closed")
    assert say(world, code, "close") == ("repeated", "closed")
    assert say(world, code, "take") == ("refused", "closed")
    assert world.call(HODAN, RequestCallback("help")).values["code"] != code
    assert {row.actor for row in world.rows(audit)} == {"staff:1", "staff:3"}


def test_a_case_that_was_taken_is_told_to_its_caseworker_alone(world: World) -> None:
    """From then on the others of the area are left in peace; whoever had it hears that it is gone."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert say(world, code, "take", SUPERVISOR) == ("recorded", "looking")
    assert say(world, code, "take", SUPERVISOR) == ("repeated", "looking")
    world.answer(CLINIC, code, "accept")
    assert world.told(SUPERVISOR) == ["leg_accepted_staff"]
    assert world.told(CASEWORKER) == ["leg_offered_staff", "case_gone_staff"]


@pytest.mark.parametrize("who", [CASEWORKER, SUPERVISOR], ids=["caseworker", "supervisor"])
def test_revoking_ends_the_leg_and_tells_the_provider(world: World, who: Address) -> None:
    """The provider's access ends, and the referral is closed."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert say(world, code, "close", who) == ("refused", "looking")
    assert say(world, code, "revoke", who) == ("recorded", "closed")
    assert say(world, code, "revoke", who) == ("repeated", "closed")
    assert (world.rows(legs)[0].state, world.rows(referrals)[0].state) == ("revoked", "closed")
    assert world.told(CLINIC) == ["leg_offered", "leg_revoked_provider"]
    assert world.rows(leg_events)[-1].actor.startswith("staff:")


def test_the_person_hears_that_a_request_was_closed(world: World) -> None:
    """Once, whether it was taken back from the provider or closed after a day that was missed."""
    for who, name, last in ((HODAN, "Hodan Cali", "revoke"), (ABEBE, "Abebe Bekele", "close")):
        person, _ = world.register(who, name)
        world.consent(who, "sms", person=person)
        code = world.refer(who, person)
        world.answer(CLINIC, code, "accept")
        if last == "close":
            world.answer(CLINIC, code, "noshow")
        for _ in range(2):
            say(world, code, last)
        assert world.told(who)[-1] == "referral_closed_person"
        assert world.told(who).count("referral_closed_person") == 1


@pytest.mark.parametrize(
    "who", [HODAN, CLINIC, ABEBE, FAR_CASEWORKER], ids=["person", "provider", "stranger", "far"]
)
def test_nobody_else_learns_that_a_case_exists(world: World, who: Address) -> None:
    """A code of a case in another area, or from another phone, is a code that does not exist."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    given = world.rows(referrals)[0].staff_id
    assert say(world, code, "take", who) == ("unknown", None)
    assert (world.rows(referrals)[0].staff_id, world.rows(referrals)[0].taken_at) == (given, None)


def test_a_mistyped_code(world: World) -> None:
    """The check digit is tried first."""
    assert say(world, "123456", "take")[0] in ("mistyped", "unknown")
    assert say(world, "100000", "take") == ("mistyped", None)
