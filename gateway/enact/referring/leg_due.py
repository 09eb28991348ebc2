"""The due times of a leg and of its referral: columns to look at, and timers that the workers sweep.

Set when a leg opens, stopped and started as its moves say. A timer that fires all the same is refused by the table
of moves and does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from gateway.enact.work import DAY, Work
from gateway.store import timers
from gateway.store.referrals import LegRow, ReferralRow
from referral_engine import deadlines
from referral_engine.deadlines import Due, Span
from referral_engine.lifecycle import Moved
from referral_engine.model import FINAL, Effect, LegEvent, LegState, Priority

ACTOR = "worker:timers"
"""On whose word a timer moves what it is about, in the rows of events."""

SILENCE, WATCH = "referral_silence", "referral_watch"
"""About a referral: the person never said whether they were helped; nothing more would happen by itself."""

_APPOINTMENT = (LegEvent.APPOINTMENT_PASSED, LegEvent.NO_SHOW, LegEvent.ASK_DUE)
_ON_TIMERS = (
    LegEvent.REMIND_ACKNOWLEDGE,
    LegEvent.ACKNOWLEDGE_LATE,
    LegEvent.REMIND_ACCEPT,
    LegEvent.EXPIRE,
    LegEvent.PROMISE_PASSED,
    LegEvent.SERVICE_LATE,
    *_APPOINTMENT,
    LegEvent.SERVICE_SILENT,
    LegEvent.PROVIDER_SILENT,
)


def kind(event: LegEvent) -> str:
    """The kind of the timer that brings an event; its subject is the leg."""
    return f"leg_{event.value}"


LEG_KINDS: Mapping[str, LegEvent] = {kind(event): event for event in _ON_TIMERS}

_STOPS: Mapping[Effect, tuple[str, ...]] = {
    Effect.STOP_ACK_TIMER: (kind(LegEvent.REMIND_ACKNOWLEDGE), kind(LegEvent.ACKNOWLEDGE_LATE)),
    Effect.STOP_ACCEPT_TIMER: tuple(
        map(kind, (LegEvent.REMIND_ACCEPT, LegEvent.EXPIRE, LegEvent.PROMISE_PASSED))
    ),
    Effect.STOP_NO_SHOW_TIMER: (kind(LegEvent.APPOINTMENT_PASSED), kind(LegEvent.NO_SHOW)),
    Effect.RECORD_ARRIVAL: (kind(LegEvent.SERVICE_LATE),),
    Effect.START_APPOINTMENT_TIMERS: tuple(map(kind, _APPOINTMENT)),
    Effect.STOP_TIMERS: tuple(LEG_KINDS),
}
_ENDS = {Effect.STOP_ACK_TIMER: "acknowledge_by", Effect.STOP_ACCEPT_TIMER: "accept_by"}
_DUE = ("acknowledge_by", "accept_by", "serve_by", "ask_at")


# --- opening ----------------------------------------------------------------------------------------------


def opened(work: Work, referral: ReferralRow, leg_id: int, due: Due) -> None:
    """Sets what a new leg makes due, and the watch over its referral."""
    set_ = {
        LegEvent.REMIND_ACKNOWLEDGE: due.remind_acknowledge_at,
        LegEvent.ACKNOWLEDGE_LATE: due.acknowledge_by,
        LegEvent.REMIND_ACCEPT: due.remind_accept_at,
        LegEvent.EXPIRE: due.accept_by,
        LegEvent.SERVICE_LATE: due.serve_by,
        LegEvent.ASK_DUE: due.ask_at,
    }
    _set(work, leg_id, set_)
    watch(work, referral.id)


def watch(work: Work, referral_id: int) -> None:
    """Looks at an open referral again after a while, unless that is set already."""
    if not timers.pending(work.tx, (WATCH,), referral_id):
        timers.schedule(work.tx, WATCH, referral_id, patience(work, work.now))


def patience(work: Work, since: datetime) -> datetime:
    """So long a case of the staff may wait untouched."""
    return work.policy.timers.silences.provider.after(work.policy.calendar, since)


def _set(work: Work, leg_id: int, due: Mapping[LegEvent, datetime]) -> None:
    timers.schedule_all(work.tx, leg_id, {kind(event): at for event, at in due.items()})


# --- moving -----------------------------------------------------------------------------------------------


def columns(work: Work, referral: ReferralRow, decision: Moved, on: date | None) -> dict[str, Any]:
    """The times that a move sets and clears in the leg's own row."""
    policy, effects = work.policy, decision.effects
    changes: dict[str, Any] = {column: None for effect, column in _ENDS.items() if effect in effects}
    if on is not None and Effect.START_PROMISE_TIMER in effects:
        changes["promised_at"] = _local(work, on, time(12))
    if on is not None and Effect.START_APPOINTMENT_TIMERS in effects:
        noon = _local(work, on, time(12))
        asked = deadlines.after_appointment(policy.timers, policy.calendar, Priority(referral.priority), noon)
        changes |= {"appointment_at": noon, "ask_at": asked.ask_at}
    if Effect.RECORD_ARRIVAL in effects:
        changes["serve_by"] = None
    if Effect.START_SILENCE_TIMERS in effects:
        changes["ask_at"] = deadlines.after_arrival(policy.timers, policy.calendar, work.now).ask_provider_at
    if decision.state in FINAL:
        changes |= dict.fromkeys(_DUE) | {"closed_at": work.now}
    if Effect.START_ANSWER_TIMER in effects:
        changes["ask_at"] = deadlines.answer_by(policy.timers, policy.calendar, work.now)
    return changes


def _local(work: Work, day: date, at: time) -> datetime:
    return datetime.combine(day, at, UTC) - work.policy.calendar.utc_offset


def moved(
    work: Work, referral: ReferralRow, leg: LegRow, event: LegEvent, decision: Moved, on: date | None
) -> None:
    """Stops and starts the timers of a leg that stood as `leg` says before it moved."""
    stopped = [name for effect in decision.effects for name in _STOPS.get(effect, ())]
    if event is LegEvent.SAY_ATTENDED:
        stopped.append(kind(LegEvent.ASK_DUE))  # they have said it: nothing is left to ask
    timers.cancel_all(work.tx, stopped, leg.id)
    _set(work, leg.id, _started(work, referral, leg, event, decision, on))
    if Effect.START_ANSWER_TIMER in decision.effects:
        at = deadlines.answer_by(work.policy.timers, work.policy.calendar, work.now)
        timers.schedule(work.tx, SILENCE, referral.id, at)


def _started(
    work: Work, referral: ReferralRow, leg: LegRow, event: LegEvent, decision: Moved, on: date | None
) -> dict[LegEvent, datetime]:
    rules, calendar, priority = work.policy.timers, work.policy.calendar, Priority(referral.priority)
    due: dict[LegEvent, datetime] = {}
    if on is not None and Effect.START_PROMISE_TIMER in decision.effects:
        due[LegEvent.PROMISE_PASSED] = _local(work, on, time()) + DAY  # the day promised is theirs to its end
    if on is not None and Effect.START_APPOINTMENT_TIMERS in decision.effects:
        asked = deadlines.after_appointment(rules, calendar, priority, _local(work, on, time(12)))
        due[LegEvent.APPOINTMENT_PASSED] = asked.ask_attended_at
        due[LegEvent.NO_SHOW] = (
            asked.no_show_at
        )  # before the question of the same moment: nobody asks in vain
        due[LegEvent.ASK_DUE] = asked.ask_at
    if Effect.START_SILENCE_TIMERS in decision.effects:
        quiet = deadlines.after_arrival(rules, calendar, work.now)
        due[LegEvent.SERVICE_SILENT] = quiet.ask_provider_at
        due[LegEvent.PROVIDER_SILENT] = quiet.ask_person_at
    if (
        event is LegEvent.ACCEPT and leg.state == LegState.WAITLISTED
    ):  # the wait was agreed: service counts anew
        again = deadlines.due(rules, calendar, priority, work.now)
        due |= {LegEvent.SERVICE_LATE: again.serve_by, LegEvent.ASK_DUE: again.ask_at}
    if (
        event is LegEvent.ASK_DUE and leg.state == LegState.ACCEPTED
    ):  # no day was ever agreed: asked, then closed
        due[LegEvent.NO_SHOW] = _after_asking(rules.missed).after(calendar, work.now)
    return due


def _after_asking(missed: deadlines.Missed) -> Span:
    """What is left for an answer between the question after an appointment and the end."""
    left = missed.close.length - missed.ask.length
    return Span(max(left, timedelta(hours=1)), missed.close.working)
