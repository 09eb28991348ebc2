"""Complaints from the first word to the last: made anywhere, taken and answered by people outside, and judged.

Nothing that was written leaves this room but to those who may deal with it, each look on record, and the answer but to
the conversation that asked. Any other phone reads of a code what it would read of one that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.commands import (
    FileComplaint,
    JudgeAnswer,
    ReadAnswer,
    ReferredPlaces,
    Result,
    TakeComplaint,
    WaitingComplaints,
)
from gateway.enact.codes import draw
from gateway.enact.complaining import complaint_watch
from gateway.enact.complaining.complaint_watch import dealing
from gateway.enact.notices.notify import ToConversation, notify
from gateway.enact.referring.meant import meant
from gateway.enact.work import Work
from gateway.errors import StoreError, VaultError
from gateway.messages import AddressKind, ChannelName
from gateway.registry import grievances, short_code
from gateway.registry.grievances import (
    WAITING,
    About,
    Actor,
    Decision,
    Event,
    Moved,
    State,
    Unchanged,
    decide,
)
from gateway.store import audit, complaints, people, staff
from gateway.store.complaints import ANSWER, BODY, ComplaintRow
from gateway.store.conversations import address_by_id
from gateway.store.staff import StaffRow

MOST_A_DAY = 5
"""Of one conversation: more would only ring those who have the first ones before them."""

MOST_ANSWER = 160
"""Characters: what a basic phone shows on few screens, and one SMS holds."""

MOST_PLACES = 3
MOST_LISTED = 3

OPENED = "open"
"""The first step of each complaint; its detail is `call` where a call is wished for."""


# --- somebody complains -----------------------------------------------------------------------------------


def referred_places(work: Work, _: ReferredPlaces) -> Result:
    """Where this conversation's requests went: the places that a complaint can name without typing."""
    found = complaints.places_of(work.tx, work.party.conversation_id, MOST_PLACES)
    if not found:
        return Result("none", {})
    return Result("some", {"places": [{"value": each.code, "label": each.neutral_name} for each in found]})


def file_complaint(work: Work, command: FileComplaint) -> Result:
    """Keeps it sealed and rings whoever may deal with it. Neither a PIN nor a registration stands before it."""
    here = work.party.conversation_id
    if complaints.made_since(work.tx, here, work.day_ago) >= MOST_A_DAY:
        return Result("too_many", {})
    code = draw(work)
    while not complaints.add(work.tx, _row(work, command) | {"code": code}):
        code = draw(work)
    made = complaints.by_code(work.tx, code)
    if made is None:
        raise StoreError("a complaint that was just made is not there")
    detail = "call" if made.wants_call else ""
    step = complaints.add_event(work.tx, made.id, OPENED, _speaker(work), detail, work.now)
    due = complaint_watch.expect(work, made, State.OPEN, work.now)
    complaints.save(work.tx, made.id, {"due_at": due})
    complaint_watch.tell_new(work, made, step)
    return Result("recorded", {"code": code})


def _row(work: Work, command: FileComplaint) -> dict[str, Any]:
    here = work.party.conversation_id
    held = people.all_held_by(work.tx, here)
    places = complaints.places_of(work.tx, here, MOST_PLACES) if command.place else []
    named = [each.id for each in places if each.code == command.place]
    return {
        "conversation_id": here,
        "address_id": work.party.address_id,
        "person_id": held[0].id if len(held) == 1 else None,  # of several nobody knows who speaks
        "about": command.about if command.about in set(About) else About.OTHER.value,
        "provider_id": named[0] if named else None,
        "state": State.OPEN.value,
        "outcome": "",
        "body": work.party.key.seal(command.body.encode(), BODY),
        "wants_call": command.how == "call",
        "may_write": command.reply == "yes"
        or (not command.reply and work.party.channel is ChannelName.TELEGRAM),
        "opened_at": work.now,
    }


def _speaker(work: Work) -> str:
    return f"address:{work.party.address_id}"


# --- and hears the answer ---------------------------------------------------------------------------------


def read_answer(work: Work, command: ReadAnswer) -> Result:
    """The answer, to the conversation that complained; that it was read is on record."""
    mine = complaints.of_conversation(work.tx, work.party.conversation_id)
    if command.code and not short_code.check(command.code):
        return _slip(command.code, lambda near: any(each.code == near for each in mine))
    found = [each for each in mine if command.code in ("", each.code)]
    if not command.code:
        found.sort(key=lambda each: each.answer is None)  # stable: the newest that has an answer
    if not found:
        return Result("unknown", {})
    complaint = found[0]
    code = {"code": complaint.code}
    if complaint.answer is None or complaint.state in WAITING:
        return Result("waiting", code)
    complaints.add_event(work.tx, complaint.id, "read", _speaker(work), "", work.now)
    answer = work.party.key.open(complaint.answer, ANSWER).decode()
    stage = "answered" if complaint.state == State.ANSWERED else "closed"
    return Result(stage, code | {"answer": answer})


def _slip(typed: str, mine: Callable[[str], bool]) -> Result:
    """What to answer to a wrong check digit: the code that is meant, if it is one that the sender may know of."""
    code = meant(typed, mine)
    return Result("meant", {"code": code}) if code else Result("mistyped", {})


def judge_answer(work: Work, command: JudgeAnswer) -> Result:
    """A yes ends it. The first no opens it for somebody else; a second one ends it, on record."""
    found = complaints.by_code(work.tx, command.code)
    complaint = complaints.lock(work.tx, found.id) if found else None
    if complaint is None or complaint.conversation_id != work.party.conversation_id:
        return Result("unknown", {})
    event = Event.CONTENT if command.answer == "yes" else Event.NOT_CONTENT
    steps = complaints.events_of(work.tx, complaint.id)
    again = any(step.event == Event.NOT_CONTENT for step in steps)
    decision = decide(State(complaint.state), event, Actor.PERSON, again=again)
    if isinstance(decision, grievances.Refused):
        return Result("unknown", {})
    if isinstance(decision, Moved):
        _move(work, complaint, event, decision, _speaker(work))
        if decision.state is State.OPEN:
            return Result("reopened", {})
    return Result("closed" if event is Event.CONTENT else "noted", {})


# --- those who deal with it -------------------------------------------------------------------------------


def waiting_complaints(work: Work, _: WaitingComplaints) -> Result:
    """What whoever asks may take or must answer: codes and due days. To all others nothing waits."""
    member = staff.by_address(work.tx, work.party.address_id)
    found = [each for each in seen_by(work, member, WAITING) if _is_for(work, member, each)] if member else []
    if not found:
        return Result("none", {})
    listed = [
        {"value": each.code, "label": f"{short_code.shown(each.code)} {_day(work, each):%d/%m}"}
        for each in found[:MOST_LISTED]
    ]
    return Result("some", {"waiting": listed})


def _is_for(work: Work, member: StaffRow, complaint: ComplaintRow) -> bool:
    return complaint.staff_id in (None, member.id) or _is_late(work, complaint)


def take_complaint(work: Work, command: TakeComplaint) -> Result:
    """By SMS, Telegram or USSD; to anyone but those who may deal with it the code does not exist."""
    member = staff.by_address(work.tx, work.party.address_id)
    if not short_code.check(command.code):
        return _slip(command.code, lambda near: member is not None and find(work, member, near) is not None)
    if member is None:
        audit.add(work.tx, _speaker(work), "complaints.take", "complaint:0", {}, work.now)
        return Result("unknown", {})
    decision = act(work, member, command.code, Event.TAKE)
    if decision is None:
        return Result("unknown", {})
    if isinstance(decision, grievances.Refused):
        return Result("refused", {"code": command.code})
    taken = complaints.by_code(work.tx, command.code)
    due = _day(work, taken).date().isoformat() if taken else ""
    return Result(
        "repeated" if isinstance(decision, Unchanged) else "recorded", {"code": command.code, "due": due}
    )


def _day(work: Work, complaint: ComplaintRow) -> datetime:
    """When it is due, by the clock on the country's walls."""
    return (complaint.due_at or work.now) + work.policy.calendar.utc_offset


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What a complaint says and what was answered; `body` is None where the conversation was erased."""

    body: str | None
    answer: str | None


def seen_by(work: Work, member: StaffRow, states: frozenset[State]) -> list[ComplaintRow]:
    """The complaints that stand so and that one of the staff may know of, the soonest due first."""
    return [each for each in complaints.in_states(work.tx, states) if member in dealing(work, each)]


def find(work: Work, member: StaffRow, code: str) -> ComplaintRow | None:
    """A complaint that one of the staff may know of."""
    found = complaints.by_code(work.tx, code)
    return found if found is not None and member in dealing(work, found) else None


def told(work: Work, member: StaffRow, complaint: ComplaintRow) -> Told:
    """The texts of a complaint, for one who may deal with it. Each look is on record."""
    audit.add(work.tx, f"staff:{member.id}", "complaints.show", f"complaint:{complaint.id}", {}, work.now)
    try:
        key = complaints.key_of(work.tx, work.vault, complaint)
        answer = key.open(complaint.answer, ANSWER).decode() if complaint.answer is not None else None
        return Told(key.open(complaint.body, BODY).decode(), answer)
    except VaultError:
        return Told(None, None)


def act(work: Work, member: StaffRow, code: str, event: Event, text: str = "") -> Decision | None:
    """What one of the staff does with a complaint: takes it, answers it with a text, or says that the person agreed.

    None where they may not know of it. Every try is on record, also one that is refused.
    """
    found = find(work, member, code)
    complaint = complaints.lock(work.tx, found.id) if found else None
    decision = None
    if complaint is not None:
        mine, late = complaint.staff_id == member.id, _is_late(work, complaint)
        decision = decide(State(complaint.state), event, Actor.OFFICER, mine=mine, late=late)
        if isinstance(decision, Moved):
            _move(work, complaint, event, decision, f"staff:{member.id}", member=member, text=text)
    subject = f"complaint:{complaint.id if complaint else 0}"
    detail = {"outcome": type(decision).__name__.lower() if decision else "unknown"}
    audit.add(work.tx, f"staff:{member.id}", f"complaints.{event}", subject, detail, work.now)
    return decision


def _is_late(work: Work, complaint: ComplaintRow) -> bool:
    return complaint.due_at is not None and complaint.due_at <= work.now


# --- what a move does -------------------------------------------------------------------------------------


def _move(
    work: Work,
    complaint: ComplaintRow,
    event: Event,
    decision: Moved,
    actor: str,
    *,
    member: StaffRow | None = None,
    text: str = "",
) -> None:
    """Writes a move with its step, sets what is due next and tells whoever must hear of it. It is locked."""
    changes: dict[str, Any] = {"state": decision.state.value, "outcome": decision.outcome}
    step = complaints.add_event(work.tx, complaint.id, event, actor, "", work.now)
    match decision.state:
        case State.OPEN:
            due = complaint_watch.expect(work, complaint, State.OPEN, work.now)
            changes |= {"staff_id": None, "taken_at": None, "due_at": due}
            complaint_watch.tell_new(work, complaint, step)
        case State.TAKEN:
            due = complaint_watch.expect(work, complaint, State.TAKEN, _since(work, complaint))
            taker = member.id if member else None
            changes |= {"staff_id": taker, "taken_at": work.now, "due_at": due}
        case State.ANSWERED:
            key = complaints.key_of(work.tx, work.vault, complaint)
            changes |= {"answer": key.seal(text.encode(), ANSWER), "answered_at": work.now, "due_at": None}
            complaint_watch.answered(work, complaint)
            _tell_answered(work, complaint, step)
        case State.CLOSED:
            complaint_watch.stop(work, complaint.id)
            changes["closed_at"] = work.now
    complaints.save(work.tx, complaint.id, changes)


def _since(work: Work, complaint: ComplaintRow) -> datetime:
    """When it was made, or brought back."""
    begun = {OPENED, Event.NOT_CONTENT.value}
    return [step.at for step in complaints.events_of(work.tx, complaint.id) if step.event in begun][-1]


def _tell_answered(work: Work, complaint: ComplaintRow, step: int) -> None:
    """Says that there is an answer, in words that tell nobody else to what, where they said that we may: there."""
    if not complaint.may_write:
        return
    if complaint.person_id is not None and not people.lives(work.tx, complaint.person_id):
        return
    there = address_by_id(work.tx, complaint.address_id)
    to = ToConversation(complaint.conversation_id, phones=there.kind is AddressKind.PHONE)
    values: Mapping[str, str] = {"code": complaint.code}
    notify(work, "complaint_answered_person", to, values, f"complaint:{complaint.id}:{step}")
