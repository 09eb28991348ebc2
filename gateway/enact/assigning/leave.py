"""The staff go on leave and come back: nothing new, no notices, and what cannot wait goes to somebody else at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from gateway.commands import ComeBack, GoAway, Result
from gateway.enact.assigning import caseload
from gateway.enact.work import Work
from gateway.store import audit, staff, timers
from gateway.store import caseload as store
from gateway.store.referrals import ReferralRow
from gateway.store.staff import SUPERVISOR, StaffRow

LONGEST = timedelta(days=366)

BACK = "staff_back"
"""The kind of the timer at the end of a leave; its subject is the member of the staff."""


def go_away(work: Work, command: GoAway) -> Result:
    """Leave from now until a day, in the country's time."""
    member = staff.by_address(work.tx, work.party.address_id)
    if member is None:
        return Result("unknown", {})
    if not command.until:
        return Result("needs_day", {})
    until = morning(work, date.fromisoformat(command.until))
    if not may_last(work, until):
        return Result("unfit", {})
    given = leave(work, member, until, f"staff:{member.id}")
    return Result("away", {"day": command.until, "given": given})


def may_last(work: Work, until: datetime) -> bool:
    """Whether a leave may end then: later than now, and within a year, since a slip in the year is soon made."""
    return work.now < until <= work.now + LONGEST


def come_back(work: Work, _: ComeBack) -> Result:
    """Back before the day that was named."""
    member = staff.by_address(work.tx, work.party.address_id)
    if member is None:
        return Result("unknown", {})
    return Result("back" if end(work, member, f"staff:{member.id}") else "repeated", {})


def morning(work: Work, day: date) -> datetime:
    """When a day begins in the country."""
    return datetime.combine(day, time(), UTC) - work.policy.calendar.utc_offset


def leave(work: Work, member: StaffRow, until: datetime, by: str) -> int:
    """Notes a leave, in the place of one that was noted; returns how many cases were given on.

    Their emergencies and urgent cases go to the caseworker who is best, else to a supervisor; where neither is here
    they stay, and what is told of them goes to whoever stands in.
    """
    given = [after for row in _pressing(work, member) if (after := _pass_on(work, row, by))]
    staff.set_away(work.tx, member.id, until)
    timers.cancel(work.tx, BACK, member.id)
    timers.schedule(work.tx, BACK, member.id, until)
    detail = {"until": until.date().isoformat(), "given": str(len(given))}
    audit.add(work.tx, by, "staff.away", f"staff:{member.id}", detail, work.now)
    for each in given:  # one by one: each of them is pressing
        caseload.tell_given(work, [each])
    return len(given)


def _pressing(work: Work, member: StaffRow) -> list[ReferralRow]:
    rows = caseload.locked(work, [each.id for each in store.of_staff(work.tx, member.id)])
    return [row for row in rows if row.staff_id == member.id and caseload.cannot_wait(row)]


def _pass_on(work: Work, referral: ReferralRow, by: str) -> ReferralRow | None:
    but = referral.staff_id
    next_best = caseload.best(work, referral.area, but=but) or caseload.best(
        work, referral.area, but=but, role=SUPERVISOR
    )
    if next_best is None:
        return None
    return caseload.hand(work, referral, next_best, caseload.GIVEN, by)


def end(work: Work, member: StaffRow, by: str) -> bool:
    """Ends a leave, and gives them what was nobody's meanwhile; False where they were here."""
    if member.away_until is None:
        return False
    waiting = caseload.astray(work)
    staff.set_away(work.tx, member.id, None)
    timers.cancel(work.tx, BACK, member.id)
    audit.add(work.tx, by, "staff.back", f"staff:{member.id}", {}, work.now)
    caseload.place(work, waiting)
    return True


def day_came(work: Work, staff_id: int) -> None:
    """The day that was named is here. Another one may have been named since."""
    member = staff.by_id(work.tx, staff_id)
    if member is not None and member.away_until is not None and member.here(work.now):
        end(work, member, "worker:timers")
