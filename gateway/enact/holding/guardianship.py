"""Who answers for somebody under age, and may open what is kept about them with a PIN of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.enact.work import Work
from gateway.registry.births import Birth
from gateway.store import guardians, people, person_events
from gateway.store.people import DRAFT, PersonRow

OF_AGE = 18  # years
SELF, CHILD = "self", "child"
BY_STAFF = "appointed"
"""The relation of a guardian whom the staff appointed."""


def under_age(record: Mapping[str, Any], today: date) -> bool:
    """Whether somebody may still be under 18: of a range of years, if born on its very last day.

    A child that loses its guardian a few months early stands alone; one that keeps it as long loses nothing.
    """
    if not record.get("age"):
        return False
    birth = Birth.from_dict(record["age"])
    last = date.fromisoformat(birth.day) if birth.day else date(birth.to_year, 12, 31)
    return (today.year - OF_AGE, today.month, today.day) < (last.year, last.month, last.day)


def guardian_of(work: Work, person: PersonRow) -> PersonRow | None:
    """Who answers for a person now: nobody once they are of age, though no one ended it."""
    guardian = guardians.guardian_of(work.tx, person.id)
    if guardian is None or not under_age(people.record_of(work.vault, person), work.now.date()):
        return None
    return guardian


def relate(work: Work, person: PersonRow, record: Mapping[str, Any]) -> None:
    """What `relation` means for somebody who just registered: whose child they are, or whose parent.

    The guardian of a child is the one person who registered as themselves on the same phone. Where several did,
    nobody can tell which: the staff appoint one.
    """
    held = [each for each in people.all_held_by(work.tx, work.party.conversation_id) if each.status != DRAFT]
    records = {each.id: people.record_of(work.vault, each) for each in held} | {person.id: record}
    today = work.now.date()
    parents = [
        each
        for each in held
        if _relation(records[each.id]) == SELF and not under_age(records[each.id], today)
    ]
    if len(parents) != 1:
        return
    for each in held:
        new = person.id in (each.id, parents[0].id)
        child = _relation(records[each.id]) == CHILD and under_age(records[each.id], today)
        if new and child and guardians.guardian_of(work.tx, each.id) is None:
            appoint(work, each, parents[0], CHILD, f"person:{parents[0].id}")


def appoint(work: Work, ward: PersonRow, guardian: PersonRow, relation: str, actor: str) -> None:
    """From now on this guardian and no other answers for a ward.

    Raises `ValueError` for somebody of age, and for a guardian who is the ward, is under age or has died.
    """
    today = work.now.date()
    if not under_age(people.record_of(work.vault, ward), today):
        raise ValueError("who is of age has no guardian")
    if ward.id == guardian.id or guardian.died_at is not None:
        raise ValueError("nobody is their own guardian, and none of the dead is one")
    if under_age(people.record_of(work.vault, guardian), today):
        raise ValueError("a guardian is of age")
    guardians.appoint(work.tx, ward.id, guardian.id, relation, actor, work.now)
    detail = {"guardian": f"person:{guardian.id}"}
    person_events.add(work.tx, work.vault, ward, "guardian_appointed", actor, work.now, detail=detail)


def end(work: Work, ward: PersonRow, actor: str) -> bool:
    """Nobody answers for a ward any more; False where nobody did."""
    ended = guardians.end(work.tx, ward.id, work.now)
    if ended:
        person_events.add(work.tx, work.vault, ward, "guardian_ended", actor, work.now)
    return ended


def _relation(record: Mapping[str, Any]) -> str:
    return record.get("relation") or SELF
