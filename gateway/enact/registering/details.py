"""The answers that can wait: the next one to ask for, each kept as it is given, and invitations to give them.

They stand in the sealed record under `details`, by their code, and under `details_said` when and by which channel
each was given. What only caseworkers may know stands under `restricted`: no call of a flow reads or writes it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from gateway.commands import NextDetail, Result, SaveDetail
from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering import screening
from gateway.enact.work import Work
from gateway.registry import details
from gateway.registry.screening import HOUSEHOLD, RESTRICTED
from gateway.store import audit, consents, people, person_events, timers
from gateway.store.people import DRAFT, PENDING, REGISTERED, PersonRow
from referral_engine.calendars import WorkingCalendar

INVITE = "details_invite"
"""The kind of its timers; the subject is the person."""

ACTOR = "worker:timers"
INVITED = "details_invited"
CONFIDED = (*RESTRICTED, *HOUSEHOLD)
"""What a person tells a caseworker face to face, never a machine: each `yes`, `no` or `not_said`."""

YES_NO = ("yes", "no", details.NOT_SAID)
_ASKED = frozenset((PENDING, REGISTERED))
_OPENS, _CLOSES = time(8), time(18)  # of a working day, where the people are


def next_detail(work: Work, query: NextDetail) -> Result:
    """What to ask a person next; whoever has registered is asked, approved or not yet."""
    person = _asked(work, query.person)
    if person is None:
        return Result("not_registered", {})
    record = people.record_of(work.vault, person)
    left = details.missing(record.get("details", {}))
    if not left:
        return Result("complete", {})
    return Result("next", {"field": left[0], "area": record["area"]})


def save_detail(work: Work, command: SaveDetail) -> Result:
    """Keeps what is new, with when and how it was said, and looks again how soon the person is to be seen.

    Raises `ValueError` for a field or a code that there is not: flows offer no other.
    """
    if not details.allowed(command.field, command.answer, work.policy.codes):
        raise ValueError("no such answer to such a question")
    person = _asked(work, command.person)
    if person is None:
        return Result("not_registered", {})
    record = people.record_of(work.vault, person)
    kept, key = record.get("details", {}), details.key(command.field)
    if kept.get(key) != command.answer:
        kept[key] = command.answer
        said = [work.now.isoformat(timespec="seconds"), work.party.channel.value]
        record |= {"details": kept, "details_said": record.get("details_said", {}) | {key: said}}
        people.rewrite(work.tx, work.vault, person, record, person.status, work.now)
        screening.screen_person(work, person, record, f"person:{person.id}")
    left = len(details.missing(kept))
    if not left:
        timers.cancel(work.tx, INVITE, person.id)
    return Result("saved", {"given": len(details.ORDER) - left, "left": left})


def _asked(work: Work, reference: str) -> PersonRow | None:
    person = people.held_by(work.tx, work.party.conversation_id, reference)
    return person if person is not None and person.status in _ASKED else None


# --- inviting ---------------------------------------------------------------------------------------------


def plan(work: Work, person_id: int) -> None:
    """Sets the first invitation, some days from now; one that was set before is void."""
    timers.cancel(work.tx, INVITE, person_id)
    _set(work, person_id, work.policy.invitations.first_days)


def invite(work: Work, person_id: int) -> None:
    """Invites a person who left questions open, by SMS and where they allowed it, and sets the next time.

    Who did not allow it, sent STOP, or has died is left alone from now on; a new yes plans again.
    """
    person = people.lock(work.tx, person_id)
    if person is not None and person.status == DRAFT and work.now < person.created_at + work.policy.expiry:
        _set(work, person_id, work.policy.invitations.every_days)
    if person is None or person.status not in _ASKED or person.died_at:
        return
    told = sum(each.event == INVITED for each in person_events.of(work.tx, person_id))
    open_ones = details.missing(people.record_of(work.vault, person).get("details", {}))
    if not open_ones or told >= work.policy.invitations.most:
        return
    if opening(work.policy.calendar, work.now) > work.now:  # the workers were away when it was due
        _set(work, person_id, 0)
    elif _told(work, person_id, told):
        person_events.add(work.tx, work.vault, person, INVITED, ACTOR, work.now)
        _set(work, person_id, work.policy.invitations.every_days)


def _told(work: Work, person_id: int, before: int) -> bool:
    """Writes to the conversation in which SMS were allowed, if it still speaks for the person."""
    here = consents.where_given(work.tx, person_id, "sms")
    if here is None or here not in people.holders_of(work.tx, person_id):
        return False
    return (
        notify(work, "details_invitation", ToPerson(here, person_id), {}, f"details:{person_id}:{before}") > 0
    )


def _set(work: Work, person_id: int, days: int) -> None:
    due = opening(work.policy.calendar, work.now + timedelta(days=days))
    timers.schedule(work.tx, INVITE, person_id, due)


def opening(calendar: WorkingCalendar, moment: datetime) -> datetime:
    """The moment itself from 8:00 to 18:00 of a working day, where the people are; else 8:00 of the next one."""
    local = moment + calendar.utc_offset
    if calendar.works_on(local.date()) and _OPENS <= local.time() < _CLOSES:
        return moment
    day = local.date() if local.time() < _OPENS else local.date() + timedelta(days=1)
    while not calendar.works_on(day):
        day += timedelta(days=1)
    return datetime.combine(day, _OPENS, moment.tzinfo) - calendar.utc_offset


# --- what only caseworkers may know -----------------------------------------------------------------------


def confide(work: Work, person: PersonRow, name: str, answer: str, actor: str) -> None:
    """Keeps what a person told a caseworker, and looks again how soon they are to be seen. The caller has locked them.

    It is sealed with the rest of the record, under the person's own key: a second key, wrapped by the same ring,
    would open wherever this one does. That nothing but this room touches it is what keeps it apart. The entry in the
    audit names no question, since that alone would tell. Raises `ValueError` for another question or answer.
    """
    if name not in CONFIDED or answer not in YES_NO:
        raise ValueError("no such question, or no such answer to it")
    record: dict[str, Any] = people.record_of(work.vault, person)
    said = {name: [work.now.isoformat(timespec="seconds"), actor]}
    record["restricted"] = record.get("restricted", {}) | {name: answer}
    record["restricted_said"] = record.get("restricted_said", {}) | said
    people.rewrite(work.tx, work.vault, person, record, person.status, work.now)
    audit.add(work.tx, actor, "people.restricted", f"person:{person.id}", {}, work.now)
    screening.screen_person(work, person, record, actor)
