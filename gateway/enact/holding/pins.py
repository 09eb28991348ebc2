"""PINs: chosen, changed, counted when wrong, and what they open.

argon2id costs about 30 ms and 19 MiB: one at a time a process, and only after every cheap check. The lock of the
database is held meanwhile, which is why a locked person is answered without hashing.
"""

from __future__ import annotations

import threading

from gateway.commands import ChangePin, ChoosePin, HasPin, Result
from gateway.enact.holding.guardianship import guardian_of
from gateway.enact.work import Work
from gateway.registry.pins import acceptable
from gateway.store import people, person_events, pins
from gateway.store.people import DRAFT, PersonRow

_ONE_AT_A_TIME = threading.Lock()


def has_pin(work: Work, query: HasPin) -> Result:
    """Whether a PIN opens a person of this conversation: their own, or their guardian's."""
    person = people.held_by(work.tx, work.party.conversation_id, query.person)
    chosen = person is not None and key_of(work, person) is not None
    return Result("yes" if chosen else "no", {})


def choose_pin(work: Work, command: ChoosePin) -> Result:
    """The first PIN of a person of this conversation; nobody can choose one for somebody else.

    Nor for a ward whose guardian has one: that opens the ward too. Of several phones that speak for somebody the one
    that was let in last chooses: after the staff moved a person to it, the old one must not be quicker.
    """
    if not acceptable(command.pin, work.policy.pin_length):
        return Result("weak", {})
    here = work.party.conversation_id
    person = people.held_by(work.tx, here, command.person)
    if (
        person is None
        or key_of(work, person) is not None
        or people.holders_of(work.tx, person.id)[-1] != here
    ):
        return Result("exists", {})
    hashed = _hashed(work, person.id, command.pin)
    return Result("chosen" if pins.choose(work.tx, person.id, hashed, work.now) else "exists", {})


def change_pin(work: Work, command: ChangePin) -> Result:
    """Another PIN, behind the present one. A ward whose guardian opened it has one of its own from then on."""
    if not acceptable(command.new_pin, work.policy.pin_length):
        return Result("weak", {})
    person = opened(work, command.person, command.pin, nobody="no_pin")
    if isinstance(person, Result):
        return person
    pins.replace(work.tx, person.id, _hashed(work, person.id, command.new_pin), work.now)
    person_events.add(work.tx, work.vault, person, "pin_changed", f"person:{person.id}", work.now)
    return Result("changed", {})


# --- what a PIN is held against ---------------------------------------------------------------------------


def key_of(work: Work, person: PersonRow) -> tuple[int, str] | None:
    """Whose PIN opens a person, and its hash: their own; for who is under age and has none, the guardian's."""
    own = pins.hash_of(work.tx, person.id)
    if own is not None:
        return person.id, own
    guardian = guardian_of(work, person)
    theirs = pins.hash_of(work.tx, guardian.id) if guardian else None
    return (guardian.id, theirs) if guardian and theirs else None


def right(work: Work, owner: int, pin: str, hashed: str) -> bool:
    """Whether a PIN is the one of its owner. It costs the same whether it is or not."""
    with _ONE_AT_A_TIME:
        return work.vault.check_pin(owner, pin, hashed)


def opened(work: Work, reference: str, pin: str, *, nobody: str = "none") -> PersonRow | Result:
    """The person of this conversation whom a PIN opens; else what to answer, `nobody` where there is no such person."""
    person = people.held_by(work.tx, work.party.conversation_id, reference)
    if person is None or person.status == DRAFT:
        return Result(nobody, {})
    return _refusal(work, person, pin) or person


def _refusal(work: Work, person: PersonRow, pin: str) -> Result | None:
    """Why a PIN does not open; None where it does. A wrong one counts, for a day, for its owner and conversation."""
    key = key_of(work, person)
    if key is None:
        return Result("no_pin", {})
    owner, hashed = key
    here = work.party.conversation_id
    left = work.policy.pin_tries_per_day - pins.misses(work.tx, owner, here, work.day_ago)
    if left <= 0:
        return Result("locked", {})
    if right(work, owner, pin, hashed):
        return None
    pins.miss(work.tx, owner, here, work.now)
    return Result("wrong_pin", {"tries_left": left - 1}) if left > 1 else Result("locked", {})


def _hashed(work: Work, owner: int, pin: str) -> str:
    with _ONE_AT_A_TIME:
        return work.vault.hash_pin(owner, pin)
