"""Every message that came in, once: a unique keyed digest of what makes a message itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from gateway.store.database import Prepared, Transaction
from gateway.store.tables import inbox, to_milliseconds

BODY = b"inbox.body"

_ADD = Prepared(
    insert(inbox)
    .inline()
    .values(
        {
            name: bindparam(name)
            for name in (
                "channel",
                "carrier",
                "key",
                "conversation_id",
                "state",
                "reason",
                "body",
                "received_at",
            )
        }
    ),
    " ON CONFLICT DO NOTHING",
)

_HOLDS = Prepared(select(inbox.c.id).where(inbox.c.key == bindparam("key")))


def holds(tx: Transaction, key: bytes) -> bool:
    """Whether a message was kept before."""
    return tx.run(_HOLDS, {"key": key}).fetchone() is not None


def add(
    tx: Transaction,
    *,
    channel: str,
    carrier: str,
    key: bytes,
    body: bytes,
    now: datetime,
    conversation_id: int | None = None,
    state: str = "done",
    reason: str = "",
) -> bool:
    """Keeps a message; False where it was kept before. `body` is sealed, under no conversation's key if it has none."""
    cursor = tx.run(
        _ADD,
        {
            "channel": channel,
            "carrier": carrier,
            "key": key,
            "conversation_id": conversation_id,
            "state": state,
            "reason": reason,
            "body": body,
            "received_at": to_milliseconds(now),
        },
    )
    return bool(cursor.rowcount)
