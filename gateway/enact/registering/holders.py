"""Which phones and chats speak for a person, as the staff decide it."""

from __future__ import annotations

from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering import duplicates
from gateway.enact.work import Work
from gateway.errors import StoreError
from gateway.store import binding, conversations, people, person_events, pins, referrals
from gateway.store.people import DRAFT, PersonRow
from gateway.store.reviews import ReviewRow

OTHER_PHONE, LOST = "other_phone", "phone_lost"
"""Flags of a review of kind `phone`: another phone asks to speak for a person; and the old one is lost."""


def move_phone(work: Work, review: ReviewRow, actor: str) -> None:
    """An approved change of phone: who asked speaks for the person, and chooses a new PIN. Certificates stay.

    Phones that spoke for the person before go on doing so, and are told, unless the old one was reported lost.
    Carried out twice it changes nothing. Raises `StoreError` where nobody asked.
    """
    person = people.lock(work.tx, review.person_id)
    here = _asking(work, review)
    if person is None or here is None:
        raise StoreError("a change of phone that nobody asked for")
    before = [each for each in people.holders_of(work.tx, person.id) if each != here]
    lost = LOST in review.flags
    people.let_go(work.tx, person.id, here)  # held anew below: the newest holder chooses the PIN
    people.hold(work.tx, person.id, here, work.now)
    pins.remove(work.tx, person.id)
    reindex(work, person)
    detail = {"lost": "yes" if lost else "no"}
    person_events.add(work.tx, work.vault, person, "phone_changed", actor, work.now, detail=detail)
    for conversation_id in before:
        to = ToPerson(conversation_id, person.id)
        notify(work, "phone_added", to, {}, f"review:{review.id}:{conversation_id}")
        if lost:
            release(work, person, conversation_id, actor, heir=here)


def release(work: Work, person: PersonRow, conversation_id: int, actor: str, heir: int | None = None) -> bool:
    """A conversation speaks for a person no more; False where it did not. What it asked for goes to `heir`, if any."""
    if conversation_id not in people.holders_of(work.tx, person.id):
        return False
    people.let_go(work.tx, person.id, conversation_id)
    if heir is not None:
        referrals.hand_over(work.tx, person.id, conversation_id, heir)
    reindex(work, person)
    detail = {"conversation": str(conversation_id)}
    person_events.add(work.tx, work.vault, person, "phone_released", actor, work.now, detail=detail)
    return True


def reindex(work: Work, person: PersonRow) -> None:
    """Likely duplicates are found by the phones that somebody holds, too."""
    if person.status != DRAFT:
        duplicates.index(work, person, people.record_of(work.vault, person))


def _asking(work: Work, review: ReviewRow) -> int | None:
    """The conversation that asked, wherever its phone leads now; locked, so that no message of it runs beside."""
    if review.address_id is not None:
        here = conversations.address_by_id(work.tx, review.address_id).conversation_id
    elif review.conversation_id is not None:
        here = review.conversation_id
    else:
        return None
    return binding.lock(work.tx, here).id
