"""Who did what: codes only, never a value of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gateway.store.database import Transaction
from gateway.store.tables import audit


def add(
    tx: Transaction, actor: str, action: str, subject: str, detail: Mapping[str, str], now: datetime
) -> None:
    """One entry, in the transaction of what it tells of. `actor` and `subject` are `kind:id`."""
    tx.add(audit, {"actor": actor, "action": action, "subject": subject, "detail": dict(detail), "at": now})
