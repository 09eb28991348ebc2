"""Registering a person."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pytest

from gateway.commands import FindPlaces, MyPeople, OpenRegistration, OtherCalendar
from gateway.registry import certificate_number
from gateway.registry.births import Birth, parse_age
from gateway.registry.calendars import Calendar
from gateway.store import people as people_store
from gateway.store.tables import callbacks, certificate_events, certificates, consents, holders, people

from .conftest import ABEBE, CASEWORKER, HODAN, World


def test_a_registration_ends_with_a_number_that_checks(world: World) -> None:
    """Consent, name and area, the other answers: a certificate of 24 months, issued on record."""
    reference = world.draft(HODAN)
    result = world.call(HODAN, world.answers(reference))
    assert result.outcome == "registered"
    assert certificate_number.check(result.values["certificate_number"])
    assert result.values["valid_to"] == "2028-03"
    (event,) = world.rows(certificate_events)
    assert (event.event, event.reason) == ("issued", "registration")
    assert [person.status for person in world.rows(people)] == ["registered"]


def test_registering_again_changes_nothing(world: World) -> None:
    """The same reference is registered already, and no number is said: who asks may be the next on a shared phone."""
    reference = world.draft(HODAN)
    world.call(HODAN, world.answers(reference))
    again = world.call(HODAN, world.answers(reference, sex="m", urgent="yes"))
    assert (again.outcome, again.values) == ("registered_already", {})
    assert len(world.rows(certificates)) == 1
    assert world.rows(callbacks) == []


def test_fifty_at_once_make_one_certificate(world: World) -> None:
    """A registration sent fifty times at the same moment is one person with one certificate, told once."""
    reference = world.draft(HODAN)
    with ThreadPoolExecutor(50) as threads:
        results = list(threads.map(lambda _: world.call(HODAN, world.answers(reference)), range(50)))
    assert Counter(result.outcome for result in results) == {"registered": 1, "registered_already": 49}
    assert len(world.rows(certificates)) == len(world.rows(certificate_events)) == 1


@pytest.mark.parametrize("answers", [[], [False], [True, False]], ids=["never", "no", "yes-then-no"])
def test_without_consent_nothing_is_registered(world: World, answers: list[bool]) -> None:
    """The newest answer of this person to "may we keep your details" decides."""
    reference = world.call(HODAN, OpenRegistration("Hodan Cali Nuur", "ET14")).values["reference"]
    for given in answers:
        world.consent(HODAN, "register", given, reference)
    assert world.call(HODAN, world.answers(reference)).outcome == "no_consent"
    assert world.rows(certificates) == []


def test_consents_become_the_persons(world: World) -> None:
    """What was agreed before there was a person is theirs afterwards, with the version of the text."""
    world.register(HODAN)
    (consent,) = world.rows(consents)
    (person,) = world.rows(people)
    assert consent.person_id == person.id
    assert (consent.revision, consent.language, consent.channel) == (world.published.id, "en", "sms")


def test_one_persons_yes_is_not_anothers(world: World) -> None:
    """On a shared phone, each person agrees for themselves."""
    world.register(HODAN)
    second = world.call(HODAN, OpenRegistration("Cali Nuur Faarax", "ET14")).values["reference"]
    assert world.call(HODAN, world.answers(second, "Cali Nuur Faarax")).outcome == "no_consent"


@pytest.mark.parametrize("when", ["before", "after"])
def test_anothers_no_is_not_theirs(world: World, when: str) -> None:
    """Somebody who declines on the same phone ends nobody else's registration, whenever it was opened."""
    if when == "after":
        reference = world.draft(HODAN)
        world.consent(HODAN, "register", False)
    else:
        world.consent(HODAN, "register")
        world.consent(HODAN, "register", False)
        reference = world.call(HODAN, OpenRegistration("Hodan Cali Nuur", "ET14")).values["reference"]
    assert world.call(HODAN, world.answers(reference)).outcome == "registered"
    owners = [(consent.given, consent.person_id) for consent in world.rows(consents)]
    assert owners == [(True, 1), (False, None)]


def test_a_reference_is_no_use_on_another_phone(world: World) -> None:
    """Nobody completes, or takes over, a registration that was opened elsewhere."""
    reference = world.draft(HODAN)
    world.consent(ABEBE, "register")
    assert world.call(ABEBE, world.answers(reference)).outcome == "no_consent"


def test_the_same_draft_is_found_again(world: World) -> None:
    """A caller who begins anew with the same name goes on with the same reference; another name is another person."""
    first = world.draft(HODAN)
    assert world.draft(HODAN, "hodan  cali nuur") == first
    assert world.draft(HODAN, "Cali Nuur Faarax") != first
    assert len(world.rows(people)) == len(world.rows(holders)) == 2


def test_every_answer_is_kept_as_given(world: World) -> None:
    """The sealed record holds all that was asked."""
    world.register(HODAN)
    with world.database.transaction() as tx:
        record = people_store.record_of(world.vault, people_store.by_id(tx, world.rows(people)[0].id))
    expected = asdict(world.answers(""))
    assert record == {name: value for name, value in expected.items() if name != "reference"}


def test_danger_rings_at_once_and_once(world: World) -> None:
    """Who is in danger is called back, even where registering waits for a review; asked twice, rung once."""
    world.policy(review="all")
    reference = world.draft(HODAN)
    for _ in range(2):
        assert world.call(HODAN, world.answers(reference, urgent="yes")).outcome == "under_review"
    (callback,) = world.rows(callbacks)
    assert (callback.reason, callback.state) == ("danger", "open")
    assert world.told(CASEWORKER) == ["callback_staff", "review_staff"]
    assert len(world.rung) == 2


@pytest.mark.parametrize(
    ("review", "urgent", "outcome"),
    [
        ("none", "yes", "registered"),
        ("flagged", "no", "registered"),
        ("flagged", "yes", "under_review"),
        ("all", "no", "under_review"),
    ],
)
def test_review_is_a_setting(world: World, review: str, urgent: str, outcome: str) -> None:
    """A review delays the certificate, never the registration."""
    world.policy(review=review)
    reference = world.draft(HODAN)
    assert world.call(HODAN, world.answers(reference, urgent=urgent)).outcome == outcome
    assert len(world.rows(certificates)) == (outcome == "registered")


def test_a_shared_phone_shows_initials_of_those_registered(world: World) -> None:
    """Drafts are nobody yet; one person needs no choice; of several only initials are shown."""
    assert world.call(HODAN, MyPeople()).outcome == "none"
    world.draft(HODAN, "Never Finished")
    assert world.call(HODAN, MyPeople()).outcome == "none"
    first, _ = world.register(HODAN)
    assert world.call(HODAN, MyPeople()).values == {"person": first}
    second, _ = world.register(HODAN, "Cali Nuur Faarax")
    assert world.call(HODAN, MyPeople()).values["people"] == [
        {"value": first, "label": "H C N"},
        {"value": second, "label": "C N F"},
    ]
    assert world.call(ABEBE, MyPeople()).outcome == "none"


@pytest.mark.parametrize(
    ("typed", "outcome"), [("Addis Ababa", "found"), ("zzzz", "none"), ("g", "several")], ids=str
)
def test_places(world: World, typed: str, outcome: str) -> None:
    """A sure place is taken, several are offered, at most four."""
    result = world.call(HODAN, FindPlaces(typed))
    assert result.outcome == outcome
    offered: list[Any] = result.values.get("places", [])
    assert len(offered) <= 4


@pytest.mark.parametrize(
    ("typed", "counted_in", "other"),
    [
        pytest.param("1990", Calendar.ETHIOPIAN, (1990, 1990, "gregorian"), id="an ethiopian year"),
        pytest.param("1990", Calendar.GREGORIAN, (1997, 1998, "ethiopian"), id="a gregorian year"),
        pytest.param("35", Calendar.ETHIOPIAN, None, id="an age"),
        pytest.param("1410", Calendar.ETHIOPIAN, None, id="hijri"),
    ],
)
def test_a_year_can_be_read_in_the_other_calendar(
    world: World, typed: str, counted_in: Calendar, other: tuple[int, int, str] | None
) -> None:
    """Where people count in two calendars and the year may be of either; elsewhere it is what it is."""
    birth = parse_age(typed, world.now.date(), counted_in)
    assert isinstance(birth, Birth)
    result = world.call(HODAN, OtherCalendar(birth.to_dict()))
    if other is None:
        assert (result.outcome, result.values) == ("none", {})
    else:
        read = Birth.from_dict(result.values["age"])
        assert (result.outcome, read.raw) == ("read", typed)
        assert (read.from_year, read.to_year, read.calendar) == other
    world.policy(calendars={})
    assert world.call(HODAN, OtherCalendar(birth.to_dict())).outcome == "none"
