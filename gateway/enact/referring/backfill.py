"""Due times for what was asked before requests had timers: each open request, once, after an upgrade.

The migration leaves a timer of this kind for every open request. What is overdue by then falls due at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.enact.referring import leg_due
from gateway.enact.referring.leg_due import LEG_KINDS, SILENCE, kind
from gateway.enact.work import Work
from gateway.store import referrals, timers
from gateway.store.referrals import LegDueRow
from referral_engine import deadlines
from referral_engine.model import LegEvent, LegState, Priority, ReferralState

KIND = "referral_backfill"
"""The kind of the timer; its subject is the referral."""

_HALF_A_DAY = timedelta(hours=12)  # from the noon that stands for a promised day to its end
_UNANSWERED = frozenset({LegState.QUEUED, LegState.UNDELIVERED, LegState.SENT, LegState.RECEIVED})


def set_missing(work: Work, referral_id: int) -> None:
    """Sets the watch of an open request and the timers of its newest leg, where they never had any."""
    referral = referrals.lock(work.tx, referral_id)
    leg = referrals.newest_due(work.tx, referral_id)
    if referral.state != ReferralState.OPEN or leg is None:
        return
    leg_due.watch(work, referral_id)
    if leg.state == LegState.COMPLETED:
        if not referral.disputed and not timers.pending(work.tx, (SILENCE,), referral_id):
            at = leg.ask_at or deadlines.answer_by(work.policy.timers, work.policy.calendar, work.now)
            timers.schedule(work.tx, SILENCE, referral_id, at)
    elif not timers.ever(work.tx, LEG_KINDS, leg.id):
        due = _due(work, leg, Priority(referral.priority))
        timers.schedule_all(work.tx, leg.id, {kind(event): at for event, at in due.items()})


def _due(work: Work, leg: LegDueRow, priority: Priority) -> dict[LegEvent, datetime]:
    """What falls due for a live leg as it stands: by its own columns, else reckoned from when it opened."""
    rules, calendar = work.policy.timers, work.policy.calendar
    opened = deadlines.due(rules, calendar, priority, leg.opened_at)
    if leg.state in _UNANSWERED:
        due = {LegEvent.EXPIRE: leg.accept_by or opened.accept_by}
        if leg.state != LegState.RECEIVED:
            due[LegEvent.ACKNOWLEDGE_LATE] = leg.acknowledge_by or opened.acknowledge_by
        return due
    match leg.state:
        case LegState.WAITLISTED:
            return {LegEvent.PROMISE_PASSED: (leg.promised_at or work.now) + _HALF_A_DAY}
        case LegState.ACCEPTED:
            served, asked = leg.serve_by or opened.serve_by, leg.ask_at or opened.ask_at
            return {LegEvent.SERVICE_LATE: served, LegEvent.ASK_DUE: asked}
        case LegState.SCHEDULED:
            day = deadlines.after_appointment(rules, calendar, priority, leg.appointment_at or work.now)
            return {
                LegEvent.APPOINTMENT_PASSED: day.ask_attended_at,
                LegEvent.NO_SHOW: day.no_show_at,
                LegEvent.ASK_DUE: day.ask_at,
            }
        case LegState.IN_SERVICE:
            quiet = deadlines.after_arrival(rules, calendar, work.now)
            return {
                LegEvent.SERVICE_SILENT: quiet.ask_provider_at,
                LegEvent.PROVIDER_SILENT: quiet.ask_person_at,
            }
    return {}
