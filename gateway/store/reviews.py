"""What waits for a decision of the staff: one row a case, from its opening to the decision.

Whoever decides locks the person first, then the review: a registration and a decision about it follow each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, many, one
from gateway.store.tables import reviews

OPEN, ASKED, APPROVED, REJECTED = "open", "asked", "approved", "rejected"
WAITING = (OPEN, ASKED)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One case. `conversation_id` is who asked for it, if anybody spoke; `address_id` the phone that it is about.

    `reason` is the code of a rejection, or of what was asked again; `staff_id` whoever decided or asked last.
    """

    id: int
    code: str
    kind: str
    person_id: int
    conversation_id: int | None
    address_id: int | None
    flags: list[str]
    state: str
    reason: str
    staff_id: int | None
    opened_at: datetime


_COLUMNS = columns(reviews, ReviewRow)
_UNDECIDED = (reviews.c.state == OPEN) | (reviews.c.state == ASKED)
_BY_CODE = Prepared(select(*_COLUMNS).where(reviews.c.code == bindparam("code")))
_BY_ID = select(*_COLUMNS).where(reviews.c.id == bindparam("review"))
_LOCK = Prepared(_BY_ID.with_for_update(key_share=True))
_OF_PERSON = Prepared(
    select(*_COLUMNS)
    .where(
        reviews.c.person_id == bindparam("person"),
        reviews.c.kind == bindparam("kind"),
        _UNDECIDED,
    )
    .order_by(reviews.c.id)
)
_WAITING = Prepared(select(*_COLUMNS).where(_UNDECIDED).order_by(reviews.c.opened_at, reviews.c.id))


def add(
    tx: Transaction,
    code: str,
    kind: str,
    person_id: int,
    flags: Sequence[str],
    conversation_id: int | None,
    address_id: int | None,
    now: datetime,
) -> bool:
    """Opens a review; False where the code is taken."""
    values = {
        "code": code,
        "kind": kind,
        "person_id": person_id,
        "flags": list(flags),
        "conversation_id": conversation_id,
        "address_id": address_id,
        "state": OPEN,
        "opened_at": now,
    }
    return insert_once(tx, reviews, values)


def by_code(tx: Transaction, code: str) -> ReviewRow | None:
    """The review of a code, not locked."""
    return one(ReviewRow, tx.run(_BY_CODE, {"code": code}))


def by_id(tx: Transaction, review_id: int) -> ReviewRow | None:
    """The review of an id, not locked."""
    return one(ReviewRow, tx.execute(_BY_ID, {"review": review_id}))


def lock(tx: Transaction, review_id: int) -> ReviewRow | None:
    """A review, locked until the transaction ends."""
    return one(ReviewRow, tx.run(_LOCK, {"review": review_id}))


def waiting_of(tx: Transaction, person_id: int, kind: str) -> list[ReviewRow]:
    """A person's undecided reviews of a kind, the oldest first. The caller has locked the person."""
    return many(ReviewRow, tx.run(_OF_PERSON, {"person": person_id, "kind": kind}))


def waiting(tx: Transaction) -> list[ReviewRow]:
    """Every undecided review, the oldest first."""
    return many(ReviewRow, tx.run(_WAITING, {}))


def save(tx: Transaction, review_id: int, values: Mapping[str, Any]) -> None:
    """Writes what changed of a review."""
    tx.execute(update(reviews).where(reviews.c.id == review_id).values(**values))
