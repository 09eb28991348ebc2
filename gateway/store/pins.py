"""PIN hashes, and the wrong tries against them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

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


def hash_of(tx: Transaction, person_id: int) -> str | None:
    """The hash of a person's PIN, locked so that tries count in turn; None where none was chosen."""
    found: str | None = tx.run(_HASH, {"person": person_id}).scalar()
    return found


def choose(tx: Transaction, person_id: int, hashed: str, now: datetime) -> bool:
    """Keeps the first PIN; False where there is one."""
    return insert_once(tx, pins, {"person_id": person_id, "hash": hashed, "chosen_at": now})


def miss(tx: Transaction, person_id: int, conversation_id: int, now: datetime) -> None:
    """Counts a wrong try."""
    tx.add(pin_misses, {"person_id": person_id, "conversation_id": conversation_id, "at": now})


def misses(tx: Transaction, person_id: int, conversation_id: int, since: datetime) -> int:
    """How many wrong tries since then."""
    wanted = {"person": person_id, "conversation": conversation_id, "since": since}
    return int(tx.execute(_MISSES, wanted).scalar_one())
