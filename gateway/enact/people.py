"""Registration: a draft under a reference, then the whole record and its certificate."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gateway.commands import FindPlaces, MyPeople, OpenRegistration, OtherCalendar, RegisterPerson, Result
from gateway.enact.cases import ring_for
from gateway.enact.certificates import issue, valid_to
from gateway.enact.notify import ToStaff, notify
from gateway.enact.work import Work
from gateway.registry import births, names, reference
from gateway.registry.births import Birth
from gateway.registry.places import SURE
from gateway.store import certificates, consents, people
from gateway.store.people import DRAFT, PENDING, REGISTERED, PersonRow
from gateway.text.clean import fold

MOST_OFFERED = 8  # people in one list: what a `choose from:` may hold
_NOT_URGENT = frozenset({"", "no"})


def my_people(work: Work, _: MyPeople) -> Result:
    """Those who finished registering here; a shared phone shows initials only."""
    held = people.all_held_by(work.tx, work.party.conversation_id)
    done = [person for person in held if person.status != DRAFT]
    if not done:
        return Result("none", {})
    if len(done) == 1:
        return Result("one", {"person": done[0].reference})
    offered = [
        {"value": person.reference, "label": names.initials(_record(work, person)["full_name"])}
        for person in done[-MOST_OFFERED:]
    ]
    return Result("several", {"people": offered})


def find_places(work: Work, query: FindPlaces) -> Result:
    """The place that was surely meant, or those that may have been."""
    found = work.policy.gazetteer.find(query.typed)
    if not found:
        return Result("none", {})
    if len(found) == 1 and found[0].score >= SURE:
        return Result("found", {"place": found[0].place.code, "name": found[0].place.name})
    return Result(
        "several", {"places": [{"value": each.place.code, "label": each.place.name} for each in found]}
    )


def other_calendar(work: Work, query: OtherCalendar) -> Result:
    """The other reading of a birth that was typed, where people of this country count in two calendars."""
    birth = Birth.from_dict(query.age)
    other = births.other_reading(birth, work.now.date()) if work.policy.two_calendars else None
    return Result("read", {"age": other.to_dict()}) if other else Result("none", {})


# --- registering ------------------------------------------------------------------------------------------


def open_registration(work: Work, command: OpenRegistration) -> Result:
    """A draft that a caller cut off can be found by. The same name again in this conversation is the same draft.

    The consent that was just given becomes the draft's.
    """
    answers = {"full_name": command.full_name, "area": command.area}
    here = work.party.conversation_id
    for person in people.all_held_by(work.tx, here):
        if person.status == DRAFT:
            record = _record(work, person)
            if fold(record["full_name"]) == fold(command.full_name):
                people.rewrite(work.tx, work.vault, person, record | answers, DRAFT, work.now)
                consents.link(work.tx, here, person.id, "register")
                return Result("opened", {"reference": person.reference})
    made = None
    while made is None:
        drawn = reference.draw(work.runtime.below)
        made = people.add(work.tx, work.vault, drawn, answers, here, work.now)
    consents.link(work.tx, here, made, "register")
    return Result("opened", {"reference": drawn})


def register_person(work: Work, command: RegisterPerson) -> Result:
    """Completes a registration once. Asked again it says so, without the number: the phone may be shared."""
    here = work.party.conversation_id
    person = people.held_by(work.tx, here, command.reference)
    if person is None:
        return Result("no_consent", {})
    if person.status != DRAFT:
        return Result("under_review" if person.status == PENDING else "registered_already", {})
    if not consents.given(work.tx, person.id, "register"):
        return Result("no_consent", {})
    urgent = command.urgent not in _NOT_URGENT
    if urgent:
        ring_for(work, "danger", since=person.created_at)
    reviewed = work.policy.review == "all" or (work.policy.review == "flagged" and urgent)
    record = asdict(command)
    del record["reference"]
    people.rewrite(work.tx, work.vault, person, record, PENDING if reviewed else REGISTERED, work.now)
    if reviewed:
        values = {"reference": person.reference}
        notify(work, "review_staff", ToStaff(command.area), values, f"person:{person.id}:review")
        return Result("under_review", {})
    certificate = issue(work, person, f"person:{person.id}", "registration")
    number = certificates.number_of(work.vault, person, certificate)
    return Result("registered", {"certificate_number": number, "valid_to": valid_to(certificate)})


def _record(work: Work, person: PersonRow) -> dict[str, Any]:
    return people.record_of(work.vault, person)
