"""What a person asks of a referral: to open one, where it stands, to end it."""

from __future__ import annotations

from gateway.commands import ReferralStatus, RequestReferral, Result, WithdrawReferral
from gateway.enact.assigning import caseload
from gateway.enact.referring.legs import move, open_leg, shift
from gateway.enact.referring.matching import best, request_for
from gateway.enact.registering.screening import tier_of
from gateway.enact.work import DAY, Work
from gateway.store import consents, people, referrals
from gateway.store.people import DRAFT, PersonRow
from gateway.store.referrals import ReferralRow
from referral_engine.lifecycle import Reason, refusal_to_open, stage
from referral_engine.model import LIVE, Actor, LegEvent, LegState, ReferralEvent, ReferralState, Request


def request_referral(work: Work, command: RequestReferral) -> Result:
    """Opens a referral with the best provider, who is asked in the same transaction."""
    here = work.party.conversation_id
    person = people.held_by(work.tx, here, command.person)
    if person is None or person.status == DRAFT:
        return Result("not_registered", {})
    there = _live_code(work, person, command.need)
    consent = consents.given(work.tx, person.id, "share")
    record = people.record_of(work.vault, person)
    tier = tier_of(work, person.id)
    request = request_for(work, record, command.need, command.area, work.party.language, frozenset(), tier)
    # Asked only where a leg may follow: it locks the services of this need.
    chosen = best(work, request, lock=True) if consent and there is None else None
    refused = refusal_to_open(consent=consent, live_leg=there is not None, matched=chosen is not None)
    if refused is not None or chosen is None:
        return _refused(work, person, request, refused.reason if refused else Reason.NO_PROVIDER, there or "")
    referral = referrals.open_referral(
        work.tx, _row(person, here, request, ReferralState.OPEN.value), work.now
    )
    referral = caseload.assign(work, referral)
    leg = open_leg(work, referral, chosen, f"person:{person.id}")
    return Result("requested", {"code": leg.code})


def _refused(work: Work, person: PersonRow, request: Request, reason: Reason, code: str) -> Result:
    match reason:
        case Reason.NO_CONSENT:
            return Result("no_consent", {})
        case Reason.ALREADY_OPEN:
            return Result("already_open", {"code": code})
        case _:
            _count_unmet(work, person, request)
            return Result("no_provider", {})


def _live_code(work: Work, person: PersonRow, need: str) -> str | None:
    """The code of the live leg for the same need."""
    there = referrals.newest_for_need(work.tx, person.id, need)
    own = referrals.legs_of(work.tx, there.id) if there else []
    return own[-1].code if own and own[-1].state in LIVE else None


def _count_unmet(work: Work, person: PersonRow, request: Request) -> None:
    """A need that nobody can take is a figure everyone wants: counted once a day, however often it is asked."""
    before = referrals.newest_for_need(work.tx, person.id, request.need)
    if before and before.reason == Reason.NO_PROVIDER and work.now - before.opened_at < DAY:
        return
    row = _row(person, work.party.conversation_id, request, ReferralState.UNMET.value)
    referrals.open_referral(
        work.tx, row | {"reason": Reason.NO_PROVIDER.value, "closed_at": work.now}, work.now
    )


def _row(person: PersonRow, conversation_id: int, request: Request, state: str) -> dict[str, object]:
    return {
        "person_id": person.id,
        "conversation_id": conversation_id,
        "need": request.need,
        "area": request.area,
        "priority": request.priority.value,
        "state": state,
    }


def referral_status(work: Work, _: ReferralStatus) -> Result:
    """The neutral stage of the newest open request made here, or of the newest: no PIN stands before it."""
    newest = referrals.newest_stage(work.tx, work.party.conversation_id)
    if newest is None:
        return Result("none", {})
    state, disputed, leg, code = newest
    now_at = stage(ReferralState(state), LegState(leg), disputed=disputed)
    return Result("one", {"stage": now_at.value, "code": code})


def withdraw_referral(work: Work, command: WithdrawReferral) -> Result:
    """Ends an open request made here, the newest unless a leg's code names one; no reason is asked."""
    referral = _named(work, command.code) if command.code else _newest(work)
    if referral is None:
        return Result("none", {})
    by = f"person:{referral.person_id}"
    own = referrals.legs_of(work.tx, referral.id)
    newest = own[-1] if own else None
    if newest is not None and newest.state in LIVE:
        move(work, referral, newest, LegEvent.WITHDRAW, Actor.PERSON, by)
    else:
        at = LegState(newest.state) if newest else None
        shift(work, referral, ReferralEvent.WITHDRAW, Actor.PERSON, at, by=by)
    return Result("withdrawn", {})


def _newest(work: Work) -> ReferralRow | None:
    return referrals.newest_open(work.tx, work.party.conversation_id)


def _named(work: Work, code: str) -> ReferralRow | None:
    """The open request made here that a code of any of its legs names, locked."""
    leg = referrals.leg_by_code(work.tx, code)
    if leg is None:
        return None
    there = referrals.lock(work.tx, leg.referral_id)
    mine = there.conversation_id == work.party.conversation_id
    return there if mine and there.state == ReferralState.OPEN else None
