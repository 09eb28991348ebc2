"""Conversations and the addresses that lead to them.

Several addresses (a phone, a Telegram chat) may lead to one conversation. One data key, the conversation's,
seals its session, its addresses and all of its messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from gateway.errors import StoreError
from gateway.messages import Address, AddressKind
from gateway.store.database import Transaction, Writer
from gateway.store.prepared import Prepared
from gateway.store.tables import addresses, conversations
from gateway.vault import DataKey, Vault

VALUE = b"addresses.value"
DOUBTED = "doubted"
SESSION = b"conversations.session"


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address and the conversation it leads to. `key` and `session` are the conversation's."""

    id: int
    conversation_id: int
    kind: AddressKind
    sealed: bytes
    roles: tuple[str, ...]
    carrier: str
    network: str
    silenced: bool
    unreachable: bool
    key: bytes
    session: bytes | None
    revision: str
    language: str
    seen_at: datetime
    former_id: int | None

    @property
    def present_roles(self) -> tuple[str, ...]:
        """The roles as a flow sees them now: `doubted` beside the others while nobody proved whose phone it is."""
        return self.roles if self.former_id is None else (*self.roles, DOUBTED)


COLUMNS = (
    addresses.c.id,
    addresses.c.conversation_id,
    addresses.c.kind,
    addresses.c.sealed,
    addresses.c.roles,
    addresses.c.carrier,
    addresses.c.network,
    addresses.c.silenced_at,
    addresses.c.unreachable_at,
    conversations.c.key,
    conversations.c.session,
    conversations.c.revision,
    conversations.c.language,
    addresses.c.seen_at,
    addresses.c.former_id,
)
_JOINED = select(*COLUMNS).join(conversations, conversations.c.id == addresses.c.conversation_id)
# The conversation first, by which its messages queue up; then the address, which may have been led to another
# conversation while we waited: locking it reads it again.
_LOCKED = _JOINED.with_for_update(of=[conversations, addresses], key_share=True)

_BY_BLIND = Prepared(_LOCKED.where(addresses.c.blind == bindparam("blind")))
_BY_ID = Prepared(_JOINED.where(addresses.c.id == bindparam("address")))
_OF_CONVERSATION = Prepared(
    _JOINED.where(addresses.c.conversation_id == bindparam("conversation")).order_by(
        addresses.c.seen_at.desc(), addresses.c.id
    )
)
_SAVE = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        session=bindparam("session"),
        revision=bindparam("revision"),
        language=bindparam("language"),
        updated_at=bindparam("at"),
    )
)
_SEEN = Prepared(
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(
        seen_at=bindparam("at"),
        carrier=bindparam("carrier"),
        network=bindparam("network"),
        unreachable_at=None,
    )
)


def to_row(values: Any) -> AddressRow:
    """The address of a result that begins with `COLUMNS`."""
    return AddressRow(
        id=values[0],
        conversation_id=values[1],
        kind=AddressKind(values[2]),
        sealed=values[3],
        roles=tuple(values[4].split()),
        carrier=values[5],
        network=values[6],
        silenced=values[7] is not None,
        unreachable=values[8] is not None,
        key=values[9],
        session=values[10],
        revision=values[11],
        language=values[12],
        seen_at=values[13],
        former_id=values[14],
    )


def blind_name(address: Address) -> str:
    """What an address's blind index is made of."""
    return f"{address.kind.value}:{address.value}"


def find_address(tx: Transaction, vault: Vault, address: Address) -> AddressRow | None:
    """The address, its conversation locked until the transaction ends; None for a stranger."""
    # An address that was led elsewhere while we waited no longer joins what we waited for: the second look finds
    # it where it is now.
    for blind in 2 * vault.blinds("address", blind_name(address)):
        found = tx.run(_BY_BLIND, {"blind": blind}).first()
        if found is not None:
            return to_row(found)
    return None


def open_address(tx: Transaction, vault: Vault, address: Address, carrier: str, now: datetime) -> AddressRow:
    """The address; a stranger's is made, with a conversation of its own."""
    found = find_address(tx, vault, address)
    if found is not None:
        return found
    wrapped, key = vault.new_key()
    conversation = tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now})
    tx.insert(
        addresses,
        {
            "conversation_id": conversation,
            "kind": address.kind.value,
            "blind": vault.blind("address", blind_name(address)),
            "sealed": key.seal(address.value.encode(), VALUE),
            "carrier": carrier,
            "created_at": now,
            "seen_at": now,
        },
    )
    made = find_address(tx, vault, address)
    if made is None:
        raise StoreError("an address that was just made is not there")
    return made


def open_alone(tx: Transaction, vault: Vault, now: datetime) -> int:
    """A conversation that no address leads to yet, for somebody known on paper; returns its id."""
    wrapped, _ = vault.new_key()
    made: int = tx.insert(conversations, {"key": wrapped, "created_at": now, "updated_at": now})
    return made


def address_by_id(tx: Transaction, address_id: int) -> AddressRow:
    """The address of a row that names it. Raises `StoreError` where there is none."""
    found = tx.run(_BY_ID, {"address": address_id}).first()
    if found is None:
        raise StoreError("no such address")
    return to_row(found)


def addresses_of(tx: Transaction, conversation_id: int) -> list[AddressRow]:
    """Every address that leads to a conversation, the one heard last first."""
    return [to_row(found) for found in tx.run(_OF_CONVERSATION, {"conversation": conversation_id})]


def reveal(vault: Vault, row: AddressRow) -> Address:
    """The number or chat id itself. Raises `VaultError` where the conversation was erased."""
    return Address(row.kind, vault.open_key(row.key).open(row.sealed, VALUE).decode())


def seen(tx: Transaction, row: AddressRow, carrier: str, network: str, now: datetime) -> None:
    """Notes where an address was heard last, and that it can be reached again."""
    tx.run(_SEEN, {"address": row.id, "at": now, "carrier": carrier, "network": network[:16]})


def save_session(
    tx: Writer,
    conversation_id: int,
    key: DataKey,
    session: bytes,
    revision: str,
    language: str,
    now: datetime,
) -> None:
    """Keeps a session's JSON, sealed, with what may be read without opening it."""
    tx.run(
        _SAVE,
        {
            "conversation": conversation_id,
            "session": key.seal(session, SESSION),
            "revision": revision,
            "language": language,
            "at": now,
        },
    )


def set_roles(tx: Transaction, address_id: int, roles: tuple[str, ...]) -> None:
    """What the person behind an address is to us besides a returnee."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(roles=" ".join(roles)))


def silence(tx: Transaction, address_id: int, at: datetime | None) -> None:
    """Ends pushes to an address (`at`), or allows them again (None)."""
    tx.execute(update(addresses).where(addresses.c.id == address_id).values(silenced_at=at))
