"""Every message that came in, once: a unique keyed digest of what makes a message itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import inbox

BODY = b"inbox.body"

_HOLDS = Prepared(select(inbox.c.id).where(inbox.c.key == bindparam("key")))


def holds(tx: Transaction, key: bytes) -> bool:
    """Whether a message was kept before."""
    return tx.run(_HOLDS, {"key": key}).first() is not None


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
) -> None:
    """Keeps a message, unless it was kept before. `body` is sealed, under no conversation's key if it has none."""
    tx.add(
        inbox,
        {
            "channel": channel,
            "carrier": carrier,
            "key": key,
            "conversation_id": conversation_id,
            "state": state,
            "reason": reason,
            "body": body,
            "received_at": now,
        },
        once=True,
    )
