"""PINs: chosen once, counted when wrong, and what they open.

argon2id costs about 30 ms and 19 MiB: one at a time a process, and only after every cheap check. The lock of the
database is held meanwhile, which is why a locked person is answered without hashing.
"""

from __future__ import annotations

import threading

from gateway.commands import ChoosePin, HasPin, Result, ShowCertificate
from gateway.enact.certificates import shown_to_holder
from gateway.enact.work import Work
from gateway.registry.pins import acceptable
from gateway.store import certificates, people, pins
from gateway.store.people import PersonRow

_ONE_AT_A_TIME = threading.Lock()


def has_pin(work: Work, query: HasPin) -> Result:
    """Whether a person of this conversation has chosen a PIN."""
    person = people.held_by(work.tx, work.party.conversation_id, query.person)
    chosen = person is not None and pins.hash_of(work.tx, person.id) is not None
    return Result("yes" if chosen else "no", {})


def choose_pin(work: Work, command: ChoosePin) -> Result:
    """The first PIN of a person of this conversation; nobody can choose one for somebody else."""
    if not acceptable(command.pin, work.policy.pin_length):
        return Result("weak", {})
    person = people.held_by(work.tx, work.party.conversation_id, command.person)
    if person is None or pins.hash_of(work.tx, person.id) is not None:
        return Result("exists", {})
    with _ONE_AT_A_TIME:
        hashed = work.vault.hash_pin(person.id, command.pin)
    return Result("chosen" if pins.choose(work.tx, person.id, hashed, work.now) else "exists", {})


def show_certificate(work: Work, command: ShowCertificate) -> Result:
    """A person's certificate, if the PIN is right."""
    person = people.held_by(work.tx, work.party.conversation_id, command.person)
    if person is None:
        return Result("none", {})
    refused = _refusal(work, person, command.pin)
    if refused is not None:
        return refused
    certificate = certificates.newest_of(work.tx, person.id)
    if certificate is None:
        return Result("none", {})
    return Result("shown", shown_to_holder(work, person, certificate))


def _refusal(work: Work, person: PersonRow, pin: str) -> Result | None:
    """Why a PIN does not open; None where it does. A wrong one counts, for a day, for person and conversation."""
    hashed = pins.hash_of(work.tx, person.id)
    if hashed is None:
        return Result("no_pin", {})
    here = work.party.conversation_id
    left = work.policy.pin_tries_per_day - pins.misses(work.tx, person.id, here, work.day_ago)
    if left <= 0:
        return Result("locked", {})
    with _ONE_AT_A_TIME:
        right = work.vault.check_pin(person.id, pin, hashed)
    if right:
        return None
    pins.miss(work.tx, person.id, here, work.now)
    return Result("wrong_pin", {"tries_left": left - 1}) if left > 1 else Result("locked", {})
