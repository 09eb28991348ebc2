"""Published revisions, kept for as long as a conversation may be pinned to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from gateway.errors import StoreError
from gateway.store.database import Database, Transaction
from gateway.store.prepared import Prepared
from gateway.store.tables import conversations, publications, revisions

BATCH = 500  # conversations read at once: each is opened in memory, and nobody waits for the rest

_NEWEST = select(func.max(publications.c.id)).scalar_subquery()
_CURRENT = Prepared(select(publications.c.revision).where(publications.c.id == _NEWEST))


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: which revision, by whom, why and when."""

    revision: str
    author: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation's session as it lies in the table: `key` wrapped, `session` sealed."""

    key: bytes
    session: bytes


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


def history(tx: Transaction) -> list[Publication]:
    """Every publication, the newest first."""
    columns = select(publications.c.revision, publications.c.author, publications.c.note, publications.c.at)
    found = tx.execute(columns.order_by(publications.c.id.desc()))
    return [Publication(row.revision, row.author, row.note, row.at) for row in found]


def named(tx: Transaction, beginning: str) -> list[str]:
    """The revisions whose name begins so; at most two, which tells enough."""
    found = select(revisions.c.id).where(revisions.c.id.startswith(beginning, autoescape=True))
    return [str(each) for each in tx.execute(found.order_by(revisions.c.id).limit(2)).scalars()]


def standing(tx: Transaction) -> dict[str, int]:
    """How many conversations were last on each revision, whether or not they are asked anything now."""
    counted = (
        select(conversations.c.revision, func.count().label("people"))
        .where(conversations.c.session.is_not(None))
        .group_by(conversations.c.revision)
    )
    return {each["revision"]: each["people"] for each in tx.execute(counted).mappings()}


def sessions(database: Database) -> Iterator[Kept]:
    """Every conversation that was ever spoken in, read in batches without holding anybody up."""
    columns = select(conversations.c.id, conversations.c.key, conversations.c.session)
    last = 0
    while True:
        with database.reading() as tx:
            batch = columns.where(conversations.c.id > last, conversations.c.session.is_not(None))
            rows = tx.execute(batch.order_by(conversations.c.id).limit(BATCH)).all()
        if not rows:
            return
        yield from (Kept(bytes(row.key), bytes(row.session)) for row in rows)
        last = rows[-1].id


def publish(tx: Transaction, revision: str, data: bytes, author: str, note: str, now: datetime) -> bool:
    """Makes a revision the current one, keeping its files if they are new; False where it is current already."""
    if current(tx) == revision:
        return False
    known = tx.execute(select(revisions.c.id).where(revisions.c.id == revision)).scalar()
    if known is None:
        tx.execute(insert(revisions).values(id=revision, files=data, created_at=now))
    tx.add(publications, {"revision": revision, "author": author, "note": note, "at": now})
    return True


def again(tx: Transaction, revision: str, author: str, note: str, now: datetime) -> bool:
    """Makes a revision that was published before the current one; False where it is. Raises `StoreError`."""
    return publish(tx, revision, files(tx, revision), author, note, now)
