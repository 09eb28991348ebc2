"""Who hears of a step of a referral, and by which notice."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.enact.notices.notify import Recipients, ToConversation, ToPerson, ToProvider, ToStaff, notify
from gateway.enact.work import Work
from gateway.messages import ChannelName
from gateway.store import providers, referrals
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR
from referral_engine.lifecycle import Moved, ReferralMoved
from referral_engine.model import Actor, Effect, LegEvent, LegState, Priority, ReferralEvent

OFFER = "leg_offered"  # the one notice whose fate its leg hears
STEP = "leg_offered_staff"  # a code and a stage: what the staff read of every step without words of its own

_ASK_ATTENDED, _ASK_HELPED = "leg_ask_attended_person", "leg_ask_helped_person"
_TO_PERSON: Mapping[LegEvent, str] = {
    LegEvent.ACCEPT: "leg_accepted_person",
    LegEvent.SCHEDULE: "leg_scheduled_person",
    LegEvent.RESCHEDULE: "leg_scheduled_person",
    LegEvent.DECLINE: "leg_declined_person",
    LegEvent.EXPIRE: "leg_declined_person",
    LegEvent.PROMISE_PASSED: "leg_declined_person",
    LegEvent.COMPLETE: "leg_completed_person",  # asks as well whether it helped
    LegEvent.NO_SHOW: "leg_no_show_person",
    LegEvent.APPOINTMENT_PASSED: _ASK_ATTENDED,
    LegEvent.ASK_DUE: _ASK_HELPED,
    LegEvent.PROVIDER_SILENT: _ASK_HELPED,
}
_TO_STAFF: Mapping[LegEvent, str] = {
    LegEvent.UNDELIVERED: "leg_undelivered",
    LegEvent.ACCEPT: "leg_accepted_staff",
    LegEvent.DECLINE: "leg_declined_staff",
    LegEvent.COMPLETE: "leg_completed_staff",
    LegEvent.NO_SHOW: "leg_no_show_staff",
    LegEvent.SAY_ATTENDED: "leg_attended_staff",
    LegEvent.ACKNOWLEDGE_LATE: "leg_late_staff",
    LegEvent.SERVICE_LATE: "leg_service_late_staff",
}
_TO_PROVIDER: Mapping[LegEvent, str] = {
    LegEvent.WITHDRAW: "leg_withdrawn_provider",
    LegEvent.REVOKE: "leg_revoked_provider",
    LegEvent.EXPIRE: "leg_expired_provider",
    LegEvent.PROMISE_PASSED: "leg_expired_provider",
    LegEvent.NO_SHOW: "leg_no_show_provider",
    LegEvent.REMIND_ACKNOWLEDGE: "leg_reminder_provider",
    LegEvent.REMIND_ACCEPT: "leg_reminder_provider",
    LegEvent.SERVICE_SILENT: "leg_silent_provider",
    LegEvent.SAY_ATTENDED: "leg_attended_provider",
    LegEvent.SCHEDULE: "leg_scheduled_provider",
    LegEvent.RESCHEDULE: "leg_scheduled_provider",
}
_REFERRAL_TO_PERSON: Mapping[ReferralEvent, str] = {
    ReferralEvent.CLOSE: "referral_closed_person",
    ReferralEvent.SILENCE: "referral_served_person",
    ReferralEvent.REBOOK: "leg_declined_person",
}
_REFERRAL_TO_STAFF: Mapping[ReferralEvent, str] = {
    ReferralEvent.CONFIRM: "referral_served_staff",
    ReferralEvent.SILENCE: "referral_served_staff",
    ReferralEvent.DISPUTE: "referral_disputed_staff",
    ReferralEvent.WITHDRAW: "referral_served_staff",
}
_REFERRAL_TO_PROVIDER: Mapping[ReferralEvent, str] = {ReferralEvent.CONFIRM: "leg_confirmed_provider"}

_PERSON = frozenset({Effect.TELL_PERSON, Effect.ASK_PERSON})
_PROVIDER = frozenset({Effect.TELL_PROVIDER, Effect.REMIND_PROVIDER, Effect.ASK_PROVIDER})
_STAFF = frozenset({Effect.TELL_REFERRER, Effect.TELL_CASEWORKER, Effect.TELL_SUPERVISOR})
_STAFF_ACTS = frozenset({Actor.CASEWORKER, Actor.SUPERVISOR, Actor.REFERRER, Actor.OPERATOR})


def tell_leg(
    work: Work,
    referral: ReferralRow,
    leg: LegRow,
    event: LegEvent,
    actor: Actor,
    decision: Moved,
    step: int,
    *,
    goes_on: bool,
    day: str = "",
) -> None:
    """Tells everyone whom a leg's move names, but for who acted: they are answered directly.

    `step` is the move's own row: the same move may come again, as a day that is moved there and back. Where nobody
    is left to ask (not `goes_on`) the person and the staff read that instead.
    """
    values, effects = values_of(work, leg, day), frozenset(decision.effects)
    key = f"leg:{leg.id}:{event}:{step}"
    person = _question(leg) if event is LegEvent.ASK_DUE else _TO_PERSON.get(event)
    if person and goes_on and _PERSON & effects and actor is not Actor.PERSON:
        _say(work, referral, person, to_person(referral), values, key)
    provider = _TO_PROVIDER.get(event)
    if provider and _PROVIDER & effects and actor is not Actor.PROVIDER:
        _say(work, referral, provider, ToProvider(leg.provider_id), values, key)
    if event is LegEvent.ACCEPT and actor is Actor.PROVIDER and work.party.channel is ChannelName.TELEGRAM:
        here = ToConversation(work.party.conversation_id, phones=False)
        _say(work, referral, "leg_next_provider", here, values, key)  # for its buttons
    if actor is Actor.OPERATOR:  # whose word it was may say if it was taken down wrongly
        _say(work, referral, "leg_noted_provider", ToProvider(leg.provider_id), values, key)
    if goes_on and _STAFF & effects and actor not in _STAFF_ACTS:
        _say(work, referral, _TO_STAFF.get(event, STEP), to_staff(referral), values, key)
    if goes_on and Effect.TELL_SUPERVISOR in effects:
        _say(work, referral, STEP, ToStaff(referral.area, role=SUPERVISOR), values, key)


def tell_referral(
    work: Work,
    referral: ReferralRow,
    event: ReferralEvent,
    actor: Actor,
    decision: ReferralMoved,
    step: int,
) -> None:
    """Tells everyone whom a referral's own move names, but for who acted, under the code of its newest leg.

    `step` is the move's row; 0 where a leg's move was the cause, of which the staff have heard.
    """
    effects = frozenset(decision.effects)
    for leg in referrals.legs_of(work.tx, referral.id)[-1:]:
        values, key = values_of(work, leg), f"referral:{referral.id}:{event}:{step}"
        person = _REFERRAL_TO_PERSON.get(event)
        if person and _PERSON & effects and actor is not Actor.PERSON:
            _say(work, referral, person, to_person(referral), values, key)
        provider = _REFERRAL_TO_PROVIDER.get(event)
        if provider and _PROVIDER & effects:
            _say(work, referral, provider, ToProvider(leg.provider_id), values, key)
        staff = _REFERRAL_TO_STAFF.get(event)
        if staff and step and _STAFF & effects and actor not in _STAFF_ACTS:
            _say(work, referral, staff, to_staff(referral), values, key)


def is_urgent(referral: ReferralRow) -> bool:
    """Whether what happens to a referral wakes people up."""
    return referral.priority == Priority.EMERGENCY


def _say(
    work: Work, referral: ReferralRow, name: str, to: Recipients, values: Mapping[str, str], key: str
) -> None:
    notify(work, name, to, values, key, urgent=is_urgent(referral))


def _question(leg: LegRow) -> str:
    """Whether they went, while nobody has seen them there; else whether it helped."""
    return _ASK_HELPED if leg.state == LegState.IN_SERVICE else _ASK_ATTENDED


def values_of(work: Work, leg: LegRow, day: str = "") -> dict[str, str]:
    """What notices about a leg may show."""
    place = providers.by_id(work.tx, leg.provider_id).neutral_name
    return {"code": leg.code, "stage": leg.state, "place": place, "day": day}


def to_person(referral: ReferralRow) -> ToPerson:
    """Whose need it is."""
    return ToPerson(referral.conversation_id, referral.person_id)


def to_staff(referral: ReferralRow) -> ToStaff:
    """Whose case it is, or the caseworkers of its area. Of an emergency all of them, until one says it is theirs."""
    alone = referral.priority != Priority.EMERGENCY or referral.taken_at is not None
    return ToStaff(referral.area, only=referral.staff_id if alone else None)


def tell_undelivered(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    """Tells the staff that the provider did not get the offer."""
    key = f"leg:{leg.id}:{LegEvent.UNDELIVERED}"
    _say(work, referral, "leg_undelivered", to_staff(referral), values_of(work, leg), key)


def tell_unmet(work: Work, referral: ReferralRow, leg: LegRow) -> None:
    """Tells the person, the staff and the supervisors that nobody is left to ask."""
    values, key = values_of(work, leg), f"referral:{referral.id}:unmet"
    _say(work, referral, "referral_unmet_person", to_person(referral), values, key)
    for to in (to_staff(referral), ToStaff(referral.area, role=SUPERVISOR)):
        _say(work, referral, "referral_unmet_staff", to, values, key)
