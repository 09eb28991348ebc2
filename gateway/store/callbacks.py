"""People who asked to be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, insert_once, one
from gateway.store.tables import callbacks

OPEN, TAKEN, CLOSED = "open", "taken", "closed"

DANGER, UNDELIVERED = "danger", "undelivered"
"""Why somebody is called who did not ask for it: a message to them did not arrive."""


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """Somebody to call. `reason` is `danger`, `help` or `UNDELIVERED`; `staff_id` who took it."""

    id: int
    code: str
    conversation_id: int
    reason: str
    state: str
    staff_id: int | None
    opened_at: datetime


_COLUMNS = columns(callbacks, CallbackRow)
_NEWEST = Prepared(
    select(*_COLUMNS)
    .where(callbacks.c.conversation_id == bindparam("conversation"))
    .order_by(callbacks.c.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_WAITING = Prepared(
    select(*_COLUMNS, callbacks.c.address_id)
    .where(callbacks.c.state != CLOSED)
    .order_by(callbacks.c.reason != DANGER, callbacks.c.id)
)
_BY_CODE = Prepared(
    select(*_COLUMNS).where(callbacks.c.code == bindparam("code")).with_for_update(key_share=True)
)
_BY_ID = Prepared(
    select(*_COLUMNS).where(callbacks.c.id == bindparam("callback")).with_for_update(key_share=True)
)


def newest_of(tx: Transaction, conversation_id: int) -> CallbackRow | None:
    """The call-back that a conversation asked for last, locked."""
    return one(CallbackRow, tx.run(_NEWEST, {"conversation": conversation_id}))


def by_code(tx: Transaction, code: str) -> CallbackRow | None:
    """The call-back of a code, locked."""
    return one(CallbackRow, tx.run(_BY_CODE, {"code": code}))


def by_id(tx: Transaction, callback_id: int) -> CallbackRow | None:
    """The call-back of an id, locked."""
    return one(CallbackRow, tx.run(_BY_ID, {"callback": callback_id}))


def waiting(tx: Transaction) -> list[tuple[CallbackRow, int]]:
    """Every call-back that is not closed, danger first, then the oldest; each with the address it came from."""
    return [(CallbackRow(*found), address_id) for *found, address_id in tx.run(_WAITING, {})]


def add(
    tx: Transaction, code: str, conversation_id: int, address_id: int, reason: str, now: datetime
) -> bool:
    """Opens a call-back; False where the code is taken."""
    values = {
        "code": code,
        "conversation_id": conversation_id,
        "address_id": address_id,
        "reason": reason,
        "state": OPEN,
        "opened_at": now,
    }
    return insert_once(tx, callbacks, values)


def escalate(tx: Transaction, callback_id: int, reason: str) -> None:
    """A call for help became one for danger."""
    tx.execute(update(callbacks).where(callbacks.c.id == callback_id).values(reason=reason))


def move(tx: Transaction, callback_id: int, state: str, staff_id: int, now: datetime) -> None:
    """A caseworker took or closed it."""
    tx.execute(
        update(callbacks)
        .where(callbacks.c.id == callback_id)
        .values(state=state, staff_id=staff_id, taken_at=now)
    )
