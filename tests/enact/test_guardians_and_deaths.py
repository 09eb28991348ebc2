"""Who answers for a child, and what a death ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.commands import (
    ChoosePin,
    ClaimPerson,
    HasPin,
    MyPeople,
    ReferralStatus,
    ShowCertificate,
)
from gateway.enact.certifying.certificates import EXPIRES, EXPIRING
from gateway.enact.desk import desk
from gateway.enact.holding import guardianship
from gateway.enact.holding.guardianship import under_age
from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering import deaths, details
from gateway.store import people
from gateway.store.people import PersonRow
from gateway.store.tables import certificates, guardians, outbox, person_events, referrals, timers

from .conftest import ABEBE, AGE, CHAT, CLINIC, HODAN, OTHER_CLINIC, World

PIN, OTHER = "2580", "9173"
SILENT = {details.INVITE, EXPIRES, EXPIRING}
"""Timers that would tell a person something."""
TODAY = date(2026, 3, 10)


def born(first: int, last: int, day: str = "") -> dict[str, Any]:
    return AGE | {"from": first, "to": last} | ({"day": day, "precision": "day"} if day else {})


CHILD = {"age": born(2014, 2015), "relation": "child"}


def family(world: World, *, pin: bool = True) -> tuple[str, str]:
    """Hodan and her child on one phone; the references."""
    mother, _ = world.register(HODAN, "Hodan Cali Nuur", relation="self")
    child, _ = world.register(HODAN, "Sahra Axmed Cali", **CHILD)
    if pin:
        world.call(HODAN, ChoosePin(mother, PIN))
    return mother, child


def rows(world: World, *references: str) -> list[PersonRow]:
    with world.database.transaction() as tx:
        found = [people.by_reference(tx, each) for each in references]
    return [each for each in found if each is not None]


def die(world: World, reference: str, *, undo: bool = False) -> bool:
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        person = people.by_reference(tx, reference)
        assert person is not None
        act = deaths.undo_death if undo else deaths.record_death
        done = act(work, person, "staff:1", "told_by_family")
    world.rung.extend(work.ring)
    return done


# --- guardians --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ({}, False),
        (born(2007, 2008), True),
        (born(2007, 2007), False),
        (born(2008, 2008, "2008-03-10"), False),
        (born(2008, 2008, "2008-03-11"), True),
    ],
    ids=["never said", "17 or 18", "18 for sure", "18 today", "18 tomorrow"],
)
def test_under_age_is_reckoned_from_the_latest_day(age: dict[str, Any], expected: bool) -> None:
    """Who may still be 17 is."""
    assert under_age({"age": age}, TODAY) is expected


def test_the_guardians_pin_opens_a_ward(world: World) -> None:
    """Until the ward chooses one of its own or is of age; tries at a ward count as tries at the guardian."""
    mother, child = family(world)
    assert world.call(HODAN, HasPin(child)).outcome == "yes"
    assert world.call(HODAN, ChoosePin(child, OTHER)).outcome == "exists"
    assert world.call(HODAN, ShowCertificate(child, "1111")).values == {"tries_left": 4}
    assert world.call(HODAN, ShowCertificate(mother, "1111")).values == {"tries_left": 3}
    assert world.call(HODAN, ShowCertificate(child, PIN)).outcome == "shown"
    assert world.call(CHAT, ClaimPerson(child, PIN)).outcome == "claimed"
    world.pass_time(days=365 * 8)
    assert world.call(HODAN, ShowCertificate(child, PIN)).outcome == "no_pin"


def test_a_ward_may_have_a_pin_of_its_own(world: World) -> None:
    """Then the guardian's does not open it."""
    mother, child = family(world, pin=False)
    assert world.call(HODAN, ChoosePin(child, OTHER)).outcome == "chosen"
    world.call(HODAN, ChoosePin(mother, PIN))
    assert world.call(HODAN, ShowCertificate(child, PIN)).outcome == "wrong_pin"
    assert world.call(HODAN, ShowCertificate(child, OTHER)).outcome == "shown"


def test_a_parent_who_registers_after_the_child_is_its_guardian_too(world: World) -> None:
    """In whatever order they come."""
    child, _ = world.register(HODAN, "Sahra Axmed Cali", **CHILD)
    assert world.rows(guardians) == []
    mother, _ = world.register(HODAN, "Hodan Cali Nuur", relation="self")
    ward, guardian = rows(world, child, mother)
    assert [(row.ward_id, row.guardian_id) for row in world.rows(guardians)] == [(ward.id, guardian.id)]


def test_nobody_guesses_whose_child_it_is(world: World) -> None:
    """Where two adults use a phone, or the child is of age, or it is somebody else's, there is no guardian."""
    world.register(HODAN, "Hodan Cali Nuur", relation="self")
    world.register(HODAN, "Asha Cali Nuur", relation="self")
    world.register(HODAN, "Sahra Axmed Cali", **CHILD)
    world.register(ABEBE, "Abebe Bekele", relation="self")
    world.register(ABEBE, "Sara Abebe", relation="child")
    world.register(ABEBE, "Almaz Tesfaye", age=born(2014, 2015), relation="other")
    assert world.rows(guardians) == []


def test_the_staff_appoint_and_end(world: World) -> None:
    """One guardian at a time; never oneself, a child, or for somebody of age."""
    mother, child = family(world)
    aunt, _ = world.register(ABEBE, "Asha Cali Nuur")
    ward, old, new = rows(world, child, mother, aunt)
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        for whom, guardian in ((ward, ward), (old, new)):
            with pytest.raises(ValueError, match="guardian"):
                guardianship.appoint(work, whom, guardian, "appointed", "staff:1")
        guardianship.appoint(work, ward, new, "appointed", "staff:1")
        named = guardianship.guardian_of(work, ward)
        assert named is not None and named.id == new.id
        assert guardianship.end(work, ward, "staff:1")
        assert not guardianship.end(work, ward, "staff:1")
        assert guardianship.guardian_of(work, ward) is None


# --- deaths -----------------------------------------------------------------------------------------------


def test_a_death_ends_everything_at_once(world: World) -> None:
    """Certificate, request, menu; the provider reads what it reads when a request is taken back. Twice is once."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, PIN))
    world.refer(HODAN, person)
    world.sent()
    assert die(world, person)
    assert not die(world, person)
    assert [row.status for row in world.rows(certificates)] == ["revoked"]
    assert [row.state for row in world.rows(referrals)] == ["withdrawn"]
    assert "leg_withdrawn_provider" in world.told(CLINIC)
    assert not [row.kind for row in world.rows(timers) if row.state == "due" and row.kind in SILENT]
    assert world.call(HODAN, MyPeople()).outcome == "none"
    assert world.call(HODAN, ShowCertificate(person, PIN)).outcome == "none"
    assert world.call(CHAT, ClaimPerson(person, PIN)).outcome == "refused"
    assert world.call(HODAN, ReferralStatus()).values["stage"] == "closed"
    assert [row.event for row in world.rows(person_events)].count("died") == 1


def test_nothing_is_sent_about_the_dead(world: World) -> None:
    """Not to the phone they shared, whatever they had agreed to; about the living who share it all goes on."""
    dead, _ = world.register(HODAN)
    living, _ = world.register(HODAN, "Asha Cali Nuur")
    for person in (dead, living):
        world.consent(HODAN, "sms", person=person)
    die(world, dead)
    sent = []
    with world.database.transaction() as tx:
        for reference in (dead, living):
            work = desk(world.runtime, tx)
            person = people.by_reference(tx, reference)
            assert person is not None
            (here,) = people.holders_of(tx, person.id)
            sent.append(notify(work, "certificate_issued", ToPerson(here, person.id), {}, reference))
    assert sent == [0, 1]


def test_what_waits_to_be_sent_about_the_dead_stays_here(world: World) -> None:
    """Not what a worker is sending just now, nor what is told to providers, nor about the living on the same phone."""
    dead, _ = world.register(HODAN)
    living, _ = world.register(HODAN, "Asha Cali Nuur")
    for person, need in ((dead, "health"), (living, "shelter")):
        world.consent(HODAN, "sms", person=person)
        code = world.refer(HODAN, person, need)
        world.answer(CLINIC if need == "health" else OTHER_CLINIC, code, "accept")
    before = letters(world)
    die(world, dead)
    after = letters(world)
    about = [row for row, state in before.items() if (row, "dead") in after.items() and state == "due"]
    assert [purpose for _, purpose in about] == ["leg_accepted_person"]
    assert {row: state for row, state in after.items() if row not in about and row in before} == {
        row: state for row, state in before.items() if row not in about
    }


def letters(world: World) -> dict[tuple[int, str], str]:
    """Each letter's state, by its row and purpose."""
    return {(row.id, row.purpose): row.state for row in world.rows(outbox)}


def test_a_death_recorded_by_mistake_is_undone(world: World) -> None:
    """They speak again with their PIN; the certificate stays revoked until a new one is issued."""
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, PIN))
    assert not die(world, person, undo=True)
    die(world, person)
    assert die(world, person, undo=True)
    assert world.call(HODAN, MyPeople()).values == {"person": person}
    assert world.call(HODAN, ShowCertificate(person, PIN)).values["status"] == "revoked"


def test_a_guardian_who_died_opens_nobody(world: World) -> None:
    """The ward is left without; nobody else's PIN opens it."""
    mother, child = family(world)
    die(world, mother)
    assert world.call(HODAN, HasPin(child)).outcome == "no"
    assert world.call(HODAN, ShowCertificate(child, PIN)).outcome == "no_pin"
