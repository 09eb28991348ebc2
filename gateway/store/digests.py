"""News for the staff that needs no act of theirs: each thing once, told at once or together with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, distinct, func, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many
from gateway.store.tables import digest_items


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One piece of news: the notice that would have told it, and the codes in it."""

    id: int
    notice: str
    values: Mapping[str, str]


_AT_ONCE = 500  # rows that one statement names

_WAITING = (
    select(*columns(digest_items, DigestItem))
    .where(digest_items.c.staff_id == bindparam("staff"), digest_items.c.told_at.is_(None))
    .order_by(digest_items.c.id)
    .with_for_update()
)
_ANY = Prepared(
    select(digest_items.c.id)
    .where(digest_items.c.staff_id == bindparam("staff"), digest_items.c.told_at.is_(None))
    .limit(1)
)
_alone = digest_items.c.told_at == digest_items.c.at
# A message each for what was told alone, one for all that was told together.
_MESSAGES = Prepared(
    select(
        func.count(case((_alone, 1))) + func.count(distinct(case((~_alone, digest_items.c.told_at))))
    ).where(
        digest_items.c.staff_id == bindparam("staff"),
        digest_items.c.told_at >= bindparam("since", type_=digest_items.c.told_at.type),
    )
)


def add(
    tx: Transaction,
    staff_id: int,
    notice: str,
    values: Mapping[str, str],
    dedupe: str,
    at: datetime,
    told_at: datetime | None,
) -> bool:
    """Notes a piece of news; False where it is known. `told_at` is None while it waits for the next digest."""
    item = {
        "staff_id": staff_id,
        "notice": notice,
        "values": dict(values),
        "dedupe": dedupe,
        "at": at,
        "told_at": told_at,
    }
    return insert_once(tx, digest_items, item)


def any_waits(tx: Transaction, staff_id: int) -> bool:
    """Whether one of the staff has yet to be told something."""
    return tx.run(_ANY, {"staff": staff_id}).first() is not None


def messages_since(tx: Transaction, staff_id: int, since: datetime) -> int:
    """How many messages of news one of the staff was sent since then."""
    return int(tx.run(_MESSAGES, {"staff": staff_id, "since": since}).scalar())


def waiting(tx: Transaction, staff_id: int) -> list[DigestItem]:
    """What one of the staff has yet to be told, the oldest first, locked."""
    return many(DigestItem, tx.execute(_WAITING, {"staff": staff_id}))


def told(tx: Transaction, items: Sequence[DigestItem], now: datetime) -> None:
    """These were told together."""
    for start in range(0, len(items), _AT_ONCE):
        ids = [each.id for each in items[start : start + _AT_ONCE]]
        tx.execute(update(digest_items).where(digest_items.c.id.in_(ids)).values(told_at=now))
