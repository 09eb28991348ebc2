"""PIN hashes, and the wrong tries against them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import insert_once
from gateway.store.tables import pin_misses, pins

_HASH = Prepared(
    select(pins.c.hash).where(pins.c.person_id == bindparam("person")).with_for_update(key_share=True)
)
_MISSES = select(func.count()).where(
    pin_misses.c.person_id == bindparam("person"),
    pin_misses.c.conversation_id == bindparam("conversation"),
    pin_misses.c.at > bindparam("since", type_=pin_misses.c.at.type),
)
_SINCE = pin_misses.c.at > bindparam("since", type_=pin_misses.c.at.type)
_MISSES_HERE = select(func.count()).where(pin_misses.c.conversation_id == bindparam("conversation"), _SINCE)
_MISSES_ANYWHERE = select(func.count()).where(pin_misses.c.person_id == bindparam("person"), _SINCE)


def hash_of(tx: Transaction, person_id: int) -> str | None:
    """The hash of a person's PIN, locked so that tries count in turn; None where none was chosen."""
    found: str | None = tx.run(_HASH, {"person": person_id}).scalar()
    return found


def choose(tx: Transaction, person_id: int, hashed: str, now: datetime) -> bool:
    """Keeps the first PIN; False where there is one."""
    return insert_once(tx, pins, {"person_id": person_id, "hash": hashed, "chosen_at": now})


def replace(tx: Transaction, person_id: int, hashed: str, now: datetime) -> None:
    """Another PIN in the place of the one there is, or the first."""
    if not choose(tx, person_id, hashed, now):
        tx.execute(update(pins).where(pins.c.person_id == person_id).values(hash=hashed, chosen_at=now))


def remove(tx: Transaction, person_id: int) -> None:
    """There is no PIN any more: whoever speaks for the person chooses one."""
    tx.execute(delete(pins).where(pins.c.person_id == person_id))


def miss(tx: Transaction, person_id: int | None, conversation_id: int, now: datetime) -> None:
    """Counts a wrong try; against nobody where it was for somebody who does not exist."""
    tx.add(pin_misses, {"person_id": person_id, "conversation_id": conversation_id, "at": now})


def misses(tx: Transaction, person_id: int, conversation_id: int, since: datetime) -> int:
    """How many wrong tries since then."""
    wanted = {"person": person_id, "conversation": conversation_id, "since": since}
    return int(tx.execute(_MISSES, wanted).scalar_one())


def misses_here(tx: Transaction, conversation_id: int, since: datetime) -> int:
    """How many wrong tries a conversation made since then, at whomever."""
    wanted = {"conversation": conversation_id, "since": since}
    return int(tx.execute(_MISSES_HERE, wanted).scalar_one())


def misses_anywhere(tx: Transaction, person_id: int, since: datetime) -> int:
    """How many wrong tries were made at a person since then, from wherever."""
    return int(tx.execute(_MISSES_ANYWHERE, {"person": person_id, "since": since}).scalar_one())
