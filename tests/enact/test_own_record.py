"""What a person reads and corrects of their own record, and what the staff put right."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.commands import AnswerReview, ChoosePin, CorrectAnswers, MyData, RecordConsent, Result
from gateway.enact.desk import desk
from gateway.enact.registering import correcting
from gateway.messages import Rejected
from gateway.store import people, person_events
from gateway.store import person_events as events
from gateway.store.tables import audit, blocking_keys, reviews

from .conftest import ABEBE, CASEWORKER, HODAN, World

PIN = "2580"
NAME = "Xawaadle Qanaaryeed"


def registered(world: World, review: str = "none") -> str:
    world.policy(review="none")
    person, _ = world.register(HODAN)
    world.call(HODAN, ChoosePin(person, PIN))
    world.policy(review=review)
    return person


def kept(world: World, reference: str) -> dict[str, Any]:
    with world.database.transaction() as tx:
        person = people.by_reference(tx, reference)
        assert person is not None
        return people.record_of(world.vault, person)


def replaced(world: World) -> list[tuple[str, dict[str, Any]]]:
    """The events of the first person with the answers that they keep."""
    with world.database.reading() as tx:
        person = people.by_id(tx, 1)
        return [(row.event, events.answers_of(world.vault, person, row)) for row in person_events.of(tx, 1)]


def correct(world: World, person: str, **changes: Any) -> Result:
    return world.call(HODAN, CorrectAnswers(person, changes.pop("pin", PIN), **changes))


# --- reading ----------------------------------------------------------------------------------------------


def test_what_is_kept_is_shown_behind_the_pin(world: World) -> None:
    """With every consent as it stands now; each look is on record, and a wrong PIN shows nothing."""
    person = registered(world)
    world.call(HODAN, RecordConsent("share", True, person))
    assert world.call(HODAN, MyData(person, "1111")) == Result("wrong_pin", {"tries_left": 4})
    assert world.call(ABEBE, MyData(person, PIN)) == Result("none", {})
    shown = dict(world.call(HODAN, MyData(person, PIN)).values)
    assert shown.pop("born")["from"] == 1990
    assert shown == {
        "reference": person,
        "full_name": "Hodan Cali Nuur",
        "area": world.published.policy.gazetteer.name("ET14"),
        "answers": 8,
        "share": True,
        "statistics": False,
        "sms": False,
    }
    assert [row.action for row in world.rows(audit)].count("my_data") == 1


# --- correcting -------------------------------------------------------------------------------------------


def test_an_answer_is_corrected_and_the_old_one_kept(world: World) -> None:
    """Only what is given changes. The same again changes nothing and leaves no event; duplicates are found anew."""
    person = registered(world)
    before, keys = kept(world, person), {row.key for row in world.rows(blocking_keys)}
    for _ in range(2):
        assert correct(world, person, full_name=NAME, people_with=0) == Result("corrected", {})
    assert kept(world, person) == before | {"full_name": NAME, "people_with": 0}
    assert replaced(world) == [("corrected", {"full_name": "Hodan Cali Nuur", "people_with": 2})]
    assert {row.key for row in world.rows(blocking_keys)} != keys


@pytest.mark.parametrize(
    ("who", "pin", "outcome"),
    [(HODAN, "1111", "wrong_pin"), (ABEBE, PIN, "not_registered")],
    ids=["a wrong PIN", "somebody else's phone"],
)
def test_nobody_else_corrects(world: World, who: Any, pin: str, outcome: str) -> None:
    """Nothing changes."""
    person = registered(world)
    before = kept(world, person)
    assert world.call(who, CorrectAnswers(person, pin, full_name=NAME)).outcome == outcome
    assert kept(world, person) == before


def test_what_a_certificate_vouches_for_is_looked_at_first(world: World) -> None:
    """Where anything is reviewed: a second wish is added to the first, and one approval carries out both."""
    person = registered(world, review="flagged")
    before = kept(world, person)
    assert correct(world, person, full_name=NAME).outcome == "under_review"
    age = before["age"] | {"from": 1980, "to": 1981}
    assert correct(world, person, age=age).outcome == "under_review"
    assert correct(world, person, sex="m").outcome == "corrected"
    assert kept(world, person) == before | {"sex": "m"}
    (review,) = world.rows(reviews)
    assert world.call(CASEWORKER, AnswerReview(review.code, "approve")).outcome == "recorded"
    assert kept(world, person) == before | {"sex": "m", "full_name": NAME, "age": age}
    assert world.call(CASEWORKER, AnswerReview(review.code, "approve")).outcome == "repeated"


def test_a_correction_that_is_rejected_changes_nothing(world: World) -> None:
    """Neither then nor by a later one."""
    person = registered(world, review="all")
    before = kept(world, person)
    correct(world, person, full_name=NAME)
    (review,) = world.rows(reviews)
    assert world.call(CASEWORKER, AnswerReview(review.code, "reject", "false_details")).outcome == "recorded"
    correct(world, person, age=before["age"] | {"from": 1980, "to": 1981})
    assert world.call(CASEWORKER, AnswerReview(world.rows(reviews)[-1].code, "approve")).outcome == "recorded"
    assert kept(world, person)["full_name"] == before["full_name"]


# --- the staff --------------------------------------------------------------------------------------------


TYPED = [
    ("full_name", "Asha Ali", "Asha Ali"),
    ("sex", "m", "m"),
    ("need", "food", "food"),
    ("return_month", "01/2026", "2026-01"),
    ("people_with", "٣", 3),
    ("area", "Fafan", "ET0502"),
]
UNREAD = [
    ("full_name", "12"),
    ("sex", "male"),
    ("people_with", "31"),
    ("area", "Qqqqqq"),
    ("age", "200"),
]


def test_the_staff_type_as_a_person_would(world: World) -> None:
    """A code by itself, everything else in words; what cannot be read changes nothing, what can is on record."""
    registered(world)
    with world.database.transaction() as tx:
        work, person = desk(world.runtime, tx), people.by_id(tx, 1)
        for field, typed in UNREAD:
            answer = correcting.correct_by_staff(work, person, field, typed, "staff:1", "seen_papers")
            assert isinstance(answer, Rejected), field
        assert person_events.of(tx, 1) == []
        for field, typed, value in TYPED:
            assert correcting.correct_by_staff(work, person, field, typed, "staff:1", "seen_papers") is True
            person = people.by_id(tx, 1)
            assert people.record_of(world.vault, person)[field] == value
        assert correcting.correct_by_staff(work, person, "sex", "m", "staff:1", "seen_papers") is False
    entries = [row.detail["outcome"] for row in world.rows(audit) if row.action == "people.correct"]
    assert entries == ["changed"] * len(TYPED) + ["same"]


def test_nothing_of_an_answer_stands_open(world: World) -> None:
    """An event names fields and codes; the answers are sealed."""
    person = registered(world)
    correct(world, person, full_name=NAME)
    with world.database.reading() as tx:
        (row,) = person_events.of(tx, 1)
    assert (row.detail, row.actor) == ({"fields": ["full_name"]}, "person:1")
    assert b"Hodan" not in (row.before or b"")
    assert "Hodan" not in repr(row)
