"""What a person says when asked: whether they went, and whether it helped. Their word confirms, or reopens."""

from __future__ import annotations

from gateway.commands import AnswerHelp, Result
from gateway.enact.referring.legs import move, shift
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import referrals
from gateway.store.referrals import LegRow, ReferralRow
from referral_engine.lifecycle import Refused
from referral_engine.model import Actor, LegEvent, LegState, Outcome, ReferralEvent, ReferralState

_OUTCOMES = {"yes": Outcome.HELPED, "partly": Outcome.PARTLY, "no": Outcome.NOT_HELPED}
_STAYED_AWAY = frozenset({"no", "not_there"})
_ASKED = (LegEvent.APPOINTMENT_PASSED, LegEvent.ASK_DUE, LegEvent.PROVIDER_SILENT, LegEvent.COMPLETE)
_ANSWERABLE = frozenset({ReferralState.OPEN, ReferralState.SERVED})
_EXPECTED = frozenset({LegState.ACCEPTED, LegState.SCHEDULED})
_SEEN = frozenset({LegState.IN_SERVICE, LegState.COMPLETED})


def answer_help(work: Work, command: AnswerHelp) -> Result:
    """An answer to the newest question that this conversation was asked, or to that about a leg's code.

    Without an answer it says what the question is, as it does for an answer to one that stands no more: a button
    pressed late, or of a leg that another has followed. To any other phone a code does not exist.
    """
    referral_id = _by_code(work, command.code) if command.code else _newest_asked(work)
    if referral_id is None:
        return Result("none", {})
    referral = referrals.lock(work.tx, referral_id)
    leg = referrals.legs_of(work.tx, referral.id)[-1]
    if referral.conversation_id != work.party.conversation_id or referral.state not in _ANSWERABLE:
        return Result("none", {})
    answer = command.answer if command.code in ("", leg.code) else ""
    if leg.state in _EXPECTED:
        return _attended(work, referral, leg, answer)
    if leg.state in _SEEN:
        return _helped(work, referral, leg, answer if answer in _OUTCOMES else "")
    return Result("missed" if leg.state == LegState.NO_SHOW else "none", {})


def _by_code(work: Work, code: str) -> int | None:
    leg = referrals.leg_by_code(work.tx, code) if short_code.check(code) else None
    return leg.referral_id if leg else None


def _newest_asked(work: Work) -> int | None:
    return referrals.newest_asked(work.tx, work.party.conversation_id, _ASKED)


def _attended(work: Work, referral: ReferralRow, leg: LegRow, answer: str) -> Result:
    """Did they go? A yes keeps the leg from closing, and the provider is asked; a no leaves it to its timer."""
    if not answer:
        return Result("ask_attended", {"code": leg.code})
    if answer in _STAYED_AWAY:
        return Result("missed", {})
    move(work, referral, leg, LegEvent.SAY_ATTENDED, Actor.PERSON, f"person:{referral.person_id}")
    return Result("attended", {})


def _helped(work: Work, referral: ReferralRow, leg: LegRow, answer: str) -> Result:
    """Did it help? It ends a service that nobody ended; a no brings the request back to a caseworker."""
    if not answer:
        answered = referral.reason in _OUTCOMES.values() or referral.disputed
        return Result("answered", {}) if answered else Result("ask_helped", {"code": leg.code})
    by, outcome = f"person:{referral.person_id}", _OUTCOMES[answer]
    if leg.state == LegState.IN_SERVICE:
        move(work, referral, leg, LegEvent.COMPLETE, Actor.PERSON, by, outcome.value)
    event = ReferralEvent.DISPUTE if outcome is Outcome.NOT_HELPED else ReferralEvent.CONFIRM
    decision = shift(work, referral, event, Actor.PERSON, LegState.COMPLETED, outcome.value, by)
    if isinstance(decision, Refused):
        return Result("none", {})
    if event is ReferralEvent.DISPUTE:
        return Result("disputed", {})
    referrals.save_referral(work.tx, referral.id, {"reason": outcome.value})  # a late yes counts as well
    return Result("confirmed", {})
