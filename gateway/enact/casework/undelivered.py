"""Messages that did not arrive: said again by another way, and where there is none, a person's task.

No address gets the same thing twice, so nothing goes to and fro. What may or may not have arrived is left alone. So
is whoever sent STOP: their silence is their wish.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gateway import log
from gateway.enact.codes import draw
from gateway.enact.desk import desk
from gateway.enact.notices.notify import (
    Reader,
    Telling,
    ToMembers,
    ToPerson,
    ToProvider,
    ToStaff,
    notify,
    post,
    readers,
)
from gateway.enact.notices.telling import OFFER, to_staff, values_of
from gateway.enact.referring.answers import leg_sent_hook
from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.runtime import Runtime
from gateway.store import binding, callbacks, outbox, people, providers, referrals, staff
from gateway.store.conversations import AddressRow, address_by_id, addresses_of
from gateway.store.database import Transaction
from gateway.store.outbox import Fate, OnFinal, OutboxRow, guarded
from gateway.store.staff import SUPERVISOR

_LOST = frozenset({Fate.REJECTED, Fate.DEAD, Fate.FAILED})
_NO_TASK = frozenset({"details_invitation", "holder_code"})
"""What is not worth a call when it is lost: it comes again by itself, or the moment for it is over."""


def fate_hook(runtime: Runtime) -> OnFinal:
    """What the outbox calls when a letter's fate is known. Runs inside the transaction of the outbox.

    Another way is tried before a leg hears that its offer is lost: it is not, while that may still arrive.
    """
    leg_hears = guarded(leg_sent_hook(runtime))

    def go_on(tx: Transaction, row: OutboxRow, fate: Fate) -> None:
        if fate in _LOST:
            lost(desk(runtime, tx), row)

    another_way = guarded(go_on)

    def hear(tx: Transaction, row: OutboxRow, fate: Fate) -> None:
        another_way(tx, row, fate)
        leg_hears(tx, row, fate)

    return hear


def lost(work: Work, row: OutboxRow) -> None:
    """A letter will not arrive: its notice goes to another address of its reader, or somebody is told.

    An answer is not a notice: whoever asked will ask again.
    """
    address = address_by_id(work.tx, row.address_id)
    telling = _told(work, row, address)
    if telling is None:
        return
    notice = work.published.notices[telling.name]
    if address.silenced and notice.audience != "staff":
        return
    found = list(readers(work, notice, telling.to))
    theirs = [reader for reader in found if _is_of(work, reader, address)]
    if any(post(work, telling, reader, other) for reader in theirs for other in reader.rows):
        return
    keys = [telling.key(other.id) for reader in found for other in reader.rows if other.id != address.id]
    if not outbox.on_its_way(work.tx, keys):
        _tell_somebody(work, telling, address)


def _told(work: Work, row: OutboxRow, address: AddressRow) -> Telling | None:
    """What a letter tells, and to whom now; None for an answer, and for what they may not be told any more."""
    try:
        kept = outbox.origin(work.tx, work.vault, row.id)
    except VaultError:
        return None  # erased
    if kept is None or row.purpose not in work.published.notices:
        return None
    telling = Telling.from_json(row.purpose, kept)
    match telling.to:
        case ToPerson(conversation_id, person_id):
            holding = people.holders_of(work.tx, person_id)
            if address.conversation_id in holding:  # it may have been joined to another since
                conversation_id = address.conversation_id
            allowed = conversation_id in holding and people.lives(work.tx, person_id)
            return replace(telling, to=ToPerson(conversation_id, person_id)) if allowed else None
        case _:
            return telling


def _is_of(work: Work, reader: Reader, address: AddressRow) -> bool:
    """Whether an address is a reader's own."""
    if reader.staff_id is not None:
        member = staff.by_address(work.tx, address.id)
        return member is not None and member.id == reader.staff_id
    return any(row.conversation_id == address.conversation_id for row in reader.rows)


# --- where there is no other way --------------------------------------------------------------------------


def _tell_somebody(work: Work, telling: Telling, address: AddressRow) -> None:
    match telling.to:
        case ToPerson(conversation_id, person_id) if telling.name not in _NO_TASK:
            _call_them(work, conversation_id, person_id, address)
        case ToProvider(provider_id) if telling.name != OFFER:  # of that the leg hears
            _call_provider(work, telling, provider_id)
        case ToStaff(area):
            above = ToStaff(area, SUPERVISOR)
            notify(work, telling.name, above, telling.values, telling.dedupe, urgent=telling.urgent)
        case ToMembers():  # nobody may be told in their place
            log.get().warning("nobody_to_tell", reason=telling.name)


def _call_them(work: Work, conversation_id: int, person_id: int, address: AddressRow) -> None:
    """Opens a call-back, unless one is open or being dealt with, and tells the caseworkers of the person's area."""
    binding.lock(work.tx, conversation_id)  # two letters may be lost at once
    there = callbacks.newest_of(work.tx, conversation_id)
    if _silenced(addresses_of(work.tx, conversation_id)) or (there and there.state != callbacks.CLOSED):
        return
    code = draw(work)
    while not callbacks.add(work.tx, code, conversation_id, address.id, callbacks.UNDELIVERED, work.now):
        code = draw(work)
    record = people.record_of(work.vault, people.by_id(work.tx, person_id))
    notify(
        work, "undelivered_staff", ToStaff(str(record.get("area", ""))), {"code": code}, f"undelivered:{code}"
    )


def _silenced(rows: Iterable[AddressRow]) -> bool:
    return any(row.silenced for row in rows)


def _call_provider(work: Work, telling: Telling, provider_id: int) -> None:
    """Whose case it is hears of it; where it is about none, the supervisors do, once a day."""
    leg = referrals.leg_by_code(work.tx, telling.values.get("code", ""))
    if leg is not None:
        referral = referrals.lock(work.tx, leg.referral_id)
        notify(work, "undelivered_leg_staff", to_staff(referral), values_of(work, leg), telling.dedupe)
        return
    place = providers.by_id(work.tx, provider_id).neutral_name
    key = f"lost:{provider_id}:{work.now:%Y-%m-%d}"
    notify(work, "undelivered_provider_staff", ToStaff("", SUPERVISOR), {"place": place}, key)
