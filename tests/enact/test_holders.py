"""One person on several phones: by reference and PIN, by the staff, and what a guesser gets."""

from __future__ import annotations

import pytest

from gateway.commands import (
    AnswerReview,
    ChangePin,
    ChoosePin,
    ClaimPerson,
    HasPin,
    MyPeople,
    ReferralStatus,
    RequestPhoneChange,
    Result,
    ShowCertificate,
)
from gateway.messages import Address, AddressKind
from gateway.store.tables import certificate_events, person_events, pin_misses, reviews
from gateway.vault import Vault

from .conftest import ABEBE, CASEWORKER, CHAT, HODAN, World

PIN = "2580"
UNKNOWN = "K2345678"


class CountingVault(Vault):
    """Counts how often a PIN was hashed."""

    hashed = 0

    def check_pin(self, person: int, pin: str, stored: str) -> bool:
        self.hashed += 1
        return super().check_pin(person, pin, stored)


def registered(world: World, *, sms: bool = True) -> str:
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, PIN))
    world.consent(HODAN, "sms", sms, person)
    return person


def claim(world: World, who: Address, reference: str, pin: str = PIN) -> Result:
    return world.call(who, ClaimPerson(reference, pin))


def approve(world: World) -> Result:
    return world.call(CASEWORKER, AnswerReview(world.rows(reviews)[-1].code, "approve"))


# --- by reference and PIN ---------------------------------------------------------------------------------


def test_reference_and_pin_open_the_person_elsewhere(world: World) -> None:
    """In any grouping; twice is once. The other phone is told, neither who nor which."""
    person = registered(world)
    assert claim(world, CHAT, f"{person[:4].lower()} {person[4:]}").outcome == "claimed"
    assert claim(world, CHAT, person).outcome == "claimed"
    assert world.call(CHAT, MyPeople()).values == world.call(HODAN, MyPeople()).values == {"person": person}
    assert world.call(CHAT, ShowCertificate(person, PIN)).outcome == "shown"
    assert world.told(HODAN).count("phone_added") == 1
    assert person not in dict(world.messages(HODAN))["phone_added"]


def test_who_wants_no_sms_is_sent_none(world: World) -> None:
    """Not even that another phone was added."""
    assert claim(world, CHAT, registered(world, sms=False)).outcome == "claimed"
    assert "phone_added" not in world.told(HODAN)


def test_every_refusal_is_the_same(world: World) -> None:
    """Nobody's reference, a mistyped one, no PIN, a wrong PIN: one answer, one hashing and one miss each."""
    world.vault = counting = CountingVault((bytes(range(32)),))
    person = registered(world)
    bare, _ = world.register(ABEBE)
    guesses = [(UNKNOWN, PIN), ("nonsense", PIN), (bare, PIN), (person, "1111")]
    answers = [claim(world, CHAT, reference, pin) for reference, pin in guesses]
    assert answers == [Result("refused", {})] * len(guesses)
    assert counting.hashed == len(guesses) == len(world.rows(pin_misses))


def test_tries_are_counted_for_the_conversation(world: World) -> None:
    """At whomever they were aimed; then nothing is hashed any more, and the owner is not locked out."""
    world.vault = counting = CountingVault((bytes(range(32)),))
    person = registered(world)
    for number in range(5):
        claim(world, CHAT, f"K234567{number + 2}")
    before = counting.hashed
    assert claim(world, CHAT, person).outcome == "locked"
    assert counting.hashed == before
    assert world.call(HODAN, ShowCertificate(person, PIN)).outcome == "shown"
    world.pass_time(days=1, seconds=1)
    assert claim(world, CHAT, person).outcome == "claimed"


def test_tries_are_counted_for_the_person(world: World) -> None:
    """Many phones that guess at one person stop even the right PIN, in the same words; the owner goes on."""
    person = registered(world)
    for number in range(4):
        phone = Address(AddressKind.PHONE, f"+25193300000{number}")
        for _ in range(5):
            claim(world, phone, person, "1111")
    assert claim(world, CHAT, person) == Result("refused", {})
    assert world.call(HODAN, ShowCertificate(person, PIN)).outcome == "shown"


# --- by the staff -----------------------------------------------------------------------------------------


def test_a_request_never_tells_whether_there_is_such_a_person(world: World) -> None:
    """The same answer for a reference that nobody has; asked twice the staff hear of it once."""
    person = registered(world)
    assert world.call(CHAT, RequestPhoneChange("nonsense")).outcome == "mistyped"
    for reference in (UNKNOWN, person, person):
        assert world.call(CHAT, RequestPhoneChange(reference)) == Result("requested", {})
    assert [(row.kind, row.flags) for row in world.rows(reviews)] == [("phone", ["other_phone"])]
    for _ in range(7):
        world.call(CHAT, RequestPhoneChange(UNKNOWN))
    assert world.call(CHAT, RequestPhoneChange(person)) == Result("too_many", {})


def test_an_approved_phone_speaks_and_chooses_a_new_pin(world: World) -> None:
    """The old one stays and is told; it cannot choose the PIN in their place. The certificate is not touched."""
    person = registered(world)
    world.call(CHAT, RequestPhoneChange(person))
    before = len(world.rows(certificate_events))
    assert approve(world).outcome == "recorded"
    assert world.call(CHAT, HasPin(person)).outcome == "no"
    assert world.call(HODAN, ChoosePin(person, "4706")).outcome == "exists"
    assert world.call(CHAT, ChoosePin(person, "9173")).outcome == "chosen"
    for who in (CHAT, HODAN):
        assert world.call(who, ShowCertificate(person, "9173")).outcome == "shown"
    assert "phone_added" in world.told(HODAN)
    assert len(world.rows(certificate_events)) == before


def test_a_lost_phone_speaks_no_more(world: World) -> None:
    """It was told; what was asked for on it is answered at the new one."""
    person = registered(world)
    world.refer(HODAN, person)
    world.call(CHAT, RequestPhoneChange(person, lost=True))
    assert approve(world).outcome == "recorded"
    assert "phone_added" in world.told(HODAN)
    assert world.call(HODAN, MyPeople()).outcome == "none"
    assert world.call(HODAN, ReferralStatus()).outcome == "none"
    assert world.call(CHAT, ReferralStatus()).outcome == "one"
    events = [row.event for row in world.rows(person_events)]
    assert events.count("phone_changed") == events.count("phone_released") == 1


def test_a_forgotten_pin_on_the_same_phone(world: World) -> None:
    """The staff take the old one away, and a new one is chosen."""
    person = registered(world)
    world.call(HODAN, RequestPhoneChange(person))
    assert approve(world).outcome == "recorded"
    assert world.call(HODAN, ChoosePin(person, "9173")).outcome == "chosen"


# --- another PIN ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pin", "new", "outcome"),
    [(PIN, "9173", "changed"), (PIN, "1234", "weak"), ("1111", "9173", "wrong_pin")],
    ids=["right", "a weak one", "the present one is wrong"],
)
def test_a_pin_is_changed_behind_the_present_one(world: World, pin: str, new: str, outcome: str) -> None:
    """Then only the new one opens; else only the old one."""
    person = registered(world)
    assert world.call(HODAN, ChangePin(person, pin, new)).outcome == outcome
    opens = new if outcome == "changed" else PIN
    assert world.call(HODAN, ShowCertificate(person, opens)).outcome == "shown"
