"""People, each sealed under a key of their own, and the conversations that may speak for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select, update

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, many, one
from gateway.store.tables import holders, people
from gateway.vault import Vault

RECORD = b"people.record"
DRAFT, PENDING, REGISTERED = "draft", "pending", "registered"
MERGED, REJECTED = "merged", "rejected"


@dataclass(frozen=True, slots=True, repr=False)
class PersonRow:
    """A person. `key` is wrapped; `record` is sealed with it: the answers as given."""

    id: int
    reference: str
    key: bytes
    status: str
    record: bytes
    created_at: datetime
    merged_into: int | None = None
    died_at: datetime | None = None


_COLUMNS = columns(people, PersonRow)
_ASKED = people.alias("asked")
_BY_REFERENCE = Prepared(
    select(*_COLUMNS)
    .join(_ASKED, people.c.id == func.coalesce(_ASKED.c.merged_into, _ASKED.c.id))
    .join(holders, holders.c.person_id == people.c.id)
    .where(
        _ASKED.c.reference == bindparam("reference"),
        holders.c.conversation_id == bindparam("conversation"),
        people.c.died_at.is_(None),
    )
    .with_for_update(of=people, key_share=True)
)
_HELD = Prepared(
    select(*_COLUMNS)
    .join(holders, holders.c.person_id == people.c.id)
    .where(
        holders.c.conversation_id == bindparam("conversation"),
        people.c.died_at.is_(None),
        # Not by its index: SQLite would walk everybody who was never merged, rather than this conversation's few.
        func.coalesce(people.c.merged_into, 0) == 0,
    )
    .order_by(people.c.id)
)
_BY_ID = Prepared(select(*_COLUMNS).where(people.c.id == bindparam("person")))
_LOCK = Prepared(select(*_COLUMNS).where(people.c.id == bindparam("person")).with_for_update(key_share=True))
_ANYONE = Prepared(
    select(*_COLUMNS).where(people.c.reference == bindparam("reference")).with_for_update(key_share=True)
)
_LIVES = Prepared(select(people.c.id).where(people.c.id == bindparam("person"), people.c.died_at.is_(None)))
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


def let_go(tx: Transaction, person_id: int, conversation_id: int) -> None:
    """A conversation speaks for a person no more."""
    mine = (holders.c.person_id == person_id) & (holders.c.conversation_id == conversation_id)
    tx.execute(delete(holders).where(mine))


def holders_of(tx: Transaction, person_id: int) -> list[int]:
    """The conversations that speak for a person, the first first."""
    statement = (
        select(holders.c.conversation_id)
        .where(holders.c.person_id == person_id)
        .order_by(holders.c.since, holders.c.conversation_id)
    )
    return [int(each) for each in tx.execute(statement).scalars()]


def held_by(tx: Transaction, conversation_id: int, reference: str) -> PersonRow | None:
    """A living person of this conversation, locked until the end. None also for somebody else's.

    The reference of a record that was merged means the one that was kept.
    """
    asked = {"reference": reference, "conversation": conversation_id}
    found = one(PersonRow, tx.run(_BY_REFERENCE, asked))
    if found is not None and found.merged_into is not None:  # while we waited for it
        found = one(PersonRow, tx.run(_BY_REFERENCE, asked))
    return found


def all_held_by(tx: Transaction, conversation_id: int) -> list[PersonRow]:
    """Every living person of a conversation, the first registered first; of merged records the one kept."""
    return many(PersonRow, tx.run(_HELD, {"conversation": conversation_id}))


def by_id(tx: Transaction, person_id: int) -> PersonRow:
    """The person that a row names. Raises `StoreError` where there is none."""
    found = one(PersonRow, tx.run(_BY_ID, {"person": person_id}))
    if found is None:
        raise StoreError("no such person")
    return found


def lock(tx: Transaction, person_id: int) -> PersonRow | None:
    """A person, locked until the end; None where there is none."""
    return one(PersonRow, tx.run(_LOCK, {"person": person_id}))


def by_reference(tx: Transaction, reference: str) -> PersonRow | None:
    """Whoever has a reference, locked until the end. For the staff: a conversation asks `held_by`."""
    return one(PersonRow, tx.run(_ANYONE, {"reference": reference}))


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


def set_status(tx: Transaction, person_id: int, status: str, now: datetime) -> None:
    """Where the registration stands; the answers stay. The caller has locked the person."""
    tx.execute(update(people).where(people.c.id == person_id).values(status=status, updated_at=now))


def set_died(tx: Transaction, person_id: int, at: datetime | None) -> None:
    """Notes a death, or that it was noted by mistake."""
    tx.execute(update(people).where(people.c.id == person_id).values(died_at=at))


def lives(tx: Transaction, person_id: int) -> bool:
    """Whether no death of a person is on record."""
    found = tx.run(_LIVES, {"person": person_id}).first()
    return found is not None


def page(tx: Transaction, after: int, most: int) -> list[PersonRow]:
    """The people after an id, in the order of their ids: a register may be too long to read at once."""
    statement = select(*_COLUMNS).where(people.c.id > after).order_by(people.c.id).limit(most)
    return many(PersonRow, tx.execute(statement))
