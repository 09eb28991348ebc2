"""A code that one of the staff mistyped: the case of their own that it surely means, if there is one."""

from __future__ import annotations

from gateway.commands import Result
from gateway.enact.casework.reviews import area_of
from gateway.enact.notices.notify import covers
from gateway.enact.referring.meant import meant
from gateway.enact.work import Work
from gateway.store import callbacks, people, referrals, reviews, staff
from gateway.store.callbacks import CLOSED
from gateway.store.reviews import WAITING
from gateway.store.staff import StaffRow
from referral_engine.model import ReferralState

_OPEN = frozenset({ReferralState.DRAFT.value, ReferralState.OPEN.value})


def slip(work: Work, typed: str) -> Result:
    """What to answer to a code whose check digit is wrong; to anybody but the staff no code is near it."""
    member = staff.by_address(work.tx, work.party.address_id)
    code = meant(typed, lambda near: _open_to(work, member, near)) if member else ""
    return Result("meant", {"code": code}) if code else Result("mistyped", {})


def _open_to(work: Work, member: StaffRow, code: str) -> bool:
    """Whether a case, a call-back or a review with this code waits for this member's word."""
    callback = callbacks.by_code(work.tx, code)
    if callback is not None:
        return callback.state != CLOSED
    review = reviews.by_code(work.tx, code)
    if review is not None:
        area = area_of(work, people.by_id(work.tx, review.person_id))
        return review.state in WAITING and covers(work, member, area)
    leg = referrals.leg_by_code(work.tx, code)
    if leg is None:
        return False
    referral = referrals.lock(work.tx, leg.referral_id)
    return referral.state in _OPEN and covers(work, member, referral.area)
