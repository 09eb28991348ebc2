"""A person goes on from another phone: by reference and PIN, or with the help of the staff.

Whoever guesses learns nothing: a reference that nobody has, a person without a PIN and a wrong PIN are refused in
the same bytes and after the same work. Tries count for the conversation and for the person, a day each.
"""

from __future__ import annotations

from functools import lru_cache

from gateway.commands import ClaimPerson, RequestPhoneChange, Result
from gateway.enact.casework.reviews import PHONE, open_review
from gateway.enact.holding import pins as knowing
from gateway.enact.notices.notify import ToPerson, notify
from gateway.enact.registering.holders import LOST, OTHER_PHONE, reindex
from gateway.enact.work import Work
from gateway.registry import reference
from gateway.store import people, person_events, pins, reviews
from gateway.store.people import PersonRow
from gateway.vault import Vault

_ANYWHERE = (
    4  # times the tries of one conversation: so many phones must agree before they can lock somebody out
)
_REQUESTS = 2  # times the tries: who is out of tries can still ask for help


def claim_person(work: Work, command: ClaimPerson) -> Result:
    """This conversation speaks for the person too, if reference and PIN are right. The other phones are told."""
    here, tries = work.party.conversation_id, work.policy.pin_tries_per_day
    if pins.misses_here(work.tx, here, work.day_ago) >= tries:
        return Result("locked", {})
    person = _named(work, reference.read(command.reference))
    key = knowing.key_of(work, person) if person else None
    owner, hashed = key or (0, _decoy(work.vault))
    right = knowing.right(work, owner, command.pin, hashed)
    tried = pins.misses_anywhere(work.tx, owner, work.day_ago)
    if person is None or key is None or not right or tried >= _ANYWHERE * tries:
        pins.miss(work.tx, owner if key else None, here, work.now)
        return Result("refused", {})
    _join(work, person)
    return Result("claimed", {})


def request_phone_change(work: Work, command: RequestPhoneChange) -> Result:
    """Asks the staff to let this phone speak for a person. The answer is the same whether there is one or not."""
    named = reference.read(command.reference)
    if named is None:
        return Result("mistyped", {})
    here = work.party.conversation_id
    if pins.misses_here(work.tx, here, work.day_ago) >= _REQUESTS * work.policy.pin_tries_per_day:
        return Result("too_many", {})
    pins.miss(work.tx, None, here, work.now)
    person = _named(work, named)
    if person is not None and not _asked(work, person):
        flags = (OTHER_PHONE, LOST) if command.lost else (OTHER_PHONE,)
        open_review(work, kind=PHONE, person_id=person.id, flags=flags, address_id=work.party.address_id)
    return Result("requested", {})


def _named(work: Work, named: str | None) -> PersonRow | None:
    """The living person of a reference, locked; of two records found to be one person's, the one that was kept."""
    person = people.by_reference(work.tx, named) if named else None
    if person is not None and person.merged_into is not None:
        person = people.lock(work.tx, person.merged_into)
    return person if person is not None and person.died_at is None else None


def _join(work: Work, person: PersonRow) -> None:
    here, before = work.party.conversation_id, people.holders_of(work.tx, person.id)
    if here in before:
        return
    people.hold(work.tx, person.id, here, work.now)
    reindex(work, person)
    person_events.add(work.tx, work.vault, person, "claimed", f"person:{person.id}", work.now)
    for conversation_id in before:
        to = ToPerson(conversation_id, person.id)
        notify(work, "phone_added", to, {}, f"person:{person.id}:{here}:{work.now.isoformat()}")


def _asked(work: Work, person: PersonRow) -> bool:
    """Whether this phone asked already and nobody has decided."""
    waiting = reviews.waiting_of(work.tx, person.id, PHONE)
    return any(each.address_id == work.party.address_id for each in waiting)


@lru_cache(maxsize=4)
def _decoy(vault: Vault) -> str:
    """What a PIN is held against where nobody has one: it costs as much as a real one."""
    return vault.hash_pin(0, "")
