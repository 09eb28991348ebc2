"""A case goes from one of the staff to another, by hand: one by its code, or all that somebody has."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.commands import GiveCase, Result
from gateway.enact.assigning import caseload
from gateway.enact.casework.cases import case_of
from gateway.enact.notices.notify import covers
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import audit, staff
from gateway.store import caseload as store
from gateway.store.referrals import ReferralRow
from gateway.store.staff import CASEWORKER, SUPERVISOR, StaffRow
from gateway.text.clean import fold
from referral_engine.model import ReferralState

MOST_OFFERED = 3  # colleagues on one screen
GIVEN, REPEATED, REFUSED = "given", "repeated", "refused"


def give_case(work: Work, command: GiveCase) -> Result:
    """Hands a case over; to anyone but the staff of its area it does not exist. Every answer is on record."""
    if not short_code.check(command.code):
        return Result("mistyped", {})
    member = staff.by_address(work.tx, work.party.address_id)
    subject, result = "case:0", Result("unknown", {})
    found = case_of(work, member, command.code) if member else None
    if member is not None and found is not None:
        subject, result = f"referral:{found[0].id}", _give(work, member, found[0], command.to)
    actor = f"staff:{member.id}" if member else f"address:{work.party.address_id}"
    audit.add(work.tx, actor, "give_case", subject, {"outcome": result.outcome}, work.now)
    return result


def _give(work: Work, member: StaffRow, referral: ReferralRow, to: str) -> Result:
    supervises = member.role == SUPERVISOR
    if referral.state != ReferralState.OPEN:
        return Result(REFUSED, {})
    if not supervises and referral.staff_id not in (None, member.id):
        return Result("not_yours", {})
    colleague = named(work, to, referral.area)
    if colleague is None:
        fit = [each for each in caseload.candidates(work, referral.area) if each.id != referral.staff_id]
        offered = [{"value": each.code, "label": each.code} for each in caseload.ranked(work, fit)]
        return Result("whom", {"colleagues": offered[:MOST_OFFERED]}) if offered else Result("nobody", {})
    outcome = give(work, referral, colleague, f"staff:{member.id}", supervises=supervises)
    return Result(outcome, {} if outcome == REFUSED else {"to": colleague.code})


def named(work: Work, typed: str, area: str = "") -> StaffRow | None:
    """The caseworker or supervisor of a code, or of the only one that begins so; those of an area before others."""
    wanted = fold(typed)  # an underscore reads as a space
    if not wanted:
        return None
    team = [each for each in staff.active(work.tx) if each.role in (CASEWORKER, SUPERVISOR)]
    near = [each for each in team if covers(work, each, area)]
    for circle in (near, team):
        exact = [each for each in circle if fold(each.code) == wanted]
        alike = exact or [each for each in circle if fold(each.code).startswith(wanted)]
        if len(alike) == 1:
            return alike[0]
    return None


def give(work: Work, referral: ReferralRow, to: StaffRow, by: str, *, supervises: bool) -> str:
    """Makes it a colleague's case and tells them: `given`, or why not (`repeated`, `elsewhere`, `away`, `full`, …).

    The caller has locked the referral. `supervises`: whoever gives it may burden somebody who has enough.
    """
    if referral.state != ReferralState.OPEN:
        return REFUSED
    if referral.staff_id == to.id:
        return REPEATED
    if not covers(work, to, referral.area):
        return "elsewhere"
    if not to.here(work.now):
        return "away"
    if not supervises and _full(work, to, referral.area):
        return "full"
    after = caseload.hand(work, referral, to, caseload.GIVEN, by)
    if by != f"staff:{to.id}":
        caseload.tell_given(work, [after])
    if by != f"staff:{referral.staff_id}":
        caseload.tell_gone(work, referral, to.id)
    return GIVEN


def _full(work: Work, to: StaffRow, area: str) -> bool:
    """Whether somebody has enough, while another who could have it has not."""
    most = work.policy.most_cases
    if store.load(work.tx, to.id) < most:
        return False
    return any(store.load(work.tx, each.id) < most for each in caseload.candidates(work, area))


def give_all(work: Work, giver: StaffRow, to: StaffRow, by: str) -> tuple[int, int]:
    """Hands over every open case of somebody that a colleague may have; returns how many went, and how many stay.

    The colleague is told once. What lies outside their areas stays where it is. Raises `ValueError`, in words for
    the staff, where the two are one or the colleague is away.
    """
    if giver.id == to.id:
        raise ValueError("the cases are theirs already")
    if not to.here(work.now):
        raise ValueError(f"{to.code} is away")
    rows = caseload.locked(work, _ids(store.of_staff(work.tx, giver.id)))
    mine = [row for row in rows if row.staff_id == giver.id]
    fit = [row for row in mine if covers(work, to, row.area)]
    caseload.tell_given(work, [caseload.hand(work, row, to, caseload.GIVEN, by) for row in fit])
    return len(fit), len(mine) - len(fit)


def _ids(cases: Iterable[store.CaseRow]) -> list[int]:
    return [each.id for each in cases]
