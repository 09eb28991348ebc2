"""Who may know of a complaint, who hears of it, and what happens when nobody acts in time.

Only those of the role `complaints` deal with complaints; where there is none, or none may know of this one, the
supervisors do. Whoever it concerns is left out: who speaks for the provider, who dealt with the person, who answered
before. A caseworker never hears of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from gateway.enact.notices.notify import ToMembers, notify
from gateway.enact.work import Work
from gateway.registry import grievances
from gateway.registry.grievances import WAITING, About, Actor, Event, State
from gateway.store import complaints, staff, timers
from gateway.store.complaints import ComplaintRow
from gateway.store.conversations import addresses_of
from gateway.store.staff import COMPLAINTS, SUPERVISOR, StaffRow
from referral_engine.model import Priority

REMIND, LATE, SILENCE = "complaint_remind", "complaint_late", "complaint_silence"
"""The kinds of its timers: at half of the time to act, at its end and on, and when an answer counts as accepted."""

ACTOR = "worker:timers"
_CLOSE_TO_THE_PERSON = frozenset({About.STAFF, About.HARM})
"""What whoever dealt with the person may be to blame for."""


# --- who may know -----------------------------------------------------------------------------------------


def dealing(work: Work, complaint: ComplaintRow) -> tuple[StaffRow, ...]:
    """Who of the staff may deal with a complaint; nobody else may know of it. Empty where all are concerned by it."""
    outside = _outside(work, complaint)
    for role in (COMPLAINTS, SUPERVISOR):
        circle = tuple(each for each in outside if each.role == role)
        if circle:
            return circle
    return ()


def unattended(work: Work) -> int:
    """How many complaints wait that nobody of the staff may know of."""
    return sum(not dealing(work, each) for each in complaints.in_states(work.tx, WAITING))


def _outside(work: Work, complaint: ComplaintRow) -> list[StaffRow]:
    """The staff whom a complaint does not concern."""
    concerned = complaints.speaking_for(work.tx, complaint.provider_id) | _before(work, complaint)
    for row in addresses_of(work.tx, complaint.conversation_id):
        own = staff.by_address(work.tx, row.id)
        concerned |= {own.id} if own else set()
    if complaint.about in _CLOSE_TO_THE_PERSON:
        concerned |= complaints.handlers_of(work.tx, complaint.conversation_id)
    return [each for each in staff.active(work.tx) if each.id not in concerned]


def _before(work: Work, complaint: ComplaintRow) -> set[int]:
    """Who gave an answer that would not do: somebody else looks now."""
    steps = complaints.events_of(work.tx, complaint.id)
    brought_back = [number for number, step in enumerate(steps) if step.event == Event.NOT_CONTENT]
    old = steps[: brought_back[-1]] if brought_back else []
    return {int(step.actor.partition(":")[2]) for step in old if step.event == Event.ANSWER}


# --- who hears of it --------------------------------------------------------------------------------------


def tell_new(work: Work, complaint: ComplaintRow, step: int) -> None:
    """Rings those who may deal with it: a code and how urgent it is, and nothing else."""
    _tell(work, "complaint_staff", complaint, dealing(work, complaint), step)


def _tell(work: Work, name: str, complaint: ComplaintRow, whom: Iterable[StaffRow], step: int) -> None:
    """Tells them, of harm in the night too; who is on leave hears of it only where nobody else can."""
    urgent = complaint.about == About.HARM
    values = {
        "code": complaint.code,
        "priority": (Priority.URGENT if urgent else Priority.NORMAL).value,
    }
    everyone = tuple(whom)
    here = tuple(each for each in everyone if each.here(work.now)) or everyone
    to = ToMembers(tuple(each.id for each in here))
    notify(work, name, to, values, f"complaint:{complaint.id}:{step}", urgent=urgent)


# --- in time ----------------------------------------------------------------------------------------------


def expect(work: Work, complaint: ComplaintRow, state: State, since: datetime) -> datetime:
    """Sets until when somebody must take it, or, taken, answer it; returns that moment.

    Counted from when it was made or brought back. Whoever takes it late has as long again as it may wait untaken.
    """
    stop(work, complaint.id)
    pace, calendar = work.policy.complaints.pace(complaint.about), work.policy.calendar
    span = pace.acknowledge if state is State.OPEN else pace.answer
    due = max(span.after(calendar, since), pace.acknowledge.after(calendar, work.now))
    half = span.halfway(calendar, since)
    if half > work.now:
        timers.schedule(work.tx, REMIND, complaint.id, half)
    timers.schedule(work.tx, LATE, complaint.id, due)
    return due


def answered(work: Work, complaint: ComplaintRow) -> None:
    """Nobody need act any more; after a long silence the answer counts as accepted."""
    stop(work, complaint.id)
    until = work.policy.complaints.silence.after(work.policy.calendar, work.now)
    timers.schedule(work.tx, SILENCE, complaint.id, until)


def stop(work: Work, complaint_id: int) -> None:
    """Nothing is due any more."""
    timers.cancel_all(work.tx, (REMIND, LATE, SILENCE), complaint_id)


def remind(work: Work, complaint_id: int) -> None:
    """Half of the time is over: who took it hears of it, or everybody who may take it."""
    complaint = _waiting(work, complaint_id)
    if complaint is None or _is_late(work, complaint):
        return
    step = complaints.add_event(work.tx, complaint.id, "remind", ACTOR, "", work.now)
    circle = dealing(work, complaint)
    taker = [each for each in circle if each.id == complaint.staff_id]
    _tell(work, "complaint_reminder_staff", complaint, taker or circle, step)


def late(work: Work, complaint_id: int) -> None:
    """The time is over: all who may deal with it hear of it, and the supervisors its code, again and again."""
    complaint = _waiting(work, complaint_id)
    if complaint is None or not _is_late(work, complaint):
        return
    step = complaints.add_event(work.tx, complaint.id, "late", ACTOR, "", work.now)
    circle = dealing(work, complaint)
    above = [each for each in _outside(work, complaint) if each.role == SUPERVISOR and each not in circle]
    _tell(work, "complaint_reminder_staff", complaint, circle, step)
    if above:
        _tell(work, "complaint_late_staff", complaint, above, step)
    again = work.policy.complaints.pace(complaint.about).acknowledge
    timers.schedule(work.tx, LATE, complaint.id, again.after(work.policy.calendar, work.now))


def _waiting(work: Work, complaint_id: int) -> ComplaintRow | None:
    """A complaint that somebody must act on; not locked, since whoever acts locks its timers after it."""
    complaint = complaints.by_id(work.tx, complaint_id)
    return complaint if complaint is not None and complaint.state in WAITING else None


def _is_late(work: Work, complaint: ComplaintRow) -> bool:
    return complaint.due_at is not None and complaint.due_at <= work.now


def silence(work: Work, complaint_id: int) -> None:
    """Nobody said that the answer will not do: it is over."""
    complaint = complaints.lock(work.tx, complaint_id)
    if complaint is None:
        return
    decision = grievances.decide(State(complaint.state), Event.SILENCE, Actor.TIMER)
    if isinstance(decision, grievances.Moved):
        changes = {"state": decision.state.value, "outcome": decision.outcome, "closed_at": work.now}
        complaints.save(work.tx, complaint.id, changes)
        complaints.add_event(work.tx, complaint.id, Event.SILENCE, ACTOR, "", work.now)


HANDLERS: Mapping[str, Callable[[Work, int], None]] = {REMIND: remind, LATE: late, SILENCE: silence}
