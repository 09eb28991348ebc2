"""What a provider said by voice: the staff write it down, and it stands in their own name."""

from __future__ import annotations

from gateway.commands import AnswerFor, AnswerLeg, Result
from gateway.enact.casework.cases import case_of
from gateway.enact.casework.slips import slip
from gateway.enact.referring.answers import answer_as
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import audit, staff
from gateway.store.staff import StaffRow
from referral_engine.model import Actor

_SAID = frozenset({"got", "accept", "decline"})


def answer_for(work: Work, command: AnswerFor) -> Result:
    """Moves the newest leg on a provider's spoken word; to anyone but the staff of that area the code does not exist.

    The code must be that leg's own: a provider that was asked before has no say any more.
    """
    if not short_code.check(command.code):
        return slip(work, command.code)
    member = staff.by_address(work.tx, work.party.address_id)
    subject, result = "leg:0", Result("unknown", {})
    if member is not None:
        subject, result = _answered(work, member, command)
    actor = f"staff:{member.id}" if member else f"address:{work.party.address_id}"
    audit.add(work.tx, actor, f"answer_for.{command.answer}", subject, {"outcome": result.outcome}, work.now)
    return result


def _answered(work: Work, member: StaffRow, command: AnswerFor) -> tuple[str, Result]:
    found = case_of(work, member, command.code)
    named = [leg for leg in found[1] if leg.code == command.code] if found else []
    if not named:
        return "leg:0", Result("unknown", {})
    if command.answer not in _SAID:
        return f"leg:{named[0].id}", Result("needs_detail", {})
    said = AnswerLeg(command.code, command.answer, command.detail)
    return f"leg:{named[0].id}", answer_as(work, said, named[0], Actor.OPERATOR, f"staff:{member.id}")
