"""Legs: how one opens, how it moves, and what follows for its referral and for those who must hear of it.

The caller has locked the referral. `referral_engine` decides; here it is written down and carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from gateway.enact.matching import Chosen, best, request_for
from gateway.enact.notify import ToPerson, ToProvider, ToStaff, notify
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.registry import short_code
from gateway.store import callbacks, consents, people, providers, referrals
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR
from referral_engine import deadlines
from referral_engine.lifecycle import (
    Moved,
    Reason,
    ReferralMoved,
    Refused,
    Unchanged,
    after_leg,
    move_leg,
    move_referral,
    unmet_reason,
)
from referral_engine.model import (
    FAILED,
    FINAL,
    REFERRAL_FINAL,
    Actor,
    DeclineCode,
    Effect,
    LegEvent,
    LegState,
    Priority,
    ReferralEvent,
    ReferralState,
)

_TO_PERSON: Mapping[LegEvent, str] = {
    LegEvent.ACCEPT: "leg_accepted_person",
    LegEvent.SCHEDULE: "leg_scheduled_person",
    LegEvent.RESCHEDULE: "leg_scheduled_person",
    LegEvent.DECLINE: "leg_declined_person",
    LegEvent.EXPIRE: "leg_declined_person",
    LegEvent.PROMISE_PASSED: "leg_declined_person",
    LegEvent.COMPLETE: "leg_completed_person",
    LegEvent.NO_SHOW: "leg_no_show_person",
}
_TO_STAFF: Mapping[LegEvent, str] = {
    LegEvent.UNDELIVERED: "leg_undelivered",
    LegEvent.ACCEPT: "leg_accepted_staff",
    LegEvent.DECLINE: "leg_declined_staff",
    LegEvent.COMPLETE: "leg_completed_staff",
}
_STEP = "leg_offered_staff"  # a code and a stage: what the staff read of every other step
_TO_PROVIDER: Mapping[LegEvent, str] = {
    LegEvent.WITHDRAW: "leg_withdrawn_provider",
    LegEvent.REVOKE: "leg_revoked_provider",
}
_STAFF = frozenset({Effect.TELL_REFERRER, Effect.TELL_CASEWORKER, Effect.TELL_SUPERVISOR})
_STAFF_ACTS = frozenset({Actor.CASEWORKER, Actor.SUPERVISOR, Actor.REFERRER, Actor.OPERATOR})
_QUIET = frozenset({(LegEvent.SENT, Actor.WORKER), (LegEvent.ACCEPT, Actor.VERIFICATION)})
"""Steps that tell nobody anything new: the offer was announced, and who stands at the desk knows where."""

_ENDS = {Effect.STOP_ACK_TIMER: "acknowledge_by", Effect.STOP_ACCEPT_TIMER: "accept_by"}
_DUE = ("acknowledge_by", "accept_by", "serve_by", "ask_at")


# --- opening ----------------------------------------------------------------------------------------------


def open_leg(work: Work, referral: ReferralRow, chosen: Chosen, by: str) -> LegRow:
    """Queues a leg and offers it to the provider, the staff of the area being told. `by` is `kind:id`."""
    due = deadlines.due(work.policy.timers, work.policy.calendar, Priority(referral.priority), work.now)
    values = {
        "referral_id": referral.id,
        "provider_id": chosen.provider_id,
        "service_id": chosen.service_id,
        "state": LegState.QUEUED.value,
        "reasons": [[reason.code.value, reason.value] for reason in chosen.reasons],
        "acknowledge_by": due.acknowledge_by,
        "accept_by": due.accept_by,
        "serve_by": due.serve_by,
        "ask_at": due.ask_at,
        "opened_at": work.now,
    }
    code = _draw(work)
    while not referrals.add_leg(work.tx, values | {"code": code}):
        code = _draw(work)
    leg = _again(work, code)
    referrals.add_leg_event(work.tx, leg.id, "open", "", leg.state, by, "", work.now)
    _offer(work, referral, leg)
    return _again(work, code)


def _draw(work: Work) -> str:
    """A code that no call-back has: the staff answer both by the code alone."""
    code = short_code.draw(work.runtime.below)
    while callbacks.by_code(work.tx, code) is not None:
        code = short_code.draw(work.runtime.below)
    return code


def _again(work: Work, code: str) -> LegRow:
    found = referrals.leg_by_code(work.tx, code)
    if found is None:
        raise StoreError("a leg that was just written is not there")
    return found


def _offer(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    values = _values(work, leg) | {
        "priority": referral.priority,
        "service": work.policy.service_neutral(referral.need),
        "area": work.policy.gazetteer.name(referral.area),
    }
    reached = notify(work, "leg_offered", ToProvider(leg.provider_id), values, offer_key(leg.id))
    if reached:
        to = ToStaff(referral.area, only=referral.staff_id)
        notify(work, _STEP, to, values, f"{offer_key(leg.id)}:staff")
    else:  # no phone, or all silenced: a caseworker must know now, not when a timer runs out
        move(work, referral, leg, LegEvent.UNDELIVERED, Actor.WORKER, "worker:outbox")


def offer_key(leg_id: int) -> str:
    """How the dedupe keys of a leg's offer begin: by it the worker knows what it sent."""
    return f"leg:{leg_id}:offer"


# --- moving -----------------------------------------------------------------------------------------------


def move(
    work: Work,
    referral: ReferralRow,
    leg: LegRow,
    event: LegEvent,
    actor: Actor,
    by: str,
    detail: str = "",
    on: date | None = None,
) -> Moved | Unchanged | Refused:
    """Moves a leg on somebody's word, writes the event, and carries out all that follows.

    `by` is `kind:id`; `detail` a decline code, outcome or reason; `on` the day promised or agreed.
    """
    decision = move_leg(LegState(leg.state), event, actor)
    if not isinstance(decision, Moved):
        return decision
    changes = {"state": decision.state.value, **_changes(work, referral, decision, on)}
    if detail:
        changes["detail"] = detail
    referrals.save_leg(work.tx, leg.id, changes)
    step = referrals.add_leg_event(work.tx, leg.id, event, leg.state, decision.state, by, detail, work.now)
    moved = replace(leg, state=decision.state.value, detail=detail or leg.detail)
    goes_on = _follow(work, referral, moved, actor, by)
    if (event, actor) not in _QUIET:
        day = on.isoformat() if on else ""
        _tell(work, referral, moved, event, actor, decision.effects, goes_on, day, step)
    return decision


def _changes(work: Work, referral: ReferralRow, decision: Moved, on: date | None) -> dict[str, Any]:
    """The times that a move sets and clears: due times are rows, swept by whoever watches them."""
    timers, calendar, effects = work.policy.timers, work.policy.calendar, decision.effects
    changes: dict[str, Any] = {column: None for effect, column in _ENDS.items() if effect in effects}
    if on is not None:
        noon = datetime.combine(on, time(12), UTC) - calendar.utc_offset
        if Effect.START_PROMISE_TIMER in effects:
            changes["promised_at"] = noon
        if Effect.START_APPOINTMENT_TIMERS in effects:
            priority = Priority(referral.priority)
            asked = deadlines.after_appointment(timers, calendar, priority, noon)
            changes |= {"appointment_at": noon, "ask_at": asked.ask_at}
    if Effect.RECORD_ARRIVAL in effects:
        changes["serve_by"] = None
    if Effect.START_SILENCE_TIMERS in effects:
        changes["ask_at"] = deadlines.after_arrival(timers, calendar, work.now).ask_provider_at
    if decision.state in FINAL:
        changes |= dict.fromkeys(_DUE) | {"closed_at": work.now}
    if Effect.START_ANSWER_TIMER in effects:
        changes["ask_at"] = deadlines.answer_by(timers, calendar, work.now)
    return changes


# --- what follows for the referral ------------------------------------------------------------------------


def _follow(work: Work, referral: ReferralRow, leg: LegRow, actor: Actor, by: str) -> bool:
    """Moves the referral after its leg; False where nobody is left to ask and that was told instead."""
    failed = [each for each in referrals.legs_of(work.tx, referral.id) if each.state in FAILED]
    event = after_leg(LegState(leg.state), len(failed), work.policy.max_legs)
    if event is None:
        return True
    chosen = None
    willing = consents.given(work.tx, referral.person_id, "share")
    if event is ReferralEvent.LEG_FAILED:
        chosen = _next(work, referral) if willing else None
        event = event if chosen else ReferralEvent.NO_PROVIDER
    reason = ""
    if event in (ReferralEvent.LEGS_SPENT, ReferralEvent.NO_PROVIDER):
        codes = [DeclineCode(each.detail) if each.state == LegState.DECLINED else None for each in failed]
        reason = unmet_reason(codes) if willing else Reason.NO_CONSENT.value
    moved = shift(work, referral, event, actor, LegState(leg.state), reason)
    if not isinstance(moved, ReferralMoved):
        return True
    if chosen is not None:
        open_leg(work, referral, chosen, by)
    if moved.state is ReferralState.UNMET:
        _tell_unmet(work, referral, leg)
        return False
    return True


def _next(work: Work, referral: ReferralRow) -> Chosen | None:
    """The best provider that this referral has not asked yet."""
    record = people.record_of(work.vault, people.by_id(work.tx, referral.person_id))
    asked = frozenset(leg.provider_id for leg in referrals.legs_of(work.tx, referral.id))
    request = request_for(work, record, referral.need, referral.area, "", asked)
    return best(work, request, lock=True)


def shift(
    work: Work,
    referral: ReferralRow,
    event: ReferralEvent,
    actor: Actor,
    leg: LegState | None,
    reason: str = "",
) -> ReferralMoved | Unchanged | Refused:
    """Moves a referral whose newest leg stands at `leg`, writes it down, and tells the person that it was closed."""
    state = ReferralState(referral.state)
    decision = move_referral(state, event, actor, leg=leg, disputed=referral.disputed)
    if isinstance(decision, ReferralMoved):
        changes: dict[str, Any] = {"state": decision.state.value, "disputed": decision.disputed}
        if decision.state in REFERRAL_FINAL:
            changes |= {"closed_at": work.now, "reason": reason}
        referrals.save_referral(work.tx, referral.id, changes)
        if event is ReferralEvent.CLOSE and Effect.TELL_PERSON in decision.effects:
            _tell_closed(work, referral)
    return decision


# --- who hears of it --------------------------------------------------------------------------------------


def _values(work: Work, leg: LegRow, day: str = "") -> dict[str, str]:
    place = providers.by_id(work.tx, leg.provider_id).neutral_name
    return {"code": leg.code, "stage": leg.state, "place": place, "day": day}


def _tell(
    work: Work,
    referral: ReferralRow,
    leg: LegRow,
    event: LegEvent,
    actor: Actor,
    effects: tuple[Effect, ...],
    goes_on: bool,
    day: str,
    step: int,
) -> None:
    """Tells everyone whom the effects name, but for who acted: they are answered directly.

    `step` is the move's own row: the same move may come again, as a day that is moved there and back.
    """
    values = _values(work, leg, day)
    key = f"leg:{leg.id}:{event}:{step}"
    person = _TO_PERSON.get(event)
    if person and goes_on and Effect.TELL_PERSON in effects and actor is not Actor.PERSON:
        notify(work, person, _to_person(referral), values, key)
    provider = _TO_PROVIDER.get(event)
    if provider and Effect.TELL_PROVIDER in effects and actor is not Actor.PROVIDER:
        notify(work, provider, ToProvider(leg.provider_id), values, key)
    if goes_on and _STAFF.intersection(effects) and actor not in _STAFF_ACTS:
        staff = ToStaff(referral.area, only=referral.staff_id)
        notify(work, _TO_STAFF.get(event, _STEP), staff, values, key)


def _to_person(referral: ReferralRow) -> ToPerson:
    return ToPerson(referral.conversation_id, referral.person_id)


def tell_undelivered(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    """Tells the staff that the provider did not get the offer."""
    to = ToStaff(referral.area, only=referral.staff_id)
    notify(work, "leg_undelivered", to, _values(work, leg), f"leg:{leg.id}:{LegEvent.UNDELIVERED}")


def _tell_unmet(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    values, key = _values(work, leg), f"referral:{referral.id}:unmet"
    notify(work, "referral_unmet_person", _to_person(referral), values, key)
    for to in (ToStaff(referral.area, only=referral.staff_id), ToStaff(referral.area, role=SUPERVISOR)):
        notify(work, "referral_unmet_staff", to, values, key)


def _tell_closed(work: Work, referral: ReferralRow) -> None:
    """Somebody of ours ended it: the person must not wait for what will not come."""
    for leg in referrals.legs_of(work.tx, referral.id)[-1:]:
        key = f"referral:{referral.id}:closed"
        notify(work, "referral_closed_person", _to_person(referral), _values(work, leg), key)
