"""Registration: a draft under a reference, then the whole record and its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gateway.commands import FindPlaces, MyPeople, OpenRegistration, OtherCalendar, RegisterPerson, Result
from gateway.enact.casework import reviews
from gateway.enact.casework.cases import ring_for
from gateway.enact.certifying.certificates import issue, valid_to
from gateway.enact.holding import guardianship
from gateway.enact.registering import duplicates
from gateway.enact.registering.screening import screen_person
from gateway.enact.work import Work
from gateway.registry import births, names, reference
from gateway.registry.births import Birth
from gateway.registry.places import SURE
from gateway.store import certificates, consents, people
from gateway.store.people import DRAFT, PENDING, REGISTERED, REJECTED, PersonRow
from gateway.text.clean import fold

MOST_OFFERED = 8  # people in one list: what a `choose from:` may hold
_NOT_URGENT = frozenset({"", "no"})


def my_people(work: Work, _: MyPeople) -> Result:
    """Those who finished registering here; a shared phone shows initials only."""
    held = people.all_held_by(work.tx, work.party.conversation_id)
    done = [person for person in held if person.status not in (DRAFT, REJECTED)]
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
    gazetteer, language = work.policy.gazetteer, work.party.language
    found = gazetteer.find(query.typed)
    if not found:
        return Result("none", {})
    if len(found) == 1 and found[0].score >= SURE:
        code = found[0].place.code
        return Result("found", {"place": code, "name": gazetteer.name(code, language)})
    codes = [each.place.code for each in found]
    offered = zip(codes, gazetteer.labels(codes, language), strict=True)
    return Result("several", {"places": [{"value": code, "label": label} for code, label in offered]})


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
    if person is None or person.status == REJECTED:
        return Result("no_consent", {})
    if person.status != DRAFT:
        return Result("under_review" if person.status == PENDING else "registered_already", {})
    if not consents.given(work.tx, person.id, "register"):
        return Result("no_consent", {})
    if command.urgent not in _NOT_URGENT:
        ring_for(work, "danger", since=person.created_at)
    record = asdict(command)
    del record["reference"]
    reviewed = settle(work, person, record, f"person:{person.id}")
    if reviewed:
        return Result("under_review", {})
    certificate = issue(work, person, f"person:{person.id}", "registration")
    number = certificates.number_of(work.vault, person, certificate)
    return Result("registered", {"certificate_number": number, "valid_to": valid_to(certificate)})


def settle(work: Work, person: PersonRow, record: Mapping[str, Any], actor: str) -> bool:
    """Keeps the answers of a draft and does what follows: screening, the search for duplicates, the review.

    Says whether it waits for a review; else the caller issues the certificate. The caller has locked the person.
    """
    screening = screen_person(work, person, record, actor)
    duplicates.index(work, person, record)
    flags = reviews.due(work, screening, duplicates.look_for(work, person, record))
    people.rewrite(work.tx, work.vault, person, record, REGISTERED if flags is None else PENDING, work.now)
    guardianship.relate(work, person, record)
    if flags is not None:
        reviews.open_review(work, kind=reviews.REGISTRATION, person_id=person.id, flags=flags)
    return flags is not None


def _record(work: Work, person: PersonRow) -> dict[str, Any]:
    return people.record_of(work.vault, person)
