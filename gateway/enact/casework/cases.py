"""What waits for a person of ours: call-backs, and a caseworker's word on them and on referrals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.commands import AnswerCase, AnswerLeg, RequestCallback, Result
from gateway.enact.assigning import caseload
from gateway.enact.casework.slips import slip
from gateway.enact.codes import draw
from gateway.enact.notices.notify import ToPerson, ToStaff, covers, notify
from gateway.enact.notices.telling import to_person
from gateway.enact.referring.answers import answer_as
from gateway.enact.referring.legs import move, shift
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry import short_code
from gateway.store import audit, callbacks, people, referrals, staff, timers
from gateway.store.callbacks import CLOSED, DANGER, OPEN, TAKEN, CallbackRow
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR, StaffRow
from referral_engine.lifecycle import Moved, ReferralMoved, Refused, Unchanged, stage
from referral_engine.model import Actor, LegEvent, LegState, Priority, ReferralEvent, ReferralState

_PRIORITY: Mapping[str, Priority] = {DANGER: Priority.EMERGENCY}
_RING_AGAIN = timedelta(minutes=15)
"""So long an impatient thumb rings once; after it the staff are rung again of whoever is still in danger."""

_SUPERVISORS_TOO = 2  # from this repeat on

CALL = "call"
"""The event of a case whose caseworker said that the person is called that day."""

RING = "callback_ring"
"""The kind of the timer that rings again; its subject is the call-back."""


# --- a person asks to be called ---------------------------------------------------------------------------


def request_callback(work: Work, command: RequestCallback) -> Result:
    """One open call-back a conversation; asked again it is the same one, and danger rings even then."""
    return Result("recorded", {"code": ring_for(work, command.reason)})


def ring_for(work: Work, reason: str, since: datetime | None = None) -> str:
    """Opens a call-back and rings the caseworkers; returns its code.

    Returns that of the open one where there is one, or of any asked for after `since`.
    """
    there = callbacks.newest_of(work.tx, work.party.conversation_id)
    if there is not None and (there.state == OPEN or (since is not None and there.opened_at >= since)):
        if there.state == OPEN and (reason == DANGER or there.reason == callbacks.UNDELIVERED):
            callbacks.escalate(work.tx, there.id, reason)
            _ring(work, there, reason)
        return there.code
    code = draw(work)
    while not callbacks.add(
        work.tx, code, work.party.conversation_id, work.party.address_id, reason, work.now
    ):
        code = draw(work)
    made = callbacks.newest_of(work.tx, work.party.conversation_id)
    if made is not None:
        _ring(work, made, reason)
    return code


def _ring(work: Work, callback: CallbackRow, reason: str) -> None:
    """Rings the caseworkers; of danger each quarter of an hour until somebody takes it, later the supervisors too."""
    values = {"code": callback.code, "priority": _PRIORITY.get(reason, Priority.NORMAL).value}
    bucket = (work.now - callback.opened_at) // _RING_AGAIN
    area, key = _area(work, callback.conversation_id), f"callback:{callback.id}:{reason}:{bucket}"
    notify(work, "callback_staff", ToStaff(area), values, key, urgent=reason == DANGER)
    if reason == DANGER:
        if bucket >= _SUPERVISORS_TOO:
            notify(work, "callback_staff", ToStaff(area, role=SUPERVISOR), values, key, urgent=True)
        timers.schedule(work.tx, RING, callback.id, callback.opened_at + (bucket + 1) * _RING_AGAIN)


def ring_again(work: Work, callback_id: int) -> None:
    """Nobody took it: whoever is in danger is still waiting."""
    callback = callbacks.by_id(work.tx, callback_id)
    if callback is not None and callback.state == OPEN and callback.reason == DANGER:
        _ring(work, callback, DANGER)


def _area(work: Work, conversation_id: int) -> str:
    """Where who calls wants to live, as far as they have said it there."""
    held = people.all_held_by(work.tx, conversation_id)
    try:
        return str(people.record_of(work.vault, held[-1])["area"]) if held else ""
    except VaultError:
        return ""  # erased


def calls_for(work: Work, member: StaffRow) -> list[CallbackRow]:
    """The call-backs that one of the staff may take, or has taken; danger first, then the oldest."""
    return [each for each, _ in callbacks.waiting(work.tx) if is_for(work, member, each)]


def is_for(work: Work, member: StaffRow, callback: CallbackRow) -> bool:
    """Whether one of the staff may take a call-back, or has taken it and not closed it yet."""
    if callback.state == OPEN:
        return covers(work, member, _area(work, callback.conversation_id))
    return callback.state == TAKEN and callback.staff_id == member.id


def priority_of(callback: CallbackRow) -> Priority:
    """How urgent a call-back is, in the words that requests use."""
    return _PRIORITY.get(callback.reason, Priority.NORMAL)


# --- a caseworker answers ---------------------------------------------------------------------------------


def answer_case(work: Work, command: AnswerCase) -> Result:
    """A caseworker's word on what a code names; to anyone but the staff of that area it does not exist."""
    if not short_code.check(command.code):
        return slip(work, command.code)
    member = staff.by_address(work.tx, work.party.address_id)
    subject, result = "case:0", Result("unknown", {})
    if member is not None:
        subject, result = _answered(work, member, command)
    actor = f"staff:{member.id}" if member else f"address:{work.party.address_id}"
    detail = {"outcome": result.outcome}
    audit.add(work.tx, actor, f"answer_case.{command.answer}", subject, detail, work.now)
    return result


def _answered(work: Work, member: StaffRow, command: AnswerCase) -> tuple[str, Result]:
    callback = callbacks.by_code(work.tx, command.code)
    if callback is not None:
        return f"callback:{callback.id}", _callback(work, member, callback, command.answer)
    found = case_of(work, member, command.code)
    if found is None:
        return "case:0", Result("unknown", {})
    referral, legs = found
    return f"referral:{referral.id}", _case(work, member, referral, legs[-1], command)


def case_of(work: Work, member: StaffRow, code: str) -> tuple[ReferralRow, list[LegRow]] | None:
    """The case that a code names, locked, with its legs, the newest last; None where it is not for this member.

    A code of an earlier leg names the case all the same.
    """
    unlocked = referrals.leg_by_code(work.tx, code)
    if unlocked is None:
        return None
    referral = referrals.lock(work.tx, unlocked.referral_id)
    return (
        (referral, referrals.legs_of(work.tx, referral.id)) if covers(work, member, referral.area) else None
    )


def _callback(work: Work, member: StaffRow, callback: CallbackRow, answer: str) -> Result:
    wanted = {"take": TAKEN, "call": TAKEN, "close": CLOSED}.get(answer)
    if answer == "call" and callback.state == TAKEN and callback.staff_id == member.id:
        _tell_of_call(work, callback)
    if wanted == callback.state and (wanted == CLOSED or callback.staff_id == member.id):
        return Result("repeated", {"stage": callback.state})
    if wanted is None or callback.state == CLOSED or (wanted == TAKEN and callback.state == TAKEN):
        return Result("refused", {"stage": callback.state})
    callbacks.move(work.tx, callback.id, wanted, member.id, work.now)
    timers.cancel(work.tx, RING, callback.id)
    if answer == "call":
        _tell_of_call(work, callback)
    return Result("recorded", {"stage": wanted})


def _tell_of_call(work: Work, callback: CallbackRow) -> None:
    """Tells whoever asked to be called that somebody does so today, where they registered and allowed it."""
    held = people.all_held_by(work.tx, callback.conversation_id)
    if held:
        to = ToPerson(callback.conversation_id, held[-1].id)
        notify(work, "call_soon_person", to, {}, f"callback:{callback.id}:call")


def _case(work: Work, member: StaffRow, referral: ReferralRow, leg: LegRow, command: AnswerCase) -> Result:
    supervises = member.role == SUPERVISOR
    decision: Moved | ReferralMoved | Unchanged | Refused
    match command.answer:
        case "date":
            said = AnswerLeg(leg.code, "date", "", command.on)
            result = answer_as(work, said, leg, Actor.CASEWORKER, f"staff:{member.id}")
            return (
                result
                if result.outcome == "needs_detail"
                else Result(result.outcome, _stands(work, referral))
            )
        case "call":
            return Result(_will_call(work, member, referral, leg), _stands(work, referral))
        case "take":
            if caseload.take(work, referral, member):
                return Result("recorded", {"stage": _stage(referral, leg)})
            decision = Unchanged()
        case "revoke":
            actor = Actor.SUPERVISOR if supervises else Actor.REFERRER
            by = f"staff:{member.id}"
            decision = move(work, referral, leg, LegEvent.REVOKE, actor, by, "caseworker")
        case _:
            actor = Actor.SUPERVISOR if supervises else Actor.CASEWORKER
            at, by = LegState(leg.state), f"staff:{member.id}"
            decision = shift(work, referral, ReferralEvent.CLOSE, actor, at, "caseworker", by)
    outcome = {Unchanged: "repeated", Refused: "refused"}.get(type(decision), "recorded")
    return Result(outcome, _stands(work, referral))


def _will_call(work: Work, member: StaffRow, referral: ReferralRow, leg: LegRow) -> str:
    """Takes the case, and tells the person that somebody calls today; said again the same day it changes nothing."""
    if referral.state not in (ReferralState.DRAFT, ReferralState.OPEN):
        return "refused"
    by, day = f"staff:{member.id}", (work.now + work.policy.calendar.utc_offset).date()
    for each in referrals.events_of(work.tx, leg.id):
        if (each.event, each.actor, each.detail) == (CALL, by, day.isoformat()):
            return "repeated"
    caseload.take(work, referral, member)
    referrals.add_leg_event(work.tx, leg.id, CALL, leg.state, leg.state, by, day.isoformat(), work.now)
    notify(work, "call_soon_person", to_person(referral), {}, f"referral:{referral.id}:{CALL}:{day}")
    return "recorded"


def _stands(work: Work, referral: ReferralRow) -> dict[str, str]:
    """Where the case stands now."""
    after = referrals.lock(work.tx, referral.id), referrals.legs_of(work.tx, referral.id)[-1]
    return {"stage": _stage(*after)}


def _stage(referral: ReferralRow, leg: LegRow) -> str:
    return stage(ReferralState(referral.state), LegState(leg.state), disputed=referral.disputed).value
