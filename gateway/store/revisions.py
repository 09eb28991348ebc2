"""Published revisions, kept for as long as a conversation may be pinned to one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select

from gateway.errors import StoreError
from gateway.store.database import Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import publications, revisions

_NEWEST = select(func.max(publications.c.id)).scalar_subquery()
_CURRENT = Prepared(select(publications.c.revision).where(publications.c.id == _NEWEST))


def current(tx: Transaction) -> str | None:
    """The revision that new conversations start on; None before the first publication."""
    row = tx.run(_CURRENT, {}).first()
    return None if row is None else str(row[0])


def files(tx: Transaction, revision: str) -> bytes:
    """A revision's files. Raises `StoreError` for one that was never published."""
    found = tx.execute(select(revisions.c.files).where(revisions.c.id == revision)).scalar()
    if found is None:
        raise StoreError("no such revision was published")
    return bytes(found)


def publish(tx: Transaction, revision: str, data: bytes, author: str, note: str, now: datetime) -> bool:
    """Makes a revision the current one, keeping its files if they are new; False where it is current already."""
    if current(tx) == revision:
        return False
    known = tx.execute(select(revisions.c.id).where(revisions.c.id == revision)).scalar()
    if known is None:
        tx.execute(insert(revisions).values(id=revision, files=data, created_at=now))
    tx.add(publications, {"revision": revision, "author": author, "note": note, "at": now})
    return True
