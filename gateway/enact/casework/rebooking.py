"""A caseworker sends a request to another place: after a day missed, a dispute, or away from a provider."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.commands import RebookReferral, Result, WhoCan
from gateway.enact.casework.cases import case_of
from gateway.enact.casework.slips import slip
from gateway.enact.referring.legs import match_again, move, open_leg, request_again, shift
from gateway.enact.referring.matching import Chosen, ranked
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import audit, consents, offers, providers, staff
from gateway.store.referrals import LegRow, ReferralRow
from gateway.store.staff import SUPERVISOR, StaffRow
from referral_engine.lifecycle import ReferralMoved, move_referral, stage
from referral_engine.match import Refusal
from referral_engine.model import (
    LIVE,
    Actor,
    LegEvent,
    LegState,
    Offer,
    ReferralEvent,
    ReferralState,
    Request,
)

CHOSEN = "chosen"
"""Why a leg was opened, where the staff chose its provider themselves."""

_SOFT = frozenset({Refusal.FULL})
"""What a caseworker may decide otherwise. A provider that is closed, or may not serve this person, is not asked."""

_BEFORE = "asked_before"
_MOST_SHOWN = 3  # more need too many screens of a small phone; any other is named by its code


# --- who could take it ------------------------------------------------------------------------------------


def who_can(work: Work, query: WhoCan) -> Result:
    """The providers that could take a case, best first; then those that say they are full."""
    if not short_code.check(query.code):
        return slip(work, query.code)
    member = staff.by_address(work.tx, work.party.address_id)
    found = case_of(work, member, query.code) if member else None
    if found is None:
        return Result("unknown", {})
    referral, own = found
    places = [
        {"value": offer.code, "label": _label(work, offer, because)}
        for offer, because in _could(work, request_again(work, referral, frozenset()), own)
    ]
    return Result("several", {"places": places[:_MOST_SHOWN]}) if places else Result("none", {})


def _could(work: Work, request: Request, own: list[LegRow]) -> Iterator[tuple[Offer, str]]:
    """Every offer that may be chosen, each with the first reason for it or against it."""
    fit, left_out = ranked(work, request)
    asked_now = {str(leg.provider_id) for leg in own if leg.state in LIVE}
    before = {str(leg.provider_id) for leg in own}
    for each in fit:
        if each.offer.provider not in asked_now:
            yield each.offer, _BEFORE if each.offer.provider in before else each.nearness
    for refused in left_out:
        if refused.reason in _SOFT and refused.offer.provider not in asked_now:
            yield refused.offer, refused.reason


def _label(work: Work, offer: Offer, because: str) -> str:
    place = providers.by_id(work.tx, int(offer.provider)).neutral_name
    return f"{place}, {work.policy.label('because', because, work.party.language)}"


# --- sending it there -------------------------------------------------------------------------------------


def rebook_referral(work: Work, command: RebookReferral) -> Result:
    """Opens another leg; to anyone but the staff of that area the code does not exist.

    The code is the newest leg's: an earlier one has been rebooked before, and changes nothing.
    """
    if not short_code.check(command.code):
        return slip(work, command.code)
    member = staff.by_address(work.tx, work.party.address_id)
    subject, result = "case:0", Result("unknown", {})
    found = case_of(work, member, command.code) if member else None
    if member is not None and found is not None:
        subject = f"referral:{found[0].id}"
        result = _rebook(work, member, *found, command)
    actor = f"staff:{member.id}" if member else f"address:{work.party.address_id}"
    audit.add(work.tx, actor, "rebook_referral", subject, {"outcome": result.outcome}, work.now)
    return result


def _rebook(
    work: Work, member: StaffRow, referral: ReferralRow, own: list[LegRow], command: RebookReferral
) -> Result:
    leg, supervises, by = own[-1], member.role == SUPERVISOR, f"staff:{member.id}"
    if leg.code != command.code:
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
    named = command.provider
    chosen = _named(work, referral, own, named) if named else match_again(work, referral, _excluded(own))
    if chosen is None:
        return Result("unfit" if named else "no_provider", {})
    if now_at in LIVE:
        word = Actor.SUPERVISOR if supervises else Actor.REFERRER
        move(work, referral, leg, LegEvent.REVOKE, word, by, "rebooked", alone=True)
    why = CHOSEN if named else ""
    shift(work, referral, ReferralEvent.REBOOK, actor, after, why, by)
    return Result("recorded", {"code": open_leg(work, referral, chosen, by, why).code})


def _named(work: Work, referral: ReferralRow, own: list[LegRow], code: str) -> Chosen | None:
    """The provider of a code, where it may be chosen; its services are locked."""
    return named(work, request_again(work, referral, frozenset()), own, code)


def named(work: Work, request: Request, own: list[LegRow], code: str) -> Chosen | None:
    """The offer of a provider's code for a request, where the staff may choose it; its services are locked.

    Neither that it was asked before nor that it is full stands in the way. None for any other refusal.
    """
    offers.in_turn(work.tx, request.need)
    reasons = {each.offer.service: each.reasons for each in ranked(work, request)[0]}
    for offer, _ in _could(work, request, own):
        if offer.code.casefold() == code.strip().casefold():
            return Chosen(int(offer.provider), int(offer.service), reasons.get(offer.service, ()))
    return None


def _excluded(legs: list[LegRow]) -> frozenset[int]:
    """Every provider that was asked, but for those who were ready when nobody came."""
    return frozenset(leg.provider_id for leg in legs if leg.state != LegState.NO_SHOW)
