"""A provider's word on a leg, and the worker's: whether the offer left the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from gateway.commands import AnswerLeg, Result
from gateway.enact.notices.telling import tell_undelivered
from gateway.enact.referring.legs import move, offer_key
from gateway.enact.referring.meant import meant
from gateway.enact.work import Party, Work
from gateway.registry import short_code
from gateway.runtime import Runtime
from gateway.store import audit, providers, referrals
from gateway.store.conversations import address_by_id
from gateway.store.database import Transaction
from gateway.store.outbox import Fate, OnFinal, OutboxRow
from gateway.store.providers import ProviderRow
from gateway.store.referrals import LegRow
from referral_engine.lifecycle import Moved, Unchanged, sending_proved_by_answer
from referral_engine.model import DETAIL, LIVE, Actor, DeclineCode, Detail, LegEvent, LegState, Outcome

_EVENTS: Mapping[str, LegEvent] = {
    "got": LegEvent.ACKNOWLEDGE,
    "accept": LegEvent.ACCEPT,
    "decline": LegEvent.DECLINE,
    "wait": LegEvent.WAITLIST,
    "date": LegEvent.SCHEDULE,
    "arrived": LegEvent.ARRIVE,
    "noshow": LegEvent.NO_SHOW,
    "done": LegEvent.COMPLETE,
}
_WORDS = {Detail.DECLINE_CODE: frozenset(DeclineCode), Detail.OUTCOME: frozenset(Outcome)}
_OFFER = re.compile(r"leg:([0-9]+):offer:leg_offered:")


def answer_leg(work: Work, command: AnswerLeg) -> Result:
    """Moves a leg on the word of its own provider; to anyone else its code does not exist."""
    provider = providers.by_phone(work.tx, work.party.address_id)
    if not short_code.check(command.code):
        code = _meant(work, provider, command.code) if provider else ""
        return Result("meant", {"code": code, "answer": command.answer}) if code else Result("mistyped", {})
    leg = referrals.leg_by_code(work.tx, command.code)
    if provider is None or leg is None or leg.provider_id != provider.id:
        _note(work, f"address:{work.party.address_id}", command.answer, "leg:0", "unknown")
        return Result("unknown", {})
    result = answer_as(work, command, leg, Actor.PROVIDER, f"provider:{provider.id}")
    _note(work, f"provider:{provider.id}", command.answer, f"leg:{leg.id}", result.outcome)
    return result


def _meant(work: Work, provider: ProviderRow, typed: str) -> str:
    """The live leg of this provider that a mistyped code must mean; without a code its only one."""
    if not typed:
        return referrals.only_live_code(work.tx, provider.id)

    def mine(code: str) -> bool:
        leg = referrals.leg_by_code(work.tx, code)
        return leg is not None and leg.provider_id == provider.id and leg.state in LIVE

    return meant(typed, mine)


def answer_as(work: Work, command: AnswerLeg, unlocked: LegRow, actor: Actor, by: str) -> Result:
    """Moves a leg on the word of its provider, or of the staff who heard it; `by` is `kind:id`.

    Only who has the offer proves that it left: a caseworker's own word proves nothing.
    """
    referral = referrals.lock(work.tx, unlocked.referral_id)
    leg = _now(work, unlocked)
    event = _EVENTS[command.answer]
    on = _day(work, command.on)
    match DETAIL.get(event):
        case Detail.DATE if on is None:
            return Result("needs_detail", {})
        case (Detail.DECLINE_CODE | Detail.OUTCOME) as wanted if command.detail not in _WORDS[wanted]:
            return Result("needs_detail", {})
    if event is LegEvent.SCHEDULE and leg.state == LegState.SCHEDULED and on != _agreed(work, leg):
        event = LegEvent.RESCHEDULE
    proved_by = () if actor is Actor.CASEWORKER else sending_proved_by_answer(LegState(leg.state))
    for proved in proved_by:
        move(work, referral, leg, proved, Actor.WORKER, by)
        leg = _now(work, leg)
    decision = move(work, referral, leg, event, actor, by, command.detail, on)
    match decision:
        case Moved():
            return Result("recorded", {"stage": decision.state.value})
        case Unchanged():
            return Result("repeated", {"stage": leg.state})
        case _:
            return Result("refused", {"stage": leg.state})


def _day(work: Work, typed: str) -> date | None:
    """The day that was given, if it is one to come, where the people are."""
    today = (work.now + work.policy.calendar.utc_offset).date()
    day = date.fromisoformat(typed) if typed else None
    return day if day and day >= today else None


def _agreed(work: Work, leg: LegRow) -> date | None:
    """The day of the appointment, where the people are."""
    return (leg.appointment_at + work.policy.calendar.utc_offset).date() if leg.appointment_at else None


def _now(work: Work, leg: LegRow) -> LegRow:
    """The leg as it stands under the lock of its referral."""
    return referrals.leg_by_code(work.tx, leg.code) or leg


def _note(work: Work, actor: str, answer: str, subject: str, outcome: str) -> None:
    audit.add(work.tx, actor, f"answer_leg.{answer}", subject, {"outcome": outcome}, work.now)


# --- the worker -------------------------------------------------------------------------------------------


def leg_sent_hook(runtime: Runtime) -> OnFinal:
    """What the outbox calls when a letter's fate is known: an offer that left, or never will, moves its leg.

    Runs inside the transaction of the outbox; what it posts there, the sweeper finds.
    """

    def hear(tx: Transaction, row: OutboxRow, fate: Fate) -> None:
        offer = _OFFER.match(row.dedupe or "")
        if offer is None or fate is Fate.HELD:
            return
        left = fate in (Fate.ACCEPTED, Fate.DELIVERED)
        if left or not referrals.offer_on_its_way(tx, f"{offer_key(int(offer[1]))}:leg_offered:", row.id):
            leg_sent(_worker(runtime, tx, row), int(offer[1]), left=left)

    return hear


def leg_sent(work: Work, leg_id: int, *, left: bool) -> None:
    """The carrier took a leg's offer (`left`), or no phone of the provider can have got it."""
    unlocked = referrals.leg_by_id(work.tx, leg_id)
    if unlocked is None:
        return
    referral = referrals.lock(work.tx, unlocked.referral_id)
    leg = _now(work, unlocked)
    event = LegEvent.SENT if left else LegEvent.UNDELIVERED
    move(work, referral, leg, event, Actor.WORKER, "worker:outbox")
    if (
        not left and leg.state == LegState.SENT
    ):  # taken, and lost on the way: the timers go on, somebody should call
        tell_undelivered(work, referral, leg)


def _worker(runtime: Runtime, tx: Transaction, row: OutboxRow) -> Work:
    """Work on behalf of nobody: the party is the address that the letter went to."""
    address = address_by_id(tx, row.address_id)
    published = runtime.catalogue.current()
    party = Party(
        address.conversation_id,
        address.id,
        runtime.vault.open_key(address.key),
        address.roles,
        address.language,
        row.channel,
        row.carrier,
        published.id,
    )
    return Work(runtime, tx, published, party, runtime.now())
