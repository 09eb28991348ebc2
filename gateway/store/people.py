"""People, each sealed under a key of their own, and the conversations that may speak for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, many, one
from gateway.store.tables import holders, people
from gateway.vault import Vault

RECORD = b"people.record"
DRAFT, PENDING, REGISTERED = "draft", "pending", "registered"


@dataclass(frozen=True, slots=True, repr=False)
class PersonRow:
    """A person. `key` is wrapped; `record` is sealed with it: the answers as given."""

    id: int
    reference: str
    key: bytes
    status: str
    record: bytes
    created_at: datetime


_COLUMNS = columns(people, PersonRow)
_BY_REFERENCE = Prepared(
    select(*_COLUMNS)
    .join(holders, holders.c.person_id == people.c.id)
    .where(
        people.c.reference == bindparam("reference"), holders.c.conversation_id == bindparam("conversation")
    )
    .with_for_update(of=people, key_share=True)
)
_HELD = Prepared(
    select(*_COLUMNS)
    .join(holders, holders.c.person_id == people.c.id)
    .where(holders.c.conversation_id == bindparam("conversation"))
    .order_by(people.c.id)
)
_BY_ID = Prepared(select(*_COLUMNS).where(people.c.id == bindparam("person")))
_REWRITE = Prepared(
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(record=bindparam("sealed"), status=bindparam("state"), updated_at=bindparam("at"))
)


def add(
    tx: Transaction,
    vault: Vault,
    reference: str,
    record: Mapping[str, Any],
    conversation_id: int,
    now: datetime,
) -> int | None:
    """Makes a draft that a conversation holds; returns its id, or None where the reference is taken."""
    wrapped, key = vault.new_key()
    values = {
        "reference": reference,
        "key": wrapped,
        "status": DRAFT,
        "record": key.seal(orjson.dumps(record), RECORD),
        "created_at": now,
        "updated_at": now,
    }
    made: int | None = tx.insert(people, values, once=True)
    if made is not None:
        hold(tx, made, conversation_id, now)
    return made


def hold(tx: Transaction, person_id: int, conversation_id: int, now: datetime) -> None:
    """Lets a conversation speak for a person; nothing new where it did."""
    values = {"person_id": person_id, "conversation_id": conversation_id, "since": now}
    tx.add(holders, values, once=True)


def held_by(tx: Transaction, conversation_id: int, reference: str) -> PersonRow | None:
    """A person of this conversation, locked until the end. None also for somebody else's."""
    return one(PersonRow, tx.run(_BY_REFERENCE, {"reference": reference, "conversation": conversation_id}))


def all_held_by(tx: Transaction, conversation_id: int) -> list[PersonRow]:
    """Every person of a conversation, the first registered first."""
    return many(PersonRow, tx.run(_HELD, {"conversation": conversation_id}))


def by_id(tx: Transaction, person_id: int) -> PersonRow:
    """The person that a row names. Raises `StoreError` where there is none."""
    found = one(PersonRow, tx.run(_BY_ID, {"person": person_id}))
    if found is None:
        raise StoreError("no such person")
    return found


def record_of(vault: Vault, person: PersonRow) -> dict[str, Any]:
    """The answers. Raises `VaultError` where the person was erased."""
    answers: dict[str, Any] = orjson.loads(vault.open_key(person.key).open(person.record, RECORD))
    return answers


def rewrite(
    tx: Transaction, vault: Vault, person: PersonRow, record: Mapping[str, Any], status: str, now: datetime
) -> None:
    """Keeps new answers and where the registration stands."""
    sealed = vault.open_key(person.key).seal(orjson.dumps(record), RECORD)
    tx.run(_REWRITE, {"person": person.id, "sealed": sealed, "state": status, "at": now})
