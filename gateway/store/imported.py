"""Who was registered from a list of people known on paper, found by list and number without either being readable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gateway.store.database import Transaction
from gateway.store.rows import insert_once
from gateway.store.tables import imported
from gateway.vault import Vault

_WHAT = "imported"


def find(tx: Transaction, vault: Vault, listed: str, number: str) -> int | None:
    """The person that a number of a list became; None where it was not taken yet."""
    blinds = vault.blinds(_WHAT, _name(listed, number))
    found: int | None = tx.execute(select(imported.c.person_id).where(imported.c.blind.in_(blinds))).scalar()
    return found


def add(
    tx: Transaction, vault: Vault, listed: str, number: str, person_id: int, batch: str, now: datetime
) -> bool:
    """Notes that a number of a list is a person; False where somebody else took it meanwhile."""
    blind = vault.blind(_WHAT, _name(listed, number))
    return insert_once(tx, imported, {"blind": blind, "person_id": person_id, "batch": batch, "at": now})


def _name(listed: str, number: str) -> str:
    return f"{listed}\n{number}"  # a list's name is one line
