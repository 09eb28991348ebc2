"""What waits for a decision of the staff: how a review opens, who hears of it, and when they are reminded.

What the staff answer is in `enact.deciding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.catalogue.reviewing import ROUTINE, TIER
from gateway.enact.codes import draw
from gateway.enact.notices.notify import ToPerson, ToStaff, notify
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.registry.screening import Screening
from gateway.store import people, reviews, timers
from gateway.store.people import PersonRow
from gateway.store.reviews import ASKED, OPEN, WAITING, ReviewRow
from gateway.store.staff import SUPERVISOR

REGISTRATION, PHONE, CORRECTION = "registration", "phone", "correction"
"""What a review decides: whether somebody is registered, another phone speaks for them, or answers change."""

REMIND, OVERDUE = "review_remind", "review_overdue"
"""The kinds of its timers: at half of the time that the policy gives, and at the end of it."""


# --- opening ----------------------------------------------------------------------------------------------


def due(work: Work, screening: Screening, likeness: Iterable[str]) -> tuple[str, ...] | None:
    """Why a registration waits for a decision, as flags; None where it need not, by the country's setting.

    `likeness` are the flags of the search for duplicates. Every rule that holds is a flag too, so that a country
    may have any of them looked at; the staff are shown only those that it names.
    """
    raised = (*likeness, f"{TIER}{screening.tier}", *screening.reasons)
    flags = tuple(flag for flag in raised if flag in work.policy.reviewing.flags)
    if work.policy.review == "all":
        return flags or (ROUTINE,)
    return flags if flags and work.policy.review == "flagged" else None


def open_review(
    work: Work, *, kind: str, person_id: int, flags: Sequence[str], address_id: int | None = None
) -> str:
    """Has the staff of the person's area decide; returns the review's six digits.

    One that waits already, of this kind and about the same `address_id`, is the same: nobody is told twice. `flags`
    say why it must be looked at. Raises `StoreError` where there is no such person.
    """
    person = people.lock(work.tx, person_id)
    if person is None:
        raise StoreError("no such person")
    for waiting in reviews.waiting_of(work.tx, person_id, kind):
        if waiting.address_id == address_id:
            return waiting.code
    here = work.party.conversation_id or None  # nobody speaks where the staff act at the desk
    code = draw(work)
    while not reviews.add(work.tx, code, kind, person_id, flags, here, address_id, work.now):
        code = draw(work)
    made = reviews.by_code(work.tx, code)
    if made is None:
        raise StoreError("a review that was just opened is not there")
    _tell_staff(work, "review_staff", made, ToStaff(area_of(work, person)))
    set_timers(work, made.id)
    return code


def answered(work: Work, person: PersonRow) -> None:
    """A person has corrected what was asked again: the review is open, and whoever asked hears of it.

    Nothing happens where nothing was asked. The caller has locked the person.
    """
    for waiting in reviews.waiting_of(work.tx, person.id, REGISTRATION):
        if waiting.state == ASKED:
            reviews.save(work.tx, waiting.id, {"state": OPEN, "reason": ""})
            to = ToStaff(area_of(work, person), only=waiting.staff_id)
            _tell_staff(work, "review_answered_staff", waiting, to)
            set_timers(work, waiting.id)


def area_of(work: Work, person: PersonRow) -> str:
    """Where somebody wants to live, as a P-code: the staff of that area decide."""
    record: dict[str, Any] = people.record_of(work.vault, person)
    return str(record["area"])


# --- telling ----------------------------------------------------------------------------------------------


def tell_person(work: Work, name: str, review: ReviewRow) -> None:
    """Tells whoever asked for it, in their language, where the person allowed it."""
    if review.conversation_id is not None:
        to = ToPerson(review.conversation_id, review.person_id)
        notify(work, name, to, {}, _now(work, review))


def _tell_staff(work: Work, name: str, review: ReviewRow, to: ToStaff) -> None:
    notify(work, name, to, {"code": review.code}, _now(work, review))


def _now(work: Work, review: ReviewRow) -> str:
    """A dedupe key: a review may be asked, reminded of and decided more than once, but not twice at an instant."""
    return f"review:{review.id}:{work.now:%Y%m%dT%H%M%S%f}"


# --- reminding --------------------------------------------------------------------------------------------


def set_timers(work: Work, review_id: int) -> None:
    """Reminds at half of the policy's time from now, and calls the supervisors at its end."""
    stop_timers(work, review_id)
    within, calendar = work.policy.reviewing.within, work.policy.calendar
    timers.schedule(work.tx, REMIND, review_id, within.halfway(calendar, work.now))
    timers.schedule(work.tx, OVERDUE, review_id, within.after(calendar, work.now))


def stop_timers(work: Work, review_id: int) -> None:
    """Nobody is reminded any more."""
    for kind in (REMIND, OVERDUE):
        timers.cancel(work.tx, kind, review_id)


def remind(work: Work, review_id: int) -> None:
    """Half of the time is over: the staff of the area hear of it again, or whoever asked the person back."""
    if (review := _waiting(work, review_id)) is not None:
        _tell_staff(
            work, "review_reminder_staff", review, ToStaff(_where(work, review), only=review.staff_id)
        )


def overdue(work: Work, review_id: int) -> None:
    """The time is over: the supervisors hear of it."""
    if (review := _waiting(work, review_id)) is not None:
        _tell_staff(work, "review_reminder_staff", review, ToStaff(_where(work, review), SUPERVISOR))


def _waiting(work: Work, review_id: int) -> ReviewRow | None:
    """A review that nobody has decided; not locked, since whoever decides it locks its timers after it."""
    review = reviews.by_id(work.tx, review_id)
    return review if review is not None and review.state in WAITING else None


def _where(work: Work, review: ReviewRow) -> str:
    return area_of(work, people.by_id(work.tx, review.person_id))
