"""Whose case a referral is: given by area and load when it opens, taken, and never left with somebody who is gone.

Every change of hands is on record (`case.assigned`, `case.taken`, `case.given`, `case.released`), by the codes of the
staff. Whoever changes several cases locks their referrals first, then the staff, each in the order of their ids: two
who do so at once cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gateway.enact.desk import desk
from gateway.enact.notices.notify import ToMembers, ToStaff, covers, notify
from gateway.enact.notices.telling import values_of
from gateway.enact.work import Work
from gateway.runtime import Runtime
from gateway.store import audit, caseload, referrals, staff
from gateway.store.referrals import ReferralRow
from gateway.store.staff import CASEWORKER, StaffRow
from referral_engine.model import Priority, ReferralState

RULE = "rule:caseload"
"""On whose word a case is given where nobody chose."""

ASSIGNED, TAKEN, GIVEN, RELEASED = "assigned", "taken", "given", "released"


# --- who should have it -----------------------------------------------------------------------------------


def best(work: Work, area: str, *, but: int | None = None, role: str = CASEWORKER) -> StaffRow | None:
    """Of those of a role who are here and cover an area, the one with the fewest open cases; None where nobody is.

    Of several it is the one who was given a case longest ago. `but` is left out.
    """
    fit = [each for each in candidates(work, area, role) if each.id != but]
    if len(fit) < 2:
        return next(iter(fit), None)
    return min(fit, key=lambda each: _rank(work, each))


def candidates(work: Work, area: str, role: str = CASEWORKER) -> list[StaffRow]:
    """Those of a role who are here and cover an area."""
    return [
        each
        for each in staff.active(work.tx)
        if each.role == role and each.here(work.now) and covers(work, each, area)
    ]


def _rank(work: Work, member: StaffRow) -> tuple[int, float, int]:
    given = member.given_at.timestamp() if member.given_at else 0.0
    return caseload.load(work.tx, member.id), given, member.id


def ranked(work: Work, members: Iterable[StaffRow]) -> list[StaffRow]:
    """Members of the staff, those who should have the next case first."""
    return sorted(members, key=lambda each: _rank(work, each))


# --- changing hands ---------------------------------------------------------------------------------------


def assign(work: Work, referral: ReferralRow, by: str = RULE) -> ReferralRow:
    """Gives a referral to whoever is best for its area; the referral as it stands then.

    Where nobody is, it is nobody's case, and the supervisors hear of it. The caller has locked the referral.
    """
    member = best(work, referral.area)
    if member is not None:
        return hand(work, referral, member, ASSIGNED, by)
    return _release(work, referral, by) if referral.staff_id is not None else referral


def assign_again(work: Work, referral: ReferralRow) -> ReferralRow:
    """A referral that opens again: it stays with whoever had it, where they still can."""
    everyone = {each.id: each for each in staff.active(work.tx)}
    stands = _stands(work, everyone.get(referral.staff_id or 0), referral.area)
    return referral if stands else assign(work, referral)


def take(work: Work, referral: ReferralRow, member: StaffRow) -> bool:
    """Somebody says that it is theirs; False where it was, on their own word. Whoever had it is told."""
    if referral.staff_id == member.id and referral.taken_at is not None:
        return False
    hand(work, referral, member, TAKEN, f"staff:{member.id}")
    tell_gone(work, referral, member.id)
    return True


def hand(work: Work, referral: ReferralRow, member: StaffRow, how: str, by: str) -> ReferralRow:
    """Makes it somebody's case. Tells nobody; the caller has locked the referral."""
    taken_at = work.now if how == TAKEN else None
    referrals.save_referral(work.tx, referral.id, {"staff_id": member.id, "taken_at": taken_at})
    if how != TAKEN:
        staff.given(work.tx, member.id, work.now)
    _note(work, referral, how, by, member.code)
    return replace(referral, staff_id=member.id, taken_at=taken_at)


def _release(work: Work, referral: ReferralRow, by: str) -> ReferralRow:
    referrals.save_referral(work.tx, referral.id, {"staff_id": None, "taken_at": None})
    _note(work, referral, RELEASED, by, "")
    return replace(referral, staff_id=None, taken_at=None)


def _note(work: Work, referral: ReferralRow, how: str, by: str, to: str) -> None:
    held = staff.by_id(work.tx, referral.staff_id) if referral.staff_id is not None else None
    detail = {"to": to, "from": held.code if held else ""}
    audit.add(work.tx, by, f"case.{how}", f"referral:{referral.id}", detail, work.now)


# --- nobody is left behind --------------------------------------------------------------------------------


def settle(work: Work, by: str = RULE) -> int:
    """Gives on every case that is astray; returns how many found somebody. Safe to run at any time."""
    return place(work, astray(work), by)


def astray(work: Work) -> list[ReferralRow]:
    """Every open case that is nobody's, or with somebody who left or no longer covers its area; locked."""
    everyone = {each.id: each for each in staff.active(work.tx)}
    found = [
        referral_id
        for referral_id, area, holder in caseload.holders(work.tx)
        if not _stands(work, everyone.get(holder or 0), area)
    ]
    rows = locked(work, found)
    return [row for row in rows if not _stands(work, everyone.get(row.staff_id or 0), row.area)]


def place(work: Work, cases: Sequence[ReferralRow], by: str = RULE) -> int:
    """Gives cases that are astray to whoever is best, who is told in one message; returns how many found somebody."""
    given = [after for each in cases if (after := assign(work, each, by)).staff_id is not None]
    tell_given(work, given)
    return len(given)


def settle_anew(runtime: Runtime, by: str) -> None:
    """As `settle`, in a transaction of its own: after the directory of the staff was written."""
    with runtime.database.reading() as tx:
        if not caseload.holders(tx):
            return  # nothing is open, or even published: a new machine loads its directory first
    runtime.catalogue.fresh()
    with runtime.database.transaction() as tx:
        work = desk(runtime, tx)
        settle(work, by)
    if work.ring:
        runtime.wake(work.ring)


def locked(work: Work, referral_ids: Iterable[int]) -> list[ReferralRow]:
    """These referrals as far as they are still open, locked; and the staff, to whom they will be given."""
    rows = [referrals.lock(work.tx, each) for each in sorted(referral_ids)]
    staff.in_turn(work.tx)
    return [row for row in rows if row.state == ReferralState.OPEN]


def _stands(work: Work, holder: StaffRow | None, area: str) -> bool:
    """Whether a case may stay where it is. Somebody on leave keeps what can wait."""
    return holder is not None and covers(work, holder, area)


# --- telling ----------------------------------------------------------------------------------------------


def tell_given(work: Work, given: Sequence[ReferralRow]) -> None:
    """Tells whoever was given cases: of a single one by its code, of more how many they are."""
    for holder in sorted({each.staff_id for each in given if each.staff_id is not None}):
        mine = [each for each in given if each.staff_id == holder]
        to = ToStaff(mine[0].area, only=holder)
        if len(mine) > 1:
            key = f"staff:{holder}:given:{_stamp(work)}"
            notify(work, "cases_given_staff", to, {"count": str(len(mine))}, key)
        else:
            _tell(work, "case_given_staff", mine[0], to)


def tell_gone(work: Work, referral: ReferralRow, now_with: int) -> None:
    """Tells whoever had a case, as `referral` says, that a colleague has it now; nobody in their place."""
    had = staff.by_id(work.tx, referral.staff_id) if referral.staff_id is not None else None
    if had is not None and had.id != now_with and had.here(work.now):
        _tell(work, "case_gone_staff", referral, ToMembers((had.id,)))


def _tell(work: Work, notice: str, referral: ReferralRow, to: ToStaff | ToMembers) -> None:
    for leg in referrals.legs_of(work.tx, referral.id)[-1:]:
        values = values_of(work, leg) | {"priority": referral.priority}
        urgent = referral.priority == Priority.EMERGENCY
        notify(work, notice, to, values, f"referral:{referral.id}:{_stamp(work)}", urgent=urgent)


def _stamp(work: Work) -> str:
    return f"{work.now:%Y%m%dT%H%M%S%f}"


def cannot_wait(referral: ReferralRow) -> bool:
    """Whether a case is given on at once when its caseworker goes on leave."""
    return referral.priority in (Priority.EMERGENCY, Priority.URGENT)
