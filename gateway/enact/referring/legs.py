"""Legs: how one opens, how it moves, and what follows for its referral and for those who must hear of it.

The caller has locked the referral. `referral_engine` decides; here it is written down and carried out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from gateway.enact.assigning import caseload
from gateway.enact.codes import draw
from gateway.enact.notices.notify import ToProvider, notify, wakes_at
from gateway.enact.notices.telling import (
    STEP,
    is_urgent,
    tell_leg,
    tell_referral,
    tell_unmet,
    to_staff,
    values_of,
)
from gateway.enact.referring import leg_due
from gateway.enact.referring.matching import Chosen, best, request_for
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.store import consents, people, referrals, timers
from gateway.store.conversations import addresses_of
from gateway.store.referrals import LegRow, ReferralRow
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
    REFERRAL_FINAL,
    Actor,
    DeclineCode,
    Effect,
    LegEvent,
    LegState,
    Priority,
    ReferralEvent,
    ReferralState,
    Request,
)

_QUIET = frozenset({(LegEvent.SENT, Actor.WORKER), (LegEvent.ACCEPT, Actor.VERIFICATION)})
"""Steps that tell nobody anything new: the offer was announced, and who stands at the desk knows where."""


# --- opening ----------------------------------------------------------------------------------------------


def open_leg(work: Work, referral: ReferralRow, chosen: Chosen, by: str, why: str = "") -> LegRow:
    """Queues a leg and offers it to the provider, the staff of the area being told.

    `by` is `kind:id`; `why` a code, where somebody chose otherwise than matching would.
    """
    asked_at = work.now if is_urgent(referral) else wakes_at(work)  # nobody is late who was not asked yet
    due = deadlines.due(work.policy.timers, work.policy.calendar, Priority(referral.priority), asked_at)
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
    code = draw(work)
    while not referrals.add_leg(work.tx, values | {"code": code}):
        code = draw(work)
    leg = _again(work, code)
    referrals.add_leg_event(work.tx, leg.id, "open", "", leg.state, by, why, work.now)
    leg_due.opened(work, referral, leg.id, due)
    _offer(work, referral, leg)
    return _again(work, code)


def _again(work: Work, code: str) -> LegRow:
    found = referrals.leg_by_code(work.tx, code)
    if found is None:
        raise StoreError("a leg that was just written is not there")
    return found


def _offer(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    values = values_of(work, leg) | {
        "priority": referral.priority,
        "service": work.policy.service_neutral(referral.need),
        "area": work.policy.gazetteer.name(referral.area),
    }
    urgent = is_urgent(referral)
    reached = notify(
        work, "leg_offered", ToProvider(leg.provider_id), values, offer_key(leg.id), urgent=urgent
    )
    if reached:
        notify(work, STEP, to_staff(referral), values, f"{offer_key(leg.id)}:staff", urgent=urgent)
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
    *,
    alone: bool = False,
) -> Moved | Unchanged | Refused:
    """Moves a leg on somebody's word, writes the event, and carries out all that follows.

    `by` is `kind:id`; `detail` a decline code, outcome or reason; `on` the day promised or agreed. `alone`: the
    caller moves the referral.
    """
    decision = move_leg(LegState(leg.state), event, actor)
    if not isinstance(decision, Moved):
        return decision
    changes = {"state": decision.state.value, **leg_due.columns(work, referral, decision, on)}
    if detail:
        changes["detail"] = detail
    referrals.save_leg(work.tx, leg.id, changes)
    step = referrals.add_leg_event(work.tx, leg.id, event, leg.state, decision.state, by, detail, work.now)
    leg_due.moved(work, referral, leg, event, decision, on)
    moved = replace(leg, state=decision.state.value, detail=detail or leg.detail)
    goes_on = alone or _follow(work, referral, moved, actor, by)
    if (event, actor) not in _QUIET:
        day = on.isoformat() if on else ""
        tell_leg(work, referral, moved, event, actor, decision, step, goes_on=goes_on, day=day)
    return decision


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
        tell_unmet(work, referral, leg)
        return False
    return True


def _next(work: Work, referral: ReferralRow) -> Chosen | None:
    """The best provider that this referral has not asked yet."""
    asked = frozenset(leg.provider_id for leg in referrals.legs_of(work.tx, referral.id))
    return match_again(work, referral, asked)


def match_again(work: Work, referral: ReferralRow, excluded: frozenset[int]) -> Chosen | None:
    """The best provider for a referral besides those excluded; its services are locked."""
    return best(work, request_again(work, referral, excluded), lock=True)


def request_again(work: Work, referral: ReferralRow, excluded: frozenset[int]) -> Request:
    """What a referral asks for, whoever acts now: its own priority, and the language its person speaks with us."""
    record = people.record_of(work.vault, people.by_id(work.tx, referral.person_id))
    language = next((row.language for row in addresses_of(work.tx, referral.conversation_id)), "")
    asked = request_for(work, record, referral.need, referral.area, language, excluded)
    return replace(asked, priority=Priority(referral.priority))


def shift(
    work: Work,
    referral: ReferralRow,
    event: ReferralEvent,
    actor: Actor,
    leg: LegState | None,
    reason: str = "",
    by: str = "",
) -> ReferralMoved | Unchanged | Refused:
    """Moves a referral whose newest leg stands at `leg`, writes it down, and tells those who must hear of it.

    `by` (`kind:id`) is who moved the referral itself: it then stands among the events of its newest leg. Where a
    leg's own move was the cause it is left out.
    """
    state = ReferralState(referral.state)
    decision = move_referral(state, event, actor, leg=leg, disputed=referral.disputed)
    if isinstance(decision, ReferralMoved):
        ends = decision.state in REFERRAL_FINAL
        changes: dict[str, Any] = {"state": decision.state.value, "disputed": decision.disputed}
        if ends:
            changes |= {"closed_at": work.now, "reason": reason}
            timers.cancel_all(work.tx, (leg_due.SILENCE, leg_due.WATCH), referral.id)
        else:
            changes |= {"closed_at": None, "reason": ""}
            if Effect.STOP_TIMERS in decision.effects:
                timers.cancel(work.tx, leg_due.SILENCE, referral.id)
            leg_due.watch(work, referral.id)
        referrals.save_referral(work.tx, referral.id, changes)
        if state in REFERRAL_FINAL:  # it opens again: whoever had it may have left meanwhile
            referral = caseload.assign_again(work, referral)
        step = _noted(work, referral, event, by, reason) if by else 0
        tell_referral(work, referral, event, actor, decision, step)
    return decision


def _noted(work: Work, referral: ReferralRow, event: ReferralEvent, by: str, reason: str) -> int:
    for leg in referrals.legs_of(work.tx, referral.id)[-1:]:
        return referrals.add_leg_event(work.tx, leg.id, event, leg.state, leg.state, by, reason, work.now)
    return 0
