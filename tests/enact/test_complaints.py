"""Complaints: who hears of one and who never does, what is due when, and what whoever complained reads."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from gateway.commands import (
    AnswerCase,
    BindPhone,
    FileComplaint,
    JudgeAnswer,
    ReadAnswer,
    ReferredPlaces,
    Result,
    StopMessages,
    TakeComplaint,
    WaitingComplaints,
)
from gateway.enact import timers
from gateway.enact.complaining import complaints
from gateway.enact.complaining.complaints import MOST_A_DAY
from gateway.enact.desk import desk
from gateway.enact.helping.directory import load
from gateway.enact.registering import merging
from gateway.messages import Address, AddressKind
from gateway.registry import short_code
from gateway.registry.grievances import Event, Moved, Reason, Refused
from gateway.store import people, staff
from gateway.store.tables import audit, complaint_events, metadata, referrals
from gateway.store.tables import complaints as complaints_table
from gateway.store.tables import timers as timers_table

from .conftest import (
    ABEBE,
    CASEWORKER,
    CHAT,
    CLINIC,
    DIRECTORY,
    FAR_CASEWORKER,
    HODAN,
    OTHER_CLINIC,
    SUPERVISOR,
    World,
)

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database does otherwise than the other."""

OFFICER = Address(AddressKind.PHONE, "+251911000093")
SECOND = Address(AddressKind.TELEGRAM, "700000005")
STORY = "the guard at the gate asked for money"
EVERYBODY = (OFFICER, SECOND, SUPERVISOR, CASEWORKER, FAR_CASEWORKER, CLINIC, OTHER_CLINIC, HODAN, ABEBE)


def appoint(world: World, **officers: Address) -> None:
    """Loads the directory with these who deal with complaints, by code, and the staff of the small world."""
    data: dict[str, Any] = deepcopy(DIRECTORY)
    for code, address in officers.items():
        kind = "telegram" if address.kind is AddressKind.TELEGRAM else "phones"
        data["staff"][code] = {"role": "complaints", "language": "en", kind: [address.value]}
    load(world.runtime, data)


@pytest.fixture
def office(world: World) -> World:
    """The small world with two who deal with complaints."""
    appoint(world, first=OFFICER, second=SECOND)
    return world


def complain(world: World, who: Address = HODAN, **given: Any) -> str:
    """Complains and returns the code."""
    told = {"about": "other", "body": STORY, "how": "write", "reply": "yes"} | given
    result = world.call(who, FileComplaint(**told))
    assert result.outcome == "recorded"
    return str(result.values["code"])


def do(world: World, code: str, event: Event, by: str = "first", text: str = "") -> Any:
    """What somebody of the staff does at the desk."""
    with world.database.transaction() as tx:
        work = desk(world.runtime, tx)
        (member,) = [each for each in staff.active(tx) if each.code == by]
        return complaints.act(work, member, code, event, text)


def answer(world: World, code: str, by: str = "first", text: str = "We spoke with the guard.") -> None:
    """Takes it, unless it is taken, and answers it."""
    do(world, code, Event.TAKE, by)
    assert isinstance(do(world, code, Event.ANSWER, by, text), Moved)


def read(world: World, code: str = "", who: Address = HODAN) -> Result:
    """What somebody reads who asks for the answer."""
    return world.call(who, ReadAnswer(code))


def state(world: World) -> tuple[str, str]:
    """State and outcome of the newest complaint."""
    row = world.rows(complaints_table)[-1]
    return row.state, row.outcome


def who_heard(world: World, purpose: str = "complaint_staff") -> set[Address]:
    return {each for each in EVERYBODY if purpose in world.told(each)}


def unknown_code(world: World) -> str:
    """A code with a right check digit that nothing has."""
    taken = {row.code for row in world.rows(complaints_table)}
    return next(code for n in range(90) if (code := short_code.compose(str(10_000 + n))) not in taken)


# --- complaining ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "kept", "urgency"),
    [
        ("staff", "staff", "NORMAL"),
        ("provider", "provider", "NORMAL"),
        ("harm", "harm", "URGENT"),
        ("other", "other", "NORMAL"),
        ("something new in a flow", "other", "NORMAL"),
    ],
)
@ON_SQLITE
def test_whoever_complains_is_heard_unnamed(office: World, about: str, kept: str, urgency: str) -> None:
    """Nobody need be registered. Those who deal with complaints read a code and how urgent it is; nobody else does."""
    code = complain(office, about=about)
    assert who_heard(office) == {OFFICER, SECOND}
    (text,) = [body for purpose, body in office.messages(OFFICER) if purpose == "complaint_staff"]
    assert text.startswith(urgency) and short_code.shown(code) in text and STORY not in text
    (row,) = office.rows(complaints_table)
    assert (row.person_id, row.state, row.about) == (None, "open", kept)


def test_what_was_told_is_sealed(office: World) -> None:
    """The text and the answer stand nowhere in the database, and show in no repr."""
    code = complain(office)
    answer(office, code, text="We dismissed the guard.")
    for table in metadata.sorted_tables:
        for row in office.rows(table):
            assert not any(word in repr(value) for value in row for word in ("guard", "dismissed"))
    assert STORY not in repr(FileComplaint("other", STORY))


def test_the_places_are_those_that_one_was_sent_to(office: World) -> None:
    """Under neutral names; to whoever asked for nothing there is no list, and no place that they were not sent to."""
    reference, _ = office.register(HODAN)
    assert office.call(HODAN, ReferredPlaces()).outcome == "none"
    office.refer(HODAN, reference)
    places = office.call(HODAN, ReferredPlaces()).values["places"]
    assert [each["label"] for each in places] in (["Centre One"], ["Centre Two"])
    complain(office, about="provider", place=places[0]["value"])
    complain(office, ABEBE, about="provider", place=places[0]["value"])
    mine, invented = office.rows(complaints_table)
    assert mine.provider_id is not None and mine.person_id is not None
    assert invented.provider_id is None


@ON_SQLITE
def test_a_flood_rings_nobody(office: World) -> None:
    """Of one conversation so many count in a day; the next day it may complain again."""
    for _ in range(MOST_A_DAY):
        complain(office)
    assert office.call(HODAN, FileComplaint("other", STORY)).outcome == "too_many"
    complain(office, ABEBE)
    office.pass_time(days=1, minutes=1)
    complain(office)


# --- who may know -----------------------------------------------------------------------------------------


@ON_SQLITE
def test_without_an_officer_the_supervisors_hear_of_it_and_never_a_caseworker(world: World) -> None:
    """A supervisor knows of complaints only where nobody else deals with them."""
    code = complain(world)
    assert who_heard(world) == {SUPERVISOR}
    assert world.call(CASEWORKER, TakeComplaint(code)).outcome == "unknown"
    assert world.call(SUPERVISOR, TakeComplaint(code)).outcome == "recorded"


PHONES = (CLINIC, OTHER_CLINIC, None)


@ON_SQLITE
def test_nobody_of_that_provider_hears(world: World) -> None:
    """Whoever of the staff also speaks for the provider is left out, whatever their role; of none named, for any."""
    reference, _ = world.register(HODAN)
    world.refer(HODAN, reference)
    concerned = world.call(HODAN, ReferredPlaces()).values["places"][0]["value"]
    clinics = {"clinic": CLINIC, "other_clinic": OTHER_CLINIC}
    for of_officer, of_boss, place in product(PHONES, PHONES, (concerned, "")):
        if of_officer is not None and of_officer == of_boss:
            continue  # a phone has one owner
        data: dict[str, Any] = deepcopy(DIRECTORY)
        data["staff"]["boss"]["phones"] = [(of_boss or SUPERVISOR).value]
        data["staff"]["first"] = {
            "role": "complaints",
            "language": "en",
            "phones": [(of_officer or OFFICER).value],
        }
        load(world.runtime, data)
        before = {each: len(world.told(each)) for each in EVERYBODY}
        complain(world, about="provider", place=place)
        heard = {each for each in EVERYBODY if len(world.told(each)) > before[each]}
        barred = {clinics[place]} if place else set(clinics.values())
        assert heard.isdisjoint(barred)
        allowed = [each or own for each, own in ((of_officer, OFFICER), (of_boss, SUPERVISOR))]
        first = next((each for each in allowed if each not in barred), None)
        assert heard == ({first} if first else set())
        world.pass_time(days=2)


def test_who_dealt_with_the_person_is_left_out(world: World) -> None:
    """A complaint about the staff, or of harm, does not reach whoever has the person's case; one about a place does."""
    reference, _ = world.register(HODAN)
    code = world.refer(HODAN, reference)
    assert world.call(SUPERVISOR, AnswerCase(code, "take")).outcome == "recorded"
    for about, heard in (("staff", set()), ("harm", set()), ("other", {SUPERVISOR})):
        complain(world, about=about)
        assert who_heard(world) == heard


@ON_SQLITE
def test_nobody_deals_with_their_own_complaint(office: World) -> None:
    """An officer who complains is not among those who look at it."""
    complain(office, OFFICER)
    assert who_heard(office) == {SECOND}


def test_to_everybody_else_there_is_no_such_code(office: World) -> None:
    """Person, provider, caseworker, supervisor and stranger read what an unknown code gives, to the last value."""
    code, never = complain(office), unknown_code(office)
    answer(office, code)
    for who in (CASEWORKER, SUPERVISOR, CLINIC, ABEBE, HODAN):
        assert office.call(who, TakeComplaint(code)) == office.call(who, TakeComplaint(never))
        assert office.call(who, WaitingComplaints()).outcome == "none"
    for who in (CASEWORKER, SUPERVISOR, CLINIC, ABEBE, OFFICER):
        assert read(office, code, who) == read(office, never, who)
        assert office.call(who, JudgeAnswer(code, "no")) == office.call(who, JudgeAnswer(never, "no"))
    assert state(office) == ("answered", "")


@ON_SQLITE
def test_an_officer_has_no_part_in_cases(office: World) -> None:
    """Whoever looks at what went wrong neither takes nor closes a request."""
    reference, _ = office.register(HODAN)
    code = office.refer(HODAN, reference)
    before = office.rows(referrals)
    for word in ("take", "revoke", "close"):
        assert office.call(OFFICER, AnswerCase(code, word)).outcome == "unknown"
    assert office.rows(referrals) == before


# --- from the first word to the last ----------------------------------------------------------------------


def test_a_complaint_is_taken_answered_and_closed(office: World) -> None:
    """Each step is on record; whoever complained is told in neutral words, reads the answer and ends it."""
    code = complain(office)
    assert read(office).outcome == "waiting"
    assert office.call(OFFICER, TakeComplaint(code)).outcome == "recorded"
    assert office.call(OFFICER, TakeComplaint(code)).outcome == "repeated"
    assert office.call(SECOND, TakeComplaint(code)).outcome == "refused"
    assert do(office, code, Event.ANSWER, "second", "no") == Refused(Reason.HELD)
    answer(office, code, text="We spoke with him.")
    (notice,) = [text for purpose, text in office.messages(HODAN) if purpose == "complaint_answered_person"]
    assert short_code.shown(code) in notice and "complain" not in notice.lower()
    assert read(office) == Result("answered", {"code": code, "answer": "We spoke with him."})
    assert office.call(HODAN, JudgeAnswer(code, "yes")).outcome == "closed"
    assert office.call(HODAN, JudgeAnswer(code, "yes")).outcome == "closed"
    assert state(office) == ("closed", "content")
    assert read(office, code).outcome == "closed"
    steps = [(row.event, row.actor) for row in office.rows(complaint_events)]
    assert [event for event, _ in steps] == ["open", "take", "answer", "read", "content", "read"]
    assert steps[1][1] == steps[2][1] and steps[1][1].startswith("staff:")


def test_a_no_brings_it_before_somebody_else_once(office: World) -> None:
    """Whoever's answer would not do neither hears of it again nor reads it; a second no is noted and ends it."""
    code = complain(office)
    answer(office, code)
    assert office.call(HODAN, JudgeAnswer(code, "no")).outcome == "reopened"
    assert office.told(SECOND).count("complaint_staff") == 2
    assert office.told(OFFICER).count("complaint_staff") == 1
    assert office.call(OFFICER, TakeComplaint(code)).outcome == "unknown"
    assert read(office).outcome == "waiting"
    answer(office, code, "second", "We moved him away.")
    assert office.call(HODAN, JudgeAnswer(code, "no")).outcome == "noted"
    assert state(office) == ("closed", "not_content")


@ON_SQLITE
def test_with_one_officer_a_no_goes_to_the_supervisors(world: World) -> None:
    """Somebody other than who answered always looks."""
    appoint(world, first=OFFICER)
    code = complain(world)
    answer(world, code)
    world.call(HODAN, JudgeAnswer(code, "no"))
    assert who_heard(world) == {OFFICER, SUPERVISOR}
    assert world.call(SUPERVISOR, TakeComplaint(code)).outcome == "recorded"


@ON_SQLITE
def test_an_agreement_by_phone_ends_it(office: World) -> None:
    """Whoever answered may say that the person was content; nobody else may, and nobody before an answer."""
    code = complain(office, how="call")
    assert do(office, code, Event.AGREE) == Refused(Reason.NOT_ANSWERED)
    answer(office, code)
    assert do(office, code, Event.AGREE, "second") == Refused(Reason.HELD)
    do(office, code, Event.AGREE)
    assert state(office) == ("closed", "agreed")


TOLD = (
    (HODAN, {"reply": "yes"}, False, True),
    (HODAN, {"reply": "no"}, False, False),
    (HODAN, {"reply": "yes"}, True, False),
    (HODAN, {"reply": ""}, False, False),
    (CHAT, {"reply": "yes"}, False, True),
    (CHAT, {"reply": "no"}, False, False),
    (CHAT, {"reply": ""}, False, True),
    (CHAT, {"reply": "yes"}, True, False),
)


@pytest.mark.parametrize(("who", "given", "stopped", "hears"), TOLD)
@ON_SQLITE
def test_an_answer_is_announced_where_allowed_and_always_there(
    office: World, who: Address, given: dict[str, str], stopped: bool, hears: bool
) -> None:
    """After a yes, in a chat also where nothing was asked, never after STOP; whoever asks gets it all the same."""
    code = complain(office, who, **given)
    if stopped:
        office.call(who, StopMessages())
    answer(office, code)
    assert ("complaint_answered_person" in office.told(who)) is hears
    assert read(office, who=who).outcome == "answered"


@ON_SQLITE
def test_every_try_is_on_record(office: World) -> None:
    """Also those of people who may not: who tried, and how it came out, without a code."""
    code = complain(office)
    do(office, code, Event.TAKE, "near")
    office.call(HODAN, TakeComplaint(code))
    do(office, code, Event.TAKE)
    with office.database.transaction() as tx:
        work = desk(office.runtime, tx)
        member = next(each for each in staff.active(tx) if each.code == "first")
        found = complaints.find(work, member, code)
        assert found is not None and complaints.told(work, member, found).body == STORY
    tries = [(row.action, row.subject, row.detail) for row in office.rows(audit)]
    assert [each for each in tries if each[0].startswith("complaints.")] == [
        ("complaints.take", "complaint:0", {"outcome": "unknown"}),
        ("complaints.take", "complaint:0", {}),
        ("complaints.take", "complaint:1", {"outcome": "moved"}),
        ("complaints.show", "complaint:1", {}),
    ]
    assert code not in repr(tries)


def test_a_phone_and_a_chat_that_are_one_keep_what_was_told(office: World) -> None:
    """After a phone was bound the complaint of either side is read from both, sealed under the key that stays."""
    complain(office, HODAN)
    told_in_chat = complain(office, CHAT)
    answer(office, told_in_chat, text="We spoke with him.")
    assert office.call(CHAT, BindPhone(), contact=HODAN).outcome == "bound"
    assert read(office, told_in_chat, HODAN).values["answer"] == "We spoke with him."
    with office.database.transaction() as tx:
        work = desk(office.runtime, tx)
        member = next(each for each in staff.active(tx) if each.code == "first")
        found = complaints.find(work, member, told_in_chat)
        assert found is not None and complaints.told(work, member, found).body == STORY


@ON_SQLITE
def test_it_goes_with_the_person(office: World) -> None:
    """Where two records turn out to be one person's, the complaint is that one's; and back where they are not."""
    (kept, _), (gone, _) = office.register(ABEBE), office.register(HODAN)
    complain(office)
    with office.database.transaction() as tx:
        work = desk(office.runtime, tx)
        one, other = (people.by_reference(tx, each) for each in (kept, gone))
        assert one is not None and other is not None
        made = merging.merge(work, one.id, other.id, "staff:1", "other")
    assert office.rows(complaints_table)[0].person_id == one.id
    with office.database.transaction() as tx:
        assert merging.unmerge(desk(office.runtime, tx), made or 0, "staff:1", "other")
    assert office.rows(complaints_table)[0].person_id == other.id


# --- in time ----------------------------------------------------------------------------------------------


def fire(world: World) -> None:
    while timers.fire_due(world.runtime):
        pass


def test_somebody_is_reminded_and_then_the_supervisors_hear_a_code(office: World) -> None:
    """At half of two working days those who may take it; at their end, and on, the supervisors too."""
    code = complain(office)  # Tuesday, noon in Addis Ababa
    office.pass_time(hours=25)
    fire(office)
    fire(office)
    assert office.told(OFFICER) == ["complaint_staff", "complaint_reminder_staff"]
    assert office.told(SUPERVISOR) == []
    office.pass_time(hours=24)
    fire(office)
    assert office.told(OFFICER)[2:] == ["complaint_reminder_staff"]
    assert office.told(SUPERVISOR) == ["complaint_late_staff"]
    assert office.call(SUPERVISOR, TakeComplaint(code)).outcome == "unknown"
    office.pass_time(days=4)  # a weekend lies in between
    fire(office)
    assert office.told(SUPERVISOR) == ["complaint_late_staff"] * 2


@ON_SQLITE
def test_who_took_it_is_reminded_alone_and_late_another_may_take_it(office: World) -> None:
    """Half of the time to answer concerns whoever took it; when it is over, somebody else may step in."""
    code = complain(office, about="harm")
    office.call(OFFICER, TakeComplaint(code))
    office.pass_time(hours=37)
    fire(office)
    assert office.told(OFFICER) == ["complaint_staff", "complaint_reminder_staff"]
    assert office.told(SECOND) == ["complaint_staff"]
    assert office.call(SECOND, TakeComplaint(code)).outcome == "refused"
    office.pass_time(hours=36)
    fire(office)
    assert office.told(SECOND) == ["complaint_staff", "complaint_reminder_staff"]
    assert office.call(SECOND, TakeComplaint(code)).outcome == "recorded"
    assert office.rows(complaints_table)[0].due_at > office.now


@ON_SQLITE
def test_silence_accepts_an_answer(office: World) -> None:
    """After thirty days without a word it is closed, and nothing more falls due."""
    answer(office, complain(office))
    office.pass_time(days=29)
    fire(office)
    assert state(office) == ("answered", "")
    office.pass_time(days=2)
    fire(office)
    assert state(office) == ("closed", "silence")
    with office.database.reading() as tx:
        due = tx.execute(select(timers_table.c.kind).where(timers_table.c.state == "due")).scalars().all()
    assert [kind for kind in due if kind.startswith("complaint_")] == []


def test_a_due_day_is_shown_to_who_may_take_it(office: World) -> None:
    """The soonest first; what another has taken in time is not offered."""
    later, sooner = complain(office), complain(office, about="harm")
    listed = office.call(OFFICER, WaitingComplaints()).values["waiting"]
    assert [each["value"] for each in listed] == [sooner, later]
    assert listed[0]["label"] == f"{short_code.shown(sooner)} {office.now + timedelta(hours=7):%d/%m}"
    office.call(OFFICER, TakeComplaint(sooner))
    (left,) = office.call(SECOND, WaitingComplaints()).values["waiting"]
    assert left["value"] == later


@ON_SQLITE
def test_a_mistyped_code_gets_its_own_reply(office: World) -> None:
    """Whoever may know of it is helped to it; to everybody else no code is near."""
    code = complain(office)
    slip = code[:4] + code[5] + code[4]
    if slip == code:
        slip = code[:5] + str((int(code[5]) + 1) % 10)
    for who, of_code in ((HODAN, "meant"), (ABEBE, "mistyped"), (OFFICER, "mistyped")):
        assert read(office, slip, who).outcome == of_code
    for who, of_code in ((HODAN, "mistyped"), (SUPERVISOR, "mistyped"), (OFFICER, "meant")):
        assert office.call(who, TakeComplaint(slip)).outcome == of_code
    assert office.call(HODAN, JudgeAnswer(slip, "no")).outcome == "unknown"
