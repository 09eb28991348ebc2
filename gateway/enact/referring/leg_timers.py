"""What a due time of a referral does when it comes: the same moves as anybody's, on the word of a timer.

What has happened since is for the table of moves to say: a timer that no longer fits changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from gateway.enact.notices.notify import ToStaff, notify
from gateway.enact.notices.telling import is_urgent, to_staff, values_of
from gateway.enact.referring.leg_due import ACTOR, LEG_KINDS, SILENCE, WATCH, kind, patience
from gateway.enact.referring.legs import move, shift
from gateway.enact.work import Work
from gateway.store import referrals, timers
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR
from referral_engine.lifecycle import Refused
from referral_engine.model import Actor, LegEvent, LegState, ReferralEvent, ReferralState

WAITING = "waiting"
"""The event of a case that a person of ours was reminded of."""

_UNSENT = timedelta(hours=1)
"""An offer that is still on its way when its time runs out is looked at again so soon."""


def fire(event: LegEvent, work: Work, leg_id: int) -> None:
    """Brings a leg the event whose time has come."""
    unlocked = referrals.leg_by_id(work.tx, leg_id)
    if unlocked is None:
        return
    referral = referrals.lock(work.tx, unlocked.referral_id)
    leg = referrals.leg_by_code(work.tx, unlocked.code) or unlocked
    decision = move(work, referral, leg, event, Actor.TIMER, ACTOR)
    if isinstance(decision, Refused) and leg.state == LegState.QUEUED:
        timers.schedule(work.tx, kind(event), leg_id, work.now + _UNSENT)


def silence(work: Work, referral_id: int) -> None:
    """Nobody said that it did not help: the request counts as served, unconfirmed."""
    referral = referrals.lock(work.tx, referral_id)
    leg = _newest(work, referral)
    shift(work, referral, ReferralEvent.SILENCE, Actor.TIMER, LegState(leg.state), "unconfirmed", ACTOR)


def watch(work: Work, referral_id: int) -> None:
    """Reminds the staff of an open request to which nothing more would happen by itself, for as long as it is so.

    From the second time on the supervisors hear of it too.
    """
    referral = referrals.lock(work.tx, referral_id)
    if referral.state != ReferralState.OPEN:
        return
    leg = _newest(work, referral)
    history = referrals.events_of(work.tx, leg.id)
    untouched = patience(work, history[-1].at)
    if untouched > work.now:
        timers.schedule(work.tx, WATCH, referral_id, untouched)
        return
    if not _goes_on(work, referral, leg):
        step = referrals.add_leg_event(work.tx, leg.id, WAITING, leg.state, leg.state, ACTOR, "", work.now)
        _remind(work, referral, leg, step, again=any(each.event == WAITING for each in history))
    timers.schedule(work.tx, WATCH, referral_id, patience(work, work.now))


def _newest(work: Work, referral: ReferralRow) -> LegRow:
    return referrals.legs_of(work.tx, referral.id)[-1]


def _goes_on(work: Work, referral: ReferralRow, leg: LegRow) -> bool:
    """Whether something is due without anybody's doing."""
    return timers.pending(work.tx, LEG_KINDS, leg.id) or timers.pending(work.tx, (SILENCE,), referral.id)


def _remind(work: Work, referral: ReferralRow, leg: LegRow, step: int, *, again: bool) -> None:
    values, key = values_of(work, leg), f"referral:{referral.id}:{WAITING}:{step}"
    urgent = is_urgent(referral)
    notify(work, "referral_waiting_staff", to_staff(referral), values, key, urgent=urgent)
    if again:
        notify(
            work,
            "referral_waiting_staff",
            ToStaff(referral.area, role=SUPERVISOR),
            values,
            key,
            urgent=urgent,
        )


HANDLERS: Mapping[str, Callable[[Work, int], None]] = {
    **{name: partial(fire, event) for name, event in LEG_KINDS.items()},
    SILENCE: silence,
    WATCH: watch,
}
