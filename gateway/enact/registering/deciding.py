"""The staff decide what waits for a review: approve it, reject it, or ask the person again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.commands import AnswerReview, Result
from gateway.enact.casework.reviews import (
    CORRECTION,
    PHONE,
    REGISTRATION,
    area_of,
    set_timers,
    stop_timers,
    tell_person,
)
from gateway.enact.casework.slips import slip
from gateway.enact.certifying.certificates import issue
from gateway.enact.notices.notify import covers
from gateway.enact.registering import correcting, holders
from gateway.enact.work import Work
from gateway.registry import short_code
from gateway.store import audit, people, reviews, staff
from gateway.store.people import PENDING, REGISTERED, REJECTED, PersonRow
from gateway.store.reviews import APPROVED, ASKED, WAITING, ReviewRow
from gateway.store.staff import SUPERVISOR, StaffRow

_RECORDED, _REPEATED, _REFUSED = "recorded", "repeated", "refused"
_NEEDS_DETAIL = Result("needs_detail", {})


def answer_review(work: Work, command: AnswerReview) -> Result:
    """A word by SMS, Telegram or USSD; to anyone but the staff of the person's area the code does not exist."""
    member = staff.by_address(work.tx, work.party.address_id)
    if member is not None:
        return decide(work, member, command) if short_code.check(command.code) else slip(work, command.code)
    result = Result("unknown" if short_code.check(command.code) else "mistyped", {})
    _note(work, f"address:{work.party.address_id}", "review:0", command, result)
    return result


def decide(work: Work, member: StaffRow, command: AnswerReview) -> Result:
    """What one of the staff says of a review. The first decision holds, and the same again changes nothing.

    `open` tells why it waits and changes nothing. A caseworker decides what is undecided; a supervisor may also
    approve what was rejected. Every answer is on record, also one that is refused.
    """
    if not short_code.check(command.code):
        return Result("mistyped", {})
    found = reviews.by_code(work.tx, command.code)
    person = people.lock(work.tx, found.person_id) if found else None
    subject, result = "review:0", Result("unknown", {})
    if found and person and covers(work, member, area_of(work, person)):
        review = reviews.lock(work.tx, found.id) or found
        subject = f"review:{review.id}"
        result = _ANSWERS.get(command.answer, _open)(work, member, person, review, command.detail)
    _note(work, f"staff:{member.id}", subject, command, result)
    return result


def _note(work: Work, actor: str, subject: str, command: AnswerReview, result: Result) -> None:
    detail = {"outcome": result.outcome, "detail": command.detail if result.outcome == _RECORDED else ""}
    audit.add(work.tx, actor, f"answer_review.{command.answer}", subject, detail, work.now)


def _open(work: Work, member: StaffRow, person: PersonRow, review: ReviewRow, detail: str) -> Result:
    if review.state not in WAITING:
        return Result(_REFUSED, {"stage": review.state})
    language = work.party.language
    labels = dict.fromkeys(work.policy.label("flag", flag, language) for flag in review.flags)
    return Result("opened", {"flags": ", ".join(labels)})


def _approve(work: Work, member: StaffRow, person: PersonRow, review: ReviewRow, detail: str) -> Result:
    if review.state == APPROVED:
        return _decided(member, review, same=True)
    again = review.kind == REGISTRATION and member.role == SUPERVISOR
    if review.state == reviews.REJECTED and not again:
        return _decided(member, review, same=False)
    if not _CARRIED_OUT[review.kind](work, person, review, f"staff:{member.id}"):
        return Result(_REFUSED, {"stage": person.status})
    return _close(work, member, review, APPROVED, "")


def _reject(work: Work, member: StaffRow, person: PersonRow, review: ReviewRow, detail: str) -> Result:
    if review.state not in WAITING:
        return _decided(member, review, same=(review.state, review.reason) == (reviews.REJECTED, detail))
    if detail not in work.policy.codes["rejection"]:
        return _NEEDS_DETAIL
    if review.kind == REGISTRATION and person.status == PENDING:
        people.set_status(work.tx, person.id, REJECTED, work.now)
        tell_person(work, "registration_rejected_person", review)
    elif review.kind == CORRECTION:
        correcting.refuse(work, person)
        tell_person(work, "change_refused_person", review)
    return _close(work, member, review, reviews.REJECTED, detail)


def _ask(work: Work, member: StaffRow, person: PersonRow, review: ReviewRow, detail: str) -> Result:
    if review.state not in WAITING or review.kind != REGISTRATION:
        return Result(_REFUSED, {"stage": review.state})
    if detail not in work.policy.codes["again"]:
        return _NEEDS_DETAIL
    if (review.state, review.reason) == (ASKED, detail):
        return Result(_REPEATED, {"stage": review.state})
    reviews.save(work.tx, review.id, {"state": ASKED, "reason": detail, "staff_id": member.id})
    set_timers(work, review.id)
    tell_person(work, "registration_ask_person", review)
    return Result(_RECORDED, {"stage": ASKED})


_ANSWERS: Mapping[str, Callable[[Work, StaffRow, PersonRow, ReviewRow, str], Result]] = {
    "open": _open,
    "approve": _approve,
    "reject": _reject,
    "ask": _ask,
}


# --- what an approval does --------------------------------------------------------------------------------


def _register(work: Work, person: PersonRow, review: ReviewRow, actor: str) -> bool:
    """The certificate is issued; not where the record became another's meanwhile, or a death was recorded."""
    if person.status not in (PENDING, REJECTED) or person.died_at is not None:
        return False
    people.set_status(work.tx, person.id, REGISTERED, work.now)
    issue(work, person, actor, "review")
    tell_person(work, "certificate_issued", review)
    return True


def _move_phone(work: Work, person: PersonRow, review: ReviewRow, actor: str) -> bool:
    holders.move_phone(work, review, actor)
    tell_person(work, "change_made_person", review)
    return True


def _correct(work: Work, person: PersonRow, review: ReviewRow, actor: str) -> bool:
    if correcting.accept(work, person, actor):
        tell_person(work, "change_made_person", review)
    return True


_CARRIED_OUT: Mapping[str, Callable[[Work, PersonRow, ReviewRow, str], bool]] = {
    REGISTRATION: _register,
    PHONE: _move_phone,
    CORRECTION: _correct,
}
"""By kind, what an approval does; where it says False that is no longer possible, and nothing is decided."""


# --- how it stands ----------------------------------------------------------------------------------------


def _decided(member: StaffRow, review: ReviewRow, *, same: bool) -> Result:
    """It is decided: a repeat of one's own word, or news to somebody else."""
    repeated = same and review.staff_id == member.id
    return Result(_REPEATED if repeated else _REFUSED, {"stage": review.state})


def _close(work: Work, member: StaffRow, review: ReviewRow, state: str, reason: str) -> Result:
    decision = {"state": state, "reason": reason, "staff_id": member.id, "decided_at": work.now}
    reviews.save(work.tx, review.id, decision)
    stop_timers(work, review.id)
    return Result(_RECORDED, {"stage": state})
