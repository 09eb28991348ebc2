"""Two conversations that turn out to be one person's: what hangs on one is moved to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from gateway.errors import StoreError
from gateway.messages import Address
from gateway.store import complaints, people
from gateway.store.conversations import VALUE, AddressRow, blind_name
from gateway.store.database import Transaction
from gateway.store.dialogues import REPLY
from gateway.store.rows import columns, insert_once, one
from gateway.store.tables import (
    addresses,
    callbacks,
    consents,
    conversations,
    dialogues,
    holders,
    referrals,
)
from gateway.vault import DataKey, Vault


@dataclass(frozen=True, slots=True, repr=False)
class ConversationRow:
    """A conversation. `key` is wrapped."""

    id: int
    key: bytes


_COLUMNS = columns(conversations, ConversationRow)
_LOCK = (
    select(*_COLUMNS).where(conversations.c.id == bindparam("conversation")).with_for_update(key_share=True)
)
_KNOWN = select(addresses.c.id).where(addresses.c.blind.in_(bindparam("blinds", expanding=True)))
_SEALED = select(addresses.c.id, addresses.c.sealed).where(
    addresses.c.conversation_id == bindparam("conversation")
)
_RESEAL = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(conversation_id=bindparam("to"), sealed=bindparam("value"))
)
_DOUBT = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(doubted_at=bindparam("at"), former_id=bindparam("former"))
)
_LEAD_BACK = (
    update(addresses).where(addresses.c.former_id == bindparam("gone")).values(former_id=bindparam("to"))
)
_REPLIES = select(dialogues.c.id, dialogues.c.reply).where(
    dialogues.c.address_id == bindparam("address"), dialogues.c.reply.is_not(None)
)
_REPLY_AGAIN = (
    update(dialogues).where(dialogues.c.id == bindparam("dialogue")).values(reply=bindparam("value"))
)
_FOLLOW = tuple(
    update(table).where(table.c.conversation_id == bindparam("gone")).values(conversation_id=bindparam("to"))
    for table in (consents, referrals, callbacks)
)
_TOLD_TO_STOP = addresses.alias("told_to_stop")
_HUSH = (
    update(addresses)
    .where(
        addresses.c.conversation_id == bindparam("conversation"),
        addresses.c.silenced_at.is_(None),
        exists().where(
            _TOLD_TO_STOP.c.conversation_id == bindparam("conversation"),
            _TOLD_TO_STOP.c.silenced_at.is_not(None),
        ),
    )
    .values(silenced_at=bindparam("at"))
)
_HELD = select(holders.c.person_id).where(holders.c.conversation_id == bindparam("conversation"))
_FORGET = update(conversations).where(conversations.c.id == bindparam("gone")).values(session=None)


def lock(tx: Transaction, conversation_id: int) -> ConversationRow:
    """A conversation, locked until the transaction ends. Raises `StoreError` where there is none."""
    found = one(ConversationRow, tx.execute(_LOCK, {"conversation": conversation_id}))
    if found is None:
        raise StoreError("no such conversation")
    return found


def move(tx: Transaction, vault: Vault, gone: ConversationRow, stays: ConversationRow, now: datetime) -> None:
    """Leads every address, person, consent, referral and call-back of one conversation to the other.

    STOP on either side holds for both: it was meant for the person.
    Messages that went in and out stay with the conversation that is gone: its key sealed them.
    """
    old, new = vault.open_key(gone.key), vault.open_key(stays.key)
    sealed: Sequence[Any] = tx.execute(_SEALED, {"conversation": gone.id}).all()
    for address_id, value in sealed:
        _lead(tx, address_id, value, old, stays.id, new)
    tx.execute(_HUSH, {"conversation": stays.id, "at": now})
    for person_id in tx.execute(_HELD, {"conversation": gone.id}).scalars().all():
        people.hold(tx, person_id, stays.id, now)
    complaints.follow(tx, gone.id, old, stays.id, new)
    tx.execute(delete(holders).where(holders.c.conversation_id == gone.id))
    for statement in (*_FOLLOW, _LEAD_BACK):
        tx.execute(statement, {"gone": gone.id, "to": stays.id})
    tx.execute(_FORGET, {"gone": gone.id})


def _lead(tx: Transaction, address_id: int, sealed: bytes, old: DataKey, to: int, new: DataKey) -> None:
    """Leads one address to a conversation: what is sealed for it is sealed anew under that one's key."""
    again = new.seal(old.open(sealed, VALUE), VALUE)
    tx.execute(_RESEAL, {"address": address_id, "to": to, "value": again})
    replies: Sequence[Any] = tx.execute(_REPLIES, {"address": address_id}).all()
    for dialogue, reply in replies:
        again = new.seal(old.open(reply, REPLY), REPLY)
        tx.execute(_REPLY_AGAIN, {"dialogue": dialogue, "value": again})


def part(tx: Transaction, vault: Vault, row: AddressRow, now: datetime) -> int:
    """Leads an address away to a new conversation that holds nothing; returns its id."""
    wrapped, key = vault.new_key()
    made = int(tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now}))
    _lead(tx, row.id, row.sealed, vault.open_key(row.key), made, key)
    return made


def doubt(tx: Transaction, address_id: int, former: int | None, at: datetime | None) -> None:
    """Notes which conversation an address led to before it was doubted, or (None, None) that it is doubted no more."""
    tx.execute(_DOUBT, {"address": address_id, "former": former, "at": at})


def add_address(
    tx: Transaction, vault: Vault, address: Address, conversation: ConversationRow, now: datetime
) -> bool:
    """Leads an address that nobody knew to a conversation, silent where that is; False where it is known."""
    blinds = vault.blinds("address", blind_name(address))
    if tx.execute(_KNOWN, {"blinds": list(blinds)}).first() is not None:
        return False
    values = {
        "conversation_id": conversation.id,
        "kind": address.kind.value,
        "blind": blinds[0],
        "sealed": vault.open_key(conversation.key).seal(address.value.encode(), VALUE),
        "created_at": now,
        "seen_at": now,
    }
    made = insert_once(tx, addresses, values)
    tx.execute(_HUSH, {"conversation": conversation.id, "at": now})
    return made


def speak(tx: Transaction, conversation_id: int, language: str) -> None:
    """The language to begin in, where nobody has chosen one."""
    silent = (conversations.c.id == conversation_id) & (conversations.c.language == "")
    tx.execute(update(conversations).where(silent).values(language=language))
