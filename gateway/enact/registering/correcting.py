"""Putting right what is kept: by the person behind the PIN, by the staff, and what of it is looked at first.

The answers that are replaced stay, sealed, with the event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.commands import CorrectAnswers, Result
from gateway.commands.kinds import NOT_GIVEN
from gateway.enact.casework import reviews
from gateway.enact.casework.reviews import CORRECTION
from gateway.enact.certifying.certificates import ACTIVE, standing
from gateway.enact.holding.pins import opened
from gateway.enact.registering import duplicates
from gateway.enact.registering.screening import screen_person
from gateway.enact.work import Work
from gateway.messages import Rejected
from gateway.registry import births, months, names
from gateway.registry.places import SURE
from gateway.store import audit, certificates, people, person_events
from gateway.store.people import PersonRow
from gateway.text.clean import clean

FIELDS = (
    "full_name",
    "sex",
    "age",
    "area",
    "country_from",
    "return_month",
    "return_type",
    "people_with",
    "children_with",
    "need",
)
VOUCHED = frozenset({"full_name", "age"})
"""What a certificate vouches for."""

ASKED, CORRECTED, REFUSED = "correction_asked", "corrected", "correction_refused"
_MOST_PEOPLE = 30


# --- the person corrects ----------------------------------------------------------------------------------


def correct_answers(work: Work, command: CorrectAnswers) -> Result:
    """Replaces what is given and differs, behind the PIN. The same again changes nothing.

    A name or birth that a certificate vouches for waits for the staff, where the country has anything reviewed.
    """
    person = opened(work, command.person, command.pin, nobody="not_registered")
    if isinstance(person, Result):
        return person
    given = {name: getattr(command, name) for name in FIELDS}
    given = {name: value for name, value in given.items() if value not in ("", NOT_GIVEN, {})}
    changes = _differing(people.record_of(work.vault, person), given)
    by = f"person:{person.id}"
    if VOUCHED & changes.keys() and work.policy.review != "none" and _certified(work, person):
        _ask(work, person, changes, by)
        return Result("under_review", {})
    if changes:
        correct(work, person, changes, by)
    reviews.answered(work, person)
    return Result("corrected", {})


def _certified(work: Work, person: PersonRow) -> bool:
    newest = certificates.newest_of(work.tx, person.id)
    return newest is not None and standing(newest, work.now) == ACTIVE


def _ask(work: Work, person: PersonRow, changes: Mapping[str, Any], by: str) -> None:
    """Has the staff look at changes; those that wait already are asked for together with them."""
    waiting = person_events.newest(work.tx, person.id, ASKED)
    if waiting is not None:
        person_events.rename(work.tx, waiting.id, REFUSED)
        changes = person_events.answers_of(work.vault, person, waiting) | dict(changes)
    detail = {"fields": sorted(changes)}
    person_events.add(work.tx, work.vault, person, ASKED, by, work.now, detail=detail, answers=changes)
    flags = [f"other_{name}" for name in sorted(VOUCHED & changes.keys())]
    reviews.open_review(work, kind=CORRECTION, person_id=person.id, flags=flags)


# --- the staff decide -------------------------------------------------------------------------------------


def accept(work: Work, person: PersonRow, actor: str) -> bool:
    """The changes that wait are made; False where none wait. The caller has locked the person."""
    waiting = person_events.newest(work.tx, person.id, ASKED)
    if waiting is None:
        return False
    changes = person_events.answers_of(work.vault, person, waiting)
    person_events.rename(work.tx, waiting.id, "correction_accepted")
    changes = _differing(people.record_of(work.vault, person), changes)
    if changes:
        correct(work, person, changes, actor, "review")
    return True


def refuse(work: Work, person: PersonRow) -> None:
    """The changes that wait are not made."""
    waiting = person_events.newest(work.tx, person.id, ASKED)
    if waiting is not None:
        person_events.rename(work.tx, waiting.id, REFUSED)


def correct_by_staff(
    work: Work, person: PersonRow, field: str, typed: str, actor: str, reason: str
) -> Rejected | bool:
    """Replaces one answer on the word of the staff; False where it stood so. `reason` is a code, `actor` `kind:id`.

    `typed` is as a person would type it; for a code list the code itself. Raises `KeyError` for a field that
    cannot be corrected.
    """
    value = _READERS[field](work, field, typed)
    if isinstance(value, Rejected):
        return value
    changes = _differing(people.record_of(work.vault, person), {field: value})
    if changes:
        correct(work, person, changes, actor, reason)
    detail = {"field": field, "reason": reason, "outcome": "changed" if changes else "same"}
    audit.add(work.tx, actor, "people.correct", f"person:{person.id}", detail, work.now)
    return bool(changes)


def correct(work: Work, person: PersonRow, changes: Mapping[str, Any], actor: str, reason: str = "") -> None:
    """Writes changes, keeps what they replace, and does anew what follows from the answers."""
    record = people.record_of(work.vault, person)
    before = {name: record.get(name) for name in changes}
    after = record | dict(changes)
    if "area" in changes:
        after.pop("area_typed", None)  # was typed for another place
    people.rewrite(work.tx, work.vault, person, after, person.status, work.now)
    person_events.add(
        work.tx,
        work.vault,
        person,
        CORRECTED,
        actor,
        work.now,
        reason=reason,
        detail={"fields": sorted(changes)},
        answers=before,
    )
    screen_person(work, person, after, actor)
    duplicates.index(work, person, after)
    duplicates.look_for(work, person, after)


def _differing(record: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if record.get(name) != value}


# --- what the staff type ----------------------------------------------------------------------------------


def _name(_work: Work, _field: str, typed: str) -> str | Rejected:
    return names.person_name(typed)


def _age(work: Work, _field: str, typed: str) -> dict[str, Any] | Rejected:
    read = births.parse_age(typed, work.now.date(), work.policy.calendar_of(work.policy.language))
    return read if isinstance(read, Rejected) else read.to_dict()


def _place(work: Work, _field: str, typed: str) -> str | Rejected:
    found = work.policy.gazetteer.find(typed)
    if len(found) == 1 and found[0].score >= SURE:
        return found[0].place.code
    return Rejected("unknown_place")


def _month(work: Work, _field: str, typed: str) -> str | Rejected:
    return months.parse_month(typed, work.now.date())


def _number(_work: Work, _field: str, typed: str) -> int | Rejected:
    digits = clean(typed)
    fits = digits.isascii() and digits.isdecimal() and int(digits) <= _MOST_PEOPLE
    return int(digits) if fits else Rejected("not_a_number")


def _code(work: Work, field: str, typed: str) -> str | Rejected:
    known = work.policy.services if field == "need" else work.policy.codes[field]
    code = clean(typed)
    return code if code in known else Rejected("unknown_code")


_READERS: Mapping[str, Callable[[Work, str, str], Any]] = {
    "full_name": _name,
    "sex": _code,
    "age": _age,
    "area": _place,
    "country_from": _code,
    "return_month": _month,
    "return_type": _code,
    "people_with": _number,
    "children_with": _number,
    "need": _code,
}
