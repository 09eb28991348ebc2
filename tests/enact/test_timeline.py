"""What happened to a case, in order and complete; and the notes about it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gateway.commands import AddNote, AnswerCase, GiveCase, RebookReferral, RequestCallback, WithdrawReferral
from gateway.enact.casework import timeline as told
from gateway.enact.casework.case_notes import read
from gateway.enact.casework.timeline import Entry
from gateway.enact.registering.merging import merge, unmerge
from gateway.enact.timers import fire_due
from gateway.messages import Address
from gateway.store import referrals
from gateway.store.tables import audit, case_notes, leg_events, legs, outbox, people
from gateway.store.tables import referrals as referral_table

from .conftest import ABEBE, CASEWORKER, CLINIC, HODAN, OTHER_CLINIC, SUPERVISOR, World

NOTE = "She was called twice; her brother's phone is +251911999999."


def timeline(world: World, number: int = 1, reader: str = "") -> list[Entry]:
    """What is told of a referral."""
    with world.database.transaction() as tx:
        return told.timeline(world.work(tx, SUPERVISOR), referrals.lock(tx, number), reader)


def test_the_life_of_a_case(world: World) -> None:
    """Who did what, what was told to whom, what is due, and in whose hands it was; no name and no number."""
    person, _ = world.register(HODAN)
    world.consent(HODAN, "sms", person=person)
    code = world.refer(HODAN, person)
    world.sent()
    world.pass_time(hours=1)
    world.answer(CLINIC, code, "decline", "full")
    second = world.rows(legs)[1].code
    world.pass_time(hours=1)
    world.call(CASEWORKER, AnswerCase(second, "take"))
    world.call(CASEWORKER, GiveCase(second, "boss"))
    world.call(CASEWORKER, AddNote(second, NOTE))
    world.pass_time(hours=1)
    world.call(HODAN, RequestCallback("help"))
    world.call(CASEWORKER, AnswerCase(second, "close"))
    entries = timeline(world)
    happened = [(each.kind, each.what, each.who) for each in entries]
    assert happened[0] == ("opened", "opened", "person")
    events = [(each.what, each.who, each.code) for each in entries if each.kind == "event"]
    assert events == [
        ("open", "person", code),
        ("sent", "worker outbox", code),
        ("decline", "provider clinic", code),
        ("open", "provider clinic", second),
    ]
    for wanted in (
        ("act", "case.assigned", "rule caseload"),
        ("act", "case.taken", "staff near"),
        ("act", "case.given", "staff near"),
        ("act", "answer_case.close", "staff near"),
        ("callback", "asked", "person"),
        ("note", "noted", "staff near"),
        ("notice", "leg_offered", "to provider"),
        ("notice", "case_given_staff", "to staff"),
    ):
        assert wanted in happened
    assert {each.what for each in entries if each.kind == "due"} >= {"expire", "acknowledge_late", "watch"}
    assert [each.kind for each in entries][-1] == "due"
    shown = json.dumps([[each.what, each.who, dict(each.detail), each.text] for each in entries])
    assert not [each for each in ("Hodan", "+251", "251911", NOTE[:8]) if each in shown]


def test_the_end_is_told(world: World) -> None:
    """With the state it came to; nothing is due any more."""
    person, _ = world.register(HODAN)
    world.refer(HODAN, person)
    world.pass_time(hours=1)
    world.call(HODAN, WithdrawReferral())
    entries = timeline(world)
    (end,) = [each for each in entries if each.kind == "closed"]
    assert (end.at, end.detail) == (world.now, {"state": "withdrawn"})
    assert [each for each in entries if each.kind == "due"] == []


_WORDS = st.tuples(
    st.sampled_from(["accept", "decline", "wait", "date", "arrived", "noshow", "done", "got"]),
    st.sampled_from([CLINIC, OTHER_CLINIC]),
    st.integers(0, 40),
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.lists(_WORDS, max_size=8))
def test_every_event_is_told_once_and_in_order(
    world: World, person_of: dict[str, str], words: list[tuple[str, Address, int]]
) -> None:
    """Whatever happened: no step is left out, none told twice, and no letter either."""
    world.call(HODAN, WithdrawReferral())
    world.refer(HODAN, person_of["reference"])
    number = world.rows(referral_table)[-1].id
    for word, who, hours in words:
        world.pass_time(hours=hours)
        while fire_due(world.runtime):
            pass
        code = [row.code for row in world.rows(legs) if row.referral_id == number][-1]
        detail = {"decline": "other", "done": "partly"}.get(word, "")
        on = f"{world.now.date()}" if word in ("wait", "date") else ""
        world.answer(who, code, word, detail, on)
        world.call(CASEWORKER, RebookReferral(code))
    mine = {row.id for row in world.rows(legs) if row.referral_id == number}
    entries = timeline(world, number)
    recorded = [row.id for row in world.rows(leg_events) if row.leg_id in mine]
    assert [each.id for each in entries if each.kind == "event"] == recorded
    past = [each.at for each in entries]
    assert past == sorted(past)
    about = (f"referral:{number}:", *(f"leg:{leg}:" for leg in mine))
    posted = [row.id for row in world.rows(outbox) if (row.dedupe or "").startswith(about)]
    assert sorted(each.id for each in entries if each.kind == "notice" and "channel" in each.detail) == posted


@pytest.fixture
def person_of(world: World) -> dict[str, str]:
    """Somebody who may ask again and again."""
    return {"reference": world.register(HODAN)[0]}


# --- notes ------------------------------------------------------------------------------------------------


def test_a_note_is_sealed_and_its_reading_is_on_record(world: World) -> None:
    """Nothing of it stands in the database; who read it does."""
    person, _ = world.register(HODAN)
    code = world.refer(HODAN, person)
    assert world.call(CASEWORKER, AddNote(code, NOTE)).outcome == "noted"
    assert NOTE.encode() not in bytes(world.rows(case_notes)[0].body)
    (unread,) = [each for each in timeline(world) if each.kind == "note"]
    assert (unread.text, unread.detail) == (None, {})
    assert "case.notes_read" not in [row.action for row in world.rows(audit)]
    (note,) = [each for each in timeline(world, reader="staff:3") if each.kind == "note"]
    assert note.text == NOTE
    assert NOTE not in repr(note)
    assert [row.actor for row in world.rows(audit) if row.action == "case.notes_read"] == ["staff:3"]
    assert NOTE not in str([row.detail for row in world.rows(audit)])


def test_notes_of_merged_and_erased_people(world: World) -> None:
    """A merge and its undoing lose none; of somebody erased it is shown that there was one."""
    first, _ = world.register(HODAN)
    code = world.refer(HODAN, first)
    world.call(CASEWORKER, AddNote(code, NOTE))
    world.register(ABEBE)
    kept, gone = world.rows(people)[1].id, world.rows(people)[0].id
    with world.database.transaction() as tx:
        work = world.work(tx, SUPERVISOR)
        made = merge(work, kept, gone, "staff:3", "same_person")
        assert made is not None
    world.call(CASEWORKER, AddNote(code, "after"))
    assert texts(world) == [NOTE, "after"]
    with world.database.transaction() as tx:
        unmerge(world.work(tx, SUPERVISOR), made, "staff:3", "two_people")
    assert texts(world) == [NOTE, "after"]
    with world.database.transaction() as tx:
        tx.execute(update(people).where(people.c.id == gone).values(key=bytes(80)))
    assert texts(world) == [None, "after"]
    (lost, _) = [each for each in timeline(world, reader="staff:3") if each.kind == "note"]
    assert (lost.text, lost.detail) == (None, {"text": "unreadable"})
    assert world.call(CASEWORKER, AddNote(code, "more")).outcome == "unknown"


def texts(world: World) -> list[str | None]:
    """What the notes about the first case say."""
    with world.database.transaction() as tx:
        work = world.work(tx, SUPERVISOR)
        return [each.text for each in read(work, referrals.lock(tx, 1), "staff:3")]
