"""Phones that were silent so long that their numbers may have been given to somebody else.

Networks give a number to new people after some months without use. A phone heard again after such a silence is led to
a conversation of its own that holds nothing: no name, no request, no open question of whoever had it before can be
seen there. A PIN leads it back. A Telegram chat is an account, and its id is never given to anybody else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.commands import DoubtedPeople, LeavePhone, ProvePin, Result
from gateway.enact.holding import pins as knowing
from gateway.enact.work import Work
from gateway.messages import AddressKind
from gateway.runtime import Runtime
from gateway.store import binding, conversations, people, pins
from gateway.store.conversations import DOUBTED, AddressRow
from gateway.store.database import Transaction
from gateway.store.people import DRAFT, PersonRow


def heard(runtime: Runtime, tx: Transaction, address: AddressRow, now: datetime) -> AddressRow:
    """An address that was just heard, as it stands now: led away from its conversation where the silence was long.

    It is doubted only where somebody can still come back to what they registered. `address` is as it was before.
    """
    silence = runtime.catalogue.current().policy.silence
    if address.kind is not AddressKind.PHONE or now - address.seen_at < silence:
        return address
    left = address.conversation_id if _registered(tx, address.conversation_id) else address.former_id
    binding.part(tx, runtime.vault, address, now)
    binding.doubt(tx, address.id, left, now if left else None)
    return conversations.address_by_id(tx, address.id)


def doubted_people(work: Work, _: DoubtedPeople) -> Result:
    """Whether anybody may come back here; not who: whoever asks may be somebody new."""
    return Result("some" if _former(work) else "none", {})


def prove_pin(work: Work, command: ProvePin) -> Result:
    """The PIN of anybody registered from this phone leads it back to all that it left.

    The caller goes on in the conversation of `rebound`, as after a phone was bound.
    """
    former = _former(work)
    keys = [key for person in former for key in (knowing.key_of(work, person),) if key is not None]
    if not keys:
        return Result("no_pin", {})
    here = work.party.conversation_id
    left = work.policy.pin_tries_per_day - pins.misses_here(work.tx, here, work.day_ago)
    if left <= 0:
        return Result("locked", {})
    if not any(knowing.right(work, owner, command.pin, hashed) for owner, hashed in dict(keys).items()):
        pins.miss(work.tx, keys[0][0] if len(keys) == 1 else None, here, work.now)
        return Result("wrong_pin", {"tries_left": left - 1}) if left > 1 else Result("locked", {})
    _return(work)
    return Result("proved", {})


def leave_phone(work: Work, _: LeavePhone) -> Result:
    """Whoever has this phone now is somebody new: nothing leads back any more. They keep what they began here."""
    binding.doubt(work.tx, work.party.address_id, None, None)
    work.party = replace(work.party, roles=_undoubted(work))
    return Result("left", {})


def _former(work: Work) -> list[PersonRow]:
    """Who registered in the conversation that this phone led to before it was doubted."""
    former = conversations.address_by_id(work.tx, work.party.address_id).former_id
    return _registered(work.tx, former) if former is not None else []


def _registered(tx: Transaction, conversation_id: int) -> list[PersonRow]:
    return [each for each in people.all_held_by(tx, conversation_id) if each.status != DRAFT]


def _return(work: Work) -> None:
    """Leads the conversation of the doubt, with all that was begun in it, back to the one before."""
    former = conversations.address_by_id(work.tx, work.party.address_id).former_id
    assert former is not None
    mine, stays = binding.lock(work.tx, work.party.conversation_id), binding.lock(work.tx, former)
    binding.move(work.tx, work.vault, mine, stays, work.now)
    binding.doubt(work.tx, work.party.address_id, None, None)
    key = work.vault.open_key(stays.key)
    work.party = replace(work.party, conversation_id=stays.id, key=key, roles=_undoubted(work))
    work.rebound = stays.id


def _undoubted(work: Work) -> tuple[str, ...]:
    return tuple(role for role in work.party.roles if role != DOUBTED)
