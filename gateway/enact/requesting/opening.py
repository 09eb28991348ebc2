"""A request that one of the staff or a rule opens for somebody, or that waits as a draft until they agree to share."""

from __future__ import annotations

from gateway.commands import Result
from gateway.enact.assigning import caseload
from gateway.enact.casework.rebooking import CHOSEN, named
from gateway.enact.notices.notify import covers
from gateway.enact.referring.legs import open_leg, request_again, shift
from gateway.enact.referring.matching import Chosen, best, request_for
from gateway.enact.registering.screening import tier_of
from gateway.enact.work import Work
from gateway.store import audit, consents, people, referrals
from gateway.store.conversations import addresses_of, open_alone
from gateway.store.people import DRAFT, PENDING, REGISTERED, PersonRow
from gateway.store.referrals import ReferralRow
from gateway.store.staff import StaffRow
from referral_engine.model import Actor, ReferralEvent, ReferralState, Request

_RULE = "rule:tier"
_UNFINISHED = (ReferralState.DRAFT.value, ReferralState.OPEN.value)


def open_for(
    work: Work, member: StaffRow, person: PersonRow, need: str, area: str = "", provider: str = ""
) -> Result:
    """Opens a referral on a caseworker's word. The caller has locked the person.

    `area` is a P-code, or empty for where they want to live; `provider` the code of the one to ask, or empty for the
    best. Outcomes: `requested` with the leg's `code`; `draft`, which opens by itself once they agree to share;
    `already_open` (with the `code` of a leg, if it has one), `no_provider`, `unfit`: that provider cannot take it;
    `not_registered`; `far`: the area is not this member's.
    """
    result = _opened(work, member, person, need, area, provider)
    detail = {"outcome": result.outcome, "need": need}
    audit.add(work.tx, f"staff:{member.id}", "referrals.open", f"person:{person.id}", detail, work.now)
    return result


def _opened(work: Work, member: StaffRow, person: PersonRow, need: str, area: str, provider: str) -> Result:
    if person.status == DRAFT or person.died_at is not None:
        return Result("not_registered", {})
    request = _request(work, person, need, area)
    if not covers(work, member, request.area):
        return Result("far", {})
    there = referrals.newest_for_need(work.tx, person.id, need)
    if there is not None and there.state in _UNFINISHED:
        legs = referrals.legs_of(work.tx, there.id)
        return Result("already_open", {"code": legs[-1].code} if legs else {})
    consent = consents.given(work.tx, person.id, "share")
    chosen = _chosen(work, request, provider) if consent else None
    if consent and chosen is None:
        return Result("unfit" if provider else "no_provider", {})
    made = _draft(work, person, request)
    if chosen is None:
        return Result("draft", {})
    return _open(work, made, chosen, Actor.CASEWORKER, f"staff:{member.id}", CHOSEN if provider else "")


def open_by_rule(work: Work, person_id: int) -> None:
    """Opens the request that a person's tier asks for, if there is none for that need. Handler of `refer_by_rule`.

    It waits as a draft for their consent to share, and for somebody who can take it.
    """
    person = people.lock(work.tx, person_id)
    need = work.policy.refer_by_tier.get(tier_of(work, person_id), "")
    if person is None or person.status not in (PENDING, REGISTERED) or person.died_at is not None or not need:
        return
    there = referrals.newest_for_need(work.tx, person.id, need)
    if there is not None and there.state in _UNFINISHED:
        return
    request = _request(work, person, need, "")
    chosen = best(work, request, lock=True) if consents.given(work.tx, person.id, "share") else None
    made = _draft(work, person, request)
    outcome = "draft" if chosen is None else _open(work, made, chosen, Actor.RULE, _RULE, "").outcome
    audit.add(
        work.tx, _RULE, "referrals.open", f"person:{person.id}", {"outcome": outcome, "need": need}, work.now
    )


def open_drafts(work: Work, person: PersonRow) -> None:
    """They agreed to share: what waited for it opens, as far as anybody can take it; the rest goes on waiting."""
    for referral_id in referrals.unfinished_of(work.tx, person.id, ReferralState.DRAFT):
        draft = referrals.lock(work.tx, referral_id)
        chosen = best(work, request_again(work, draft, frozenset()), lock=True)
        if draft.state == ReferralState.DRAFT and chosen is not None:
            _open(work, draft, chosen, Actor.PERSON, f"person:{person.id}", "")


def _request(work: Work, person: PersonRow, need: str, area: str) -> Request:
    record = people.record_of(work.vault, person)
    here = _conversation(work, person)
    language = next((row.language for row in addresses_of(work.tx, here)), "") if here else ""
    place = area or str(record["area"])
    return request_for(work, record, need, place, language, frozenset(), tier_of(work, person.id))


def _chosen(work: Work, request: Request, provider: str) -> Chosen | None:
    return named(work, request, [], provider) if provider else best(work, request, lock=True)


def _draft(work: Work, person: PersonRow, request: Request) -> ReferralRow:
    """Kept as a draft first, so that the table decides about its opening as about any other move."""
    values = {
        "person_id": person.id,
        "conversation_id": _conversation(work, person) or open_alone(work.tx, work.vault, work.now),
        "need": request.need,
        "area": request.area,
        "priority": request.priority.value,
        "state": ReferralState.DRAFT.value,
    }
    return referrals.open_referral(work.tx, values, work.now)


def _conversation(work: Work, person: PersonRow) -> int | None:
    """Where they are told: the conversation that speaks for them since last; None for somebody known on paper."""
    holders = people.holders_of(work.tx, person.id)
    return holders[-1] if holders else None


def _open(work: Work, draft: ReferralRow, chosen: Chosen, actor: Actor, by: str, why: str) -> Result:
    shift(work, draft, ReferralEvent.OPEN, actor, None, by=by)
    referral = caseload.assign(work, referrals.lock(work.tx, draft.id))
    return Result("requested", {"code": open_leg(work, referral, chosen, by, why).code})
