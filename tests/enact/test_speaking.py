"""Silence, consent to SMS, and two conversations that are one person's."""

from __future__ import annotations

import pytest

from gateway.commands import (
    BindPhone,
    ChoosePin,
    MyPeople,
    RequestCallback,
    SetLanguage,
    ShowCertificate,
    StartMessages,
    StopMessages,
)
from gateway.enact import enact
from gateway.messages import Address
from gateway.store.conversations import addresses_of, reveal
from gateway.store.tables import addresses, callbacks, consents, referrals

from .conftest import CASEWORKER, CHAT, CLINIC, HODAN, World


def accepted(world: World, who: Address = HODAN) -> list[str]:
    """What a person is told when their request is accepted."""
    person = world.call(HODAN, MyPeople()).values["person"]
    world.answer(CLINIC, world.refer(HODAN, person), "accept")
    return world.told(who)


def test_no_sms_without_a_yes(world: World) -> None:
    """Nothing unsolicited goes to a phone that did not agree to SMS; the newest answer holds."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", True, person)
    world.consent(HODAN, "sms", False, person)
    assert accepted(world) == []


def test_another_persons_yes_is_not_mine(world: World) -> None:
    """Two people on one phone: what one of them allowed sends nothing of the other's there."""
    first, _ = world.register(HODAN)
    world.consent(HODAN, "sms", False, first)
    second, _ = world.register(HODAN, "Cali Nuur Faarax")
    world.consent(HODAN, "sms", True, second)
    world.answer(CLINIC, world.refer(HODAN, first), "accept")
    assert world.told(HODAN) == []
    world.answer(CLINIC, world.refer(HODAN, second), "accept")
    assert world.told(HODAN) == ["leg_accepted_person"]


def test_a_chat_needs_no_yes_to_sms(world: World) -> None:
    """Who speaks with us on Telegram is told there, and there alone."""
    world.register(HODAN)
    world.call(CHAT, BindPhone(), contact=HODAN)
    assert accepted(world, CHAT) == ["leg_accepted_person"]
    assert world.told(HODAN) == []


def test_stop_silences_every_address_and_start_undoes_it(world: World) -> None:
    """STOP ends pushes wherever it was said, not the registration."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    world.call(CHAT, BindPhone(), contact=HODAN)
    world.call(HODAN, StopMessages())
    code = world.refer(HODAN, person)
    world.answer(CLINIC, code, "accept")
    assert world.told(CHAT) == world.told(HODAN) == []
    assert world.call(HODAN, MyPeople()).values == {"person": person}
    world.call(CHAT, StartMessages())
    world.answer(CLINIC, code, "date", on="2026-03-20")
    assert world.told(CHAT) == ["leg_scheduled_person"]


def test_the_language_chosen_last(world: World) -> None:
    """It goes to the party, from where the caller keeps it; one that nobody speaks here does not."""
    with world.database.transaction() as tx:
        work = world.work(tx, HODAN)
        enact(work, SetLanguage("so"))
        assert work.party.language == "so"
        enact(work, SetLanguage("xx"))
        assert work.party.language == "so"


# --- one person, two conversations ------------------------------------------------------------------------


def test_a_new_phone_joins_the_chat(world: World) -> None:
    """A phone that nobody knew leads to the chat's conversation from now on."""
    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    with world.database.transaction() as tx:
        conversation = world.work(tx, HODAN).party.conversation_id
        assert conversation == world.work(tx, CHAT).party.conversation_id
        found = {reveal(world.vault, row) for row in addresses_of(tx, conversation)}
    assert found == {HODAN, CHAT}


def test_a_chat_and_a_phone_become_one_conversation(world: World) -> None:
    """People, consents, referrals and call-backs of both sides are there afterwards, and all can be opened."""
    first, number = world.register(HODAN)
    world.refer(HODAN, first)
    second, _ = world.register(CHAT, "Cali Nuur Faarax")
    world.call(CHAT, ChoosePin(second, "2580"))
    world.call(CHAT, RequestCallback("help"))
    with world.database.transaction() as tx:
        work = world.work(tx, CHAT, contact=HODAN)
        before = work.party.conversation_id
        assert enact(work, BindPhone()).outcome == "bound"
        assert work.rebound == work.party.conversation_id != before
        phone = world.work(tx, HODAN).party.conversation_id
        assert work.rebound == phone
        found = {reveal(world.vault, row) for row in addresses_of(tx, phone)}
    assert found == {HODAN, CHAT}
    for who in (HODAN, CHAT):
        offered = world.call(who, MyPeople()).values["people"]
        assert [each["value"] for each in offered] == [first, second]
        assert world.call(who, ShowCertificate(second, "2580")).outcome == "shown"
    for table in (consents, referrals, callbacks):
        assert {row.conversation_id for row in world.rows(table)} == {phone}
    assert number


@pytest.mark.parametrize(
    ("silent", "known"),
    [(HODAN, True), (CHAT, True), (CHAT, False)],
    ids=["said by phone", "said by chat", "said by chat, a new phone"],
)
def test_stop_outlives_the_joining(world: World, silent: Address, known: bool) -> None:
    """It was meant for the person: no address of the joined conversation is written to."""
    if known:
        world.register(HODAN)
    world.call(silent, StopMessages())
    world.call(CHAT, BindPhone(), contact=HODAN)
    with world.database.transaction() as tx:
        rows = addresses_of(tx, world.work(tx, CHAT).party.conversation_id)
    assert [row.silenced for row in rows] == [True, True]


def test_without_a_proven_phone_nothing_is_bound(world: World) -> None:
    """Only the channel can say that a contact is the sender's own; a chat is no phone."""
    world.register(HODAN)
    assert world.call(CHAT, BindPhone()).outcome == "refused"
    assert world.call(CHAT, BindPhone(), contact=CASEWORKER).outcome == "refused"
    chat, phone = (row.conversation_id for row in world.rows(addresses)[-1:-3:-1])
    assert chat != phone
