"""A phone that was silent for long: nothing of whoever had it before is shown, and a PIN leads back to it."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.commands import (
    BindPhone,
    ChoosePin,
    DoubtedPeople,
    HasPin,
    LeavePhone,
    MyPeople,
    ProvePin,
    ReferralStatus,
    RequestCallback,
    ShowCertificate,
    WithdrawReferral,
)
from gateway.enact.holding.doubts import heard
from gateway.messages import Address
from gateway.store import conversations
from gateway.store.tables import addresses, pin_misses

from .conftest import ABEBE, CHAT, CLINIC, HODAN, World

PIN = "2580"
LONG, SHORT = 91, 89


def hear(world: World, who: Address) -> tuple[str, ...]:
    """A message comes in from an address; the roles that its flow sees."""
    with world.database.transaction() as tx:
        row = conversations.open_address(tx, world.vault, who, "africastalking", world.now)
        conversations.seen(tx, row, "africastalking", "", world.now)
        return heard(world.runtime, tx, row, world.now).present_roles


def doubted(world: World, *, pin: bool = True) -> str:
    """Hodan registered, asked for help, and her phone is heard again after a long silence. Returns the reference."""
    person, _ = world.register(HODAN)
    if pin:
        world.call(HODAN, ChoosePin(person, PIN))
    world.refer(HODAN, person)
    world.pass_time(days=LONG)
    assert hear(world, HODAN) == ("doubted",)
    return person


def prove(world: World, pin: str) -> Any:
    return world.call(HODAN, ProvePin(pin))


@pytest.mark.parametrize(
    ("who", "days", "roles"),
    [(HODAN, SHORT, ()), (HODAN, LONG, ("doubted",)), (CHAT, LONG, ())],
    ids=["phone, heard in time", "phone, silent for long", "chat, silent for long"],
)
def test_a_long_silence_is_doubted(world: World, who: Address, days: int, roles: tuple[str, ...]) -> None:
    """Numbers are given to new people after some months; ids of chats are not."""
    world.register(who)
    world.pass_time(days=days)
    assert hear(world, who) == roles


def test_nobody_is_doubted_where_nobody_registered(world: World) -> None:
    """A phone that only began something gets a fresh conversation and no question."""
    world.draft(HODAN)
    world.pass_time(days=LONG)
    assert hear(world, HODAN) == ()
    assert world.call(HODAN, DoubtedPeople()).outcome == "none"
    assert world.call(HODAN, ReferralStatus()).outcome == "none"


def test_a_recycled_number_sees_nothing_of_the_old_owner(world: World) -> None:
    """No list, no status, no certificate, no way to take a request back; the session and the language are gone."""
    person = doubted(world)
    assert world.call(HODAN, MyPeople()).outcome == "none"
    assert world.call(HODAN, ReferralStatus()).outcome == "none"
    assert world.call(HODAN, WithdrawReferral()).outcome == "none"
    assert world.call(HODAN, ShowCertificate(person, PIN)).outcome == "none"
    assert world.call(HODAN, HasPin(person)).outcome == "no"
    with world.database.transaction() as tx:
        row = conversations.open_address(tx, world.vault, HODAN, "africastalking", world.now)
    assert (row.session, row.language) == (None, "")


def test_what_is_pushed_to_the_old_owner_goes_nowhere(world: World) -> None:
    """The phone left the conversation that the request was made in."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, PIN))
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.pass_time(days=LONG)
    hear(world, HODAN)
    world.answer(CLINIC, code, "accept")
    assert "leg_accepted_person" not in [purpose for purpose, _ in world.messages()]


def test_the_pin_leads_back(world: World) -> None:
    """All is as it was, and what was begun meanwhile is there too. Proved again there is nothing to prove."""
    person = doubted(world)
    world.call(HODAN, RequestCallback("help"))
    assert world.call(HODAN, DoubtedPeople()).outcome == "some"
    assert prove(world, PIN).outcome == "proved"
    assert world.call(HODAN, MyPeople()).values == {"person": person}
    assert world.call(HODAN, ReferralStatus()).outcome == "one"
    assert hear(world, HODAN) == ()
    assert prove(world, PIN).outcome == "no_pin"


def test_guessing_is_counted(world: World) -> None:
    """Five wrong tries a day; then even the right PIN does not lead back, until the next day."""
    doubted(world)
    tries = [prove(world, "1111") for _ in range(5)]
    assert [each.values.get("tries_left", 0) for each in tries] == [4, 3, 2, 1, 0]
    assert prove(world, PIN).outcome == tries[-1].outcome == "locked"
    assert len(world.rows(pin_misses)) == 5
    world.pass_time(days=1, seconds=1)
    assert prove(world, PIN).outcome == "proved"


def test_any_of_several_proves_the_phone(world: World) -> None:
    """Who they are is not listed; one of their PINs is enough, and a wrong one counts once."""
    world.register(HODAN, "Asha Ali")
    second, _ = world.register(HODAN, "Hodan Cali Nuur")
    world.call(HODAN, ChoosePin(second, PIN))
    world.pass_time(days=LONG)
    hear(world, HODAN)
    assert prove(world, "1111").values == {"tries_left": 4}
    assert prove(world, PIN).outcome == "proved"
    assert world.call(HODAN, MyPeople()).outcome == "several"


def test_without_a_pin_nothing_can_be_proved(world: World) -> None:
    """No guess is counted: the staff are left."""
    doubted(world, pin=False)
    assert prove(world, PIN).outcome == "no_pin"
    assert world.rows(pin_misses) == []


def test_who_is_new_leaves_what_was(world: World) -> None:
    """They are asked no more, keep what they began, and no PIN leads back any more."""
    doubted(world)
    mine, _ = world.register(HODAN, "Sara Bekele")
    assert world.call(HODAN, LeavePhone()).outcome == "left"
    assert hear(world, HODAN) == ()
    assert prove(world, PIN).outcome == "no_pin"
    assert world.call(HODAN, MyPeople()).values == {"person": mine}


def test_a_second_silence_leads_no_further_back(world: World) -> None:
    """Whoever came in between and registered is who can come back now."""
    doubted(world)
    between, _ = world.register(HODAN, "Sara Bekele")
    world.call(HODAN, ChoosePin(between, "9173"))
    world.pass_time(days=LONG)
    assert hear(world, HODAN) == ("doubted",)
    assert prove(world, PIN).outcome == "wrong_pin"
    assert prove(world, "9173").outcome == "proved"
    assert world.call(HODAN, MyPeople()).values == {"person": between}


def test_silence_after_silence_keeps_the_way_back(world: World) -> None:
    """Who comes and goes without registering takes nothing away from who did."""
    person = doubted(world)
    world.pass_time(days=LONG)
    assert hear(world, HODAN) == ("doubted",)
    assert prove(world, PIN).outcome == "proved"
    assert world.call(HODAN, MyPeople()).values == {"person": person}


def test_a_doubted_phone_is_nobodys_to_bind(world: World) -> None:
    """A chat of the old owner must not draw what is theirs to a number that is another's by now."""
    doubted(world)
    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "refused"
    assert world.call(CHAT, BindPhone(), contact=ABEBE).outcome == "bound"


def test_the_way_back_follows_a_conversation_that_moves(world: World) -> None:
    """The old owner's chat goes on with another phone of theirs: the PIN leads to where they are now."""
    person, _ = world.register(CHAT)
    world.call(CHAT, ChoosePin(person, PIN))
    assert world.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    world.pass_time(days=LONG)
    hear(world, HODAN)
    hear(world, ABEBE)
    assert world.call(CHAT, BindPhone(), contact=ABEBE).outcome == "bound"
    assert prove(world, PIN).outcome == "proved"
    assert len({row.conversation_id for row in world.rows(addresses) if not row.roles}) == 1
