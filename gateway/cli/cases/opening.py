"""What the commands about cases share: which case a code means, who of the staff is meant, how a case is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gateway.enact.casework.caseload_view import Standing
    from gateway.enact.work import Work
    from gateway.store.referrals import ReferralRow
    from gateway.store.staff import StaffRow

BY = click.option("--by", required=True, metavar="STAFF", help="The code of whoever of the staff acts.")
JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


def case_of(work: Work, typed: str) -> ReferralRow:
    """The case that a code names, of any of its legs, locked."""
    from gateway.registry import short_code
    from gateway.store import referrals

    code = short_code.read(typed) or ""
    if not short_code.check(code):
        raise click.ClickException("This code has a typing mistake.")
    leg = referrals.leg_by_code(work.tx, code)
    if leg is None:
        raise click.ClickException("No case has this code.")
    return referrals.lock(work.tx, leg.referral_id)


def member_of(work: Work, code: str) -> StaffRow:
    """The member of the staff of a code, for whom cases are."""
    from gateway.store import staff

    for each in staff.active(work.tx):
        if each.code == code and each.role in (staff.CASEWORKER, staff.SUPERVISOR):
            return each
    raise click.ClickException(f"No caseworker or supervisor has the code {code}.")


def acting(work: Work, code: str, referral: ReferralRow) -> StaffRow:
    """Who acts on a case: one of the staff of its area."""
    from gateway.enact.notices.notify import covers

    member = member_of(work, code)
    if not covers(work, member, referral.area):
        raise click.ClickException(f"{code} does not work in the area of this case.")
    return member


def told(work: Work, each: Standing) -> dict[str, Any]:
    """A case as it stands, for a program."""
    from gateway.registry import short_code
    from gateway.store import staff

    case = each.case
    holder = staff.by_id(work.tx, case.staff_id) if case.staff_id is not None else None
    return {
        "code": short_code.shown(case.code),
        "state": case.state,
        "leg": case.leg,
        "trouble": each.trouble.name.lower(),
        "priority": case.priority,
        "need": case.need,
        "area": case.area,
        "staff": holder.code if holder else "",
        "taken": case.taken_at is not None,
        "disputed": case.disputed,
        "reason": case.reason,
        "days": each.days,
        "next": each.next,
        "due": each.due.isoformat(timespec="minutes"),
    }
