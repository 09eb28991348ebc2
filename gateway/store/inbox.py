"""Every message that came in, once: a unique keyed digest of what makes a message itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from gateway.store.database import Transaction, Writer
from gateway.store.prepared import Prepared
from gateway.store.tables import inbox

BODY = b"inbox.body"

_HOLDS = Prepared(select(inbox.c.id).where(inbox.c.key == bindparam("key")))


def holds(tx: Transaction, keys: Sequence[bytes]) -> bool:
    """Whether a message was kept before, under any of its digests."""
    return any(tx.run(_HOLDS, {"key": key}).first() is not None for key in keys)


def add(
    tx: Writer,
    *,
    channel: str,
    carrier: str,
    key: bytes,
    body: bytes,
    now: datetime,
    conversation_id: int | None = None,
    state: str = "done",
    reason: str = "",
    asked: str = "",
) -> None:
    """Keeps a message, unless it was kept before. `body` is sealed, under no conversation's key if it has none.

    `asked` is the question that it led to, as `flow.state`: what people pass and where they stop is counted by it.
    """
    tx.add(
        inbox,
        {
            "channel": channel,
            "carrier": carrier,
            "key": key,
            "conversation_id": conversation_id,
            "state": state,
            "reason": reason,
            "asked": asked,
            "body": body,
            "received_at": now,
        },
        once=True,
    )
