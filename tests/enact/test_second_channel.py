"""What does not arrive goes another way, once; where there is none, somebody hears of it."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Executable, delete, update

from gateway.commands import AnswerCase, BindPhone, RequestCallback, StopMessages
from gateway.enact.casework.undelivered import fate_hook
from gateway.enact.helping.directory import load
from gateway.enact.notices.notify import (
    Recipients,
    Telling,
    ToConversation,
    ToMembers,
    ToPerson,
    ToProvider,
    ToStaff,
    notify,
)
from gateway.messages import Address, AddressKind, ChannelName, Handling, Outbound
from gateway.registry import short_code
from gateway.store import outbox
from gateway.store.outbox import Fate
from gateway.store.tables import addresses, callbacks, conversations, holders, legs, people
from gateway.store.tables import outbox as letters

from .conftest import (
    CASEWORKER,
    CHAT,
    CLINIC,
    DIRECTORY,
    FAR_CASEWORKER,
    HODAN,
    SUPERVISOR,
    World,
)

OTHER_CHAT = Address(AddressKind.TELEGRAM, "812345679")
VALUES = {"code": "400013", "stage": "accepted", "place": "Centre One", "day": "", "priority": "normal"}


def tell(world: World, name: str, to: Recipients, key: str = "k") -> None:
    """Tells somebody something."""
    with world.database.transaction() as tx:
        notify(world.work(tx, SUPERVISOR), name, to, VALUES, key)


def hear(world: World, fate: Fate, purpose: str, to: Address, nth: int = -1) -> None:
    """The worker hears what became of a letter: the last one of this purpose to an address."""
    with world.database.transaction() as tx:
        address = world.work(tx, to).party.address_id
        found = [row for row in world.rows(letters) if (row.purpose, row.address_id) == (purpose, address)]
        state = {Fate.DELIVERED: "accepted", Fate.FAILED: "accepted"}.get(fate, str(fate))
        delivery = str(fate) if state != fate else ""
        mine = letters.c.id == found[nth].id
        tx.execute(update(letters).where(mine).values(state=state, delivery=delivery))
        row = outbox.get(tx, found[nth].id)
        assert row is not None
        fate_hook(world.runtime)(tx, row, fate)


def bound(world: World) -> ToPerson:
    """Somebody who registered in a chat and shared their phone there; SMS are allowed."""
    person, _ = world.register(CHAT)
    world.consent(CHAT, "sms", person=person)
    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    with world.database.transaction() as tx:
        return ToPerson(world.work(tx, CHAT).party.conversation_id, 1)


def reasons(world: World) -> list[tuple[str, str]]:
    """Why people wait to be called."""
    return [(row.reason, row.state) for row in world.rows(callbacks)]


# --- people -----------------------------------------------------------------------------------------------


def test_from_the_chat_to_the_phone(world: World) -> None:
    """Said again by SMS, once; when that is lost as well it does not come back, and somebody is to call."""
    tell(world, "leg_accepted_person", bound(world))
    assert (world.told(CHAT), world.told(HODAN)) == (["leg_accepted_person"], [])
    for _ in range(2):
        hear(world, Fate.REJECTED, "leg_accepted_person", CHAT)
    assert world.told(HODAN) == ["leg_accepted_person"]
    assert world.rows(callbacks) == []
    for fate in (Fate.FAILED, Fate.DEAD):
        hear(world, fate, "leg_accepted_person", HODAN)
    assert (len(world.told(CHAT)), len(world.told(HODAN))) == (1, 1)
    assert reasons(world) == [("undelivered", "open")]


def test_it_is_said_as_the_other_channel_says_it(world: World) -> None:
    """Made anew of what it tells, with buttons in a chat and none in an SMS."""
    to = bound(world)
    tell(world, "leg_accepted_person", to)
    hear(world, Fate.DEAD, "leg_accepted_person", CHAT)
    kept = {row.channel: row for row in world.rows(letters)}
    assert set(kept) >= {"telegram", "sms"}
    (text,) = {text for purpose, text in world.messages(HODAN) if purpose == "leg_accepted_person"}
    assert "40001-3" in text
    with world.database.transaction() as tx:
        made_of = outbox.origin(tx, world.vault, kept["sms"].id)
        assert made_of is not None
        assert made_of["values"] == VALUES


@pytest.mark.parametrize(
    "to",
    [ToPerson(1, 2), ToProvider(3), ToStaff("ET14", only=4), ToMembers((5, 6)), ToConversation(7, True)],
    ids=lambda to: type(to).__name__,
)
def test_what_a_letter_keeps(to: Recipients) -> None:
    """It is plain JSON, and is the same when it is read again, whoever was told."""
    telling = Telling("leg_late_staff", to, VALUES, "leg:1:late", urgent=True)
    assert Telling.from_json("leg_late_staff", json.loads(json.dumps(telling.to_json()))) == telling


def test_what_may_have_arrived_is_left_alone(world: World) -> None:
    """A letter of unknown fate that goes to a person is not sent by another way; nor what arrived."""
    tell(world, "leg_accepted_person", bound(world))
    for fate in (Fate.HELD, Fate.ACCEPTED, Fate.DELIVERED):
        hear(world, fate, "leg_accepted_person", CHAT)
    assert (world.told(HODAN), world.rows(callbacks)) == ([], [])


def test_no_sms_without_a_yes(world: World) -> None:
    """The phone is no way for whoever did not allow it: somebody is to call, and hears a code alone."""
    world.register(CHAT)
    world.call(CHAT, BindPhone(), contact=HODAN)
    with world.database.transaction() as tx:
        to = ToPerson(world.work(tx, CHAT).party.conversation_id, 1)
    tell(world, "leg_accepted_person", to)
    hear(world, Fate.REJECTED, "leg_accepted_person", CHAT)
    assert world.told(HODAN) == []
    ((purpose, text),) = world.messages(CASEWORKER)
    code = re.findall(r"[0-9]{5}-[0-9]", text)[0]
    assert (purpose, short_code.check(code.replace("-", ""))) == ("undelivered_staff", True)
    assert world.told(FAR_CASEWORKER) == []


def test_taken_and_closed_like_any_call(world: World) -> None:
    """One open call-back a conversation, however much is lost; after it is closed a new loss opens another."""
    world.register(CHAT)
    with world.database.transaction() as tx:
        to = ToPerson(world.work(tx, CHAT).party.conversation_id, 1)
    for number, word in enumerate(("", "take", "close")):
        if word:
            code = world.rows(callbacks)[-1].code
            assert world.call(CASEWORKER, AnswerCase(code, word)).outcome == "recorded"
        tell(world, "leg_accepted_person", to, f"k{number}")
        hear(world, Fate.DEAD, "leg_accepted_person", CHAT)
    assert reasons(world) == [("undelivered", "closed"), ("undelivered", "open")]
    assert world.told(CASEWORKER) == ["undelivered_staff"] * 2


def test_who_asks_to_be_called_after_a_loss_rings(world: World) -> None:
    """The open call-back turns into theirs, and the caseworkers are rung for it."""
    world.register(CHAT)
    with world.database.transaction() as tx:
        to = ToPerson(world.work(tx, CHAT).party.conversation_id, 1)
    tell(world, "leg_accepted_person", to)
    hear(world, Fate.DEAD, "leg_accepted_person", CHAT)
    code = world.call(CHAT, RequestCallback("help")).values["code"]
    assert (code, reasons(world)) == (world.rows(callbacks)[0].code, [("help", "open")])
    assert world.told(CASEWORKER) == ["undelivered_staff", "callback_staff"]


def test_two_letters_lost_at_once(world: World) -> None:
    """Heard of by two workers in the same moment: one call-back."""
    world.register(CHAT)
    with world.database.transaction() as tx:
        to = ToPerson(world.work(tx, CHAT).party.conversation_id, 1)
    for key in ("one", "two"):
        tell(world, "leg_accepted_person", to, key)
    ids = [row.id for row in world.rows(letters)]
    both = Barrier(2)

    def hears(row_id: int) -> None:
        both.wait(5)
        with world.database.transaction() as tx:
            row = outbox.get(tx, row_id)
            assert row is not None
            tx.execute(update(letters).where(letters.c.id == row_id).values(state="dead"))
            fate_hook(world.runtime)(tx, row, Fate.DEAD)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hears, ids))
    assert reasons(world) == [("undelivered", "open")]


@pytest.mark.parametrize(
    "change",
    [
        update(people).values(died_at=datetime(2026, 3, 10, tzinfo=UTC)),
        delete(holders),
        update(conversations).values(key=b""),
    ],
    ids=["died", "let go", "erased"],
)
def test_whom_nobody_calls(world: World, change: Executable) -> None:
    """Nor writes to: who died, whose conversation speaks for them no more, who was erased."""
    tell(world, "leg_accepted_person", bound(world))
    posted = world.rows(letters)
    with world.database.transaction() as tx:
        tx.execute(change)
        row = outbox.get(tx, posted[-1].id)
        assert row is not None
        fate_hook(world.runtime)(tx, row, Fate.DEAD)
    assert (world.rows(callbacks), len(world.rows(letters))) == ([], len(posted))


def test_stop_is_a_wish(world: World) -> None:
    """Who sends STOP while a message is on its way is neither written to elsewhere nor called."""
    tell(world, "leg_accepted_person", bound(world))
    world.call(CHAT, StopMessages())
    hear(world, Fate.REJECTED, "leg_accepted_person", CHAT)
    assert (world.told(HODAN), world.rows(callbacks)) == ([], [])


def test_what_is_not_worth_a_call(world: World) -> None:
    """An invitation comes again by itself; an answer is not a notice: whoever asked asks again."""
    to = bound(world)
    tell(world, "details_invitation", to)
    hear(world, Fate.DEAD, "details_invitation", CHAT)
    hear(world, Fate.DEAD, "details_invitation", HODAN)
    with world.database.transaction() as tx:
        party = world.work(tx, CHAT).party
        body = outbox.pack(party.key, Outbound(ChannelName.TELEGRAM, CHAT, "Valid."))
        ids = (party.conversation_id, party.address_id)
        answer = outbox.Letter(*ids, ChannelName.TELEGRAM, "telegram", "reply", Handling.RESEND, body)
        outbox.post(tx, answer, world.now)
    hear(world, Fate.DEAD, "reply", CHAT)
    assert world.rows(callbacks) == []
    assert (world.told(CHAT), world.told(HODAN)) == (["details_invitation", "reply"], ["details_invitation"])


# --- providers --------------------------------------------------------------------------------------------


def test_an_offer_goes_to_the_chat_beside_the_phone(world: World) -> None:
    """The leg waits for that: sent when the chat took it, undelivered only when it is lost there too."""
    assert world.call(OTHER_CHAT, BindPhone(), contact=CLINIC).outcome == "bound"
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    hear(world, Fate.DEAD, "leg_offered", CLINIC)
    assert world.told(OTHER_CHAT) == ["leg_offered"]
    assert world.rows(legs)[0].state == "queued"
    hear(world, Fate.ACCEPTED, "leg_offered", OTHER_CHAT)
    assert world.rows(legs)[0].state == "sent"
    hear(world, Fate.FAILED, "leg_offered", OTHER_CHAT)
    assert world.told(CASEWORKER)[-1] == "leg_undelivered"
    assert world.told(CLINIC) == ["leg_offered"]


def test_an_offer_that_nobody_gets(world: World) -> None:
    """Moves the leg at once, and is told once, by the leg's own notice."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    hear(world, Fate.DEAD, "leg_offered", CLINIC)
    assert world.rows(legs)[0].state == "undelivered"
    assert [each for each in world.told(CASEWORKER) if "undelivered" in each] == ["leg_undelivered"]


def test_what_else_a_provider_does_not_get(world: World) -> None:
    """Whose case it is hears of it; where it is about no case the supervisor does, once a day, by a neutral name."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    tell(world, "leg_reminder_provider", ToProvider(1), "no leg of ours")
    for _ in range(2):
        hear(world, Fate.DEAD, "leg_reminder_provider", CLINIC)
    assert world.messages(SUPERVISOR)[-1] == (
        "undelivered_provider_staff",
        "A message did not reach Centre One. Please call them.",
    )
    assert world.told(SUPERVISOR).count("undelivered_provider_staff") == 1
    with world.database.transaction() as tx:
        values = VALUES | {"code": code}
        notify(world.work(tx, HODAN), "leg_reminder_provider", ToProvider(1), values, "a leg")
    hear(world, Fate.DEAD, "leg_reminder_provider", CLINIC)
    assert world.messages(CASEWORKER)[-1][0] == "undelivered_leg_staff"
    assert short_code.shown(code) in world.messages(CASEWORKER)[-1][1]


def test_one_phone_of_two_is_enough(world: World) -> None:
    """Nobody is troubled while a provider's other phone may get it."""
    directory = deepcopy(DIRECTORY)
    directory["organisations"]["clinic"]["phones"].append("+251933000000")
    load(world.runtime, directory)
    tell(world, "leg_reminder_provider", ToProvider(1))
    hear(world, Fate.DEAD, "leg_reminder_provider", CLINIC)
    assert world.told(SUPERVISOR) == []
    hear(world, Fate.DEAD, "leg_reminder_provider", Address(AddressKind.PHONE, "+251933000000"))
    assert world.told(SUPERVISOR) == ["undelivered_provider_staff"]


# --- staff ------------------------------------------------------------------------------------------------


def test_from_a_caseworkers_chat_to_their_phone(world: World) -> None:
    """Then to the supervisors, in the same words; nobody reads it twice, and it ends there."""
    directory = deepcopy(DIRECTORY)
    directory["staff"]["near"]["phones"] = ["+251911000099"]
    load(world.runtime, directory)
    phone = Address(AddressKind.PHONE, "+251911000099")
    tell(world, "leg_late_staff", ToStaff("ET14"))
    hear(world, Fate.REJECTED, "leg_late_staff", CASEWORKER)
    assert (world.told(phone), world.told(SUPERVISOR)) == (["leg_late_staff"], [])
    hear(world, Fate.DEAD, "leg_late_staff", phone)
    assert world.told(SUPERVISOR) == ["leg_late_staff"]
    before = len(world.rows(letters))
    hear(world, Fate.DEAD, "leg_late_staff", SUPERVISOR)
    assert len(world.rows(letters)) == before


def test_a_colleague_got_it(world: World) -> None:
    """Where another caseworker of the area was told, the supervisors need not be."""
    directory = deepcopy(DIRECTORY)
    directory["staff"]["far"]["areas"] = ["ET14"]
    load(world.runtime, directory)
    tell(world, "leg_late_staff", ToStaff("ET14"))
    hear(world, Fate.REJECTED, "leg_late_staff", CASEWORKER)
    assert world.told(SUPERVISOR) == []
    hear(world, Fate.DEAD, "leg_late_staff", FAR_CASEWORKER)
    assert world.told(SUPERVISOR) == ["leg_late_staff"]


def test_a_blocked_chat(world: World) -> None:
    """A caseworker who blocked the bot and has no phone: the supervisors are told."""
    tell(world, "leg_late_staff", ToStaff("ET14", only=1))
    with world.database.transaction() as tx:
        address = world.work(tx, CASEWORKER).party.address_id
        tx.execute(update(addresses).where(addresses.c.id == address).values(unreachable_at=world.now))
    hear(world, Fate.REJECTED, "leg_late_staff", CASEWORKER)
    assert world.told(SUPERVISOR) == ["leg_late_staff"]
