"""The words of a referral: states, events, actors, effects, and what matching looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from referral_engine.hours import NOT_SAID, Hours


class LegState(StrEnum):
    """Where one attempt with one provider stands."""

    QUEUED = "queued"
    UNDELIVERED = "undelivered"
    SENT = "sent"
    RECEIVED = "received"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    NO_SHOW = "no_show"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


LIVE_IN_ORDER = (
    LegState.QUEUED,
    LegState.UNDELIVERED,
    LegState.SENT,
    LegState.RECEIVED,
    LegState.WAITLISTED,
    LegState.ACCEPTED,
    LegState.SCHEDULED,
    LegState.IN_SERVICE,
)
"""The states in which a leg can still move, in the order of its life: a refusal says early or late by it."""

LIVE = frozenset(LIVE_IN_ORDER)
FINAL = frozenset(LegState) - LIVE
FAILED = frozenset({LegState.DECLINED, LegState.EXPIRED})
"""The ends that count towards `unmet`. A no-show does not: the provider was ready."""


class ReferralState(StrEnum):
    """Where a need stands. `disputed` is a flag beside the state, not a state."""

    DRAFT = "draft"
    OPEN = "open"
    SERVED = "served"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


REFERRAL_FINAL = frozenset(ReferralState) - {ReferralState.DRAFT, ReferralState.OPEN}


class Actor(StrEnum):
    """On whose word something moves. One actor moves a leg and what follows from it for the referral.

    `referrer` is who stands behind the referral: the caseworker or organisation that asked for it, or the
    caseworker assigned where the person asked alone. `verification` is a certificate check at the provider.
    """

    PERSON = "person"
    PROVIDER = "provider"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    REFERRER = "referrer"
    OPERATOR = "operator"
    WORKER = "worker"
    TIMER = "timer"
    VERIFICATION = "verification"
    RULE = "rule"


class LegEvent(StrEnum):
    """What can happen to a leg. A leg begins `queued`. The second group is timers that only make a noise."""

    SENT = "sent"  # the carrier took the message, or the provider's answer proves it
    UNDELIVERED = "undelivered"  # tries are spent
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    DECLINE = "decline"
    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"  # another date; the same date again is a repeated `schedule`
    ARRIVE = "arrive"
    SAY_ATTENDED = "say_attended"  # the person, asked after an appointment, says "I went"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    EXPIRE = "expire"  # the time to accept has passed
    PROMISE_PASSED = "promise_passed"  # the date that a waiting list promised has passed
    REVOKE = "revoke"
    WITHDRAW = "withdraw"

    REMIND_ACKNOWLEDGE = "remind_acknowledge"
    ACKNOWLEDGE_LATE = "acknowledge_late"
    REMIND_ACCEPT = "remind_accept"
    SERVICE_LATE = "service_late"
    APPOINTMENT_PASSED = "appointment_passed"
    ASK_DUE = "ask_due"
    SERVICE_SILENT = "service_silent"  # long in service without a word
    PROVIDER_SILENT = "provider_silent"  # asked about that, and still no word


class ReferralEvent(StrEnum):
    """What can happen to a referral. The leg's own move comes first."""

    OPEN = "open"
    LEG_FAILED = "leg_failed"
    LEGS_SPENT = "legs_spent"
    NO_PROVIDER = "no_provider"  # nobody is left to ask
    CONFIRM = "confirm"  # the person: helped, or partly
    DISPUTE = "dispute"  # the person: not helped
    SILENCE = "silence"  # the person was asked and did not answer in time
    REBOOK = "rebook"  # a caseworker opens another leg, with the same provider or another
    WITHDRAW = "withdraw"
    CLOSE = "close"


class Effect(StrEnum):
    """What the caller carries out after a move, in the same transaction.

    Whoever acted is answered directly: leave out the effect that tells or asks the actor. Effects of a leg's
    move and of the referral's move that follows are one set: nobody is told twice.
    """

    TELL_PERSON = "tell_person"
    TELL_REFERRER = "tell_referrer"
    TELL_PROVIDER = "tell_provider"
    TELL_CASEWORKER = "tell_caseworker"
    TELL_SUPERVISOR = "tell_supervisor"
    REMIND_PROVIDER = "remind_provider"
    ASK_PROVIDER = "ask_provider"
    ASK_PERSON = "ask_person"
    NEXT_LEG = "next_leg"  # match again without those that failed, and queue a leg
    RECORD_ARRIVAL = "record_arrival"
    END_ACCESS = "end_access"  # the provider sees no more of this person
    STOP_ACK_TIMER = "stop_ack_timer"
    STOP_ACCEPT_TIMER = "stop_accept_timer"
    STOP_NO_SHOW_TIMER = "stop_no_show_timer"
    STOP_TIMERS = "stop_timers"  # every timer of the leg
    START_PROMISE_TIMER = "start_promise_timer"
    START_APPOINTMENT_TIMERS = "start_appointment_timers"  # replaces those of an earlier date
    START_SILENCE_TIMERS = "start_silence_timers"
    START_ANSWER_TIMER = "start_answer_timer"


class DeclineCode(StrEnum):
    """Why a provider says no."""

    FULL = "full"
    OUT_OF_AREA = "out_of_area"
    NOT_ELIGIBLE = "not_eligible"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class Outcome(StrEnum):
    """How a service came out."""

    HELPED = "helped"
    PARTLY = "partly"
    NOT_HELPED = "not_helped"


class Detail(StrEnum):
    """What must come with an event; without it the caller asks before it moves anything."""

    DECLINE_CODE = "decline_code"
    OUTCOME = "outcome"
    DATE = "date"
    REASON = "reason"


DETAIL: Mapping[LegEvent, Detail] = {
    LegEvent.DECLINE: Detail.DECLINE_CODE,
    LegEvent.COMPLETE: Detail.OUTCOME,
    LegEvent.WAITLIST: Detail.DATE,
    LegEvent.SCHEDULE: Detail.DATE,
    LegEvent.RESCHEDULE: Detail.DATE,
    LegEvent.REVOKE: Detail.REASON,
}


class Priority(StrEnum):
    """How fast a need must be met; its times are policy."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"


class Stage(StrEnum):
    """The neutral word for where help stands: all that a person without a PIN is told."""

    LOOKING = "looking"
    SENT = "sent"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    MISSED = "missed"  # the provider was ready and nobody came; a caseworker books anew
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Offer:
    """One service of one provider, as the directory knows it now.

    `need` is a code of the policy's list. `areas` are the P-codes (admin 1 or 2) that it covers. `open` is
    its own last word about taking people. `capacity` counts places (None: not said), `load` its live legs.
    Empty `languages`: not said. Empty `sexes`: everyone. Ages are whole years, both ends included.
    `declines` and `expiries` are its record over the period that the caller counts. `asked_at` is when it was
    last given a leg, `code` what tells it from its equals in the same way in every copy of the directory. `silent`
    counts the questions about its room that it has left unanswered.
    """

    provider: str
    service: str
    need: str
    areas: frozenset[str]
    active: bool = True
    paused: bool = False
    open: bool = True
    capacity: int | None = None
    load: int = 0
    languages: frozenset[str] = frozenset()
    sexes: frozenset[str] = frozenset()
    age_min: int | None = None
    age_max: int | None = None
    declines: int = 0
    expiries: int = 0
    hours: Hours = NOT_SAID
    asked_at: datetime | None = None
    code: str = ""
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What a person needs and where. Empty `sex` or `language`, and `age` None: not said.

    `excluded` are providers not to ask again: those whose legs failed, and those the person does not want.
    `at` is the moment of asking by the local clock, in UTC's name; without it nobody's hours are looked at.
    """

    need: str
    area: str
    language: str = ""
    sex: str = ""
    age: int | None = None
    priority: Priority = Priority.NORMAL
    excluded: frozenset[str] = frozenset()
    at: datetime | None = None

    def __repr__(self) -> str:
        return f"Request({self.priority.value})"  # a need, an age and an area together are about a person
