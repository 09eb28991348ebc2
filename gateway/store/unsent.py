"""Letters that must not leave any more, though nothing is wrong with the way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from gateway.store.database import Transaction
from gateway.store.outbox import State
from gateway.store.tables import outbox


def keep_back(
    tx: Transaction,
    conversation_ids: Collection[int],
    purposes: Collection[str],
    keys: Collection[str] | None,
    reason: str,
    now: datetime,
) -> int:
    """Letters of these purposes to these conversations do not leave; returns how many.

    `keys` are what their dedupe keys begin with; None: all of them. One that a worker is sending just now is left to
    it. Nobody is told of it as of a letter that failed: `reason` stands where the carrier's word would.
    """
    mine = outbox.c.conversation_id.in_(sorted(conversation_ids)), outbox.c.purpose.in_(sorted(purposes))
    waiting = select(outbox.c.id, outbox.c.dedupe).where(*mine, outbox.c.state == State.DUE.value)
    begins = None if keys is None else tuple(keys)
    found = [row.id for row in tx.execute(waiting) if begins is None or (row.dedupe or "").startswith(begins)]
    changes = {"state": State.DEAD.value, "code": reason, "finished_at": now}
    still = outbox.c.id.in_(found) & (outbox.c.state == State.DUE.value)
    return tx.execute(update(outbox).where(still).values(changes)).rowcount if found else 0
