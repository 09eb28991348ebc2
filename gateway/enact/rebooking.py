"""A caseworker sends a request to another place: after a day missed, a dispute, or away from a provider."""

from __future__ import annotations

from gateway.commands import RebookReferral, Result
from gateway.enact.legs import match_again, move, open_leg, shift
from gateway.enact.notify import covers
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import audit, consents, referrals, staff
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR, StaffRow
from referral_engine.lifecycle import ReferralMoved, move_referral, stage
from referral_engine.model import LIVE, Actor, LegEvent, LegState, ReferralEvent, ReferralState


def rebook_referral(work: Work, command: RebookReferral) -> Result:
    """Opens another leg; to anyone but the staff of that area the code does not exist.

    The code is the newest leg's: an earlier one has been rebooked before, and changes nothing.
    """
    if not short_code.check(command.code):
        return Result("mistyped", {})
    member = staff.by_address(work.tx, work.party.address_id)
    subject, result = "case:0", Result("unknown", {})
    unlocked = referrals.leg_by_code(work.tx, command.code) if member else None
    if member is not None and unlocked is not None:
        referral = referrals.lock(work.tx, unlocked.referral_id)
        if covers(work, member, referral.area):
            subject = f"referral:{referral.id}"
            result = _rebook(work, member, referral, command.code)
    actor = f"staff:{member.id}" if member else f"address:{work.party.address_id}"
    audit.add(work.tx, actor, "rebook_referral", subject, {"outcome": result.outcome}, work.now)
    return result


def _rebook(work: Work, member: StaffRow, referral: ReferralRow, code: str) -> Result:
    own = referrals.legs_of(work.tx, referral.id)
    leg, supervises, by = own[-1], member.role == SUPERVISOR, f"staff:{member.id}"
    if leg.code != code:
        return Result("repeated", {"code": leg.code})
    now_at = LegState(leg.state)
    after = LegState.REVOKED if now_at in LIVE else now_at
    actor = Actor.SUPERVISOR if supervises else Actor.CASEWORKER
    state = ReferralState(referral.state)
    decision = move_referral(state, ReferralEvent.REBOOK, actor, leg=after, disputed=referral.disputed)
    if not isinstance(decision, ReferralMoved):
        return Result("refused", {"stage": stage(state, now_at, disputed=referral.disputed).value})
    if not consents.given(work.tx, referral.person_id, "share"):
        return Result("no_consent", {})
    chosen = match_again(work, referral, _excluded(own))
    if chosen is None:
        return Result("no_provider", {})
    if now_at in LIVE:
        word = Actor.SUPERVISOR if supervises else Actor.REFERRER
        move(work, referral, leg, LegEvent.REVOKE, word, by, "rebooked", alone=True)
    shift(work, referral, ReferralEvent.REBOOK, actor, after, by=by)
    return Result("recorded", {"code": open_leg(work, referral, chosen, by).code})


def _excluded(legs: list[LegRow]) -> frozenset[int]:
    """Every provider that was asked, but for those who were ready when nobody came."""
    return frozenset(leg.provider_id for leg in legs if leg.state != LegState.NO_SHOW)
