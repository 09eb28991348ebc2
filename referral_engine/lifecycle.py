"""What happens next: one table for legs, one for referrals, and the rules that read them.

A row holds all about one event: from which states, by whom, to which state, with which effects. Every triple
(state, event, actor) is therefore decided: `Moved`, `Unchanged` for a repeat, or `Refused` with a reason.
A refusal is a value, since people answer late and timers fire beside each other. A timer's event that no
longer fits is refused too, so a due time that nobody deleted does no harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from referral_engine.model import (
    FAILED,
    FINAL,
    LIVE,
    LIVE_IN_ORDER,
    REFERRAL_FINAL,
    Actor,
    DeclineCode,
    Effect,
    LegEvent,
    LegState,
    ReferralEvent,
    ReferralState,
    Stage,
)


class Reason(StrEnum):
    """Why a move was not made."""

    REPEATED = "repeated"
    NOT_YOURS = "not_yours"  # this actor never does this
    NOT_YET = "not_yet"
    TOO_LATE = "too_late"
    ENDED = "ended"  # the leg or referral is in a final state
    LEG_LIVE = "leg_live"  # a leg is under way: it ends first
    LEG_UNFIT = "leg_unfit"  # the newest leg did not end the way this event needs
    DISPUTED = "disputed"  # the caseworker decides first
    NO_CONSENT = "no_consent"
    ALREADY_OPEN = "already_open"
    NO_PROVIDER = "no_provider"


@dataclass(frozen=True, slots=True)
class Moved:
    """It happened: the state to store (for a mere reminder the same) and what to carry out, in this order."""

    state: LegState
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ReferralMoved:
    """It happened: the state and the flag to store, and what to carry out, in this order."""

    state: ReferralState
    disputed: bool
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """It had happened before: answer as the first time, store nothing."""

    reason: Reason = Reason.REPEATED


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot happen here, or not on this actor's word."""

    reason: Reason


# --- legs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegRow:
    """One event of a leg. `target` None: the state stays, only the effects happen."""

    sources: frozenset[LegState]
    target: LegState | None
    actors: frozenset[Actor]
    effects: tuple[Effect, ...]


def _leg(sources: str, target: LegState | None, actors: str, *effects: Effect) -> LegRow:
    """A row from words: the tables below stay readable, a wrong word fails at import."""
    return LegRow(
        LIVE if sources == "live" else frozenset(map(LegState, sources.split())),
        target,
        frozenset(map(Actor, actors.split())),
        effects,
    )


_E = Effect
_HEARD = (_E.TELL_PERSON, _E.TELL_REFERRER)  # these two hear of every step
_ANSWERED = (*_HEARD, _E.STOP_ACK_TIMER)
_OVER = (*_HEARD, _E.STOP_TIMERS, _E.END_ACCESS)

# fmt: off
LEG_TABLE: Mapping[LegEvent, LegRow] = {
    # `operator`: the staff write down what a provider said by voice, and answer for it with their own name.
    # A resend that the carrier takes, or an answer that proves delivery, brings an undelivered leg back.
    LegEvent.SENT: _leg("queued undelivered", LegState.SENT, "worker", *_HEARD),
    LegEvent.UNDELIVERED: _leg("queued", LegState.UNDELIVERED, "worker", *_HEARD, _E.TELL_CASEWORKER),
    LegEvent.ACKNOWLEDGE: _leg("sent", LegState.RECEIVED, "provider operator", *_ANSWERED),
    LegEvent.ACCEPT: _leg("sent received waitlisted", LegState.ACCEPTED, "provider operator verification",
                          *_ANSWERED, _E.STOP_ACCEPT_TIMER),
    LegEvent.WAITLIST: _leg("sent received", LegState.WAITLISTED, "provider",
                            *_ANSWERED, _E.STOP_ACCEPT_TIMER, _E.START_PROMISE_TIMER),
    LegEvent.DECLINE: _leg("sent received waitlisted accepted", LegState.DECLINED, "provider operator", *_OVER),
    LegEvent.SCHEDULE: _leg("accepted", LegState.SCHEDULED, "provider caseworker",
                            *_HEARD, _E.TELL_PROVIDER, _E.START_APPOINTMENT_TIMERS),
    LegEvent.RESCHEDULE: _leg("scheduled", None, "provider caseworker",
                              *_HEARD, _E.TELL_PROVIDER, _E.START_APPOINTMENT_TIMERS),
    LegEvent.ARRIVE: _leg("accepted scheduled", LegState.IN_SERVICE, "provider verification",
                          *_HEARD, _E.RECORD_ARRIVAL, _E.STOP_NO_SHOW_TIMER, _E.START_SILENCE_TIMERS),
    # Only the provider or a verification records arrival; a person's "I went" keeps the timer from closing.
    LegEvent.SAY_ATTENDED: _leg("accepted scheduled", None, "person",
                                _E.STOP_NO_SHOW_TIMER, _E.ASK_PROVIDER, _E.TELL_CASEWORKER),
    LegEvent.COMPLETE: _leg("in_service", LegState.COMPLETED, "provider person",
                            *_HEARD, _E.STOP_TIMERS, _E.ASK_PERSON, _E.START_ANSWER_TIMER),
    LegEvent.NO_SHOW: _leg("accepted scheduled", LegState.NO_SHOW, "provider timer",
                           *_OVER, _E.TELL_PROVIDER, _E.TELL_CASEWORKER),
    LegEvent.EXPIRE: _leg("undelivered sent received", LegState.EXPIRED, "timer",
                          *_OVER, _E.TELL_PROVIDER, _E.TELL_SUPERVISOR),
    LegEvent.PROMISE_PASSED: _leg("waitlisted", LegState.EXPIRED, "timer",
                                  *_OVER, _E.TELL_PROVIDER, _E.TELL_SUPERVISOR),
    LegEvent.REVOKE: _leg("live", LegState.REVOKED, "referrer supervisor",
                          *_OVER, _E.TELL_PROVIDER, _E.TELL_CASEWORKER),
    LegEvent.WITHDRAW: _leg("live", LegState.WITHDRAWN, "person",
                            *_OVER, _E.TELL_PROVIDER, _E.TELL_CASEWORKER),

    LegEvent.REMIND_ACKNOWLEDGE: _leg("sent", None, "timer", _E.REMIND_PROVIDER),
    LegEvent.ACKNOWLEDGE_LATE: _leg("undelivered sent", None, "timer", _E.TELL_CASEWORKER),
    LegEvent.REMIND_ACCEPT: _leg("sent received", None, "timer", _E.REMIND_PROVIDER),
    LegEvent.SERVICE_LATE: _leg("accepted scheduled", None, "timer", _E.TELL_CASEWORKER),
    LegEvent.APPOINTMENT_PASSED: _leg("accepted scheduled", None, "timer", _E.ASK_PERSON),
    LegEvent.ASK_DUE: _leg("accepted scheduled in_service", None, "timer", _E.ASK_PERSON),
    LegEvent.SERVICE_SILENT: _leg("in_service", None, "timer", _E.ASK_PROVIDER),
    LegEvent.PROVIDER_SILENT: _leg("in_service", None, "timer", _E.ASK_PERSON),
}
# fmt: on


def move_leg(state: LegState, event: LegEvent, actor: Actor) -> Moved | Unchanged | Refused:
    """Decides one event of one leg. The caller has checked that a provider is this leg's own provider."""
    row = LEG_TABLE[event]
    if actor not in row.actors:
        return Refused(Reason.NOT_YOURS)
    if state in row.sources:
        return Moved(row.target or state, row.effects)
    if state is row.target:
        return Unchanged()
    if state in FINAL:
        return Refused(Reason.ENDED)
    first = min(map(LIVE_IN_ORDER.index, row.sources))
    return Refused(Reason.NOT_YET if LIVE_IN_ORDER.index(state) < first else Reason.TOO_LATE)


def arrival_by_verification(state: LegState) -> tuple[LegEvent, ...]:
    """What a certificate check by this leg's provider stands for, in order, as `Actor.VERIFICATION`.

    Whoever stands at the provider's desk has been accepted there. A leg that the provider was never told of
    is no reason for the visit: nothing follows. Nor does anything from a second check.
    """
    if state in (LegState.SENT, LegState.RECEIVED, LegState.WAITLISTED):
        return (LegEvent.ACCEPT, LegEvent.ARRIVE)
    if state in (LegState.ACCEPTED, LegState.SCHEDULED):
        return (LegEvent.ARRIVE,)
    return ()


def sending_proved_by_answer(state: LegState) -> tuple[LegEvent, ...]:
    """The events to record as `Actor.WORKER` before a provider's answer to this leg's message.

    An answer can overtake the worker's own record, or follow a message whose fate was unknown.
    """
    return (LegEvent.SENT,) if state in (LegState.QUEUED, LegState.UNDELIVERED) else ()


# --- referrals --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One event of a referral.

    `legs`: what the newest leg must be (None: there is none). `disputed`: the flag afterwards.
    """

    sources: frozenset[ReferralState]
    target: ReferralState
    actors: frozenset[Actor]
    legs: frozenset[LegState | None]
    effects: tuple[Effect, ...]
    disputed: bool = False


def _referral(
    sources: str, target: ReferralState, actors: str, legs: str, *effects: Effect, disputed: bool = False
) -> ReferralRow:
    """A row from words; `none` is no leg, `ended` is none or any final one."""
    named = "none " + " ".join(FINAL) if legs == "ended" else legs
    return ReferralRow(
        frozenset(map(ReferralState, sources.split())),
        target,
        frozenset(map(Actor, actors.split())),
        frozenset(None if word == "none" else LegState(word) for word in named.split()),
        effects,
        disputed,
    )


# fmt: off
REFERRAL_TABLE: Mapping[ReferralEvent, ReferralRow] = {
    ReferralEvent.OPEN: _referral("draft", ReferralState.OPEN, "person caseworker rule", "none",
                                  _E.NEXT_LEG, *_HEARD, _E.TELL_CASEWORKER),
    ReferralEvent.LEG_FAILED: _referral("open", ReferralState.OPEN, "provider operator timer",
                                        "declined expired", _E.NEXT_LEG),
    ReferralEvent.LEGS_SPENT: _referral("open", ReferralState.UNMET, "provider operator timer",
                                        "declined expired", *_HEARD, _E.TELL_CASEWORKER, _E.TELL_SUPERVISOR),
    # A need that nobody can take is counted even when it never got as far as a leg.
    ReferralEvent.NO_PROVIDER: _referral("draft open", ReferralState.UNMET,
                                         "person caseworker rule provider operator timer", "none declined expired",
                                         *_HEARD, _E.TELL_CASEWORKER, _E.TELL_SUPERVISOR),
    ReferralEvent.CONFIRM: _referral("open", ReferralState.SERVED, "person", "completed",
                                     *_HEARD, _E.TELL_PROVIDER, _E.STOP_TIMERS),
    ReferralEvent.SILENCE: _referral("open", ReferralState.SERVED, "timer", "completed", *_HEARD),
    ReferralEvent.DISPUTE: _referral("open served", ReferralState.OPEN, "person", "completed",
                                     *_HEARD, _E.TELL_CASEWORKER, _E.STOP_TIMERS, disputed=True),
    ReferralEvent.REBOOK: _referral("open", ReferralState.OPEN, "caseworker supervisor", "ended",
                                    _E.NEXT_LEG, *_HEARD),
    ReferralEvent.WITHDRAW: _referral("draft open", ReferralState.WITHDRAWN, "person", "ended",
                                      *_HEARD, _E.TELL_CASEWORKER, _E.STOP_TIMERS),
    ReferralEvent.CLOSE: _referral("draft open", ReferralState.CLOSED, "caseworker referrer supervisor",
                                   "ended", *_HEARD, _E.TELL_CASEWORKER, _E.STOP_TIMERS),
}
# fmt: on


def move_referral(
    state: ReferralState,
    event: ReferralEvent,
    actor: Actor,
    *,
    leg: LegState | None = None,
    disputed: bool = False,
) -> ReferralMoved | Unchanged | Refused:
    """Decides one event of a referral. `leg` is the newest leg's state after its own move; None: no leg yet.

    `served` by `confirm` is confirmed, by `silence` unconfirmed. A person's answer is kept by the caller even
    where the move is `Unchanged`: a late yes confirms what silence had closed.
    """
    row = REFERRAL_TABLE[event]
    if actor not in row.actors:
        return Refused(Reason.NOT_YOURS)
    if _repeats(state, event, disputed):
        return Unchanged()
    if state not in row.sources:
        return Refused(Reason.ENDED if state in REFERRAL_FINAL else _misplaced(state))
    if leg not in row.legs:
        return Refused(Reason.LEG_LIVE if leg in LIVE else Reason.LEG_UNFIT)
    if event is ReferralEvent.SILENCE and disputed:
        return Refused(Reason.DISPUTED)  # silence never settles a dispute
    if event is ReferralEvent.REBOOK and leg is LegState.COMPLETED and not disputed:
        return Refused(Reason.LEG_UNFIT)  # the person was served, or has yet to say otherwise
    return ReferralMoved(row.target, row.disputed, row.effects)


def _repeats(state: ReferralState, event: ReferralEvent, disputed: bool) -> bool:
    if event is ReferralEvent.DISPUTE:
        return disputed and state is ReferralState.OPEN
    row = REFERRAL_TABLE[event]
    return state is row.target and state not in row.sources


def _misplaced(state: ReferralState) -> Reason:
    return Reason.NOT_YET if state is ReferralState.DRAFT else Reason.TOO_LATE


def after_leg(leg: LegState, failed: int, limit: int = 3) -> ReferralEvent | None:
    """What a leg's new state means for its referral, to be moved by the same actor; None: nothing.

    `failed` counts this referral's legs in `FAILED`, this one included; `limit` is how many are tried. A
    caseworker who revokes in order to re-route asks for `rebook` instead of the `close` returned here.
    """
    if leg in FAILED:
        return ReferralEvent.LEGS_SPENT if failed >= limit else ReferralEvent.LEG_FAILED
    return {LegState.REVOKED: ReferralEvent.CLOSE, LegState.WITHDRAWN: ReferralEvent.WITHDRAW}.get(leg)


def refusal_to_open(*, consent: bool, live_leg: bool, matched: bool) -> Refused | None:
    """The guard before a referral opens: consent to share, no live leg for this need, a provider found."""
    if not consent:
        return Refused(Reason.NO_CONSENT)
    if live_leg:
        return Refused(Reason.ALREADY_OPEN)
    return None if matched else Refused(Reason.NO_PROVIDER)


def unmet_reason(failures: Sequence[DeclineCode | None]) -> str:
    """Why a need stayed unmet: the commonest decline code, `no_answer` or `no_provider`.

    `failures` come oldest first, an expiry as None; of equally common ones the latest counts.
    """
    if not failures:
        return "no_provider"
    counts = Counter(failures)
    commonest = max(reversed(failures), key=counts.__getitem__)
    return "no_answer" if commonest is None else commonest.value


_STAGE_OF_LEG = {
    LegState.SENT: Stage.SENT,
    LegState.RECEIVED: Stage.SENT,
    LegState.WAITLISTED: Stage.SENT,
    LegState.ACCEPTED: Stage.ACCEPTED,
    LegState.SCHEDULED: Stage.ACCEPTED,
    LegState.IN_SERVICE: Stage.IN_SERVICE,
    LegState.COMPLETED: Stage.DONE,
    LegState.NO_SHOW: Stage.MISSED,
}


def stage(referral: ReferralState, leg: LegState | None, *, disputed: bool = False) -> Stage:
    """The neutral stage of a referral whose newest leg is `leg`; between two legs somebody is looking."""
    if referral is ReferralState.SERVED:
        return Stage.DONE
    if referral in REFERRAL_FINAL:
        return Stage.CLOSED
    if leg is None or (disputed and leg in FINAL):
        return Stage.LOOKING
    return _STAGE_OF_LEG.get(leg, Stage.LOOKING)
